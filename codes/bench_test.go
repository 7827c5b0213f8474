package codes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/repairfigures/trials"
)

func BenchmarkParse(b *testing.B) {
	w := trials.NewWorld(1, 1)
	r, a := w.Code(codes.KindRequest), w.Code(codes.KindActivation)
	for name, text := range map[string]string{"R": r.String(), "A": a.String(), "R-digits": r.Digits()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := codes.Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkString(b *testing.B) {
	c := trials.NewWorld(1, 1).Code(codes.KindRequest)
	b.ReportAllocs()
	for b.Loop() {
		_ = c.String()
	}
}

func BenchmarkTag(b *testing.B) {
	var uid codes.UID
	k := codes.NewMaster(make([]byte, 32)).LicenseKey(uid, 1).Stretch(uid, 1)
	s := codes.Statement{Kind: codes.KindRequest, Random: 1, License: 1, Definition: 1}
	b.Run("key", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			k.StatementTag(uid, 1, 1, s)
		}
	})
	b.Run("tagger", func(b *testing.B) {
		b.ReportAllocs()
		t := k.Tagger()
		for b.Loop() {
			t.StatementTag(uid, 1, 1, s)
		}
	})
}

// BenchmarkRepair measures whole readings of different texts of each scenario,
// the judge included.
func BenchmarkRepair(b *testing.B) {
	w := trials.NewWorld(1, 10000)
	for _, s := range trials.Scenarios() {
		for _, k := range []codes.Kind{codes.KindRequest, codes.KindActivation} {
			if !strings.ContainsRune(s.Kinds, rune(k)) {
				continue
			}
			name := fmt.Sprintf("%s/%s/%c", s.Form, strings.ReplaceAll(s.Name, " ", "_"), k)
			b.Run(name, func(b *testing.B) {
				texts := make([]string, 64)
				for i := range texts {
					_, texts[i] = w.Mangled(s, k)
				}
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					codes.Repair(texts[i%len(texts)], trials.WantFor(k), w)
					i++
				}
			})
		}
	}
}
