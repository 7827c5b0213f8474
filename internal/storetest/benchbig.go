package storetest

import (
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// benchBig opens a journal of 100,000 requests on 10,000 licenses, both times the flag, and looks up a code, a license and
// a fingerprint in it: another one each time, as far as a screen shows.
func benchBig(b *testing.B, f Factory) {
	dir := b.TempDir()
	licenses, requests := benchLicenses**Large, 100_000**Large
	s := benchIn(b, f, dir, licenses)
	fill(b, s, requests, licenses)
	b.Run("open", func(b *testing.B) { // with the facts of a license, and closed again
		for i := 0; b.Loop(); i++ {
			o, err := f.Open(dir)
			if err != nil {
				b.Fatal(err)
			}
			mustFacts(b, o, journal.Wanted{Licenses: []codes.LicenseNumber{scatter(i % licenses)}})
			if err := o.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	var asked []journal.Entry
	for i := range 1000 {
		e, err := s.Entry(ctx, journal.NewEntryID(0, uint64(1+licenses+i*7919%requests)))
		if err != nil {
			b.Fatal(err)
		}
		asked = append(asked, e)
	}
	for _, look := range []struct {
		name string
		up   func(e *journal.Entry) journal.Query
	}{
		{"code", func(e *journal.Entry) journal.Query { return journal.Query{Text: e.Code} }},
		{"license", func(e *journal.Entry) journal.Query { return journal.Query{License: e.License} }},
		{"fingerprint", func(e *journal.Entry) journal.Query { return journal.Query{Fingerprint: &e.Fingerprint} }},
	} {
		b.Run(look.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				q := look.up(&asked[i%len(asked)])
				q.Newest, q.Limit = true, 20
				found := 0
				for _, err := range s.Entries(ctx, q) {
					if err != nil {
						b.Fatal(err)
					}
					found++
				}
				if found == 0 {
					b.Fatalf("%+v: found nothing", q)
				}
			}
		})
	}
	b.Run("facts", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			mustFacts(b, s, journal.Wanted{Licenses: []codes.LicenseNumber{asked[i%len(asked)].License}, Since: start})
		}
	})
}
