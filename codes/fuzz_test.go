package codes_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/mr-tron/base58"
	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/codes"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

func seeds(f *testing.F) {
	for _, s := range []string{
		"", "-", "?", sampleRequest, sampleDigits, sampleSerial, sampleActivation, strings.ToLower(sampleRequest), sampleRequest[1:],
		sampleRequest[:20], sampleDigits[:40], sampleRequest + "\n> " + sampleSerial, "x " + sampleActivation + ".", "\uff32\uff11\u2014\u00a0",
		sampleSigned, "> " + sampleSigned[:40] + "\n> " + sampleSigned[40:], sampleSigned[:137] + "?", "&ldquo;" + strings.ReplaceAll(sampleSigned, "-", "&#x2011;"),
		strings.Replace(sampleDigits, "4", "?", 3), strings.ReplaceAll(sampleDigits, "-", "")[2:], "0OIl0O-Il0OIl", "\xff\xfe\x00R",
	} {
		f.Add(s)
	}
}

// readable is the property of every text: nothing panics, what is accepted is
// canonical, and what is found stands where it says.
func readable(t *testing.T, text string) {
	c, err := codes.Parse(text)
	if (err == nil) == c.IsZero() {
		t.Fatalf("Parse(%q): have both or neither of %v and %v", text, c, err)
	}
	if err == nil {
		for _, spelled := range []string{c.String(), c.Digits(), strings.Join(c.Lines(), "\n> ")} {
			if spelled == "" && c.Kind() == codes.KindSigned {
				continue // it has no digits
			}
			if again, err := codes.Parse(spelled); again != c {
				t.Fatalf("Parse(%q) is %s, and Parse(%q) is %s, %v", text, c, spelled, again, err)
			}
		}
	} else if err.Error() == "" || strings.ContainsAny(err.Error(), "\n\x00") || strings.Contains(err.Error(), "%!") && !strings.Contains(text, "%!") {
		t.Fatalf("Parse(%q): error says %q", text, err)
	}
	last := 0
	for _, m := range codes.Find(text) {
		if m.Start < last || m.End <= m.Start || m.End > len(text) || (m.Err == nil) == m.Code.IsZero() {
			t.Fatalf("Find(%q): match %+v after %d", text, m, last)
		}
		last = m.End
		if again, err := codes.Parse(text[m.Start:m.End]); again != m.Code || (err == nil) != (m.Err == nil) {
			t.Fatalf("Find(%q): match %+v is parsed as %s, %v", text, m, again, err)
		}
	}
	l := codes.Inspect(text)
	for _, g := range l.Groups {
		if g.Start < 0 || g.End > len(text) || g.End <= g.Start || g.Slip != nil && g.Slip.Error() == "" {
			t.Fatalf("Inspect(%q): group %+v", text, g)
		}
	}
	if l.Complete {
		if again, err := codes.Parse(l.Canonical); err != nil || again != c {
			t.Fatalf("Inspect(%q): complete, and %q is %s, %v", text, l.Canonical, again, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(readable)
}

// FuzzParseDigits makes every input a text of digits, which random bytes
// seldom are.
func FuzzParseDigits(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		b := []byte(text)
		for i := range b {
			if b[i] != '-' && b[i] != '?' && b[i] != ' ' {
				b[i] = '0' + b[i]%10
			}
		}
		readable(t, string(b))
	})
}

// FuzzRepair checks that no text makes a repair panic or exceed its limits, and
// that everything proposed was found genuine and says what it changed.
func FuzzRepair(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		j := &counting{every: 64}
		for _, p := range codes.Repair(text, nil, j) {
			if again, err := codes.Parse(p.Code.String()); again != p.Code {
				t.Fatalf("Repair(%q): proposal %s: %v", text, p.Code, err)
			}
			for _, c := range p.Changes {
				if c.String() == "" || c.Group < 0 || c.Group > 8 || c.Position > 5 {
					t.Fatalf("Repair(%q): change %+v", text, c)
				}
			}
		}
		if j.known > 1 || j.genuine > 1<<14 {
			t.Fatalf("Repair(%q): have %+v", text, *j)
		}
	})
}

// TestFormsAgree compares both spellings of random statements with big integers
// and the Base58 library.
func TestFormsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := codes.Statement{
			Kind:        rapid.SampledFrom([]codes.Kind{codes.KindRequest, codes.KindConfirmation}).Draw(t, "kind"),
			Random:      rapid.Uint32Min(1).Draw(t, "random"),
			Fingerprint: codes.Fingerprint(rapid.Uint32Max(1<<26-1).Draw(t, "fingerprint")),
			License:     codes.LicenseNumber(rapid.Uint32Min(1).Draw(t, "license")),
			Definition:  rapid.Uint8Min(1).Draw(t, "definition"),
			Status:      rapid.Uint8().Draw(t, "status"),
			Tag:         rapid.Uint64Max(1<<34-1).Draw(t, "tag"),
		}
		c := s.Code()
		letters, digits := data(c.String()), data(c.Digits())
		raw, err := base58.Decode(letters[1:])
		if err != nil {
			t.Fatal(err)
		}
		byLetters := new(big.Int).SetBytes(raw)
		byDigits, ok := new(big.Int).SetString(digits[1:], 10)
		if !ok || byLetters.Cmp(byDigits) != 0 {
			t.Fatalf("letters say %v, digits %v", byLetters, byDigits)
		}
		for _, text := range []string{c.String(), c.Digits()} {
			if back, err := codes.Parse(text); back != c || back.Statement() != s {
				t.Fatalf("Parse(%s): have %+v, %v, want %+v", text, back, err, s)
			}
		}
	})
}

// data is a code without dashes and checks.
func data(text string) string {
	var b strings.Builder
	for _, g := range strings.Split(text, "-") {
		b.WriteString(g[:5])
	}
	return b.String()
}
