package protector

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// Limits of a record. Lists drop their oldest entries. The check-ins that may be
// unread are never dropped, since without the oldest code the desk can read no later
// one. They are at most as many as the product has: only an answer that clears them
// makes active again what one gave back.
const (
	maxRecord   = 16 << 20 // bytes of a state file
	maxRequests = 8        // outstanding per definition
	maxAnswered = 256      // accepted answers remembered
	maxLineage  = 1024     // keys remembered
	maxOlder    = 16       // requests remembered that no answer counts for any more
	maxReturns  = 64       // check-ins remembered
)

// record is one state: that of the machine (license number 0: the trial, the
// newest profile seen, the license in use), that of one license on it, or what is
// kept beside it for its recovery. A state file holds one record:
//
//	manual-activator/1 protector state
//	{...}                              JSON of the record, in the one canonical form
//	tag 64 hexadecimal digits
//
// The tag is an HMAC-SHA256 over both lines before it, under a key derived from the
// license key (of license 0: from the product's uid).  Later versions keep the form
// of the three lines, the member license_key and the tag.
type record struct {
	Product  codes.UID           `json:"product"`
	License  codes.LicenseNumber `json:"license,omitempty"`
	Sequence uint64              `json:"sequence"` // rises with every write
	common

	// The machine's record. It has the license key of the license in use too.
	Current codes.LicenseNumber `json:"current,omitempty"` // the license in use

	// The recovery record of a license. Its current key is LK, always, and its
	// requests are those for a recovery.
	Recovery bool `json:"recovery,omitempty"`

	// A license's record.
	Generation  uint64            `json:"generation,omitempty"` // rises with accepted answers and confirmations only
	LicenseKey  licenseSecret     `json:"license_key,omitzero"`
	LicenseFile string            `json:"license_file,omitempty"` // as it was signed
	Entered     int64             `json:"entered,omitempty"`
	Withdrawn   uint64            `json:"withdrawn,omitempty"` // serial of the profile that listed the license as revoked or refunded
	Key         secret            `json:"key,omitzero"`        // the current key
	Lineage     []keyID           `json:"lineage,omitempty"`   // every key this state has had, oldest first, the current one last
	Fingerprint codes.Fingerprint `json:"fingerprint,omitempty"`
	Machine     machineID         `json:"machine,omitempty"` // the profile the fingerprint was drawn from
	Active      []grant           `json:"active,omitempty"`  // in the order of definitions
	Requests    []outstanding     `json:"requests,omitempty"`
	Older       []outstanding     `json:"older,omitempty"` // given up: an answer to one is told apart, and not taken
	Answered    []answered        `json:"answered,omitempty"`
	Proof       *proof            `json:"proof,omitempty"` // the last signed answer; never changed in place
	Tombstone   *tombstone        `json:"tombstone,omitempty"`
	CheckedIn   []checkedIn       `json:"checked_in,omitempty"` // the check-ins whose codes may still be unread, oldest first
	Returns     []keyID           `json:"returns,omitempty"`    // every key that a check-in left
	Machines    []machine         `json:"machines,omitempty"`   // hardware profiles, by id

	// Where the product wants to know of a state that was copied or moved.
	Marks  []string `json:"marks,omitempty"`   // the identities of the files beside it
	MarkNo uint64   `json:"mark_no,omitempty"` // rises with every set of marks; its last bit is their slot
	Moved  bool     `json:"moved,omitempty"`   // it was found moved, and no answer came since
}

// common is what every record of a product on a machine carries, so that losing
// one record loses none of it.
type common struct {
	Clock     int64 `json:"clock,omitempty"`     // the latest time seen since the last recovery, Unix seconds
	Recovered int64 `json:"recovered,omitempty"` // how often a recovery reset the clock
	Trial     int64 `json:"trial,omitempty"`     // when the built-in trial began
	Runs      int64 `json:"runs,omitempty"`      // how often a run began
	Ran       int64 `json:"ran,omitempty"`       // how long runs took together, in seconds
	Seen      seen  `json:"seen,omitzero"`       // the newest profile
}

// usedUp is what the counters of a trial show where nobody knows what they were.
const usedUp = 1 << 40

// seen is what is kept of the newest product profile.
type seen struct {
	Serial  uint64    `json:"serial"`
	Release uint16    `json:"release"`
	Signed  codes.Day `json:"signed"`
}

// grant is a definition that an accepted answer made active.
type grant struct {
	Definition uint8        `json:"definition"`
	Type       product.Type `json:"type"`
	Parameter  uint32       `json:"parameter"`
	Release    uint16       `json:"release"` // of the program that asked
	Since      int64        `json:"since"`
	// Until is where the extended trial ends: a time, in Unix seconds; a number of
	// seconds of running; a number of starts.
	Until int64 `json:"until,omitempty"`
	// Proof is the signed answer that granted it, for what only a signed answer grants;
	// never changed in place.
	Proof *proof `json:"proof,omitempty"`
}

