package codes_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	switch err.(type) {
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
	if err == codes.ErrEmpty {
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

func TestKeyVectors(t *testing.T) {
	type vector struct {
		Name, Label, Key, Message, Mac, Result, Code string
		Bits                                         int
	}
	byName := map[string]vector{}
	bin := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, v := range load[vector](t, "keys.json") {
		byName[v.Name] = v
		m := hmac.New(sha256.New, bin(v.Key))
		m.Write(bin(v.Message))
		if have := hex.EncodeToString(m.Sum(nil)); have != v.Mac {
			t.Errorf("%s: mac: have %s, want %s", v.Name, have, v.Mac)
		}
		if !strings.HasPrefix(string(bin(v.Message)), "manual-activator/1 "+v.Label+"\x00") {
			t.Errorf("%s: message does not begin with its label", v.Name)
		}
	}
	same := func(name, have string) {
		t.Helper()
		if byName[name].Result == "" || byName[name].Result != have {
			t.Errorf("%s: have %s, want %s", name, have, byName[name].Result)
		}
	}
	code := func(name string) codes.Code {
		c, err := codes.Parse(byName[name].Code)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return c
	}
	key := func(name string, k codes.Key) { b := k.Bytes(); same(name, hex.EncodeToString(b[:])) }
	uid, err := codes.ParseUID(byName["stretched license key"].Key)
	if err != nil {
		t.Fatal(err)
	}
	const release, typ = 7, 1
	master := codes.NewMaster(bin(byName["license key"].Key))
	serial, r := code("license key").Serial(), code("request tag").Statement()
	a, d := code("activation tag").Answer(), code("confirmation tag").Statement()
	lk := master.LicenseKey(uid, serial.License)
	same("license key", hex.EncodeToString(lk[:]))
	if !lk.Equal(serial.Key) {
		t.Error("license key: the serial carries another")
	}
	k := lk.Stretch(uid, serial.License)
	key("stretched license key", k)
	vouch, id := k.Vouch(uid, serial.License), k.ID()
	same("vouch", hex.EncodeToString(vouch[:]))
	same("key id", hex.EncodeToString(id[:]))
	tag := func(name string, k codes.Key, s codes.Statement) {
		have := k.StatementTag(uid, release, typ, s)
		same(name, fmt.Sprintf("%09x", have))
		if !codes.EqualTags(have, s.Tag) {
			t.Errorf("%s: the code carries %x, have %x", name, s.Tag, have)
		}
	}
	tag("request tag", k, r)
	terms := codes.Terms{UID: uid, License: r.License, Release: release, Definition: r.Definition, Type: typ,
		Fingerprint: r.Fingerprint, Random: r.Random, Day: a.Day, Parameter: a.Parameter}
	same("activation tag", fmt.Sprintf("%016x", k.AnswerTag(terms)))
	c := k.After(terms, a.Tag)
	key("activation key", c)
	tag("confirmation tag", c, d)
	key("deactivated key", c.Deactivated(uid, d))
	key("checked in key", c.CheckedIn(uid, d))
	tag("request tag after the deactivation", c.Deactivated(uid, d), code("request tag after the deactivation").Statement())
}
