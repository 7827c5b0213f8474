package exchange

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector"
)

// A shop is a vendor whose products are all cells of the table that make sense.
type shop struct {
	now     time.Time
	session *activator.Session
}

func (s *shop) clock() time.Time { return s.now }

func newShop(t *testing.T, files map[string][]byte) *shop {
	s := &shop{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	folder := filepath.Join(t.TempDir(), "vendor")
	ctx := context.Background()
	if err := activator.Init(ctx, activator.Setup{
		Dir: folder, Vendor: "Table Vendor", Desk: "table", Operator: "table", WorkFactor: 10,
		Passphrase: []byte("table"), Now: s.clock, Rand: rand.Reader,
	}); err != nil {
		t.Fatal(err)
	}
	for id, text := range files {
		if err := os.WriteFile(filepath.Join(folder, "products", id+".toml"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	desk, err := activator.Open(ctx, activator.Config{
		Dir: folder, Unlock: func() ([]byte, error) { return []byte("table"), nil }, Now: s.clock, Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { desk.Close() })
	s.session = desk.Session(activator.Operator{Name: "table"}, "test")
	return s
}

// A buyer is a customer of one product, with one machine.
type buyer struct {
	*testing.T
	*shop
	config protector.Config
	client *protector.Client
	serial string
}

func (s *shop) buyer(t *testing.T, productID string) *buyer {
	profile, p, err := s.session.Export(context.Background(), productID)
	if err != nil {
		t.Fatal(err)
	}
	ls, err := s.session.Register(context.Background(), activator.Order{Product: productID, Customer: "Customer", Seats: 1})
	if err != nil {
		t.Fatal(err)
	}
	b := &buyer{T: t, shop: s, serial: ls[0].Serial.String(), config: protector.Config{
		Profile: profile, Anchor: p.Anchor, Now: s.clock, Rand: rand.Reader,
		Machine: func(context.Context) (*fingerprint.Profile, error) { return hardware(0), nil },
	}}
	b.install()
	return b
}

// install begins with nothing on the same machine.
func (b *buyer) install() {
	b.Helper()
	b.config.Dir = b.TempDir()
	var err error
	if b.client, err = protector.Open(b.config); err != nil {
		b.Fatal(err)
	}
	client := b.client
	b.Cleanup(func() { client.Close() })
	if _, err := b.client.EnterSerial(b.serial); err != nil {
		b.Fatal(err)
	}
}

// activate asks for a definition, lets the desk answer and types the answer, which
// never expires.
func (b *buyer) activate(id uint8, d activator.Decision) string {
	b.Helper()
	r, err := b.client.Request(id, protector.RequestOptions{})
	if err != nil {
		b.Fatalf("request for %d: have %v, want a code", id, err)
	}
	forever := 0
	d.ShelfLife = &forever
	out, err := b.session.Submit(context.Background(), r.Code.String(), d)
	if err != nil {
		b.Fatal(err)
	}
	if out.Verdict != journal.OK || out.Answer.IsZero() {
		b.Fatalf("request for %d at the desk: have %s (%s), want an answer", id, out.Verdict, out.Reason)
	}
	got, err := b.client.Enter(out.Answer.String())
	if err != nil || got.Already {
		b.Fatalf("answer to the request for %d: have %+v and error %v, want it accepted", id, got, err)
	}
	return out.Answer.String()
}

// accept reads a confirmation out; the desk must take it.
func (b *buyer) accept(d protector.Confirmation, err error) {
	b.Helper()
	if err != nil {
		b.Fatalf("have error %v, want a confirmation code", err)
	}
	out, err := b.session.Submit(context.Background(), d.Code.String(), activator.Decision{Reference: "case"})
	if err != nil {
		b.Fatal(err)
	}
	if out.Verdict != journal.OK {
		b.Fatalf("confirmation at the desk: have %s (%s), want ok", out.Verdict, out.Reason)
	}
}

func (b *buyer) status() *protector.Status {
	b.Helper()
	s, err := b.client.Status()
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// active demands what is active and what is not.
func (b *buyer) active(want map[uint8]bool) {
	b.Helper()
	s := b.status()
	for id, on := range want {
		if have := s.Active(id); have != on {
			d, _ := s.Definition(id)
			b.Errorf("definition %d: have active=%v (%s), want %v", id, have, d.Detail, on)
		}
	}
}

func yes(protector.Warning) bool { return true }

// day is a parameter: the day so many days from now.
func (b *buyer) day(days int) *uint32 {
	d, err := codes.DayOf(b.now.AddDate(0, 0, days))
	if err != nil {
		b.Fatal(err)
	}
	v := uint32(d)
	return &v
}

// later lets time pass for all.
func (b *buyer) later(d time.Duration) { b.now = b.now.Add(d) }

// number is the serial number of the buyer.
func (b *buyer) number() codes.Code {
	c, err := codes.Parse(b.serial)
	if err != nil {
		b.Fatal(err)
	}
	return c
}
