package codes_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/codes"
)

func TestDays(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, v := range []struct {
		when string
		day  codes.Day
		text string
	}{
		{"2024-01-02T00:00:00Z", 1, "2024-01-02"},
		{"2026-12-02T23:59:59Z", 1066, "2026-12-02"},
		{"2026-12-03T00:30:00+02:00", 1066, "2026-12-02"},
		{"2068-11-08T12:00:00Z", codes.MaxDay, "2068-11-08"},
	} {
		d, err := codes.DayOf(at(v.when))
		if err != nil || d != v.day || d.String() != v.text {
			t.Errorf("DayOf(%s): have %d, %s, %v, want %d, %s", v.when, d, d, err, v.day, v.text)
		}
		if p, err := codes.ParseDay(v.text); p != v.day {
			t.Errorf("ParseDay(%s): have %d, %v", v.text, p, err)
		}
		if want := d.Date().Add(36 * time.Hour); !d.End().Equal(want) || d.Date().Format(time.DateOnly) != v.text {
			t.Errorf("%s: from %v to %v", v.text, d.Date(), d.End())
		}
	}
	for _, when := range []string{"2024-01-01T23:59:59Z", "2023-06-01T00:00:00Z", "2068-11-09T00:00:00Z", "9999-01-01T00:00:00Z"} {
		if d, err := codes.DayOf(at(when)); err == nil {
			t.Errorf("DayOf(%s): have %d, want an error", when, d)
		}
	}
	var none codes.Day
	if p, err := codes.ParseDay("none"); p != 0 || err != nil || none.String() != "none" || !none.Date().IsZero() || !none.End().IsZero() {
		t.Error("day 0 is no day")
	}
}

func TestNamesReadBack(t *testing.T) {
	l := codes.NewLicenseNumber(3, 9, 0xabcdef)
	if l.String() != "39abcdef" || l.Epoch() != 3 || l.Registry() != 9 || codes.NewLicenseNumber(0, 0, 0) == 0 {
		t.Errorf("license number: have %s, epoch %d, registry %d", l, l.Epoch(), l.Registry())
	}
	type all struct {
		U codes.UID
		L codes.LicenseNumber
		F codes.Fingerprint
		D codes.Day
		C codes.Code
	}
	c, err := codes.Parse(sampleRequest)
	if err != nil {
		t.Fatal(err)
	}
	want := all{codes.UID{1, 2}, l, codes.MaxFingerprint, 1066, c}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var have all
	if err := json.Unmarshal(text, &have); err != nil || have != want {
		t.Errorf("JSON %s reads back as %+v, %v", text, have, err)
	}
	for _, bad := range []string{`{"U":"01"}`, `{"L":"00000000"}`, `{"L":"+1234567"}`, `{"F":"4000000"}`, `{"F":"1"}`, `{"D":"2023-01-01"}`, `{"D":"1"}`, `{"C":"R"}`} {
		have := want
		if err := json.Unmarshal([]byte(bad), &have); err == nil {
			t.Errorf("%s: have no error", bad)
		}
	}
	for _, k := range []codes.Kind{'R', 'D', 'A', 'S', 'E', 'P', 'K'} {
		if k.Word() == "" || strings.Contains(k.String(), "unknown") {
			t.Errorf("kind %q has no name", rune(k))
		}
	}
	if codes.Kind('z').Word() != "" || !strings.Contains(codes.Kind('z').String(), "unknown") {
		t.Error("kind z has a name")
	}
}

