package codes_test

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

func BenchmarkSigned(b *testing.B) {
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	public := [32]byte(private.Public().(ed25519.PublicKey))
	s := codes.Signed{Terms: codes.Terms{License: 1, Definition: 1, Type: 1, Flags: 2, Random: 1}}
	a := codes.SignedAnswer{KeyID: 1, Signature: [64]byte(ed25519.Sign(private, s.Message(1)))}
	text := a.Code().String()
	mail := "Dear Ann,\n\n> " + strings.Join(a.Code().Lines(), "\n> ") + "\n\nRegards\n" + strings.Repeat("every evening e are easy examples\n", 20)
	bad := text[:9] + "?" + text[10:]
	two := bad[:100] + "?" + bad[101:]
	judge := signatures{s, public}
	for name, f := range map[string]func(){
		"parse":              func() { _, _ = codes.Parse(text) },
		"parse mail":         func() { _, _ = codes.Parse(mail) },
		"string":             func() { _ = a.Code().String() },
		"sign":               func() { ed25519.Sign(private, s.Message(1)) },
		"verify":             func() { a.Signs(&s, public) },
		"repair one group":   func() { codes.Repair(bad, []codes.Kind{codes.KindSigned}, judge) },
		"repair two groups":  func() { codes.Repair(two, []codes.Kind{codes.KindSigned}, judge) },
		"repair wrong group": func() { codes.Repair(text[:9]+string(shift(text[9]))+text[10:], []codes.Kind{codes.KindSigned}, judge) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
		})
	}
}
