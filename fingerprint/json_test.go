package fingerprint_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/fingerprint"
)

func TestParseRecordedMachines(t *testing.T) {
	for _, path := range machines(t) {
		p, err := fingerprint.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		canonical(t, p)
	}
}

// canonical checks that a profile comes back as it was and that its JSON form
// is the only one.
func canonical(t testing.TB, p *fingerprint.Profile) {
	t.Helper()
	once, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	q, err := fingerprint.Parse(once)
	if err != nil {
		t.Fatalf("its own form %.300s: %v", once, err)
	}
	twice, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once, twice) {
		t.Errorf("have %.300s, want %.300s", twice, once)
	}
	a, errA := p.Fold(uid)
	b, errB := q.Fold(uid)
	if a != b || (errA == nil) != (errB == nil) {
		t.Errorf("have fold %07x (%v), want %07x (%v)", b, errB, a, errA)
	}
	if changed := q.Changed(p); len(changed) != 0 {
		t.Errorf("have %v changed against itself, want none", changed)
	}
	if have, want := q.Strength(), p.Strength(); have != want {
		t.Errorf("have strength %v, want %v", have, want)
	}
}

func TestParseForeignProfile(t *testing.T) {
	p, err := fingerprint.Parse([]byte(`{
		"version": 1,
		"components": [
			{"kind": "Quantum  Unit", "instances": [{"id": "q-1"}, {"id": "Q-1", "label": "again"}]},
			{"kind": "MAC", "instances": [{"id": "A8-A1-59-3C-7E-12"}, {"id": "a8a1.593c.7e12"}]},
			{"kind": "memory", "instances": [{"id": "8192 MB"}]},
			{"kind": "mac", "instances": [{"id": "a8:a1:59:3c:7e:13", "excluded": "Sold"}]},
			{"kind": "system drive", "instances": [{"id": "To Be Filled By O.E.M."}, {"id": "   "}]},
			{"kind": "video", "instances": null},
			{"kind": "scsi"}
		]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	have, _ := json.Marshal(p)
	want := `{"version":1,"components":[` +
		`{"kind":"mac","instances":[{"id":"a8:a1:59:3c:7e:12"},{"id":"a8:a1:59:3c:7e:13","excluded":"sold"}]},` +
		`{"kind":"system drive","instances":[{"id":"","excluded":"junk"},{"id":"TOBEFILLEDBYO.E.M","excluded":"junk"}]},` +
		`{"kind":"memory","instances":[{"id":"8 GB"}]},` +
		`{"kind":"video","instances":[]},{"kind":"scsi","instances":[]},` +
		`{"kind":"quantum unit","instances":[{"id":"Q-1"}]}]}`
	if string(have) != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	canonical(t, p)
	if c, ok := p.Component(fingerprint.Unknown); ok {
		t.Errorf("have a component %v for the unknown kind, want none", c)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "empty"},
		{"blanks", " \n", "empty"},
		{"null", "null", "null"},
		{"a list", "[]", "cannot unmarshal"},
		{"text", `{"version": 1, "components": []} x`, "more text after its end"},
		{"two", `{"version": 1, "components": []}{"version": 1}`, "more text after its end"},
		{"cut", `{"version": 1, "components": [`, "ends in the middle"},
		{"no version", `{"components": []}`, "version 0, want 1 to 255"},
		{"version", `{"version": 256}`, "version 256"},
		{"no kind", `{"version": 1, "components": [{"instances": []}]}`, "component 1 has no kind"},
		{"an unknown field", `{"version": 1, "colour": 2}`, `unknown field "colour"`},
		{"a field twice", "{\"version\": 1,\n\"version\": 2}", `line 2: field "version" occurs twice`},
		{"a field twice in capitals", `{"version": 1, "Version": 2}`, `occurs twice`},
		{"a wrong type", "{\"version\": 1,\n\"components\": [{\"kind\": 7}]}", "line 2"},
		{"depth", `{"version": 1, "components": ` + strings.Repeat("[", 100_000), "nested deeper"},
		{"fields", `{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1}`, "more than 16 fields"},
		{"objects", `{"version": 1, "components": [` + strings.Repeat(`{},`, 60_000), "more than 50000 instances"},
		{"binary", "\x00\x01\x02", "invalid character"},
		{"size", `{"version": 1, "components": []}` + strings.Repeat(" ", fingerprint.MaxSize), "at most 8388608"},
		{"components", `{"version": 1, "components": [` + strings.Repeat(`{"kind":"x"},`, 1000) + `{"kind":"x"}]}`, "1001 components"},
		{"instances", `{"version": 1, "components": [{"kind": "mac", "instances": [` + strings.Repeat(`{},`, fingerprint.MaxInstances) + `{}]}]}`, "more than 50000 instances"},
	} {
		p, err := fingerprint.Parse([]byte(test.text))
		if err == nil {
			t.Errorf("%s: have %v, want an error with %q", test.name, p, test.want)
		} else if !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: have %q, want %q in it", test.name, err, test.want)
		}
	}
	p := fingerprint.Profile{Version: 7}
	if err := p.UnmarshalJSON([]byte(`{"version": 0}`)); err == nil || p.Version != 7 {
		t.Errorf("have version %d (%v) after an error, want 7 as before", p.Version, err)
	}
}

func TestParseTenThousandInstances(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"version":1,"components":[{"kind":"mac","instances":[`)
	for n := range 10_000 {
		fmt.Fprintf(&b, `{"id":"a8:a1:59:00:%02x:%02x","label":"card %d"},`, n%5000>>8, n%5000&255, n)
	}
	b.WriteString(`{"id":"a8:a1:59:ff:00:01"}]}]}`)
	p, err := fingerprint.Parse([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	c, _ := p.Component(fingerprint.MAC)
	if len(c.Instances) != 5001 {
		t.Errorf("have %d instances, want 5001: each once", len(c.Instances))
	}
	canonical(t, p)
}

func TestTextsOfAProfileDoNotSteerATerminal(t *testing.T) {
	p, err := fingerprint.Parse([]byte(`{"version":1,"components":[{"kind":"\u001b[31mmac","instances":[` +
		`{"id":"a8:a1:59:3c:7e:12\u0007","label":"\u001b]0;owned\u0007 eth0\u202e ` + strings.Repeat("ä", 300) + `"}]}],` +
		`"notes":[{"probe":"mac\r","text":"a\nb\u0000c"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Components {
		for _, i := range c.Instances {
			for _, text := range []string{c.Word(), i.ID, i.Label} {
				if strings.ContainsAny(text, "\x00\x07\x1b\r\n\u202e") || len(text) > 256 {
					t.Errorf("have %q, want it without control characters and at most 256 bytes", text)
				}
			}
		}
	}
	if want := []fingerprint.Note{{Probe: "mac", Text: "a bc"}}; !slices.Equal(p.Notes, want) {
		t.Errorf("have notes %q, want %q", p.Notes, want)
	}
}

func TestLoadSaysWhichFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "machine.json")
	if _, err := fingerprint.Load(path); err == nil || !strings.Contains(err.Error(), "machine.json") {
		t.Errorf("have %v, want an error that names the file", err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fingerprint.Load(path); err == nil || !strings.Contains(err.Error(), "machine.json") {
		t.Errorf("have %v, want an error that names the file", err)
	}
}

// MarshalJSON must leave the profile alone.
func TestMarshalDoesNotTouchTheProfile(t *testing.T) {
	p := fingerprint.Profile{Version: 1, Components: []fingerprint.Component{
		{Kind: fingerprint.SystemDrive, Instances: []fingerprint.Instance{{ID: "b 2"}, {ID: "a 1"}}},
		{Kind: fingerprint.MAC, Instances: []fingerprint.Instance{{ID: "A8A1593C7E12"}}},
	}, Notes: []fingerprint.Note{{Probe: "z"}, {Probe: "a"}}}
	if _, err := json.Marshal(p); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Fold(uid); err != nil {
		t.Fatal(err)
	}
	if p.Components[0].Kind != fingerprint.SystemDrive || p.Components[0].Instances[0].ID != "b 2" ||
		p.Components[1].Instances[0].ID != "A8A1593C7E12" || p.Notes[0].Probe != "z" {
		t.Errorf("have %v, want the profile as it was", p)
	}
}

func FuzzParse(f *testing.F) {
	for _, path := range machines(f) {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, seed := range []string{
		`{"version":1,"components":[{"kind":"mac","instances":[{"id":"\u00df\u0131 x"},{"id":"-"}]},{"kind":"MAC "}]}`,
		`{"version":255,"components":[{"kind":"memory","instances":[{"id":"1.5 GB"},{"id":"0.1 kb"},{"id":"16EB"}]}],"notes":[{"probe":"a","text":"b"}]}`,
		`{"version":1,"components":[{"kind":"unknown","instances":[{"id":"..__"}]},{"kind":"system drive","instances":[{"id":" . _ ."}]}]}`,
		`{"version":1,"components":[{"kind":"firmware","instances":[{"id":"{4C4C4544-0043-3010-8052-B4C04F564231}"}]}]}`,
		`{"version":1,"hashed":{"uid":"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf","bits":24},"components":[{"kind":"mac","instances":[{"id":"00FFa1"},{"id":"12"},{"id":"","label":"x","excluded":"virtual"}]}]}`,
		`{"version":1,"hashed":{"uid":"00","bits":8},"components":[]}`,
		`null`, `[]`, `{`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := fingerprint.Parse(data)
		if err != nil {
			if err.Error() == "" || strings.ContainsAny(err.Error(), "\x1b\x00") {
				t.Errorf("have the error %q, want a sentence", err)
			}
			return
		}
		canonical(t, p)
		if c := fingerprint.Compare(p, p, nil, true); c.Sum != 0 || len(c.Unread()) > 0 {
			t.Errorf("compared with itself: have %d and %v unread, want 0 and none", c.Sum, c.Unread())
		}
	})
}
