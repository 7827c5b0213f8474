package protector

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// Limits of a record. Lists drop their oldest entries.
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
	Tombstone   *tombstone        `json:"tombstone,omitempty"`
	CheckedIn   *checkedIn        `json:"checked_in,omitempty"` // the last check-in, while its code is shown
	Returns     []keyID           `json:"returns,omitempty"`    // every key that a check-in left
	Machines    []machine         `json:"machines,omitempty"`   // hardware profiles, by id
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

// machine is a hardware profile.
type machine struct {
	ID      machineID       `json:"id"`
	Profile json.RawMessage `json:"profile"`
}

// machineID is the start of the SHA-256 of a profile's canonical JSON.
type machineID string

const recordLine = "manual-activator/1 protector state\n"

// Why a state file is not taken.
var (
	errDamaged = errors.New("damaged")
	errNewer   = errors.New("written by a newer version")
)

// stretched is LK, the key the license begins with.
func (r *record) stretched() codes.Key { return r.LicenseKey.Stretch(r.Product, r.License) }

// tagKey is the key of the file's tag.
func (r *record) tagKey() []byte {
	base := r.Product[:]
	if r.License != 0 {
		lk := r.stretched().Bytes()
		base = lk[:]
	}
	h := hmac.New(sha256.New, base)
	io.WriteString(h, "manual-activator/1 state key\x00")
	h.Write(r.Product[:])
	var l [4]byte
	binary.BigEndian.PutUint32(l[:], uint32(r.License))
	h.Write(l[:])
	return h.Sum(nil)
}

func (r *record) tag(text []byte) []byte {
	h := hmac.New(sha256.New, r.tagKey())
	h.Write(text)
	return h.Sum(nil)
}

// encode returns the state file.
func (r *record) encode() []byte {
	r.tidy()
	text := append([]byte(recordLine), r.json()...)
	text = append(text, '\n')
	return fmt.Appendf(text, "tag %x\n", r.tag(text))
}

func (r *record) json() []byte {
	b, err := json.Marshal(r)
	if err != nil {
		panic("protector: a record that cannot be written: " + err.Error())
	}
	return b
}

// tidy keeps the lists within their limits and drops profiles nobody refers to.
func (r *record) tidy() {
	r.Answered = lastOf(r.Answered, maxAnswered)
	r.Lineage = lastOf(r.Lineage, maxLineage)
	r.Older = lastOf(r.Older, maxOlder)
	r.Returns = lastOf(r.Returns, maxReturns)
	used := map[machineID]bool{r.Machine: true}
	for _, q := range r.Requests {
		used[q.Machine] = true
	}
	r.Machines = slices.DeleteFunc(r.Machines, func(m machine) bool { return !used[m.ID] })
	if len(r.Machines) == 0 {
		r.Machines = nil
	}
}

func lastOf[T any](list []T, most int) []T {
	if len(list) > most {
		return slices.Clone(list[len(list)-most:])
	}
	return list
}

// decodeRecord reads a state file of a product and license (0: the machine's).
// Errors wrap errDamaged or errNewer.
func decodeRecord(data []byte, uid codes.UID, license codes.LicenseNumber) (*record, error) {
	damaged := func(format string, args ...any) (*record, error) {
		return nil, fmt.Errorf("%w: %s", errDamaged, fmt.Sprintf(format, args...))
	}
	if len(data) > maxRecord {
		return damaged("%d bytes, a state file has at most %d", len(data), maxRecord)
	}
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	body, rest, ok := bytes.Cut(rest, []byte("\n"))
	if !ok {
		return damaged("it is cut off")
	}
	tag, ok := bytes.CutPrefix(rest, []byte("tag "))
	if !ok || len(tag) != 2*sha256.Size+1 || tag[len(tag)-1] != '\n' {
		return damaged("the tag line is missing or cut off")
	}
	if !bytes.HasPrefix(line, []byte("manual-activator/")) || !bytes.HasSuffix(line, []byte(" protector state")) {
		return damaged("the first line is not %q", recordLine[:len(recordLine)-1])
	}
	genuine := func(r *record) bool {
		want := hex.AppendEncode(nil, r.tag(data[:len(line)+len(body)+2]))
		return hmac.Equal(want, tag[:len(tag)-1])
	}
	if string(line)+"\n" != recordLine {
		// Every version keeps the tag and the place of the license key, so that
		// newness can be told from damage.
		r := &record{Product: uid, License: license}
		var later struct {
			LicenseKey licenseSecret `json:"license_key"`
		}
		if json.Unmarshal(body, &later) == nil {
			if r.LicenseKey = later.LicenseKey; genuine(r) {
				return nil, errNewer
			}
		}
		return damaged("its first line is not genuine")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	r := new(record)
	if err := d.Decode(r); err != nil {
		return damaged("not a record of this version")
	}
	if !genuine(r) {
		return damaged("its tag is not genuine")
	}
	if r.Product != uid || r.License != license {
		return damaged("it is the state of something else")
	}
	if err := r.valid(); err != nil {
		return damaged("%v", err)
	}
	r.tidy()
	if !bytes.Equal(r.json(), body) {
		return damaged("not in canonical form")
	}
	return r, nil
}

// valid reports what a record must not hold, so that the rules need not ask.
func (r *record) valid() error {
	if r.License == 0 {
		return nil
	}
	if r.Key.IsZero() || len(r.Lineage) == 0 || r.Lineage[len(r.Lineage)-1] != r.Key.ID() {
		return errors.New("the current key is missing")
	}
	known := map[machineID]bool{}
	for _, m := range r.Machines {
		if _, err := fingerprint.Parse(m.Profile); err != nil || known[m.ID] {
			return errors.New("a hardware profile is not readable")
		}
		known[m.ID] = true
	}
	if r.Machine != "" && !known[r.Machine] {
		return errors.New("the hardware profile is missing")
	}
	for _, q := range r.Requests {
		if q.Code.Kind() != codes.KindRequest || q.Key.IsZero() || !known[q.Machine] {
			return errors.New("a request is not complete")
		}
	}
	for _, q := range r.Older {
		if q.Code.Kind() != codes.KindRequest || q.Key.IsZero() {
			return errors.New("an older request is not complete")
		}
	}
	for _, a := range r.Answered {
		if a.Code.Kind() != codes.KindActivation {
			return errors.New("an answer is not complete")
		}
	}
	if t := r.Tombstone; t != nil && (t.Code.Kind() != codes.KindConfirmation || len(r.Active) > 0) {
		return errors.New("the deactivation is not complete")
	}
	if c := r.CheckedIn; c != nil && (c.Code.Kind() != codes.KindConfirmation || r.Tombstone != nil) {
		return errors.New("the check-in is not complete")
	}
	if r.Recovery && (!r.Key.Equal(r.stretched()) || len(r.Active) > 0) {
		return errors.New("the recovery is under another key than the license's")
	}
	return nil
}

// clone returns a copy that shares nothing that the rules change in place.
func (r *record) clone() *record {
	c := *r
	c.Lineage = slices.Clone(r.Lineage)
	c.Active = slices.Clone(r.Active)
	c.Requests = slices.Clone(r.Requests)
	c.Older = slices.Clone(r.Older)
	c.Returns = slices.Clone(r.Returns)
	c.Answered = slices.Clone(r.Answered)
	c.Machines = slices.Clone(r.Machines)
	if r.Tombstone != nil {
		t := *r.Tombstone
		t.Ends = slices.Clone(t.Ends)
		c.Tombstone = &t
	}
	if r.CheckedIn != nil {
		in := *r.CheckedIn
		c.CheckedIn = &in
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
