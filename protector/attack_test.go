package protector

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// copyTree copies a folder of states, as a backup does.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestOldAnswers: no answer that was ever given revives a deactivated copy, whatever
// is done to state and clock.
func TestOldAnswers(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	var old []string
	kept := w.request(c, 5) // answered and never typed
	old = append(old, w.issue(kept, protectortest.Answer{Parameter: 1}))
	old = append(old, w.issue(kept, protectortest.Answer{As: 1}))
	old = append(old, w.activate(c, 1, protectortest.Answer{}))
	old = append(old, w.activate(c, 4, protectortest.Answer{Parameter: 30}))
	w.confirm(w.deactivate(c))
	try := func(when string, c *Client) {
		t.Helper()
		for i, code := range old {
			if a, err := c.Enter(code); err == nil {
				t.Errorf("%s: old answer %d was accepted: %+v", when, i, a)
			}
		}
		for _, d := range w.status(c).Definitions {
			if d.State == Active || d.State == Expired {
				t.Errorf("%s: definition %d is %s", when, d.ID, d.State)
			}
		}
	}
	try("deactivated", c)
	w.now = start.Add(-30 * oneDay)
	try("clock set back", w.open())
	w.now = start
	if in, err := c.EnterSerial(w.serial); err != nil || !in.Known {
		t.Errorf("the serial number again: %+v, %v", in, err)
	}
	try("serial number again", c)
	r := w.request(c, 3) // outstanding, so that there is something to answer
	try("reactivation asked for", c)

	w.dir = t.TempDir() // wiped
	c = w.licensed()
	try("wiped", c)
	w.request(c, 1)
	w.request(c, 5)
	try("wiped, asked for", c)
	w.now = start.Add(-30 * oneDay)
	c = w.open()
	try("wiped, clock set back", c)
	_, err := c.Enter(w.issue(r, protectortest.Answer{}))
	w.refused(err, ReasonNoMatch) // the reactivation of the copy that was wiped
}

// TestSameRandom: a machine whose randomness repeats shows nothing rather than a code
// for which an answer may exist.
func TestSameRandom(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	c.config.Rand = constant(0x42)
	w.activate(c, 1, protectortest.Answer{})
	_, err := c.Request(5, RequestOptions{})
	w.refused(err, ReasonRandom)
	_, err = c.Deactivate(0, yes)
	w.refused(err, ReasonRandom)
	w.is(c, 1, Active, ReasonActive)
	c.config.Rand = constant(0x43)
	w.deactivate(c)
	_, err = c.Request(3, RequestOptions{})
	w.refused(err, ReasonRandom)
}

type constant byte

func (b constant) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

func TestNoRandomness(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	c.config.Rand = constant(0)
	if _, err := c.Request(1, RequestOptions{}); ReasonOf(err) != ReasonRandom {
		t.Errorf("have %v, want %s", err, ReasonRandom)
	}
	c.config.Rand = strings.NewReader("")
	if _, err := c.Request(1, RequestOptions{}); ReasonOf(err) != ReasonRandom {
		t.Errorf("have %v, want %s", err, ReasonRandom)
	}
}

// TestForgedState: a state file for an invented license, with a tag that is right,
// is not honored; nor is one whose license file is not the vendor's.
func TestForgedState(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Test = false
	w.profile = w.vendor.Export()
	w.open()
	foreign := protectortest.New(start)
	foreign.Profile.UID = w.vendor.Profile.UID
	made := codes.LicenseKey{1, 2, 3}
	// Each state has the key of its file, so that nothing but what the case names is wrong with it.
	for name, f := range map[string]struct {
		file []byte
		key  codes.LicenseKey
	}{
		"invented":             {nil, made},
		"another vendor's":     {foreign.LicenseFile(0x42, nil), foreign.Serial(0x42).Key},
		"of another license":   {w.vendor.LicenseFile(0x43, nil), w.vendor.Serial(0x43).Key},
		"of another product":   {w.vendor.LicenseFile(0x42, func(l *product.License) { l.UID[0] ^= 1; l.Key = made }), made},
		"for tests":            {w.vendor.LicenseFile(0x42, func(l *product.License) { l.Test = true; l.Key = made }), made},
		"its own, another key": {w.vendor.LicenseFile(0x42, nil), made},
	} {
		t.Run(name, func(t *testing.T) {
			rec := &record{
				Product: w.vendor.Profile.UID, License: 0x42, Sequence: 9, Generation: 1, Entered: 1,
				LicenseKey: licenseSecret{f.key}, LicenseFile: string(f.file),
			}
			rec.setKey(rec.stretched())
			rec.Machine = rec.keep(w.machine)
			fold, _ := w.machine.Fold(w.vendor.Profile.UID)
			rec.Fingerprint = codes.Fingerprint(fold)
			rec.hold(grant{Definition: 1, Type: product.Release, Release: 1, Since: start.Unix()})
			base := &record{Product: w.vendor.Profile.UID, Sequence: 99, Current: 0x42}
			for _, place := range []string{"first", "second"} {
				w.writeFile(w.file(place, licenseFile(0x42)), string(rec.encode()))
				w.writeFile(w.file(place, machineFile), string(base.encode()))
			}
			c := w.open()
			w.is(c, 1, Inactive, ReasonNotVouched)
			_, err := c.Request(1, RequestOptions{})
			w.refused(err, ReasonNotVouched)
			_, err = c.Enter(codes.Answer{Tag: 1}.Code().String())
			w.refused(err, ReasonNotVouched)
		})
	}
}

