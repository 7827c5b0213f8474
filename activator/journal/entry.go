package journal

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/codes"
)

// Kind says what an entry records. It is a lower-case word of the letters a to z and '-', at most 32 long; a reader
// must expect words that it does not know.
type Kind string

// The kinds of this version.
const (
	KindLog          Kind = "log"          // a log opens: always, and only, the first entry of a log
	KindProduct      Kind = "product"      // a product file was loaded or exported
	KindKey          Kind = "key"          // a signing key or an epoch of keys begins or ends
	KindLicense      Kind = "license"      // a license is registered
	KindChange       Kind = "change"       // a license is changed, revoked, restored
	KindPool         Kind = "pool"         // license numbers are drawn ahead
	KindRequest      Kind = "request"      // a request code was submitted
	KindConfirmation Kind = "confirmation" // a deactivation confirmation code was submitted
	KindSerial       Kind = "serial"       // a serial number was submitted
	KindUnreadable   Kind = "unreadable"   // what was submitted is no code
	KindOther        Kind = "other"        // a code of a wrong kind, or one that names nothing we know
	KindGone         Kind = "gone"         // a machine is declared gone, without proof
	KindRefund       Kind = "refund"       // a refund is recorded
	KindBackup       Kind = "backup"       // a backup was written
	KindBatch        Kind = "batch"        // a file of codes begins or ends
	KindRedact       Kind = "redact"       // personal texts were erased
	KindMerge        Kind = "merge"        // entries of other desks' logs were brought in
)

// Verdict is what became of a submission.
type Verdict string

// The verdicts. Entries that are no submission (a registration, a log that opens) have OK.
const (
	OK         Verdict = "ok"         // done
	Repeat     Verdict = "repeat"     // done before; the first answer counts
	Refused    Verdict = "refused"    // understood and refused
	Unreadable Verdict = "unreadable" // no code could be read
)

func (v Verdict) valid() bool { return v == OK || v == Repeat || v == Refused || v == Unreadable }

// StateNotGenuine is the state label of a submission whose tag is not genuine. [Facts] counts such entries per
// license.
const StateNotGenuine = "not genuine"

// FieldCustomer is the personal field that holds a customer's name. The newest one of a license's entries is the
// license's customer.
const FieldCustomer = "customer"

// LogID is the number of a log within one store: 0 for the first one, then counting up. A store appends to one log
// of its own; a restored backup opens a new one, and merged logs of other desks keep theirs.
type LogID uint32

// EntryID names an entry within one store: the log's number in the upper 24 bits, the entry's index in the log (its
// record number in the Merkle log, from 0) in the lower 40. Within a log, the order of ids is the order of appending.
// Entry 0 of a log is always the one that opens it, so the zero EntryID never names a cause: where an id says which
// entry did something, 0 means none.
type EntryID uint64

const indexBits = 40

// MaxIndex is the highest index of an entry in its log.
const MaxIndex = 1<<indexBits - 1

// NewEntryID returns the id of the entry at index of log. It panics if index is above MaxIndex or log needs more
// than 23 bits (so that ids stay positive in a signed column).
func NewEntryID(log LogID, index uint64) EntryID {
	if index > MaxIndex || log >= 1<<23 {
		panic(fmt.Sprintf("journal: no entry id for log %d index %d", log, index))
	}
	return EntryID(uint64(log)<<indexBits | index)
}

// Log returns the number of the entry's log.
func (id EntryID) Log() LogID { return LogID(id >> indexBits) }

// Index returns the entry's index in its log, from 0.
func (id EntryID) Index() uint64 { return uint64(id) & MaxIndex }

// String returns the index alone ("17") for log 0, and "LOG/INDEX" ("2/17") for the others.
func (id EntryID) String() string { return string(id.Append(nil)) }

// Append appends what [EntryID.String] returns to b, and returns the longer slice.
func (id EntryID) Append(b []byte) []byte {
	if id.Log() != 0 {
		b = append(strconv.AppendUint(b, uint64(id.Log()), 10), '/')
	}
	return strconv.AppendUint(b, id.Index(), 10)
}

