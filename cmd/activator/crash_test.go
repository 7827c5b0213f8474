package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// killsEnv sets how many processes are killed; the default is 30.
const killsEnv = "ACTIVATOR_TEST_KILLS"

const crashPassphrase = "a passphrase for kills"

// A caller is a customer's program as docs/format.md demands it: it makes
// requests and confirmations that the desk takes for genuine.
type caller struct {
	desk    *activator.Desk
	session *activator.Session
	dir     string
	uid     codes.UID
	release uint16
	license codes.LicenseNumber
	lk      codes.Key
	shown   int // answers that reached stdout before the kill
	kept    int // that reached the journal only
	lost    int // that reached neither
}

// TestKilled kills issue and confirm at random moments. What was shown is in the
// journal; what is in the journal can be asked for again and is the same.
func TestKilled(t *testing.T) {
	kills := 30
	if s := os.Getenv(killsEnv); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%s: have %q, want a number", killsEnv, s)
		}
		kills = n
	}
	c := newCaller(t, kills+1)
	// An undisturbed run says how long one takes. The kills are spread around the
	// moment where answers come, which moves with the load of the machine.
	start := time.Now()
	c.killed(t, time.Minute, "issue", c.request(0, c.lk).String())
	whole := time.Since(start)
	for i := range kills {
		delay := time.Duration(mrand.Int64N(int64(2*whole) + 1))
		before := c.lost
		if i%2 == 0 {
			c.killIssue(t, codes.Fingerprint(i+1), delay)
		} else {
			c.killConfirm(t, codes.Fingerprint(i+1), delay)
		}
		if t.Failed() {
			t.Fatalf("after kill %d, %v into a run of %v", i+1, delay, whole)
		}
		if c.lost > before {
			whole += whole / 10
		} else {
			whole -= whole / 10
		}
	}
	r, err := c.session.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	l, err := c.session.License(context.Background(), c.license)
	if err != nil {
		t.Fatal(err)
	}
	// Machine 0 and every second one hold a seat, the others gave theirs back.
	if want := 1 + (kills+1)/2; l.Taken != want || r.Seats != want {
		t.Errorf("seats: have %d taken and %d rows, want %d", l.Taken, r.Seats, want)
	}
	t.Logf("%d kills in runs of %v: %d answers shown, %d in the journal only, %d neither", kills, whole, c.shown, c.kept, c.lost)
}

func newCaller(t *testing.T, seats int) *caller {
	t.Helper()
	ctx := context.Background()
	c := &caller{dir: filepath.Join(t.TempDir(), "vendor")}
	err := activator.Init(ctx, activator.Setup{
		Dir: c.dir, Vendor: "Example Vendor", Desk: "front", Operator: "anna", WorkFactor: 10,
		Passphrase: []byte(crashPassphrase), Now: time.Now, Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	c.desk, err = activator.Open(ctx, activator.Config{
		Dir: c.dir, Unlock: func() ([]byte, error) { return []byte(crashPassphrase), nil }, Now: time.Now, Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.desk.Close() })
	c.session = c.desk.Session(activator.Operator{Name: "anna"}, "test")
	p, err := c.desk.Product("press-studio")
	if err != nil {
		t.Fatal(err)
	}
	ls, err := c.session.Register(ctx, activator.Order{Product: p.ID, Customer: "Acme", Seats: seats})
	if err != nil {
		t.Fatal(err)
	}
	c.uid, c.release, c.license = p.UID, p.Release, ls[0].Number
	c.lk = ls[0].Serial.Serial().Key.Stretch(c.uid, c.license)
	return c
}

// statement makes a code of the customer's side under a key.
func (c *caller) statement(kind codes.Kind, definition uint8, fp codes.Fingerprint, k codes.Key) codes.Statement {
	p, err := c.desk.Product("press-studio")
	if err != nil {
		panic(err)
	}
	d, _ := p.Definition(definition)
	s := codes.Statement{Kind: kind, Random: mrand.Uint32() | 1, Fingerprint: fp, License: c.license, Definition: definition}
	s.Tag = k.StatementTag(c.uid, c.release, uint8(d.Type), s)
	return s
}

func (c *caller) request(fp codes.Fingerprint, k codes.Key) codes.Code {
	return c.statement(codes.KindRequest, 1, fp, k).Code()
}

// killed runs a command, kills it after a while, and returns its answer if it
// came that far.
func (c *caller) killed(t *testing.T, after time.Duration, args ...string) (out activator.Report, shown bool) {
	t.Helper()
	cmd := exec.Command(program("activator"), append([]string{"--dir", c.dir, "--json"}, args...)...)
	cmd.Env = append(os.Environ(), "ACTIVATOR_PASSPHRASE="+crashPassphrase)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); err != nil && stderr.Len() > 0 {
		t.Fatalf("%v: %v: %s", args, err, stderr.String())
	}
	if !bytes.HasSuffix(stdout.Bytes(), []byte("\n")) {
		return out, false
	}
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatalf("%v: stdout %q: %v", args, stdout.String(), err)
	}
	return out, true
}

