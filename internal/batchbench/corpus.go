// Package batchbench makes large batches that look like a vendor's day, and measures
// how fast they go beside four yardsticks. It is for tests and benchmarks.
package batchbench

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// Passphrase opens the offices that NewOffice makes.
const Passphrase = "a passphrase for benchmarks"

// An Office is a vendor folder with licenses.
type Office struct {
	Dir      string
	Now      time.Time
	Desk     *activator.Desk
	Session  *activator.Session
	Licenses []License

	uid     codes.UID
	release uint16
	request product.Definition
	giveUp  product.Definition
}

// License is a license with its key.
type License struct {
	Number codes.LicenseNumber
	LK     codes.Key
}

// NewOffice makes a vendor folder in dir with so many licenses of so many seats each,
// and opens it with a clock that stands still at now.
func NewOffice(dir string, licenses, seats int, now time.Time) (*Office, error) {
	ctx := context.Background()
	o := &Office{Dir: dir, Now: now}
	err := activator.Init(ctx, activator.Setup{
		Dir: dir, Vendor: "Example Vendor", Desk: "front", Operator: "anna", WorkFactor: 10,
		Passphrase: []byte(Passphrase), Now: o.clock, Rand: rand.Reader,
	})
	if err != nil {
		return nil, err
	}
	if err := o.open(); err != nil {
		return nil, err
	}
	p, err := o.Desk.Product("press-studio")
	if err != nil {
		return nil, err
	}
	o.uid, o.release = p.UID, p.Release
	o.request, _ = p.Definition(1)
	o.giveUp, _ = p.Definition(2)
	for len(o.Licenses) < licenses {
		orders := make([]activator.Order, min(1000, licenses-len(o.Licenses)))
		for i := range orders {
			n := len(o.Licenses) + i
			orders[i] = activator.Order{Product: p.ID, Customer: fmt.Sprintf("Customer %d", n), Order: fmt.Sprintf("PO-%d", n), Seats: seats}
		}
		ls, err := o.Session.Register(ctx, orders...)
		if err != nil {
			return nil, err
		}
		for _, l := range ls {
			o.Licenses = append(o.Licenses, License{l.Number, l.Serial.Serial().Key.Stretch(p.UID, l.Number)})
		}
	}
	return o, nil
}

func (o *Office) clock() time.Time { return o.Now }

// Reopen opens the office again after Close.
func (o *Office) Reopen() error { return o.open() }

func (o *Office) open() (err error) {
	o.Desk, err = activator.Open(context.Background(), activator.Config{
		Dir: o.Dir, Unlock: func() ([]byte, error) { return []byte(Passphrase), nil }, Now: o.clock, Rand: rand.Reader,
	})
	if err == nil {
		o.Session = o.Desk.Session(activator.Operator{Name: "anna"}, "batch")
	}
	return err
}

// Copy closes the office, copies its folder to dir, and opens both.
func (o *Office) Copy(dir string) (*Office, error) {
	if err := o.Desk.Close(); err != nil {
		return nil, err
	}
	c := *o
	c.Dir = dir
	if err := copyFolder(o.Dir, dir); err != nil {
		return nil, err
	}
	return &c, errors.Join(o.open(), c.open())
}

