package activator_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"io"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

const passphrase = "a passphrase for tests"

// An office is a vendor folder in a test, with a clock that the test moves.
type office struct {
	t     *testing.T
	dir   string
	heads string
	now   time.Time
	desk  *activator.Desk
	*activator.Session
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), heads: t.TempDir(), now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	err := activator.Init(context.Background(), activator.Setup{
		Dir: o.dir, Vendor: "Example Vendor", Desk: "front", Operator: "anna", WorkFactor: 10,
		Passphrase: []byte(passphrase), Now: o.clock, Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	o.open()
	return o
}

func (o *office) rand() io.Reader { return rand.Reader }

func (o *office) clock() time.Time { return o.now }

func (o *office) open() {
	o.t.Helper()
	var err error
	o.desk, err = activator.Open(context.Background(), activator.Config{
		Dir: o.dir, Unlock: func() ([]byte, error) { return []byte(passphrase), nil }, Now: o.clock, Rand: rand.Reader, Heads: o.heads,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { o.desk.Close() })
	o.Session = o.desk.Session(activator.Operator{Name: "anna"}, "test")
}

// later lets days pass.
func (o *office) later(days int) { o.now = o.now.AddDate(0, 0, days) }

func (o *office) license(seats int) *activator.License {
	o.t.Helper()
	ls, err := o.Register(context.Background(), activator.Order{Product: "press-studio", Customer: "Print Shop", Seats: seats})
	if err != nil {
		o.t.Fatal(err)
	}
	return &ls[0]
}

func (o *office) submit(code codes.Code, d activator.Decision) *activator.Outcome {
	o.t.Helper()
	out, err := o.Submit(context.Background(), code.String(), d)
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// A machine is a customer's machine as docs/format.md and docs/client.md demand
// it, without the protector's state files: what it remembers can be copied.
type machine struct {
	o       *office
	uid     codes.UID
	license codes.LicenseNumber
	lk, key codes.Key
	fp      codes.Fingerprint
	release uint16
	types   map[uint8]product.Type
}

func (o *office) machine(l *activator.License, fp codes.Fingerprint) *machine {
	o.t.Helper()
	p, err := o.desk.Product("press-studio")
	if err != nil {
		o.t.Fatal(err)
	}
	m := &machine{o: o, uid: p.UID, license: l.Number, fp: fp, release: p.Release, types: map[uint8]product.Type{}}
	for _, d := range p.Definitions {
		m.types[d.ID] = d.Type
	}
	m.lk = l.Serial.Serial().Key.Stretch(p.UID, l.Number)
	m.key = m.lk
	return m
}

// copied is a second machine with the same memory: a clone, or a backup.
func (m *machine) copied() *machine { c := *m; return &c }

func random(t testing.TB) uint32 {
	var b [4]byte
	for {
		if _, err := io.ReadFull(rand.Reader, b[:]); err != nil {
			t.Fatal(err)
		}
		if v := binary.BigEndian.Uint32(b[:]); v != 0 {
			return v
		}
	}
}

func (m *machine) statement(kind codes.Kind, definition, status uint8) codes.Statement {
	s := codes.Statement{
		Kind: kind, Random: random(m.o.t), Fingerprint: m.fp, License: m.license, Definition: definition, Status: status,
	}
	s.Tag = m.key.StatementTag(m.uid, m.release, uint8(m.types[definition]), s)
	return s
}

func (m *machine) request(definition uint8) codes.Code {
	return m.statement(codes.KindRequest, definition, 0).Code()
}

// enter takes an answer to a request, granting the definition.
func (m *machine) enter(request, answer codes.Code, definition uint8) {
	m.o.t.Helper()
	r, a := request.Statement(), answer.Answer()
	t := codes.Terms{
		UID: m.uid, License: m.license, Release: m.release, Definition: definition, Type: uint8(m.types[definition]),
		Fingerprint: r.Fingerprint, Random: r.Random, Day: a.Day, Parameter: a.Parameter,
	}
	if have, want := a.Tag, m.key.AnswerTag(t); have != want {
		m.o.t.Fatalf("tag of the answer: have %016x, want %016x", have, want)
	}
	m.key = m.key.After(t, a.Tag)
}

func (m *machine) deactivate(definition, status uint8) codes.Code {
	s := m.statement(codes.KindConfirmation, definition, status)
	m.key = m.key.Deactivated(m.uid, s)
	return s.Code()
}

// activate lets the machine ask and enter the answer, which must be given.
func (m *machine) activate(definition uint8, d activator.Decision) *activator.Outcome {
	m.o.t.Helper()
	r := m.request(definition)
	out := m.o.submit(r, d)
	m.o.want(out, "ok", "")
	m.enter(r, out.Answer, definition)
	return out
}

// want checks verdict and state label of an outcome.
func (o *office) want(out *activator.Outcome, verdict, state string) {
	o.t.Helper()
	if string(out.Verdict) != verdict {
		o.t.Fatalf("verdict: have %s (%s), want %s\n%s", out.Verdict, out.Reason, verdict, listChecks(out))
	}
	if state != "" && string(out.State) != state {
		o.t.Fatalf("state: have %q, want %q\n%s", out.State, state, listChecks(out))
	}
}

func listChecks(out *activator.Outcome) (s string) {
	for _, c := range out.Checks {
		s += string(c.Result) + " " + c.Name + ": " + c.Detail + "\n"
	}
	return s
}
