package journal

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/manual-activator/manual-activator/codes"
)

// Effect is what follows from an entry: one change of the tables beside the journal. The concrete types are [Claim],
// [Mark], [TakeSeat], [FreeSeat], [SetLicense], [AddPool], [Erase], [MergeLog] and [Restate], all used as values. Effects of an
// entry apply in order.
type Effect interface{ effect() }

// Scope says what kind of thing a claim is about.
type Scope uint8

// The scopes. Keys of ScopeAnswer and ScopeConfirmation have a fixed form: see AnswerKey and ConfirmationKey.
const (
	ScopeAnswer       Scope = 1 // key AnswerKey, value the answer: one answer per request and revision
	ScopeConfirmation Scope = 2 // key ConfirmationKey: a deactivation confirmation code counts once
	ScopeClosed       Scope = 3 // key the id of an activation's key: an activation is given back once
	ScopePresigned    Scope = 4 // key a slot: a presigned code is given once
	ScopeRefund       Scope = 5 // a license is refunded once
	ScopeSeen         Scope = 6 // key the id of an activation's key: it was seen in use (a Mark)
	ScopeGone         Scope = 7 // key the id of an activation's key, or a machine: declared gone
)

var scopeNames = map[Scope]string{
	ScopeAnswer: "answer", ScopeConfirmation: "confirmation", ScopeClosed: "closed activation",
	ScopePresigned: "presigned slot", ScopeRefund: "refund", ScopeSeen: "seen in use", ScopeGone: "gone",
}

// String returns the scope's name ("answer"), or "scope N".
func (s Scope) String() string {
	if n := scopeNames[s]; n != "" {
		return n
	}
	return fmt.Sprintf("scope %d", uint8(s))
}

// Claim takes (License, Scope, Key) for ever. A second claim of the same, or one after a mark, is a *TakenError.
type Claim struct {
	License codes.LicenseNumber
	Scope   Scope
	Key     []byte // 1 to 64 bytes
	Value   []byte // at most 512 bytes
}

// Mark takes (License, Scope, Key) in the same table unless it is taken; being late is no error.
type Mark struct {
	License codes.LicenseNumber
	Scope   Scope
	Key     []byte // 1 to 64 bytes
}

// TakeSeat gives a machine a numbered seat. A slot, or a fingerprint, that has one already is a *TakenError. Limit
// must be the license's number of seats at that moment (else *StaleError), and Slot at most Limit, unless Excess says
// by what right it is above.
type TakeSeat struct {
	License     codes.LicenseNumber
	Fingerprint codes.Fingerprint
	Slot        int // from 1
	Limit       int
	Excess      string // empty, or a word on why the seat may be above the limit: "override"
}

// FreeSeat gives a machine's seat back. A machine that has none is no error: what counts once is a claim.
type FreeSeat struct {
	License     codes.LicenseNumber
	Fingerprint codes.Fingerprint
}

// The states of a license.
const (
	Live     = "live"
	Revoked  = "revoked"
	Refunded = "refunded"
)

// SetLicense registers a license (New) or writes an existing one anew, all fields. The first takes the number out of
// the product's pool if it is there; a number that is registered is a *TakenError, as is an order that another
// license of the product has. The second must name a registered license of the same product. Seats may not fall
// below a taken slot that has no Excess (*TakenError): free or renumber it by effects before this one.
type SetLicense struct {
	New     bool // registers; false changes
	Number  codes.LicenseNumber
	Product codes.UID
	Seats   int    // 0 to 1<<30
	State   string // Live, Revoked or Refunded
	Order   string // unique within the product; empty for none
	Grants  string // canonical text of what was bought; the journal does not read it
	Release uint16 // the highest release covered; meaning is the desk's
}

// AddPool puts license numbers, drawn ahead, at the end of a product's pool, in this order; they are handed out in
// this order too (sorted, they would tell sales figures). A number that is in any pool or registered is a *TakenError.
type AddPool struct {
	Product codes.UID
	Numbers []codes.LicenseNumber
}

// Erase takes personal texts out of the store: those of one field, in runs of entries that a log has already. Their
// hashes stay in the leaves, so every proof stays valid. A text that is gone without an Erase is a text that somebody
// took away: [Verify] tells the two apart.
type Erase struct {
	Field  string
	Origin string // of the log that the entries are in
	Runs   []Run  // 1 to MaxRuns, ascending, with at least one entry between two
}

// Run is the entries of a log from index First to index Last, both included.
type Run struct{ First, Last uint64 }

// MaxRuns is how many runs an [Erase] may have.
const MaxRuns = 100_000

