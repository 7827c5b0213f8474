package journal

import (
	"context"

	"github.com/manual-activator/manual-activator/codes"
)

// Snapshotter is what a store offers for [Verify], beside Store: its rows as they are.
type Snapshotter interface {
	// Snapshot opens one consistent view of everything. The caller closes it.
	Snapshot(ctx context.Context) (Snapshot, error)
}

// Snapshot reads the rows of a store as they are, unjudged. Each method calls yield for every row; an error of yield
// ends the reading and is returned.
type Snapshot interface {
	Logs(yield func(LogRow) error) error          // by number
	Entries(yield func(EntryRow) error) error     // by id
	Subtrees(yield func(SubtreeRow) error) error  // by log and number
	Personal(yield func(PersonalRow) error) error // by entry and field
	Licenses(yield func(LicenseRow) error) error  // in any order, as the following
	Seats(yield func(SeatRow) error) error
	Claims(yield func(ClaimRow) error) error
	Pool(yield func(PoolRow) error) error
	Words(yield func(WordRow) error) error
	Merges(yield func(MergeRow) error) error // by log and first

	// Form returns what is wrong with the store itself: tables, constraints, triggers or indexes that are not as
	// they were made, damaged pages. It may be called while another method runs.
	Form() ([]string, error)
	Close() error
}

// The rows, each as its table has them.
type (
	LogRow struct { // a log
		ID         LogID
		Origin     string
		Own        bool // the store appends to it
		Size       uint64
		Frontier   []byte
		Checkpoint []byte
	}
	MergeRow struct { // a run of entries of a log that was brought in
		Log         LogID
		First, Size uint64  // indexes First to Size-1
		Entry       EntryID // the entry that brought it in
	}
	EntryRow struct { // an entry; Leaf is the receiver's to keep
		ID      EntryID
		Columns Columns
		Leaf    []byte
	}
	SubtreeRow struct { // the root of a full subtree
		Log  LogID
		N    uint64 // it is over leaves N*SubtreeLeaves to (N+1)*SubtreeLeaves-1
		Hash []byte
	}
	PersonalRow struct { // a personal text that was not erased
		Entry EntryID
		Field string
		Salt  []byte
		Text  string
	}
	LicenseRow struct { // a license
		Number     codes.LicenseNumber
		Product    codes.UID
		Seats      int
		State      string
		Order      string
		Grants     string
		Release    uint16
		Customer   EntryID // newest entry of the license with the personal field FieldCustomer, 0 for none
		Registered int64   // microseconds since 1970
		Entry      EntryID
	}
	SeatRow struct { // a taken seat
		License     codes.LicenseNumber
		Fingerprint codes.Fingerprint
		Slot, Limit int
		Excess      string
		Entry       EntryID
	}
	ClaimRow struct { // a claim or mark
		License    codes.LicenseNumber
		Scope      Scope
		Key, Value []byte
		Entry      EntryID
	}
	PoolRow struct { // a free number; handed out by Entry, then Place
		Number  codes.LicenseNumber
		Product codes.UID
		Entry   EntryID
		Place   int
	}
	WordRow struct { // a word that a license is found by
		Word    string
		License codes.LicenseNumber
	}
)