// ParseEntryID reads what [EntryID.String] writes.
func ParseEntryID(s string) (EntryID, error) {
	log, index, found := strings.Cut(s, "/")
	if !found {
		log, index = "0", s
	}
	l, err1 := strconv.ParseUint(log, 10, 23)
	n, err2 := strconv.ParseUint(index, 10, indexBits)
	if err1 != nil || err2 != nil {
		return 0, fmt.Errorf("entry number: have %q, want a number like 17, or 2/17 for entry 17 of log 2", s)
	}
	id := NewEntryID(LogID(l), n)
	if id.String() != s {
		return 0, fmt.Errorf("entry number: have %q, want it written %q", s, id.String())
	}
	return id, nil
}

// Check is one check of a submission, as the desk judged it.
type Check struct {
	Name   string // what was checked: "genuine", "seats", ...
	Result string // Passed, Failed, Warning, NotApplicable or Overridden
	Detail string // a sentence that can be read to the customer
}

// The results of a check.
const (
	Passed        = "passed"
	Failed        = "failed"
	Warning       = "warning"
	NotApplicable = "not applicable"
	Overridden    = "overridden"
)

// Personal is a text that can be erased. The leaf holds Field and Hash only.
type Personal struct {
	Field    string   // a lower-case word: "customer", "reference", "reason", ...; once per entry
	Salt     [16]byte // random, never used twice: without it a short text could be guessed from its hash
	Text     string   // empty once erased
	Redacted bool     // the text was erased (or is not at hand: an entry straight from ParseLeaf)
	Hash     [32]byte // SHA-256(salt ‖ text); needed only where Redacted, else Leaf computes it
}

// Sum returns SHA-256(salt ‖ text), or Hash if the text was erased.
func (p *Personal) Sum() [32]byte {
	if p.Redacted {
		return p.Hash
	}
	return PersonalHash(p.Salt[:], p.Text)
}

// PersonalHash returns what the leaf holds of a personal text: SHA-256(salt ‖ text).
func PersonalHash(salt []byte, text string) [32]byte {
	b := make([]byte, 0, 128)
	b = append(append(b, salt...), text...)
	return sha256.Sum256(b)
}

// Entry is one entry of the journal. Zero fields are left out of the leaf. [Entry.Valid] says what a store takes.
type Entry struct {
	ID EntryID // set by the store, not in the leaf

	At       time.Time // when it was decided; kept in UTC, cut to microseconds
	Kind     Kind
	Verdict  Verdict
	Operator string   // who
	Desk     string   // at which desk
	Via      string   // through what: "command", "terminal", "batch", ...
	Intent   [16]byte // random, one per attempt: meeting one's own after a lost connection is success. Unique in a store among the entries of no batch; zero for none
	Batch    string   // the batch that the entry belongs to, else empty
	Line     int      // its line in the batch, from 0; (Batch, Line) is unique in a store

	Product     codes.UID
	License     codes.LicenseNumber // every effect that is of a license must be of this one
	Definition  uint8
	Machine     bool // Fingerprint and Random are set (0 is a fingerprint as any other)
	Fingerprint codes.Fingerprint
	Random      uint32

	State  string // the state label of a genuine code, or StateNotGenuine
	Code   string // canonical text; for an unreadable one the submitted text, made short by ShortText; never a serial number's
	Checks []Check
	Answer string // the canonical activation code that was given, if any
	Detail string // text of the kind: exported definitions, a product's digest, ...; at most MaxDetail bytes

	Personal []Personal
	Effects  []Effect // what follows, in this order

	leaf []byte // made ahead by an Encoder; nil where none did
}

// Limits of an entry, in bytes.
const (
	MaxText   = 4 << 10 // every text field but Detail, personal texts included
	MaxDetail = 1 << 20 // Detail
	MaxLeaf   = 4 << 20 // the whole leaf: about 400,000 numbers of a pool
	MaxCode   = 512     // ShortText
)

// ShortText makes a submitted text that is no code fit for Entry.Code: at most MaxCode bytes, cut at a character,
// with "..." where it was cut.
func ShortText(s string) string {
	if len(s) <= MaxCode {
		return s
	}
	const dots = "..."
	cut := MaxCode - len(dots)
	for i := 0; i < 3 && cut > 0 && s[cut]&0xC0 == 0x80; i++ {
		cut--
	}
	return s[:cut] + dots
}