// again submits a code once more, undisturbed.
func (c *caller) again(t *testing.T, code codes.Code, d activator.Decision) *activator.Outcome {
	t.Helper()
	o, err := c.session.Submit(context.Background(), code.String(), d)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// count notes what the kill left, and holds the second answer against the first.
func (c *caller) count(t *testing.T, shown bool, second *activator.Outcome) {
	t.Helper()
	switch {
	case shown && second.Verdict != journal.Repeat:
		t.Errorf("%v was shown and is not in the journal: again it is %q (%s)", second.Code, second.Verdict, second.Reason)
	case second.Verdict != journal.Repeat && second.Verdict != journal.OK:
		t.Errorf("%v again: have %q (%s), want repeat or ok", second.Code, second.Verdict, second.Reason)
	case shown:
		c.shown++
	case second.Verdict == journal.Repeat:
		c.kept++
	default:
		c.lost++
	}
}

func (c *caller) killIssue(t *testing.T, fp codes.Fingerprint, after time.Duration) {
	t.Helper()
	r := c.request(fp, c.lk)
	first, shown := c.killed(t, after, "issue", r.String())
	second := c.again(t, r, activator.Decision{})
	c.count(t, shown, second)
	if shown && first.ActivationCode != second.Answer.String() {
		t.Errorf("%v: shown %s, again %v", r, first.ActivationCode, second.Answer)
	}
	third := c.again(t, r, activator.Decision{})
	if third.Verdict != journal.Repeat || third.Answer != second.Answer {
		t.Errorf("%v for the third time: have %q with %v, want repeat with %v", r, third.Verdict, third.Answer, second.Answer)
	}
	c.once(t, r)
}

func (c *caller) killConfirm(t *testing.T, fp codes.Fingerprint, after time.Duration) {
	t.Helper()
	r := c.request(fp, c.lk)
	o := c.again(t, r, activator.Decision{})
	if o.Verdict != journal.OK {
		t.Fatalf("%v: have %q (%s), want ok", r, o.Verdict, o.Reason)
	}
	key := c.lk.After(codes.Terms{
		UID: c.uid, License: c.license, Release: c.release, Definition: o.Granted.ID, Type: uint8(o.Granted.Type),
		Flags: o.Granted.Flags(), Fingerprint: fp, Random: r.Statement().Random, Day: o.Day, Parameter: o.Value,
	}, o.Answer.Answer().Tag)
	d := c.statement(codes.KindConfirmation, 2, fp, key).Code()
	_, shown := c.killed(t, after, "confirm", d.String(), "--reference", "case")
	second := c.again(t, d, activator.Decision{Reference: "case"})
	c.count(t, shown, second)
	if second.Receipt == "" {
		t.Errorf("%v again: no receipt", d)
	}
	if third := c.again(t, d, activator.Decision{Reference: "other"}); third.Verdict != journal.Refused {
		t.Errorf("%v for another case: have %q, want refused", d, third.Verdict)
	}
	c.once(t, d)
}

// once demands exactly one entry that took the code.
func (c *caller) once(t *testing.T, code codes.Code) {
	t.Helper()
	n := 0
	for _, err := range c.session.Entries(context.Background(), journal.Query{Text: code.String(), Verdicts: []journal.Verdict{journal.OK}}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%v: %d entries took it, want 1", code, n)
	}
}