// TestSecretsStayHidden prints keys in every way, also inside structs whose
// fields fmt reads without calling methods.
func TestSecretsStayHidden(t *testing.T) {
	secret := []byte("0123456789abcdefSECRETSECRETSECR")
	m := codes.NewMaster(secret)
	lk := m.LicenseKey(codes.UID{}, 1)
	k := lk.Stretch(codes.UID{}, 1)
	b := k.Bytes()
	type inner struct {
		k codes.Key
		K codes.Key
		m *codes.Master
		L codes.LicenseKey
		t *codes.Tagger
	}
	in := inner{k, k, m, lk, k.Tagger()}
	marks := []string{"SECRETSEC", fmt.Sprintf("%x", b[:4]), fmt.Sprintf("%X", b[:4]), strings.Trim(fmt.Sprint(b[:4]), "[]"),
		fmt.Sprintf("%x", lk[:4]), strings.Trim(fmt.Sprint(lk[:4]), "[]"), strings.Trim(fmt.Sprint(secret[:4]), "[]")}
	var out strings.Builder
	for _, v := range []any{k, &k, lk, &lk, m, *m, in.t, *in.t, in, &in, []codes.Key{k}, map[string]codes.LicenseKey{"a": lk}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if j, err := json.Marshal(v); err == nil {
			out.Write(j)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	for _, mark := range marks {
		if strings.Contains(out.String(), mark) {
			t.Errorf("%q is printed", mark)
		}
	}
	if !strings.Contains(out.String(), "KEY (hidden)") {
		t.Error("nothing was printed at all")
	}
}

func TestKeys(t *testing.T) {
	k, err := codes.KeyFrom(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := codes.KeyFrom(make([]byte, 31)); err == nil {
		t.Error("a key of 31 bytes is taken")
	}
	same, _ := codes.KeyFrom(make([]byte, 32))
	if !k.Equal(same) || k.Equal(codes.Key{}) || (codes.Key{}).Equal(codes.Key{}) || !(codes.Key{}).IsZero() || k.ID() != same.ID() {
		t.Error("keys compare wrongly")
	}
	m := codes.NewMaster(make([]byte, 32))
	if m.LicenseKey(codes.UID{1}, 5) != m.Clone().LicenseKey(codes.UID{1}, 5) || m.LicenseKey(codes.UID{1}, 5) == m.LicenseKey(codes.UID{2}, 5) {
		t.Error("license keys depend on secret, product and number only")
	}
	s := codes.Statement{Kind: codes.KindRequest, Random: 1, License: 1, Definition: 1}
	tagger := k.Tagger()
	if k.StatementTag(codes.UID{}, 1, 1, s) != tagger.StatementTag(codes.UID{}, 1, 1, s) || tagger.AnswerTag(codes.Terms{}) != k.AnswerTag(codes.Terms{}) {
		t.Error("a tagger and its key differ")
	}
	if !codes.EqualTags(5, 5) || codes.EqualTags(5, 5|1<<40) {
		t.Error("EqualTags is wrong")
	}
}

// A tagger that had other keys before makes the tags of a new one.
func TestTaggerOfManyKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var used codes.Tagger
		for i, b := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 32, 32), 1, 8).Draw(t, "keys") {
			k, err := codes.KeyFrom(b)
			if err != nil {
				t.Fatal(err)
			}
			used.Use(k)
			fresh := k.Tagger()
			s := codes.Statement{Kind: codes.KindRequest, Random: 1, License: 1, Definition: 1}
			for _, what := range rapid.SliceOfN(rapid.IntRange(0, 2), 0, 4).Draw(t, "uses") {
				var have, want any
				switch what {
				case 0:
					have, want = used.StatementTag(codes.UID{}, 1, 1, s), fresh.StatementTag(codes.UID{}, 1, 1, s)
				case 1:
					have, want = used.AnswerTag(codes.Terms{Random: 7}), k.AnswerTag(codes.Terms{Random: 7})
				case 2:
					have, want = used.After(codes.Terms{}, 7).Bytes(), k.After(codes.Terms{}, 7).Bytes()
				}
				if have != want {
					t.Fatalf("key %d, use %d: have %v, want %v", i, what, have, want)
				}
			}
		}
	})
}

func TestMistakesOfTheProgrammerPanic(t *testing.T) {
	good := codes.Statement{Kind: codes.KindRequest, Random: 1, License: 1, Definition: 1}
	k := codes.NewMaster(make([]byte, 32)).LicenseKey(codes.UID{}, 1).Stretch(codes.UID{}, 1)
	for name, f := range map[string]func(){
		"random":      func() { s := good; s.Random = 0; s.Code() },
		"license":     func() { s := good; s.License = 0; s.Code() },
		"definition":  func() { s := good; s.Definition = 0; s.Code() },
		"fingerprint": func() { s := good; s.Fingerprint = 1 << 26; s.Code() },
		"tag":         func() { s := good; s.Tag = 1 << 34; s.Code() },
		"kind":        func() { s := good; s.Kind = 'A'; s.Code() },
		"day":         func() { codes.Answer{Day: 1 << 14}.Code() },
		"signed day":  func() { codes.SignedAnswer{Day: 1 << 14}.Code() },
		"signed":      func() { codes.Answer{}.Code().SignedAnswer() },
		"serial":      func() { codes.Serial{}.Code() },
		"checksum":    func() { codes.Serial{License: 1, Checksum: 1 << 20}.Code() },
		"content":     func() { good.Code().Answer() },
		"no content":  func() { codes.Code{}.Serial() },
		"zero key":    func() { codes.Key{}.Bytes() },
		"ended":       func() { k.Deactivated(codes.UID{}, good) },
		"tag kind":    func() { k.StatementTag(codes.UID{}, 1, 1, codes.Statement{Kind: 'S'}) },
		"master":      func() { codes.NewMaster(make([]byte, 15)) },
		"number":      func() { codes.NewLicenseNumber(16, 0, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if s, ok := recover().(string); !ok || !strings.HasPrefix(s, "codes: ") {
					t.Errorf("have panic %q, want one that begins with the package's name", s)
				}
			}()
			f()
		})
	}
}

func TestReadingAndTaggingAllocateNothing(t *testing.T) {
	var uid codes.UID
	tagger := codes.NewMaster(make([]byte, 32)).LicenseKey(uid, 1).Stretch(uid, 1).Tagger()
	s := codes.Statement{Kind: codes.KindRequest, Random: 1, License: 1, Definition: 1}
	for name, f := range map[string]func(){
		"parse letters": func() { _, _ = codes.Parse(sampleRequest) },
		"parse digits":  func() { _, _ = codes.Parse(sampleDigits) },
		"tag":           func() { tagger.StatementTag(uid, 1, 1, s) },
	} {
		if n := testing.AllocsPerRun(100, f); n > 0 {
			t.Errorf("%s: have %v allocations, want none", name, n)
		}
	}
}
