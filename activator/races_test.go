package activator_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Sixteen desks answer machines of one license at once: never one seat too many,
// and one answer a request.
func TestRaces(t *testing.T) {
	o := newOffice(t)
	l := o.license(3)
	var wg sync.WaitGroup
	var mu sync.Mutex
	verdicts := map[journal.Verdict]int{}
	answers := map[codes.Code]map[codes.Code]bool{}
	for i := range 16 {
		m := o.machine(l, codes.Fingerprint(i/2))
		r := m.request(1)
		for range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				out, err := o.Submit(context.Background(), r.String(), activator.Decision{})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				verdicts[out.Verdict]++
				if !out.Answer.IsZero() {
					if answers[r] == nil {
						answers[r] = map[codes.Code]bool{}
					}
					answers[r][out.Answer] = true
				}
			}()
		}
	}
	wg.Wait()
	if have := o.taken(l); have != 3 {
		t.Errorf("seats taken: have %d, want 3", have)
	}
	for r, as := range answers {
		if len(as) != 1 {
			t.Errorf("request %v: have %d different answers, want 1", r, len(as))
		}
	}
	if _, err := o.Verify(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Log(verdicts)
}

func TestConfirmationRace(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	d := m.deactivate(2, 0)
	var wg sync.WaitGroup
	oks := make([]bool, 8)
	for i := range oks {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out, err := o.Submit(context.Background(), d.String(), activator.Decision{Reference: fmt.Sprint("case ", i)})
			if err != nil {
				t.Error(err)
				return
			}
			oks[i] = out.Verdict == journal.OK
		}()
	}
	wg.Wait()
	n := 0
	for _, ok := range oks {
		if ok {
			n++
		}
	}
	if n != 1 {
		t.Fatalf("one confirmation for eight cases: have %d accepted, want 1", n)
	}
}
