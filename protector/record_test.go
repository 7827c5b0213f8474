package protector

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// full is a state file with something in every field.
func full(t testing.TB, tombstoned bool) (*record, []byte) {
	v := protectortest.New(start)
	serial := v.Serial(number)
	rec := &record{
		Product: v.Profile.UID, License: number, Sequence: 7, common: common{Clock: 1, Recovered: 1, Trial: 2, Runs: 3, Ran: 4, Seen: seen{3, 4, 5}},
		LicenseKey: licenseSecret{serial.Key}, LicenseFile: string(v.LicenseFile(number, nil)), Entered: 6, Withdrawn: 1,
	}
	rec.setKey(rec.stretched())
	rec.Machine, rec.Fingerprint = rec.keep(protectortest.Machine(1)), 0x12345
	st := codes.Statement{Kind: codes.KindRequest, Random: 1, License: number, Definition: 3}
	rec.Requests = []outstanding{{Code: st.Code(), Type: 1, Release: 4, Key: rec.Key, Machine: rec.keep(protectortest.Machine(2)), Made: 9}}
	rec.Older = []outstanding{{Code: st.Code(), Type: 1, Release: 4, Key: rec.Key, Made: 8}}
	rec.Returns = []keyID{rec.Key.ID()}
	rec.Answered = []answered{{Random: 3, Definition: 1, Code: codes.Answer{Tag: 5}.Code(), At: 3}}
	held := []grant{{Definition: 1, Type: product.Release, Parameter: 5, Release: 1, Since: 4}, {Definition: 4, Type: product.TrialDays, Until: 9}}
	if tombstoned {
		st.Kind = codes.KindConfirmation
		rec.Tombstone = &tombstone{Code: st.Code(), Ended: rec.Key.ID(), At: 5, Ends: held}
		rec.Key = secret{rec.Key.Deactivated(rec.Product, st)}
		rec.Lineage = append(rec.Lineage, rec.Key.ID())
	} else {
		rec.Active = held
		st.Kind = codes.KindConfirmation
		rec.CheckedIn = []checkedIn{{Code: st.Code(), Gave: 5, At: 7}}
	}
	return rec, rec.encode()
}

func TestRecordRoundTrip(t *testing.T) {
	for _, tombstoned := range []bool{false, true} {
		rec, data := full(t, tombstoned)
		have, err := decodeRecord(data, rec.Product, number)
		if err != nil {
			t.Fatal(err)
		}
		if string(have.encode()) != string(data) {
			t.Errorf("written again:\n%s\nwant:\n%s", have.encode(), data)
		}
		if !have.Key.Equal(rec.Key.Key) || !have.LicenseKey.Equal(rec.LicenseKey.LicenseKey) {
			t.Error("the keys are not the same")
		}
	}
}

// TestRecordMangled: every cut and every flipped byte is found.
func TestRecordMangled(t *testing.T) {
	rec, data := full(t, true)
	for n := range data {
		if _, err := decodeRecord(data[:n], rec.Product, number); err == nil {
			t.Fatalf("cut to %d bytes it is taken", n)
		}
		b := []byte(string(data))
		b[n] ^= 1 << (n % 8)
		if _, err := decodeRecord(b, rec.Product, number); err == nil {
			t.Fatalf("with byte %d flipped it is taken", n)
		}
	}
	if _, err := decodeRecord(data, rec.Product, number+1); err == nil {
		t.Error("it is taken for another license")
	}
	if _, err := decodeRecord(data, codes.UID{1}, number); err == nil {
		t.Error("it is taken for another product")
	}
}

