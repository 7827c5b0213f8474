package crashload

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal/postgres/pgtest"
	"github.com/manual-activator/manual-activator/codes"
)

// An op is one thing that a desk is asked to do.
type op struct {
	Kind      string              // register, submit, batch, gone, revoke, restore, refund
	License   codes.LicenseNumber `json:",omitzero"`
	Machine   codes.Fingerprint
	Code      string
	Reference string
	Order     string
	Seats     int
	Batch     string
	Rows      []op // of a batch
}

// A reply is what the desk answered. It is written when everything is durable.
type reply struct {
	Verdict string
	Answer  string
	Serial  string
	Rows    []reply
	Err     string
}

const (
	passphrase = "a passphrase for crashes"
	folder     = "CRASHLOAD_DIR" // in the environment: this process is a worker on this vendor folder
)

// now stands still, so that an answer's last day can be foreseen.
var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

func TestMain(m *testing.M) {
	if dir := os.Getenv(folder); dir != "" {
		if err := work(dir, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	pgtest.Stop()
	os.Exit(code)
}

func open(dir string) (*activator.Desk, error) {
	return activator.Open(context.Background(), activator.Config{
		Dir: dir, Unlock: func() ([]byte, error) { return []byte(passphrase), nil }, Now: clock, Rand: rand.Reader,
	})
}

// work carries out the ops that it reads, one after another.
func work(dir string, in io.Reader, out io.Writer) error {
	d, err := open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	s := d.Session(activator.Operator{Name: "anna"}, "test")
	dec, enc := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var o op
		if err := dec.Decode(&o); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		r, err := do(s, o)
		if err != nil {
			r.Err = err.Error()
		}
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
}

func do(s *activator.Session, o op) (r reply, err error) {
	ctx := context.Background()
	var out *activator.Outcome
	const why = "a test"
	switch o.Kind {
	case "register":
		ls, err := s.Register(ctx, activator.Order{Product: "press-studio", Customer: "Print Shop", Order: o.Order, Seats: o.Seats})
		if err != nil {
			return r, err
		}
		return reply{Verdict: "ok", Serial: ls[0].Serial.String()}, nil
	case "submit":
		out, err = s.Submit(ctx, o.Code, activator.Decision{Reference: o.Reference})
	case "batch":
		return batch(ctx, s, o)
	case "gone":
		out, err = s.Change(ctx, activator.Change{License: o.License, Kind: activator.MachineGone, Fingerprint: &o.Machine, Reason: why, Override: why})
	case "revoke":
		out, err = s.Change(ctx, activator.Change{License: o.License, Kind: activator.RevokeLicense, Reason: why})
	case "restore":
		out, err = s.Change(ctx, activator.Change{License: o.License, Kind: activator.RestoreLicense, Reason: why})
	case "refund":
		out, err = s.Change(ctx, activator.Change{License: o.License, Kind: activator.RefundLicense, Reference: o.Reference, Override: why})
	default:
		return r, fmt.Errorf("unknown op %q", o.Kind)
	}
	if err != nil {
		return r, err
	}
	r.Verdict = string(out.Verdict)
	if !out.Answer.IsZero() {
		r.Answer = out.Answer.String()
	}
	return r, nil
}

func batch(ctx context.Context, s *activator.Session, o op) (r reply, err error) {
	rows := func(yield func(activator.Row, error) bool) {
		for i, x := range o.Rows {
			row := activator.Row{Line: i + 1, Text: x.Code, Decision: activator.Decision{Reference: x.Reference}}
			row.Sum[0], row.Sum[1] = byte(i+1), 1
			if !yield(row, nil) {
				return
			}
		}
	}
	for out, err := range s.Batch(ctx, iter.Seq2[activator.Row, error](rows), activator.BatchOptions{Name: o.Batch}) {
		if err != nil {
			return r, err
		}
		r.Rows = append(r.Rows, reply{Verdict: string(out.Entry.Verdict), Answer: out.Entry.Answer})
	}
	r.Verdict = "ok"
	return r, nil
}

// A worker is a process that works, until it is killed.
type worker struct {
	cmd *exec.Cmd
	in  *json.Encoder
	out *json.Decoder
	end io.Closer
}

func start(dir string) (*worker, error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), folder+"="+dir)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &worker{cmd, json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out)), in}, cmd.Start()
}

// ask has the op done. An error means that the worker is gone, and nobody knows whether it was.
func (w *worker) ask(o op) (r reply, err error) {
	if err := w.in.Encode(o); err != nil {
		return r, err
	}
	return r, w.out.Decode(&r)
}

func (w *worker) stop() {
	w.end.Close()
	w.cmd.Wait()
}
