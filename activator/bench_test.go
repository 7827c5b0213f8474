package activator

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// BenchmarkReading is one reading with warm keys and without the store: parse,
// match the tag, judge every rule, make the answer and the entry.
func BenchmarkReading(b *testing.B) {
	var uid codes.UID
	rand.Read(uid[:])
	p, err := catalog.Parse("products/press-studio.toml", catalog.Sample(uid))
	if err != nil {
		b.Fatal(err)
	}
	const number = codes.LicenseNumber(0x00123456)
	master := codes.NewMaster(make([]byte, 32))
	lk := master.LicenseKey(uid, number).Stretch(uid, number)
	s := codes.Statement{Kind: codes.KindRequest, Random: 42, Fingerprint: 7, License: number, Definition: 1}
	s.Tag = lk.StatementTag(uid, p.Release, uint8(product.Release), s)
	text := s.Code().String()
	f := &journal.LicenseFacts{Known: true, License: journal.License{
		Number: number, Product: uid, Seats: 3, State: journal.Live, Grants: "all", Customer: "Print Shop",
	}}
	about := &file{license: f, product: p, lk: lk}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	d := Decision{salts: func() [16]byte { return [16]byte{} }}
	b.ReportAllocs()
	for b.Loop() {
		c, err := codes.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		r, err := new(workspace).recognize(text, c, about)
		if err != nil {
			b.Fatal(err)
		}
		if j := new(workspace).decide(r, &d, now); j.given == nil {
			b.Fatal(j.checks())
		}
	}
}
