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
	"github.com/manual-activator/manual-activator/fingerprint"
)

const recordLine = "manual-activator/1 protector state\n"

// Why a state file is not taken.
var (
	errDamaged = errors.New("damaged")
	errNewer   = errors.New("written by a newer version")
)

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
		if !slices.Contains(answerKinds, a.Code.Kind()) {
			return errors.New("an answer is not complete")
		}
	}
	if r.Proof != nil && r.Proof.Code.Kind() != codes.KindSigned {
		return errors.New("the proof of the license is not complete")
	}
	for _, g := range slices.Concat(r.Active, r.ends()) {
		if g.Proof != nil && g.Proof.Code.Kind() != codes.KindSigned {
			return errors.New("the proof of an activation is not complete")
		}
	}
	if t := r.Tombstone; t != nil && (t.Code.Kind() != codes.KindConfirmation || len(r.Active) > 0) {
		return errors.New("the deactivation is not complete")
	}
	shown := map[codes.Code]bool{}
	for _, in := range r.CheckedIn {
		if in.Code.Kind() != codes.KindConfirmation || in.Gave == 0 || shown[in.Code] {
			return errors.New("a check-in is not complete")
		}
		shown[in.Code] = true
	}
	if r.Recovery && (!r.Key.Equal(r.stretched()) || len(r.Active) > 0 || len(r.CheckedIn) > 0) {
		return errors.New("the recovery is under another key than the license's")
	}
	return nil
}