// TestMovedState: the state of another license or product under this name is damage.
func TestMovedState(t *testing.T) {
	w := newWorld(t)
	other := newWorld(t)
	c := w.licensed()
	other.activate(other.licensed(), 1, protectortest.Answer{})
	stolen := other.readFile(other.file("first", licenseFile(number)))
	for _, place := range []string{"first", "second"} {
		w.writeFile(w.file(place, licenseFile(number)), stolen)
	}
	w.is(c, 1, Inactive, ReasonStateDamaged)
}

// TestBackups: a backup of one place changes nothing; a backup of all places is the
// state of then, whose requests show the vendor an old key.
func TestBackups(t *testing.T) {
	w, c := activated(t)
	backup := t.TempDir()
	copyTree(t, w.dir, filepath.Join(backup, "all"))
	d := w.deactivate(c)
	w.confirm(d)
	for _, place := range []string{"first", "second"} {
		w.lose(place)
		copyTree(t, filepath.Join(backup, "all", place), filepath.Join(w.dir, place))
		w.is(w.open(), 1, Deactivated, ReasonDeactivated)
		if again, err := w.open().Confirmation(); err != nil || again.Code != d {
			t.Errorf("confirmation %s, %v; want %s", again.Code, err, d)
		}
	}
	for _, place := range []string{"first", "second"} {
		w.lose(place)
		copyTree(t, filepath.Join(backup, "all", place), filepath.Join(w.dir, place))
	}
	c = w.open()
	w.is(c, 1, Active, ReasonActive) // a known limit, see docs/security.md
	if second := w.deactivate(c); second == d {
		t.Error("a copy made the same confirmation again")
	}
}

// TestManyRequests bounds the work of an answer and of its repair.
func TestManyRequests(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Definitions = nil
	for id := 1; id <= 255; id++ {
		w.vendor.Profile.Definitions = append(w.vendor.Profile.Definitions, product.Definition{
			ID: uint8(id), Type: product.Feature, Name: fmt.Sprint("feature ", id), Parameter: product.Parameter{Most: 9},
		})
	}
	w.profile = w.vendor.Export()
	c := w.licensed()
	rec := w.stored()
	id := rec.keep(w.machine)
	rec.Machine = id
	for d := 1; d <= 255; d++ {
		for n := range maxRequests {
			s := codes.Statement{Kind: codes.KindRequest, Random: uint32(d*100 + n), License: number, Definition: uint8(d)}
			rec.Requests = append(rec.Requests, outstanding{Code: s.Code(), Type: uint8(product.Feature), Release: 1, Key: rec.Key, Machine: id, Made: 1})
		}
	}
	w.store(rec)
	_, err := c.Enter(codes.Answer{Tag: 1}.Code().String())
	w.refused(err, ReasonNoMatch)
	_, err = c.Enter("A1111?-11111?-11111?-11111?")
	w.refused(err, ReasonUnreadable)
}

// stored is the record of the license as the first place has it.
func (w *world) stored() *record {
	w.Helper()
	return w.storedOf(number)
}

// storedOf is the record of any license as the first place has it.
func (w *world) storedOf(license codes.LicenseNumber) *record {
	w.Helper()
	rec, err := decodeRecord([]byte(w.readFile(w.file("first", licenseFile(license)))), w.vendor.Profile.UID, license)
	if err != nil {
		w.Fatal(err)
	}
	return rec
}