// TestRecordInvalid: what a genuine tag does not excuse.
func TestRecordInvalid(t *testing.T) {
	for name, edit := range map[string]func(*record){
		"no key":             func(r *record) { r.Key = secret{} },
		"no lineage":         func(r *record) { r.Lineage = nil },
		"another lineage":    func(r *record) { r.Lineage = []keyID{{1}} },
		"no profile":         func(r *record) { r.Machine = "1234" },
		"bad profile":        func(r *record) { r.Machines[0].Profile = json.RawMessage(`{"x":1}`) },
		"request of a kind":  func(r *record) { r.Requests[0].Code = codes.Answer{}.Code() },
		"request, no key":    func(r *record) { r.Requests[0].Key = secret{} },
		"answer of a kind":   func(r *record) { r.Answered[0].Code = codes.Code{} },
		"active and ended":   func(r *record) { r.Tombstone = &tombstone{Code: r.CheckedIn[0].Code} },
		"older of a kind":    func(r *record) { r.Older[0].Code = codes.Answer{}.Code() },
		"older, no key":      func(r *record) { r.Older[0].Key = secret{} },
		"check-in of a kind": func(r *record) { r.CheckedIn[0].Code = r.Requests[0].Code },
		"check-in of none":   func(r *record) { r.CheckedIn[0].Gave = 0 },
		"check-in, twice":    func(r *record) { r.CheckedIn = append(r.CheckedIn, r.CheckedIn[0]) },
		"end of a kind":      func(r *record) { r.Active = nil; r.Tombstone = &tombstone{Code: r.Requests[0].Code} },
		"recovery, active":   func(r *record) { r.Recovery, r.CheckedIn = true, nil },
		"recovery, given":    func(r *record) { r.Recovery, r.Active = true, nil },
		"another profile id": func(r *record) { r.Requests[0].Machine = "x" },
	} {
		t.Run(name, func(t *testing.T) {
			rec, _ := full(t, false)
			edit(rec)
			text := append(append([]byte(recordLine), rec.json()...), '\n')
			data := append(text, []byte("tag "+hexOf(rec.tag(text))+"\n")...)
			if _, err := decodeRecord(data, rec.Product, number); err == nil {
				t.Error("it is taken")
			}
		})
	}
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, c := range b {
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}

// TestChoose: which of several genuine copies counts.
func TestChoose(t *testing.T) {
	ids := func(names string) (list []keyID) {
		for _, n := range names {
			list = append(list, keyID{byte(n)})
		}
		return list
	}
	rec := func(name string, generation, sequence uint64, lineage string, ended string) *record {
		var k [32]byte
		copy(k[:], lineage)
		key, _ := codes.KeyFrom(k[:])
		r := &record{License: 1, LicenseFile: name, Generation: generation, Sequence: sequence, Lineage: ids(lineage), Key: secret{key}}
		if ended != "" {
			r.Tombstone = &tombstone{Ended: ids(ended)[0]}
		}
		return r
	}
	stone := rec("stone", 3, 9, "abT", "b")
	id := stone.Key.ID()
	back := rec("back", 4, 10, "abT", "")
	back.Lineage = append(ids("ab"), id, keyID{'c'})
	for _, test := range []struct {
		name   string
		copies []*record
		want   string
	}{
		{"none", nil, ""},
		{"one", []*record{rec("x", 1, 1, "a", "")}, "x"},
		{"generation", []*record{rec("x", 2, 1, "ab", ""), rec("y", 1, 50, "a", "")}, "x"},
		{"sequence", []*record{rec("x", 2, 1, "ab", ""), rec("y", 2, 2, "ab", "")}, "y"},
		{"tombstone by generation", []*record{rec("x", 2, 99, "ab", ""), stone}, "stone"},
		{"tombstone beats a newer copy of its key", []*record{rec("x", 9, 99, "abcdef", ""), stone}, "stone"},
		{"not one of another line", []*record{rec("x", 9, 99, "axyz", ""), stone}, "x"},
		{"not one that came back from it", []*record{back, stone}, "back"},
		{"two tombstones", []*record{rec("x", 9, 99, "abcT", "c"), stone}, "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 {
				have := ""
				if r := choose(test.copies); r != nil {
					have = r.LicenseFile
				}
				if have != test.want {
					t.Errorf("have %q, want %q", have, test.want)
				}
				for i, j := 0, len(test.copies)-1; i < j; i, j = i+1, j-1 {
					test.copies[i], test.copies[j] = test.copies[j], test.copies[i]
				}
			}
		})
	}
}

// TestLimits: lists that grow for years stay bounded.
func TestLimits(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	for range 40 {
		w.activate(c, 5, protectortest.Answer{Parameter: 1})
	}
	rec := w.stored()
	if len(rec.Machines) != 1 || len(rec.Requests) != 0 || len(rec.Answered) != 40 {
		t.Errorf("%d machines, %d requests, %d answers", len(rec.Machines), len(rec.Requests), len(rec.Answered))
	}
	for range 2000 {
		rec.setKey(rec.Key.Key)
		rec.Older, rec.Returns = append(rec.Older, outstanding{}), append(rec.Returns, keyID{})
		rec.Answered = append(rec.Answered, rec.Answered[0])
	}
	rec.tidy()
	if len(rec.Lineage) != maxLineage || len(rec.Answered) != maxAnswered {
		t.Errorf("%d keys, %d answers", len(rec.Lineage), len(rec.Answered))
	}
	if len(rec.Older) != maxOlder || len(rec.Returns) != maxReturns {
		t.Errorf("%d older requests, %d check-ins", len(rec.Older), len(rec.Returns))
	}
}

func TestPlaces(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "c"))
	t.Setenv("XDG_STATE_HOME", filepath.Join(home, "s"))
	t.Setenv("AppData", filepath.Join(home, "c"))
	t.Setenv("LocalAppData", filepath.Join(home, "s"))
	uid := codes.UID{1}
	places, err := usualPlaces(uid)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	own := 0
	for _, p := range places {
		if seen[p.dir] || !strings.HasSuffix(p.dir, uid.String()) || !filepath.IsAbs(p.dir) {
			t.Errorf("place %s", p.dir)
		}
		seen[p.dir] = true
		if !p.shared {
			own++
			if !strings.HasPrefix(p.dir, home) {
				t.Errorf("%s is not below the user's folders", p.dir)
			}
		}
	}
	if own != 2 {
		t.Errorf("%d places of the user, want 2", own)
	}
	t.Setenv("XDG_STATE_HOME", filepath.Join(home, "c"))
	t.Setenv("LocalAppData", filepath.Join(home, "c"))
	if places, err = usualPlaces(uid); err != nil || places[0].dir == places[1].dir {
		t.Errorf("one folder for both: %v, %v", places, err)
	}
	for name, want := range map[string]codes.LicenseNumber{
		"license-0000002a.state": 0x2a, "license-0000002A.state": 0, "license-.state": 0, "machine.state": 0, "license-0000002a.state.damaged": 0, "license-00000000.state": 0,
	} {
		if have, ok := licenseOf(name); ok != (want != 0) || ok && have != want {
			t.Errorf("licenseOf(%q) = %s, %v", name, have, ok)
		}
	}
}
