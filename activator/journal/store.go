package journal

import (
	"context"
	"iter"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/codes"
)

// Signer signs heads. Its name need not be the log's origin.
type Signer = note.Signer

// Store keeps a journal and the tables that follow from it. All methods may be called at once from many goroutines,
// and several processes may have the same store open.
type Store interface {
	// Facts reads what a decision needs: one consistent read, outside the write lock. It remembers the head it saw,
	// so that Append can tell when the facts have aged.
	Facts(ctx context.Context, w Wanted) (*Facts, error)

	// Append writes entries and their effects, all or none, with the head signed in the same transaction; when it
	// returns without error everything is durable. If seen is not nil and entries since seen.Head name one of
	// seen.Licenses, or a number of seen.Pool or an order of seen.Orders is no longer as seen, the answer is
	// *StaleError. What a constraint refuses is *TakenError. An empty log takes KindLog as its first entry, and only
	// there. An error other than these (a lost connection, a full disk) leaves open whether it was done: ask by the
	// entries' Intent.
	Append(ctx context.Context, seen *Facts, es []Entry, sign Signer) ([]EntryID, error)

	// Merge does what Append does, and in the same transaction before it brings in entries of other desks' logs, as they
	// are. Nothing follows from them by themselves: es has an entry with a [MergeLog] for each part, and those that
	// take them over ([Restate]). A part that does not begin where the log ends here is *StaleError.
	Merge(ctx context.Context, parts []LogPart, seen *Facts, es []Entry, sign Signer) ([]EntryID, error)

	// Known reports for each number whether it is registered, thousands in one call: the first sieve of a repair.
	Known(ctx context.Context, numbers []codes.LicenseNumber) ([]bool, error)

	// Free reports for each number whether it is neither registered nor in any product's pool.
	Free(ctx context.Context, numbers []codes.LicenseNumber) ([]bool, error)

	// Entry returns one entry, or ErrNoEntry.
	Entry(ctx context.Context, id EntryID) (Entry, error)

	// Entries returns entries in short reads: no transaction is open while the caller works. Entries appended
	// meanwhile may or may not come. The first error ends the sequence.
	Entries(ctx context.Context, q Query) iter.Seq2[Entry, error]

	// Licenses returns licenses in ascending order of number, in short reads as Entries does.
	Licenses(ctx context.Context, q LicenseQuery) iter.Seq2[License, error]

	// Head returns the head of the store's own log, as it is there: ParseCheckpoint verifies it. Size 0 has no Hash and
	// no Checkpoint.
	Head(ctx context.Context) (Head, error)

	// Extends compares the journal with a head kept elsewhere, such as the last one that this program saw: nil if the
	// head's log has still those entries, else *TamperedError. It is quick, since it trusts the stored hashes of full
	// subtrees; Verify does not.
	Extends(ctx context.Context, known Head) error

	// Prove makes the proof of one entry under the newest signed head of its log, without personal texts: who asks
	// puts in those that are to be opened. It trusts the stored hashes of full subtrees, and says so where
	// they cannot be right.
	Prove(ctx context.Context, id EntryID) (*Proof, error)

	// ProveConsistency makes the proof that the newest signed head continues a known one. Where it does not, the
	// answer is *TamperedError.
	ProveConsistency(ctx context.Context, known Head) (*Consistency, error)

	// Clean sees to it that texts that an [Erase] deleted are in no file of the store any more. Called again, it does
	// no harm.
	Clean(ctx context.Context) error

	// Backup writes a consistent copy to a new file while others go on working. It refuses to overwrite.
	Backup(ctx context.Context, path string) error

	Close() error
}

// LogPart is the end of another desk's log.
type LogPart struct {
	Head  Head   // signed, and verified by the caller; Log is not used
	First uint64 // index of the first entry
	// Entries calls yield for every entry from First to the head's size, with its personal texts as far as they
	// are there. The texts' entries are not used.
	Entries func(yield func(leaf []byte, texts []PersonalRow) error) error
}

