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
	Entries(yield func(*EntryRow) error) error    // by id
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

type (
	// A LogRow is a log, as its table has it; so are the other rows.
	LogRow struct {
		ID         LogID
		Origin     string
		Own        int // 1: the store appends to it; else 0
		Size       uint64
		Frontier   []byte
		Checkpoint []byte
	}

	// A MergeRow is a run of entries of another desk's log that was brought in.
	MergeRow struct {
		Log         LogID
		First, Size uint64  // indexes First to Size-1
		Entry       EntryID // the entry that brought it in
	}

	// An EntryRow is an entry. It and its Leaf are the receiver's until yield returns.
	EntryRow struct {
		ID      EntryID
		Columns Columns
		Leaf    []byte
	}

	// A SubtreeRow is the root of a full subtree.
	SubtreeRow struct {
		Log  LogID
		N    uint64 // it is over leaves N*SubtreeLeaves to (N+1)*SubtreeLeaves-1
		Hash []byte
	}

	// A PersonalRow is a personal text that was not erased.
	PersonalRow struct {
		Entry EntryID
		Field string
		Salt  []byte
		Text  string
	}

	// A LicenseRow is a license.
	LicenseRow struct {
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

	// A SeatRow is a taken seat.
	SeatRow struct {
		License     codes.LicenseNumber
		Fingerprint codes.Fingerprint
		Slot, Limit int
		Excess      string
		Entry       EntryID
	}

	// A ClaimRow is a claim or a mark.
	ClaimRow struct {
		License    codes.LicenseNumber
		Scope      Scope
		Key, Value []byte
		Entry      EntryID
	}

	// A PoolRow is a number drawn ahead and still free. They are handed out by Entry, then Place.
	PoolRow struct {
		Number  codes.LicenseNumber
		Product codes.UID
		Entry   EntryID
		Place   int
	}

	// A WordRow is a word that a license is found by.
	WordRow struct {
		Word    string
		License codes.LicenseNumber
	}
)
