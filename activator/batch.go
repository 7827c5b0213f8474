package activator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// A Row is one row of a batch: a code, and what its file says about it.
type Row struct {
	// Line tells the rows of a batch apart: from 1 to [MaxLine], ascending.
	Line int
	// Text is the code as somebody wrote it.
	Text string
	// Decision is what the row says besides the code. What an operator answers for
	// with a reason (Override, Correct) and Want cannot be given by a file.
	Decision Decision
	// Mistake is why the row is refused whatever its code is: a column that cannot be
	// understood, a row that is none. It is kept in the journal for ever, so it
	// quotes nothing; Quoted does.
	Mistake, Quoted string
	// Sum is the hash of the whole input up to and with this row. The journal keeps
	// half of it with the row: so the file that a batch was made of can be told from
	// every other.
	Sum [32]byte
	// Carry is the caller's: it comes back with the outcome.
	Carry any
}

// Limits of a batch.
const (
	MaxLine = 1<<30 - 1 // the highest line of a row

	firstLine  = 0       // of the entry that begins a batch
	refundLine = 1 << 30 // the refund of line n is line refundLine+n
	endLine    = 1<<31 - 1
)

// BatchOptions say how a batch is run.
type BatchOptions struct {
	Name string // of the batch, as the journal keeps it: 1 to 200 characters
	// Source is the SHA-256 of the whole input where that is known before it is
	// read, else zero.
	Source [32]byte
	// Put aside rows that are refused for want of a seat and for nothing else: they
	// are not recorded, and come back with Later set. Given once more after all
	// others, without PutAside, they have their second look.
	PutAside bool
	// DryRun decides and records nothing. No answer is given. Rows that a run of this name
	// and Source recorded come back as they were recorded.
	DryRun bool
	// Books of a dry run, where another dry run of the same rows follows; nil for none.
	Books *DryBooks
	// Chunk is how many rows are recorded at once; 0 for the best number. Smaller
	// chunks let other desks in more often.
	Chunk int
}

// A RowOutcome is what became of a row: what the journal holds of it. So a row that
// was recorded by a run before this one reads the same.
type RowOutcome struct {
	Row   *Row // as it was given
	Later bool // refused for want of a seat so far, put aside and not recorded
	// Entry is the journal's. In a dry run it is the entry that would be made, without
	// number and answer; where Later is set, what was decided so far.
	Entry journal.Entry
	// Refund is the entry of the refund that the row asked for; nil where there is none.
	Refund *journal.Entry
	// Before is set where the row was recorded by a run before this one.
	Before bool
	// Last is set on the last one of the rows that were recorded together: the next
	// one may take its time.
	Last bool

	quoted string          // what the journal does not keep: said behind the reason
	used   journal.EntryID // where the same code was accepted before; 0: not known yet
	names  *batchNames     // of products and definitions
}

// A BatchState is what the journal knows of a batch.
type BatchState struct {
	Name     string
	Began    time.Time
	Operator string
	Source   [32]byte // SHA-256 of the whole input; zero where it was not known
	LastLine int      // the highest line that is recorded; 0 for none
	Done     bool     // it came to its end
	Totals   BatchTotals
}

// BatchTotals count the rows of a batch by what became of them.
type BatchTotals struct {
	Rows, OK, Repeat, Refused, Unreadable int
	Sum                                   [32]byte // of the whole input, as rows hash it
}

// Count counts an outcome.
func (t *BatchTotals) Count(o *RowOutcome) {
	t.Rows++
	switch o.Verdict() {
	case journal.OK:
		t.OK++
	case journal.Repeat:
		t.Repeat++
	case journal.Refused:
		t.Refused++
	case journal.Unreadable:
		t.Unreadable++
	}
}

// ErrNoBatch says that the journal has no batch of this name.
var ErrNoBatch = errors.New("the journal has no batch of this name")

// A ChangedInputError says that a row of a batch is not the one that was recorded
// under its line: the input is another one, or was changed.
type ChangedInputError struct {
	Batch string
	Line  int
	Entry journal.EntryID
}

// Error says where the input differs, and what to do.
func (e *ChangedInputError) Error() string {
	return fmt.Sprintf("line %d is not the one that the batch %q recorded as entry %v: the input was changed, or rows before that line were. Put the input back as it was, or give this one a name of its own", e.Line, e.Batch, e.Entry)
}

// An EndedBatchError says that a row is not in a batch that came to its end before: the
// input has more rows than it had then.
type EndedBatchError struct {
	Batch string
	Line  int // of the row
}

// Error says which row it is, and what to do.
func (e *EndedBatchError) Error() string {
	return fmt.Sprintf("line %d is new: the batch %q came to its end before, without it. Give the rows from this one on alone, with another name; without them, the answers of before come again", e.Line, e.Batch)
}