// store puts a record into both places, newer than what is there.
func (w *world) store(rec *record) {
	w.Helper()
	rec.Sequence += 10
	for _, place := range []string{"first", "second"} {
		w.writeFile(w.file(place, licenseFile(rec.License)), string(rec.encode()))
	}
}

// TestSecrets: no key shows in anything that is printed.
func TestSecrets(t *testing.T) {
	w, c := activated(t)
	rec := w.stored()
	key, lk := rec.Key.Bytes(), rec.stretched().Bytes()
	s, err := c.Status()
	if err != nil {
		t.Fatal(err)
	}
	_, slip := c.EnterSerial(w.serial[:len(w.serial)-1] + "?")
	for _, secret := range []string{
		fmt.Sprintf("%x", key[:8]), fmt.Sprintf("%x", lk[:8]), fmt.Sprintf("%x", rec.LicenseKey.LicenseKey[:6]), fmt.Sprintf("%d", key[0:6]),
		w.serial[7:13],
	} {
		for name, text := range map[string]string{
			"record": fmt.Sprintf("%v %+v %#v %s", rec, *rec, *rec, rec.Key), "status": fmt.Sprintf("%+v", s), "error": fmt.Sprint(slip),
		} {
			if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
				t.Errorf("%s shows a secret: %s", name, text)
			}
		}
	}
}

// TestBadMachine: a collector that panics, fails, or gives nothing.
func TestBadMachine(t *testing.T) {
	w, _ := activated(t)
	w.machine = nil
	w.is(w.open(), 1, Inactive, ReasonHardwareUnreadable)
	config := w.config()
	config.Machine = nil
	if _, err := Open(config); err != nil {
		t.Error(err)
	}
	w.machine = fingerprint.New()
	c := w.open()
	_, err := c.Request(1, RequestOptions{})
	w.refused(err, ReasonHardwareUnreadable)
}

// TestOlderRequestTypedLate: the answer to a request that was made before an answered one, for the same thing, is no
// answer any more: the key of the machine must not go back.
func TestOlderRequestTypedLate(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	older := w.issue(w.request(c, 1), protectortest.Answer{Parameter: 0})
	newer, err := c.Request(1, RequestOptions{New: true})
	if err != nil {
		t.Fatal(err)
	}
	w.enter(c, w.issue(newer.Code, protectortest.Answer{}))
	next := w.request(c, 4)
	if _, err := c.Enter(older); err == nil {
		t.Error("the answer to the older request: have it accepted, want it refused")
	}
	w.enter(c, w.issue(next, protectortest.Answer{Parameter: 1}))
	if _, err := w.vendor.Confirm(w.deactivate(c)); err != nil {
		t.Errorf("the desk, which saw the newer one in use: have %v, want the confirmation genuine", err)
	}
}

// TestForgedStateIsOutranked: a state that somebody made up for the number of a license, with the highest generation he
// can think of, is gone when the customer enters the serial number, and does not come back from one of the places.
func TestForgedStateIsOutranked(t *testing.T) {
	w := newWorld(t)
	w.open()
	rec := &record{Product: w.vendor.Profile.UID, License: number, Sequence: 9, Generation: 1000, Entered: 1, LicenseKey: licenseSecret{codes.LicenseKey{1, 2, 3}}}
	rec.setKey(rec.stretched())
	base := &record{Product: w.vendor.Profile.UID, Sequence: 99, Current: number}
	for _, place := range []string{"first", "second"} {
		w.writeFile(w.file(place, licenseFile(number)), string(rec.encode()))
		w.writeFile(w.file(place, machineFile), string(base.encode()))
	}
	c := w.open()
	_, err := c.Request(1, RequestOptions{})
	w.refused(err, ReasonNotVouched)
	if _, err := c.EnterSerial(w.serial); err != nil {
		t.Fatal(err)
	}
	w.writeFile(w.file("second", licenseFile(number)), string(rec.encode()))
	c = w.open()
	w.activate(c, 1, protectortest.Answer{})
	w.is(c, 1, Active, ReasonActive)
}

// TestReactivationOfNothing: whoever has the serial number answers a request for the release with a reactivation, on a
// copy that was never deactivated. It brings nothing back, and does not stop the program.
func TestReactivationOfNothing(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	_, err := c.Enter(w.issue(w.request(c, 1), protectortest.Answer{As: protectortest.Reactivate}))
	w.refused(err, ReasonNotDeactivated)
	w.is(c, 1, Pending, ReasonAnswerAwaited)
	w.activate(c, 1, protectortest.Answer{})
}