// Wanted says what to read. Fields left zero ask for nothing.
type Wanted struct {
	Licenses []codes.LicenseNumber
	Nameless bool         // the licenses without their customers' names, for which many are looked up in four fifths of the time
	Orders   []OrderRef   // which license has this order
	Pool     *PoolWanted  // free numbers of a product
	Since    time.Time    // count entries that are not genuine from then on; zero: do not count
	Lines    *LinesWanted // entries of a batch
}

// LinesWanted asks for entries of a batch: that of the own log, where that began one of the name, else the one that was
// there first. Other desks' batches of the same name, which were brought in, are left out.
type LinesWanted struct {
	Batch string
	Lines []int // the entries of these lines, as far as they are there
	UpTo  int   // the highest line up to this one that has an entry; 0: do not look
}

// OrderRef is an order of a product.
type OrderRef struct {
	Product codes.UID
	Order   string
}

// PoolWanted asks for the next Count free numbers of a product's pool, of one key epoch: new licenses are made with the
// current one. Only numbers that the store's own log drew are handed out: those of a log before it, whose backup was
// restored, may have been sold in its lost end.
type PoolWanted struct {
	Product codes.UID
	Epoch   uint8
	Count   int
}

// Numbers returns the first and the last number of the epoch.
func (w PoolWanted) Numbers() (first, last codes.LicenseNumber) {
	return codes.NewLicenseNumber(w.Epoch, 0, 0), codes.NewLicenseNumber(w.Epoch, 15, 1<<24-1)
}

// Facts is what Facts read. Append only reads it; a caller may keep it, but not change it.
type Facts struct {
	Head     Head
	Licenses map[codes.LicenseNumber]*LicenseFacts // one for every license asked for, known or not
	Orders   map[OrderRef]codes.LicenseNumber      // those asked for that exist; the others are in Free
	Free     map[OrderRef]bool                     // orders asked for that no license has
	Pool     []codes.LicenseNumber                 // next free numbers, in the order to hand out; fewer than asked when the pool runs low
	PoolSize int                                   // free numbers in the pool and epoch asked for
	Lines    map[int]Entry                         // those of the lines asked for that are there
	LastLine int                                   // the highest line up to the one asked for; -1 for none
}

// LicenseFacts is what is known of one license.
type LicenseFacts struct {
	License    License
	Known      bool          // it is registered; else the rest is empty, but for NotGenuine
	Seats      []Seat        // by slot
	Claims     []StoredClaim // by entry
	NotGenuine int           // submissions since Wanted.Since that name this license and are StateNotGenuine

	reserved bool // seats and claims have room behind them that nobody else has
}

// License is a registered license.
type License struct {
	Number     codes.LicenseNumber
	Product    codes.UID
	Seats      int
	State      string // Live, Revoked, Refunded
	Order      string
	Grants     string
	Release    uint16
	Customer   string    // newest personal text FieldCustomer of the license's entries; empty when it was erased
	Registered time.Time // when its first entry was decided
	Entry      EntryID   // the newest entry that set it
}

// Seat is a taken seat.
type Seat struct {
	Fingerprint codes.Fingerprint
	Slot        int // from 1
	Since       time.Time
	Entry       EntryID // the entry that took it
	Excess      string
}

// StoredClaim is a claim or mark as it is kept.
type StoredClaim struct {
	Scope    Scope
	Key      []byte
	Value    []byte
	Entry    EntryID // the entry that made it
	At       time.Time
	Operator string
}

// Query selects entries; zero fields select all.
type Query struct {
	Newest bool     // newest first; else oldest first
	After  *EntryID // go on after this entry, in the direction of reading
	Limit  int      // at most so many; 0 for all

	Kinds       []Kind
	Verdicts    []Verdict
	Operator    string
	Product     codes.UID
	License     codes.LicenseNumber
	Fingerprint *codes.Fingerprint
	Intent      [16]byte // of an entry that is of no batch, unless Batch names it
	Batch       string
	From, To    time.Time // From inclusive, To exclusive
	Text        string    // part of the code or the answer, as they are written; capitals count. A whole request or confirmation code is found by index
}

// LicenseQuery selects licenses; zero fields select all.
type LicenseQuery struct {
	After   codes.LicenseNumber // go on after this number
	Limit   int                 // at most so many; 0 for all
	Product codes.UID
	State   string
	Words   string // every word must begin a word of the customer, the order or the number, in any order and case
}