// What the journal keeps of a batch itself, in the detail of two entries of kind
// "batch":
//
//	begin SHA-256|-                                                    line 0
//	end ROWS OK REPEAT REFUSED UNREADABLE SHA-256                      the last line
//
// Each row's intent is the first half of its Sum.

// A BatchNameError refuses the name of a batch, which may be that of its file.
type BatchNameError struct{ Name string }

func (e *BatchNameError) Error() string {
	return fmt.Sprintf("batch: have the name %q, want 1 to %d characters, none of them a control character, no blank at its ends", e.Name, maxCustomer)
}

func (o *BatchOptions) check() error {
	switch {
	case strings.TrimSpace(o.Name) != o.Name || o.Name == "" || len([]rune(o.Name)) > maxCustomer || oneLine(o.Name) != o.Name:
		return &BatchNameError{o.Name}
	case o.Chunk < 0:
		return usagef("batch: have chunks of %d rows, want 1 or more", o.Chunk)
	}
	return nil
}

// BatchState looks a batch up by its name, or returns [ErrNoBatch].
func (s *Session) BatchState(ctx context.Context, name string) (*BatchState, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	st := &BatchState{Name: name}
	f, err := s.desk.store.Facts(ctx, journal.Wanted{Lines: &journal.LinesWanted{Batch: name, Lines: []int{firstLine, endLine}, UpTo: MaxLine}})
	if err != nil {
		return nil, err
	}
	first, ok := f.Lines[firstLine]
	if !ok {
		return nil, ErrNoBatch
	}
	st.Began, st.Operator = first.At, first.Operator
	if err := st.begin(first.Detail); err != nil {
		return nil, fmt.Errorf("journal: entry %v: %w", first.ID, err)
	}
	st.LastLine = f.LastLine
	end, ok := f.Lines[endLine]
	if !ok {
		return st, nil
	}
	st.Done = true
	if err := st.end(end.Detail); err != nil {
		return nil, fmt.Errorf("journal: entry %v: %w", end.ID, err)
	}
	return st, nil
}

func (st *BatchState) begin(detail string) error {
	words := strings.Fields(detail)
	if len(words) == 2 && words[0] == "begin" {
		if words[1] == "-" {
			return nil
		}
		if n, err := hex.Decode(st.Source[:], []byte(words[1])); err == nil && n == sha256.Size {
			return nil
		}
	}
	return fmt.Errorf("a batch begins with %.60q, which this version does not write", detail)
}

func (st *BatchState) end(detail string) error {
	words := strings.Fields(detail)
	t := &st.Totals
	if len(words) == 7 && words[0] == "end" {
		ok := true
		for i, n := range []*int{&t.Rows, &t.OK, &t.Repeat, &t.Refused, &t.Unreadable} {
			v, err := strconv.Atoi(words[1+i])
			*n, ok = v, ok && err == nil
		}
		if n, err := hex.Decode(t.Sum[:], []byte(words[6])); ok && err == nil && n == sha256.Size {
			return nil
		}
	}
	return fmt.Errorf("a batch ends with %.60q, which this version does not write", detail)
}

// beginEntry is the entry that begins a batch.
func (s *Session) beginEntry(o *BatchOptions) journal.Entry {
	source := "-"
	if o.Source != [32]byte{} {
		source = hex.EncodeToString(o.Source[:])
	}
	e := journal.Entry{At: s.desk.now(), Kind: journal.KindBatch, Verdict: journal.OK, Batch: o.Name, Line: firstLine, Detail: "begin " + source}
	return s.stamp(e, s.desk.salt())
}

// EndBatch records that all rows of a batch are done, once: a batch that was ended
// before must have come to the same totals.
func (s *Session) EndBatch(ctx context.Context, name string, t BatchTotals) error {
	for _, a := range []Action{ActIssue, ActConfirm} {
		if err := s.may(a); err != nil {
			return err
		}
	}
	for range attempts {
		st, err := s.BatchState(ctx, name)
		if err != nil {
			return err
		}
		if st.Done {
			if st.Totals != t {
				return fmt.Errorf("the batch %q was ended before with %d rows and other answers: run `activator journal verify`", name, st.Totals.Rows)
			}
			return nil
		}
		detail := fmt.Sprintf("end %d %d %d %d %d %x", t.Rows, t.OK, t.Repeat, t.Refused, t.Unreadable, t.Sum)
		e := journal.Entry{At: s.desk.now(), Kind: journal.KindBatch, Verdict: journal.OK, Batch: name, Line: endLine, Detail: detail}
		if _, err := s.append(ctx, nil, nil, s.stamp(e, s.desk.salt())); !isRace(err) {
			return err
		}
	}
	return fmt.Errorf("others worked on the batch %q %d times meanwhile: try again", name, attempts)
}
