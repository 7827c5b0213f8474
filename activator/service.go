package activator

import (
	"context"
	"iter"
	"slices"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// Service is all that commands, a terminal UI, batches and remote desks need of
// the desk. [*Session] is its implementation. Nothing behind it knows a terminal,
// a global variable or a clock of its own.
type Service interface {
	// Read decodes and checks a code as Submit would decide on it with the same
	// decision. It journals nothing and issues nothing.
	Read(ctx context.Context, text string, d Decision) (*Reading, error)
	// Submit decides on a code. The outcome, a refusal too, is in the journal
	// and durable before Submit returns.
	Submit(ctx context.Context, text string, d Decision) (*Outcome, error)
	// Batch decides on many codes, with the same rules and the same journal.
	Batch(ctx context.Context, rows iter.Seq2[Row, error], o BatchOptions) iter.Seq2[*RowOutcome, error]
	// Register makes licenses, all or none.
	Register(ctx context.Context, orders ...Order) ([]License, error)
	// Change changes a license by a new entry: nothing is ever deleted.
	Change(ctx context.Context, c Change) (*Outcome, error)
	// Entries lists the journal, page by page.
	Entries(ctx context.Context, q journal.Query) iter.Seq2[journal.Entry, error]
	// Licenses lists the registry, page by page.
	Licenses(ctx context.Context, q journal.LicenseQuery) iter.Seq2[journal.License, error]
	// Products lists the catalogue in the order of names.
	Products() []*catalog.Product
}

// An Action is what an operator asks the desk to do.
type Action string

// The actions that an operator may or may not do.
const (
	ActRead     Action = "read"
	ActIssue    Action = "issue"
	ActConfirm  Action = "confirm"
	ActOverride Action = "override"
	ActRegister Action = "register"
	ActChange   Action = "change"
	ActRefund   Action = "refund"
	ActGone     Action = "gone"
	ActExport   Action = "export"
	ActKeys     Action = "keys" // change the keyring, and take its secrets out
	ActErase    Action = "erase"
	ActMerge    Action = "merge" // bring in another desk's journal
)

// Operator is who works at the desk.
type Operator struct {
	Name string   // as the journal keeps it, never empty
	Only []Action // what the operator may do; nil: everything
}

// May reports whether the operator may do a.
func (o Operator) May(a Action) bool { return o.Only == nil || slices.Contains(o.Only, a) }

// A Decision is what the operator adds to a code. The zero Decision takes a
// request or a confirmation as it is.
type Decision struct {
	Want      []codes.Kind // kinds that belong here; empty: requests and confirmations, for Read serial numbers too
	As        uint8        // grants this definition in place of the one asked for; 0: as asked
	Parameter *uint32      // in place of the definition's default; a last day as a [codes.Day]
	Choose    []uint8      // the leaves of a choice that the answer activates
	ShelfLife *int         // days, 0 for a code that never expires; nil: the definition's
	Override  string       // the reason for passing soft checks that failed
	Correct   string       // the reason for a new answer to a request already answered
	Reference string       // a case, ticket or credit note; a confirmation counts once, for it
	Refund    string       // a Reference that also records the refund

	intent [16]byte // of this submission: meeting it again is success, not a repeat
	salts  func() [16]byte
	// mistake is what is wrong with the row that the code came in; quoted is what it
	// repeats of the row, which the journal does not keep.
	mistake, quoted string
}

// A Check is one line of the desk's judgment.
type Check struct {
	Name   string `json:"name"`   // a stable word
	Result Result `json:"result"` // what came out
	Detail string `json:"detail"` // a sentence that the agent can read to the customer
	hard   bool   // nobody may pass it
}

// Result is the outcome of a check.
type Result string

// The results of checks, in the words of the journal.
const (
	Passed        Result = journal.Passed
	Failed        Result = journal.Failed
	Warning       Result = journal.Warning
	NotApplicable Result = journal.NotApplicable
	Overridden    Result = journal.Overridden // failed, and passed by an operator with a reason
)

// A Reading is a code as the desk sees it.
type Reading struct {
	Text       string           // as it was typed
	Code       codes.Code       // zero when it could not be read
	Slip       error            // why it could not be read, or nil
	Proposals  []codes.Proposal // what it may have been, best first; never applied
	Statement  codes.Statement  // of requests and confirmations
	License    *License         // nil when the number is not registered
	Product    *catalog.Product // nil when unknown
	Definition *product.Definition
	Release    uint16 // of the program that made the code; 0 when not genuine
	State      Label
	StateNote  string // the label in a sentence
	Checks     []Check
	Verdict    journal.Verdict // what a submission would be answered
	Reason     string          // the sentence behind a verdict that is not ok
	Active     []Machine       // other machines of the license that hold a seat
	// Hardware compares the hardware profile that came with a request with the one
	// of the machine's activation; nil where one of them is not there.
	Hardware *fingerprint.Judgment

	hardware      *codes.Hardware // that came with the request, genuine
	hardwareNote  string          // why one that came was left aside
	facts         *journal.LicenseFacts
	history       *history
	node          *node
	serialGenuine bool
	givenUp       bool // the keys of the license's epoch were revoked
	limits        catalog.Limits
	signer        codeSigner                   // of signed answers
	names         map[codes.Fingerprint]string // of machines
	before        *journal.Entry               // an earlier submission of the same confirmation
}

// A Machine is one that holds a seat of a license.
type Machine struct {
	Fingerprint codes.Fingerprint `json:"fingerprint"`
	Name        string            `json:"name,omitempty"` // what people call it
	Seat        int               `json:"seat"`
	Since       string            `json:"since"` // a day, UTC
}

// An Outcome is what became of a submission. It is in the journal.
type Outcome struct {
	Reading
	Entry    journal.EntryID
	Answer   codes.Code // zero unless an answer was given
	Granted  *product.Definition
	Day      codes.Day // the answer's last day; none: it never expires
	Value    uint32    // the answer's parameter
	Revision int       // 1 for the first answer to a request
	Receipt  string    // of an accepted confirmation, a refund, a machine gone
	Refund   *Outcome  // of a refund that was asked for with the confirmation
}