// outstanding is a request that may still be answered.
type outstanding struct {
	Code    codes.Code `json:"code"`
	Type    uint8      `json:"type"`
	Release uint16     `json:"release"`
	Key     secret     `json:"key"`               // the key it is tagged under
	Machine machineID  `json:"machine,omitempty"` // none: an older one
	Made    int64      `json:"made"`
}

// answered is an accepted answer.
type answered struct {
	Random     uint32     `json:"random,omitempty"` // 0: reusable
	Definition uint8      `json:"definition"`
	Code       codes.Code `json:"code"`
	At         int64      `json:"at"`
}

// tombstone is a deactivation: what it ended and the confirmation code.
type tombstone struct {
	Code  codes.Code `json:"code"`
	Ended keyID      `json:"ended"` // the key that was current
	At    int64      `json:"at"`
	Ends  []grant    `json:"ends"` // what a reactivation restores
}

// checkedIn is a check-in: what it gave back and the confirmation code.
type checkedIn struct {
	Code codes.Code `json:"code"`
	Gave uint8      `json:"gave"` // the definition that ended
	At   int64      `json:"at"`
}

// givenBack returns the last check-in by a definition, while its code is kept and
// what it gave back is not active again.
func (r *record) givenBack(by uint8) (checkedIn, bool) {
	for _, in := range slices.Backward(r.CheckedIn) {
		if in.Code.Statement().Definition == by {
			_, again := r.held(in.Gave)
			return in, !again
		}
	}
	return checkedIn{}, false
}

// machine is a hardware profile.
type machine struct {
	ID      machineID       `json:"id"`
	Profile json.RawMessage `json:"profile"`
}

// machineID is the start of the SHA-256 of a profile's canonical JSON.
type machineID string

// stretched is LK, the key the license begins with.
func (r *record) stretched() codes.Key { return r.LicenseKey.Stretch(r.Product, r.License) }

// clone returns a copy that shares nothing that the rules change in place.
func (r *record) clone() *record {
	c := *r
	c.Lineage = slices.Clone(r.Lineage)
	c.Active = slices.Clone(r.Active)
	c.Requests = slices.Clone(r.Requests)
	c.Older = slices.Clone(r.Older)
	c.CheckedIn = slices.Clone(r.CheckedIn)
	c.Returns = slices.Clone(r.Returns)
	c.Answered = slices.Clone(r.Answered)
	c.Machines = slices.Clone(r.Machines)
	c.Marks = slices.Clone(r.Marks)
	if r.Tombstone != nil {
		t := *r.Tombstone
		t.Ends = slices.Clone(t.Ends)
		c.Tombstone = &t
	}
	return &c
}

// setKey makes k the current key, one generation on.
func (r *record) setKey(k codes.Key) {
	r.Key = secret{k}
	r.Lineage = append(r.Lineage, k.ID())
	r.Generation++
}

// giveUp makes the requests that drop names unanswerable.
func (r *record) giveUp(drop func(i int, q outstanding) bool) {
	var kept []outstanding
	for i, q := range r.Requests {
		if !drop(i, q) {
			kept = append(kept, q)
			continue
		}
		q.Machine = ""
		r.Older = append(r.Older, q)
	}
	r.Requests = kept
}

// held returns the grant of a definition, if it is active here.
func (r *record) held(id uint8) (grant, bool) {
	for _, g := range r.Active {
		if g.Definition == id {
			return g, true
		}
	}
	return grant{}, false
}

// hold puts a grant in, in place of an older one of the same definition.
func (r *record) hold(g grant) {
	r.Active = slices.DeleteFunc(r.Active, func(o grant) bool { return o.Definition == g.Definition })
	r.Active = append(r.Active, g)
	slices.SortFunc(r.Active, func(a, b grant) int { return int(a.Definition) - int(b.Definition) })
}

// keep adds a hardware profile and returns its id.
func (r *record) keep(p *fingerprint.Profile) machineID {
	raw, err := json.Marshal(p)
	if err != nil {
		panic("protector: a hardware profile that cannot be written: " + err.Error())
	}
	sum := sha256.Sum256(raw)
	id := machineID(hex.EncodeToString(sum[:8]))
	if r.profile(id) == nil {
		r.Machines = append(r.Machines, machine{ID: id, Profile: raw})
	}
	return id
}

// profile returns the hardware profile with this id, or nil.
func (r *record) profile(id machineID) *fingerprint.Profile {
	for _, m := range r.Machines {
		if m.ID != id {
			continue
		}
		p, err := fingerprint.Parse(m.Profile)
		if err != nil {
			panic("protector: a hardware profile that was read and cannot be read") // valid has seen it
		}
		return p
	}
	return nil
}
