package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

const benchLicenses = 10_000

// bench opens a store with licenses whose seats are free.
func bench(b *testing.B, f Factory) Store { return benchIn(b, f, b.TempDir(), benchLicenses) }

func benchIn(b *testing.B, f Factory, dir string, licenses int) Store {
	s, err := f.Create(dir, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	Append(b, s, Entry(journal.KindLog))
	for l := 0; l < licenses; l += 1000 {
		es := make([]journal.Entry, 1000)
		for i := range es {
			es[i] = Register(scatter(l+i), 1000, fmt.Sprint("PO-", l+i), fmt.Sprint("Customer ", l+i))
		}
		Append(b, s, es...)
	}
	b.ResetTimer()
	return s
}

// scatter returns the i-th license number, spread as random ones are.
func scatter(i int) codes.LicenseNumber {
	return codes.LicenseNumber(0x01000000 | uint32(i+1)*0x9e3779b1&0x00ffffff)
}

// benchRequest is the i-th request, of one of so many licenses.
func benchRequest(r *rand.Rand, i, licenses int, seat bool) journal.Entry {
	slot, limit := 0, 0
	if seat {
		slot, limit = 1+i/licenses, 1000
	}
	e := Request(scatter(i%licenses), codes.Fingerprint(i), r.Uint32()|1, slot, limit)
	return e
}

// Benchmark measures a store: single appends, chunks of 1,000 with and without seats, registration, facts of one
// and of 1,000 licenses, opening and looking things up in a big journal, and verification.
func Benchmark(b *testing.B, f Factory) {
	b.Run("append", func(b *testing.B) {
		s := bench(b, f)
		r := rand.New(rand.NewPCG(1, 1))
		for i := range b.N {
			e := benchRequest(r, i, benchLicenses, true)
			e.Intent = intent(r)
			Append(b, s, e)
		}
	})
	for _, seat := range []bool{false, true} {
		b.Run(fmt.Sprintf("chunk/seats=%v", seat), func(b *testing.B) {
			s := bench(b, f)
			r := rand.New(rand.NewPCG(1, 1))
			es := make([]journal.Entry, 0, 1000)
			for i := range b.N {
				if es = append(es, benchRequest(r, i, benchLicenses, seat)); len(es) == cap(es) || i == b.N-1 {
					Append(b, s, es...)
					es = es[:0]
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
	b.Run("log", func(b *testing.B) { benchLog(b, f) })
	b.Run("register", func(b *testing.B) {
		s := bench(b, f)
		es := make([]journal.Entry, 0, 1000)
		for i := range b.N {
			l := scatter(benchLicenses + i)
			if es = append(es, Register(l, 3, fmt.Sprint("B-", i), fmt.Sprint("Buyer ", i))); len(es) == cap(es) || i == b.N-1 {
				Append(b, s, es...)
				es = es[:0]
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	})
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprintf("facts/%d", n), func(b *testing.B) {
			s := bench(b, f)
			fill(b, s, 2*benchLicenses, benchLicenses)
			b.ResetTimer()
			for i := range b.N {
				w := journal.Wanted{Since: start}
				for j := range n {
					w.Licenses = append(w.Licenses, scatter((i*n+j)%benchLicenses))
				}
				mustFacts(b, s, w)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/license")
		})
	}
	b.Run("big", func(b *testing.B) { benchBig(b, f) })
	b.Run("verify", func(b *testing.B) {
		s := bench(b, f)
		fill(b, s, 10*benchLicenses, benchLicenses)
		b.ResetTimer()
		entries := uint64(0)
		for range b.N {
			r, err := journal.Verify(ctx, s, Verifiers())
			if err != nil {
				b.Fatal(err)
			}
			entries += r.Entries
		}
		b.ReportMetric(float64(entries)/b.Elapsed().Seconds(), "entries/s")
	})
}

// fill appends n requests of so many licenses.
func fill(b *testing.B, s Store, n, licenses int) {
	r := rand.New(rand.NewPCG(1, 1))
	for i := 0; i < n; i += 1000 {
		es := make([]journal.Entry, 1000)
		for j := range es {
			es[j] = benchRequest(r, i+j, licenses, true)
		}
		Append(b, s, es...)
	}
}