// copyFolder copies a vendor folder that nobody has open.
func copyFolder(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	for _, secret := range []string{"identity.age", "keyring.age"} { // copied as anybody's to read
		if err := os.Chmod(filepath.Join(to, secret), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the desk.
func (o *Office) Close() error { return o.Desk.Close() }

// A Kind says what a row of a corpus is.
type Kind uint8

// The kinds of rows.
const (
	First    Kind = iota // the first request of a machine
	Second               // a request of another machine: no seat is free
	Again                // a request that was there before
	GiveBack             // the confirmation of a machine that was activated before
	Strange              // a request whose tag does not fit
	Foreign              // a request of a license that is not registered
	Slip                 // a request with a wrong character
)

// A Row is a code of a corpus.
type Row struct {
	Kind Kind
	Text string
}

// Rows calls yield for n rows: 78 of 100 ask for the first time, 10 give back, 6 ask
// again, 3 want a seat that is not free, and 3 are wrong, one of a thousand of them a
// slip. The same seed gives the same rows for the same office and day.
func (o *Office) Rows(n int, seed uint64, yield func(i int, r Row) bool) {
	r := mrand.New(mrand.NewPCG(seed, 1))
	type asked struct {
		s  codes.Statement
		lk codes.Key
	}
	var last [64]asked // requests of before, to ask again and to give back
	count := 0
	license := 0
	next := func() License {
		l := o.Licenses[license%len(o.Licenses)]
		license++
		return l
	}
	before := func() asked { return last[r.IntN(min(count, len(last)))] }
	for i := range n {
		x := r.IntN(1000)
		var row Row
		switch {
		case count == 0 || x < 780:
			l := next()
			s := o.statement(codes.KindRequest, &o.request, l.Number, codes.Fingerprint(license)&(1<<26-1), r, l.LK)
			last[count%len(last)] = asked{s, l.LK}
			count++
			row = Row{First, s.Code().String()}
		case x < 880:
			a := before()
			row = Row{GiveBack, o.statement(codes.KindConfirmation, &o.giveUp, a.s.License, a.s.Fingerprint, r, o.after(a.s, a.lk)).Code().String()}
		case x < 940:
			row = Row{Again, before().s.Code().String()}
		case x < 970:
			a := before()
			row = Row{Second, o.statement(codes.KindRequest, &o.request, a.s.License, a.s.Fingerprint^1<<25, r, a.lk).Code().String()}
		case x < 985:
			l := o.Licenses[r.IntN(len(o.Licenses))]
			s := o.statement(codes.KindRequest, &o.request, l.Number, 5, r, l.LK)
			s.Tag ^= 1
			row = Row{Strange, s.Code().String()}
		case x < 999:
			s := o.statement(codes.KindRequest, &o.request, codes.LicenseNumber(0xfe000000|r.Uint32()>>8), 6, r, o.Licenses[0].LK)
			row = Row{Foreign, s.Code().String()}
		default:
			text := []byte(before().s.Code().String())
			at := 9
			if text[at]++; text[at] > 'z' || text[at] > '9' && text[at] < 'A' {
				text[at] = 'a'
			}
			row = Row{Slip, string(text)}
		}
		if !yield(i, row) {
			return
		}
	}
}

func (o *Office) statement(k codes.Kind, d *product.Definition, l codes.LicenseNumber, f codes.Fingerprint, r *mrand.Rand, key codes.Key) codes.Statement {
	s := codes.Statement{Kind: k, Random: r.Uint32() | 1, Fingerprint: f, License: l, Definition: d.ID}
	s.Tag = key.StatementTag(o.uid, o.release, uint8(d.Type), s)
	return s
}

// after is the key of a machine that typed the answer to its request.
func (o *Office) after(s codes.Statement, lk codes.Key) codes.Key {
	day, err := codes.DayOf(o.Now.AddDate(0, 0, o.request.ShelfLife))
	if err != nil {
		panic(err)
	}
	if o.request.ShelfLife == 0 {
		day = 0
	}
	t := codes.Terms{
		UID: o.uid, License: s.License, Release: o.release, Definition: o.request.ID, Type: uint8(o.request.Type),
		Flags: o.request.Flags(), Fingerprint: s.Fingerprint, Random: s.Random, Day: day,
	}
	return lk.After(t, lk.AnswerTag(t))
}

// WriteCSV writes a corpus as a table with the columns order, code and reference.
func (o *Office) WriteCSV(w io.Writer, n int, seed uint64) error {
	if _, err := io.WriteString(w, "order,code,reference\n"); err != nil {
		return err
	}
	var err error
	o.Rows(n, seed, func(i int, r Row) bool {
		reference := ""
		if r.Kind == GiveBack {
			reference = fmt.Sprintf("case-%d", i)
		}
		_, err = fmt.Fprintf(w, "PO-%d,%s,%s\n", i, r.Text, reference)
		return err == nil
	})
	return err
}

// Sum is a stand-in for the hash of an input: the rows' numbers.
func Sum(i int) (sum [32]byte) {
	binary.BigEndian.PutUint64(sum[:], uint64(i)+1)
	return sum
}

// Codes are those of a machine that was activated, and of two others that want its seat.
type Codes struct{ GiveBack, Other, Third string }

// Activate answers a machine's request on the i-th license.
func (o *Office) Activate(t testing.TB, i int, seed uint64) Codes {
	t.Helper()
	r := mrand.New(mrand.NewPCG(seed, 2))
	l := o.Licenses[i]
	s := o.statement(codes.KindRequest, &o.request, l.Number, 1, r, l.LK)
	if out, err := o.Session.Submit(context.Background(), s.Code().String(), activator.Decision{}); err != nil || out.Answer.IsZero() {
		t.Fatalf("activate: have %v, %v, want an answer", out, err)
	}
	return Codes{
		GiveBack: o.statement(codes.KindConfirmation, &o.giveUp, l.Number, 1, r, o.after(s, l.LK)).Code().String(),
		Other:    o.statement(codes.KindRequest, &o.request, l.Number, 2, r, l.LK).Code().String(),
		Third:    o.statement(codes.KindRequest, &o.request, l.Number, 3, r, l.LK).Code().String(),
	}
}