// MergeLog says that entries of another desk's log were brought in, from index First up to Size; Hash is the tree hash over
// the first Size of them. Nothing follows from their own effects here: what they mean in this journal is said by entries
// of its own log, each with a [Restate]. So tables still follow from the own logs' leaves alone, without any rule.
type MergeLog struct {
	Origin      string
	First, Size uint64 // First below Size
	Hash        tlog.Hash
}

// Restate says that this entry takes over what the entry Index of the log Origin, which was brought in, recorded: time,
// operator, desk, kind and all else are that entry's, but for Via, Intent, batch, checks, erased texts and effects. It is the
// entry's first effect; the others are what that entry's effects came to here.
type Restate struct {
	Origin string
	Index  uint64
}

func (Claim) effect()      {}
func (Mark) effect()       {}
func (TakeSeat) effect()   {}
func (FreeSeat) effect()   {}
func (SetLicense) effect() {}
func (AddPool) effect()    {}
func (Erase) effect()      {}
func (MergeLog) effect()   {}
func (Restate) effect()    {}

// Restates returns what the entry takes over from another log; ok is false where it takes over nothing.
func (e *Entry) Restates() (r Restate, ok bool) {
	if len(e.Effects) == 0 {
		return r, false
	}
	r, ok = e.Effects[0].(Restate)
	return r, ok
}

// Owes reports whether an entry of a log that is brought in must be restated: it has effects, and is not itself about
// what its desk brought in.
func (e *Entry) Owes() bool {
	if len(e.Effects) == 0 {
		return false
	}
	switch e.Effects[0].(type) {
	case Restate, MergeLog:
		return false
	}
	return true
}

// restated is what an entry and the one that takes it over have in common, as a leaf. Personal texts that were erased by
// then are in the first one alone.
func (e *Entry) restated(dst []byte) []byte {
	c := *e
	c.Via, c.Intent, c.Batch, c.Line, c.Checks, c.Personal, c.Effects = "", [16]byte{}, "", 0, nil, nil, nil
	return c.Leaf(dst)
}

// PoolPlace returns the place of the first number that the i-th effect of an entry, an AddPool, puts into its pool:
// places count from 0 for each product, through all effects of the entry.
func PoolPlace(effects []Effect, i int) int {
	return poolPlace(effects[:i], effects[i].(AddPool).Product)
}

func poolPlace(before []Effect, product codes.UID) (place int) {
	for _, f := range before {
		if p, ok := f.(AddPool); ok && p.Product == product {
			place += len(p.Numbers)
		}
	}
	return place
}

// AnswerKey is the key of a claim in ScopeAnswer: fingerprint (4) ‖ random (4) ‖ revision (1), big-endian. Revision
// counts from 1; a correction has the next one.
func AnswerKey(f codes.Fingerprint, random uint32, revision uint8) []byte {
	return append(ConfirmationKey(f, random), revision)
}

// ParseAnswerKey reads a key of ScopeAnswer; ok is false if it is none.
func ParseAnswerKey(key []byte) (f codes.Fingerprint, random uint32, revision uint8, ok bool) {
	if len(key) != 9 {
		return 0, 0, 0, false
	}
	f, random, ok = ParseConfirmationKey(key[:8])
	return f, random, key[8], ok
}

// ConfirmationKey is the key of a claim in ScopeConfirmation: fingerprint (4) ‖ random (4), big-endian.
func ConfirmationKey(f codes.Fingerprint, random uint32) []byte {
	key := binary.BigEndian.AppendUint32(make([]byte, 0, 9), uint32(f))
	return binary.BigEndian.AppendUint32(key, random)
}

// ParseConfirmationKey reads a key of ScopeConfirmation; ok is false if it is none.
func ParseConfirmationKey(key []byte) (f codes.Fingerprint, random uint32, ok bool) {
	if len(key) != 8 {
		return 0, 0, false
	}
	f = codes.Fingerprint(binary.BigEndian.Uint32(key))
	return f, binary.BigEndian.Uint32(key[4:]), f <= maxFingerprint
}

const maxFingerprint codes.Fingerprint = 1<<26 - 1

// licenseOf returns the license that an effect is of; ofOne is false for those that are of none.
func licenseOf(e Effect) (l codes.LicenseNumber, ofOne bool) {
	switch e := e.(type) {
	case Claim:
		return e.License, true
	case Mark:
		return e.License, true
	case TakeSeat:
		return e.License, true
	case FreeSeat:
		return e.License, true
	case SetLicense:
		return e.Number, true
	}
	return 0, false
}
