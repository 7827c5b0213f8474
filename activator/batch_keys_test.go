package activator_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
)

// The keys may be changed while a batch runs: by its own desk, and it goes on; by another
// program, and it says so.
func TestBatchWhileKeysChange(t *testing.T) {
	ctx := context.Background()
	for name, test := range map[string]struct {
		by   func(o *office) *office
		want string
	}{
		"by its own desk":    {func(o *office) *office { return o }, ""},
		"by another program": {(*office).beside, "the keys were changed since this desk was opened"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			m := o.machine(o.license(1), 1)
			recorded := make(gate)
			n := 0
			var failed error
			for _, err := range o.Session.Batch(ctx, func(yield func(activator.Row, error) bool) {
				for i := range 2 {
					if i == 1 {
						recorded.pass()
					}
					if !yield(activator.Row{Line: i + 1, Text: m.request(1).String()}, nil) {
						return
					}
				}
			}, activator.BatchOptions{Name: "b", Chunk: 1}) {
				if failed = err; err != nil {
					break
				}
				if n++; n == 1 {
					if _, err := test.by(o).RotateKeys(ctx, "every year"); err != nil {
						t.Fatal(err)
					}
					recorded.open()
				}
			}
			switch {
			case test.want == "" && (failed != nil || n != 2):
				t.Errorf("have %d rows, %v, want both", n, failed)
			case test.want != "" && (failed == nil || !strings.Contains(failed.Error(), test.want)):
				t.Errorf("have %d rows, %v, want %q in an error", n, failed, test.want)
			}
		})
	}
}

// Whoever records while the keys of the desk change does so under the key that is in force
// then: else the journal would end in a head that nobody trusts.
func TestRecordedWhileKeysChange(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	m := o.machine(o.license(1), 1)
	var wg sync.WaitGroup
	began, appended := make(gate), atomic.Int32{}
	activator.Watch(o.Session, func(c activator.StoreCall) {
		if c.Append && c.After && appended.Add(1) == 1 {
			wg.Go(func() {
				began.open()
				if _, err := o.Submit(ctx, m.request(1).String(), activator.Decision{}); err != nil {
					t.Error(err)
				}
			})
			began.pass()
			time.Sleep(50 * time.Millisecond) // it has all the time that it may need
		}
	})
	if _, err := o.RotateKeys(ctx, "every year"); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	o.desk.Close()
	o.open()
	o.submit(m.request(1), activator.Decision{})
	if _, err := o.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// Another program may change them at the very moment.
func TestKeysChangedAtTheMoment(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	m := o.machine(o.license(1), 1)
	other := o.beside()
	activator.Watch(o.Session, func(c activator.StoreCall) {
		if c.Append && !c.After {
			if _, err := other.RotateKeys(ctx, "every year"); err != nil {
				t.Error(err)
			}
		}
	})
	if _, err := o.Submit(ctx, m.request(1).String(), activator.Decision{}); err == nil || !strings.Contains(err.Error(), "the keys were changed since this desk was opened") {
		t.Errorf("have %v, want it said that the keys were changed, not that somebody changed the journal", err)
	}
}
