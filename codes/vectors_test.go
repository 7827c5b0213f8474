package codes_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

// load reads a file of vectors and fails when it holds none.
func load[T any](t *testing.T, name string) []T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "testdata", "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatalf("%s: no vectors", name)
	}
	return out
}

func TestCodeVectors(t *testing.T) {
	type vector struct {
		Name, Kind, Letters, Digits, Value string
		Fields                             map[string]string
	}
	for _, v := range load[vector](t, "codes.json") {
		t.Run(v.Name, func(t *testing.T) {
			for _, text := range []string{v.Letters, v.Digits} {
				c, err := codes.Parse(text)
				if err != nil {
					t.Fatalf("Parse(%q): %v", text, err)
				}
				if have := c.Kind().Word(); have != v.Kind {
					t.Errorf("kind: have %q, want %q", have, v.Kind)
				}
				if c.String() != v.Letters || c.Digits() != v.Digits {
					t.Errorf("text: have %s and %s, want %s and %s", c, c.Digits(), v.Letters, v.Digits)
				}
				if have := fields(c, v.Fields["uid"]); fmt.Sprint(have) != fmt.Sprint(v.Fields) {
					t.Errorf("fields: have %v, want %v", have, v.Fields)
				}
			}
		})
	}
}

// fields spells the content of a code as the vectors do, after a round trip
// through its struct.
func fields(c codes.Code, uid string) map[string]string {
	switch c.Kind() {
	case codes.KindActivation:
		a := c.Answer()
		if a.Code() != c {
			return nil
		}
		return map[string]string{"day": fmt.Sprint(uint16(a.Day)), "parameter": fmt.Sprintf("%08x", a.Parameter), "tag": fmt.Sprintf("%016x", a.Tag)}
	case codes.KindSerial:
		s := c.Serial()
		u, err := codes.ParseUID(uid)
		if err != nil || s.Code() != c || !s.BelongsTo(u) || codes.NewSerial(u, s.License, s.Key) != s {
			return nil
		}
		return map[string]string{"license": s.License.String(), "key": hex.EncodeToString(s.Key[:]), "checksum": fmt.Sprintf("%05x", s.Checksum), "uid": uid}
	}
	s := c.Statement()
	if s.Code() != c {
		return nil
	}
	return map[string]string{
		"random": fmt.Sprintf("%08x", s.Random), "fingerprint": s.Fingerprint.String(), "license": s.License.String(),
		"definition": fmt.Sprint(s.Definition), "status": fmt.Sprintf("%02x", s.Status), "tag": fmt.Sprintf("%09x", s.Tag),
	}
}

func TestReadingVectors(t *testing.T) {
	type vector struct{ Name, Text, Letters string }
	for _, v := range load[vector](t, "reading.json") {
		c, err := codes.Parse(v.Text)
		if err != nil || c.String() != v.Letters {
			t.Errorf("%s: Parse(%q): have %q, %v, want %q", v.Name, v.Text, c, err, v.Letters)
		}
	}
}

func TestBadVectors(t *testing.T) {
	type vector struct {
		Name, Text, Error, Slip string
		Groups                  []int
		Group, Char             int
	}
	slips := map[codes.Slip]string{
		codes.SlipCheck: "check", codes.SlipUnheard: "unheard", codes.SlipForeign: "foreign",
		codes.SlipShort: "short", codes.SlipLong: "long",
	}
	for _, v := range load[vector](t, "bad.json") {
		t.Run(v.Name, func(t *testing.T) {
			c, err := codes.Parse(v.Text)
			if err == nil {
				t.Fatalf("Parse(%q): have %s, want an error", v.Text, c)
			}
			if have := word(err); have != v.Error {
				t.Fatalf("Parse(%q): have error %q (%v), want %q", v.Text, have, err, v.Error)
			}
			var s *codes.SlipError
			if !errors.As(err, &s) {
				return
			}
			if have := slips[s.Slip]; have != v.Slip {
				t.Errorf("slip: have %q (%v), want %q", have, err, v.Slip)
			}
			have := slices.Clone(s.Bad)
			for i := range have {
				have[i]++
			}
			if !slices.Equal(have, v.Groups) || s.Group+1 != v.Group || s.Position+1 != v.Char {
				t.Errorf("have groups %v, group %d, character %d, want %v, %d, %d", have, s.Group+1, s.Position+1, v.Groups, v.Group, v.Char)
			}
		})
	}
}

// word names an error as the vectors do.
func word(err error) string {
	switch err.(type) { //nolint:errorlint // Parse promises the types themselves
	case *codes.SlipError:
		return "slip"
	case *codes.LengthError:
		return "length"
	case *codes.NewerError:
		return "newer"
	case *codes.ReservedError:
		return "reserved"
	case *codes.ValueError:
		return "value"
	case *codes.ManyError:
		return "many"
	}
	if errors.Is(err, codes.ErrEmpty) {
		return "empty"
	}
	return "unknown: " + err.Error()
}

// listed is a judge that knows what a vector lists.
type listed struct{ known, genuine []string }

func (l listed) Known(numbers []codes.LicenseNumber) []bool {
	out := make([]bool, len(numbers))
	for i, n := range numbers {
		out[i] = slices.Contains(l.known, n.String())
	}
	return out
}

func (l listed) Genuine(c codes.Code) bool { return slices.Contains(l.genuine, c.String()) }

func TestRepairVectors(t *testing.T) {
	type vector struct {
		Name, Want, Text                 string
		Known, Genuine, Propose, Classes []string
	}
	for _, v := range load[vector](t, "repair.json") {
		t.Run(v.Name, func(t *testing.T) {
			var want []codes.Kind
			for _, k := range []byte(v.Want) {
				want = append(want, codes.Kind(k))
			}
			got := codes.Repair(v.Text, want, listed{v.Known, v.Genuine})
			var have []string
			for _, p := range got {
				have = append(have, p.Code.String())
			}
			if !slices.Equal(have, v.Propose) {
				t.Fatalf("Repair(%q): have %q, want %q", v.Text, have, v.Propose)
			}
			if len(got) == 0 {
				return
			}
			classes := []string{}
			for _, c := range got[0].Changes {
				if c.Class != codes.ClassCase {
					classes = append(classes, c.Class.String())
				}
			}
			if !slices.Equal(classes, v.Classes) {
				t.Errorf("changes: have %v, want %v", got[0].Changes, v.Classes)
			}
		})
	}
}
