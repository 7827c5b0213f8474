package codes_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/codes"
)

// signedVector is an object of signed.json.
type signedVector struct {
	Name, Letters, Value, Parameter, Signature, Tag string
	Public, Key, License, Fingerprint, Random       string
	LK                                              string `json:"license_key_stretched"`
	Message, Next                                   string
	KeyID                                           uint8 `json:"key_id"`
	Day, Release                                    uint16
	Definition, Type, Flags                         uint8
	Genuine                                         bool
}

func bytesOf(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func keyOf(t *testing.T, s string) codes.Key {
	t.Helper()
	k, err := codes.KeyFrom(bytesOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// covered is what the signature of a vector's code must cover, as a reader knows it.
func (v signedVector) covered(t *testing.T) codes.Signed {
	uid := codes.UID(bytesOf(t, "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"))
	var license, random, fingerprint uint32
	for text, n := range map[string]*uint32{v.License: &license, v.Random: &random, v.Fingerprint: &fingerprint} {
		if _, err := fmt.Sscanf(text, "%x", n); err != nil {
			t.Fatal(err)
		}
	}
	c, err := codes.Parse(v.Letters)
	if err != nil {
		t.Fatal(err)
	}
	a := c.SignedAnswer()
	return codes.Signed{
		Terms: codes.Terms{
			UID: uid, License: codes.LicenseNumber(license), Release: v.Release, Definition: v.Definition, Type: v.Type, Flags: v.Flags,
			Fingerprint: codes.Fingerprint(fingerprint), Random: random, Day: a.Day, Parameter: a.Parameter,
		},
		Commit: keyOf(t, v.Key).Commitment(), Vouch: keyOf(t, v.LK).Vouch(uid, codes.LicenseNumber(license)),
	}
}

func TestSignedVectors(t *testing.T) {
	genuine := 0
	for _, v := range load[signedVector](t, "signed.json") {
		t.Run(v.Name, func(t *testing.T) {
			c, err := codes.Parse(v.Letters)
			if err != nil || c.Kind() != codes.KindSigned || c.String() != v.Letters || c.Digits() != "" {
				t.Fatalf("Parse(%q): have %s, %v", v.Letters, c, err)
			}
			a := c.SignedAnswer()
			value, _ := new(big.Int).SetString(v.Value, 16)
			if have := fmt.Sprintf("%x", value); have != v.Value || value.BitLen() > 566 {
				t.Errorf("value: have %s", have)
			}
			if a.KeyID != v.KeyID || uint16(a.Day) != v.Day || fmt.Sprintf("%08x", a.Parameter) != v.Parameter || hex.EncodeToString(a.Signature[:]) != v.Signature {
				t.Errorf("fields: have %+v", a)
			}
			if a.Code() != c || fmt.Sprintf("%016x", a.Tag()) != v.Tag || c.Answer().Tag != a.Tag() {
				t.Errorf("again: have %s with tag %x, want %s with %s", a.Code(), a.Tag(), c, v.Tag)
			}
			s := v.covered(t)
			if have := hex.EncodeToString(s.Message(a.KeyID)); have != v.Message {
				t.Errorf("message: have %s, want %s", have, v.Message)
			}
			if have := a.Signs(&s, [32]byte(bytesOf(t, v.Public))); have != v.Genuine {
				t.Errorf("genuine: have %v, want %v", have, v.Genuine)
			}
			if v.Genuine {
				genuine++
				for _, other := range []codes.SignedAnswer{
					{KeyID: a.KeyID, Day: a.Day ^ 1, Parameter: a.Parameter, Signature: a.Signature},
					{KeyID: a.KeyID, Day: a.Day, Parameter: a.Parameter ^ 1, Signature: a.Signature},
				} {
					if other.Signs(&s, [32]byte(bytesOf(t, v.Public))) {
						t.Errorf("%+v signs terms of another day or value", other)
					}
				}
			}
			if v.Next != "" {
				next := keyOf(t, v.Key).After(s.Terms, a.Tag()).Bytes()
				if have := hex.EncodeToString(next[:]); have != v.Next {
					t.Errorf("key after it: have %s, want %s", have, v.Next)
				}
			}
		})
	}
	if genuine < 5 {
		t.Errorf("have %d genuine vectors, want 5 or more", genuine)
	}
}

// drawnSigned is a signed code that nobody checks the signature of.
func drawnSigned(t *rapid.T) codes.Code {
	return codes.SignedAnswer{
		KeyID: rapid.Uint8().Draw(t, "key id"), Day: codes.Day(rapid.Uint16Max(uint16(codes.MaxDay)).Draw(t, "day")),
		Parameter: rapid.Uint32().Draw(t, "parameter"), Signature: [64]byte(rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "signature")),
	}.Code()
}

// TestSignedZeroBits: a value that leaves no room for the zeros is refused, whatever
// its groups say.
func TestSignedZeroBits(t *testing.T) {
	top := codes.SignedAnswer{KeyID: 255, Day: codes.MaxDay, Parameter: 1<<32 - 1, Signature: [64]byte(slices.Repeat([]byte{0xff}, 64))}.Code()
	if c, err := codes.Parse(top.String()); err != nil || c != top {
		t.Errorf("the largest value: have %s, %v, want it read", c, err)
	}
	over := raised(top.String())
	if _, err := codes.Parse(over); word(err) != "value" {
		t.Errorf("Parse(%q), one more: have %v, want a value error", over, err)
	}
	if _, err := codes.Parse("see " + over + " there"); word(err) == "" {
		t.Error("one more, within a text: have it read")
	}
}

// raised adds one to the value of a signed code.
func raised(text string) string {
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	var data []byte
	for g := range strings.SplitSeq(text, "-") {
		data = append(data, g[:5]...)
	}
	for i := len(data) - 1; ; i-- {
		if n := strings.IndexByte(alphabet, data[i]); n < 57 {
			data[i] = alphabet[n+1]
			break
		}
		data[i] = alphabet[0]
	}
	return checked(string(data))
}

// checked adds a check to each five characters, as docs/format.md spells it out.
func checked(data string) string {
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	var groups []string
	for g := 0; g*5 < len(data); g++ {
		p := 1 + (57+g)%58
		for _, c := range data[g*5 : g*5+5] {
			s := (p + strings.IndexRune(alphabet, c)) % 58
			if s == 0 {
				s = 58
			}
			p = 2 * s % 59
		}
		for c := range 58 {
			if (p+c)%58 == 1 {
				groups = append(groups, data[g*5:g*5+5]+alphabet[c:c+1])
			}
		}
	}
	return strings.Join(groups, "-")
}

// TestSignedSlipsAreFound mangles every character of a signed code: the group is
// named, and the repair proposes what it was, and nothing else.
func TestSignedSlipsAreFound(t *testing.T) {
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	s := codes.Signed{Terms: codes.Terms{License: 1, Definition: 1, Type: 1, Flags: 2, Random: 1}}
	a := codes.SignedAnswer{KeyID: 1, Signature: [64]byte(ed25519.Sign(private, s.Message(1)))}
	j := signatures{signed: s, public: [32]byte(private.Public().(ed25519.PublicKey))}
	text := a.Code().String()
	bare := strings.ReplaceAll(text, "-", "")
	for i := range text {
		group := i / 7
		if text[i] == '-' || i == 0 {
			continue
		}
		wrong := map[string]string{
			"unheard": text[:i] + "?" + text[i+1:], "wrong": text[:i] + string(shift(text[i])) + text[i+1:],
			"missing": text[:i] + text[i+1:], "doubled": text[:i+1] + text[i:],
			"missing, no dashes": bare[:i-group] + bare[i-group+1:],
			"in a mail":          "Dear Ann,\n\n> " + strings.ReplaceAll(text[:i]+string(shift(text[i]))+text[i+1:], "-", "-\n> ") + "\n\nplease try again!",
		}
		for name, bad := range wrong {
			c, err := codes.Parse(bad)
			if err == nil {
				t.Fatalf("%s at %d: Parse(%q) is %s, want a slip", name, i, bad, c)
			}
			proposals, stats := codes.RepairCount(bad, []codes.Kind{codes.KindActivation, codes.KindSigned}, j)
			if stats.Trials > 50 {
				t.Errorf("%s at %d: have %d trials, want 50 at most", name, i, stats.Trials)
			}
			if name == "missing, no dashes" && len(proposals) == 0 {
				continue // a check that fits by chance
			}
			if len(proposals) != 1 || proposals[0].Code != a.Code() || len(proposals[0].Changes) == 0 {
				t.Fatalf("%s at %d: have proposals %v for %q, want %s", name, i, proposals, bad, text)
			}
		}
	}
	all := []byte(text)
	for g := range 20 {
		all[g*7+3] = shift(all[g*7+3])
	}
	if _, stats := codes.RepairCount(string(all), []codes.Kind{codes.KindSigned}, j); stats.Trials > 1<<14 || !stats.Cut {
		t.Errorf("a slip in every group: have %+v, want at most 2^14 trials and the rest left out", stats)
	}
	if p := codes.Repair(text, nil, j); len(p) != 0 {
		t.Errorf("a signed code where none is wanted: have %v", p)
	}
}

// shift is another character of the alphabet.
func shift(c byte) byte {
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	return alphabet[(strings.IndexByte(alphabet, c)+11)%58]
}

// signatures is a judge of one signed answer.
type signatures struct {
	signed codes.Signed
	public [32]byte
}

func (j signatures) Known(numbers []codes.LicenseNumber) []bool { return make([]bool, len(numbers)) }

func (j signatures) Genuine(c codes.Code) bool {
	return c.Kind() == codes.KindSigned && c.SignedAnswer().Signs(&j.signed, j.public)
}

// FuzzParseSigned begins every input with a signed code's letter and mends its checks,
// which random bytes seldom have.
func FuzzParseSigned(f *testing.F) {
	f.Add([]byte(sampleSigned))
	f.Add([]byte(strings.Repeat("z", 99)))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
		data := []byte("E" + strings.Repeat("1", 99))
		for i := 0; i < len(b) && i < 99; i++ {
			data[i+1] = alphabet[b[i]%58]
		}
		text := checked(string(data))
		readable(t, text)
		c, err := codes.Parse(text)
		if err != nil {
			if word(err) != "value" {
				t.Fatalf("Parse(%q): have %v, want it read or its value refused", text, err)
			}
			return
		}
		if c.String() != text || c.SignedAnswer().Code() != c {
			t.Fatalf("Parse(%q): written again it is %s", text, c)
		}
	})
}
