package codes_test

import (
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/repairfigures/trials"
)

// TestMangledCodesAreNeverAccepted takes 1,000 codes (400 in digits) and mangles
// each in every single way: no wrong, missing or doubled character passes the group checks at
// all; the few swaps that do (0.06 %) carry no genuine tag.
func TestMangledCodesAreNeverAccepted(t *testing.T) {
	w := trials.NewWorld(10, 1000)
	for _, form := range []codes.Form{codes.FormLetters, codes.FormDigits} {
		alphabet := "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
		n := 250 // codes of each kind
		if form == codes.FormDigits {
			alphabet, n = "0123456789", 100
		}
		swaps, missed := 0, 0
		for _, k := range []codes.Kind{codes.KindRequest, codes.KindConfirmation, codes.KindActivation, codes.KindSerial} {
			for range n {
				c := w.Code(k)
				text := strings.ReplaceAll(c.String(), "-", "")
				if form == codes.FormDigits {
					text = strings.ReplaceAll(c.Digits(), "-", "")
				}
				refuse := func(mangled, how string) {
					if got, err := codes.Parse(mangled); err == nil {
						t.Fatalf("%s: Parse(%s) for %s: have %s, want an error", how, mangled, text, got)
					}
				}
				for i := range text {
					for _, r := range alphabet {
						if byte(r) != text[i] {
							refuse(text[:i]+string(r)+text[i+1:], "substitution")
						}
					}
					refuse(text[:i]+"?"+text[i+1:], "unheard")
					refuse(text[:i]+text[i+1:], "drop")
					refuse(text[:i]+text[i:i+1]+text[i:], "doubling")
					if i+1 == len(text) || text[i] == text[i+1] {
						continue
					}
					swaps++
					swapped := text[:i] + text[i+1:i+2] + text[i:i+1] + text[i+2:]
					if got, err := codes.Parse(swapped); err == nil {
						missed++
						if w.Genuine(got) {
							t.Errorf("swap: %s for %s is genuine", swapped, text)
						}
					}
				}
			}
		}
		t.Logf("%s: group checks missed %d of %d neighbor swaps", form, missed, swaps)
		if most := swaps / 1000; missed > most || form == codes.FormDigits && missed > 0 {
			t.Errorf("%s: group checks missed %d of %d neighbor swaps, want 0.06 %% or none in digits", form, missed, swaps)
		}
	}
}

// TestTagsAreBound changes each field of a genuine code and spells it anew, its
// checks right: none is genuine.
func TestTagsAreBound(t *testing.T) {
	w := trials.NewWorld(11, 1000)
	for range 200 {
		s := w.Code(codes.KindRequest).Statement()
		forge := func(name string, change func(*codes.Statement)) {
			f := s
			change(&f)
			if f != s && w.Genuine(f.Code()) {
				t.Errorf("a request with another %s is genuine: %s", name, f.Code())
			}
		}
		forge("kind", func(f *codes.Statement) { f.Kind = codes.KindConfirmation })
		forge("random", func(f *codes.Statement) { f.Random ^= 1 << 31 })
		forge("fingerprint", func(f *codes.Statement) { f.Fingerprint ^= 1 })
		forge("definition", func(f *codes.Statement) { f.Definition = f.Definition%255 + 1 })
		forge("status", func(f *codes.Statement) { f.Status ^= 0x80 })
		forge("tag", func(f *codes.Statement) { f.Tag ^= 1 })
		a := w.Code(codes.KindActivation).Answer()
		for _, f := range []codes.Answer{{a.Day ^ 1, a.Parameter, a.Tag}, {a.Day, a.Parameter ^ 1, a.Tag}, {a.Day, a.Parameter, a.Tag ^ 1<<63}} {
			if w.Genuine(f.Code()) {
				t.Errorf("a changed activation code is genuine: %s", f.Code())
			}
		}
		r := w.Code(codes.KindSerial).Serial()
		forged := r
		forged.Key[3] ^= 4
		if w.Genuine(forged.Code()) || w.Genuine(codes.NewSerial(codes.UID{1}, r.License, r.Key).Code()) {
			t.Error("a changed serial number, or one of another product, is genuine")
		}
	}
}
