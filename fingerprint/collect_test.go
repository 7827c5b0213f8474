package fingerprint

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProbesThatFail(t *testing.T) { synctest.Test(t, testProbesThatFail) }

func testProbesThatFail(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	probes := []probe{
		{MAC, func(context.Context) (finding, error) {
			return finding{instances: []Instance{NewInstance(MAC, "a8:a1:59:3c:7e:12", "eth0", Counts)}, notes: []string{"all well"}}, nil
		}},
		{CPU, func(context.Context) (finding, error) { return finding{}, errors.New("no such file") }},
		{SystemDrive, func(context.Context) (finding, error) { panic("index out of range") }},
		{Video, func(context.Context) (finding, error) { <-release; return finding{}, nil }},
		{CDROM, func(context.Context) (finding, error) { return finding{}, nil }},
	}
	began := time.Now()
	p, err := collect(context.Background(), probes, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took != 50*time.Millisecond { // of a clock that goes on when nothing else does
		t.Errorf("have %v for collecting with a probe that hangs, want 50ms", took)
	}
	if len(p.Components) != 2 || p.Components[0].Kind != MAC || p.Components[1].Kind != CDROM {
		t.Errorf("have %v, want the network card and the empty CD-ROM", p.Components)
	}
	want := []string{"cpu: not read: no such file", "mac: all well",
		"system drive: not read: the probe failed unexpectedly: index out of range", "video: not read: no answer within 50ms"}
	var have []string
	for _, n := range p.Notes {
		have = append(have, n.Probe+": "+n.Text)
	}
	if strings.Join(have, "\n") != strings.Join(want, "\n") {
		t.Errorf("have notes %q, want %q", have, want)
	}
	if probeLimit > 3*time.Second {
		t.Errorf("have a limit of %v for a probe, want at most 3s", probeLimit)
	}
}

// An answer that came in time counts, also where the limit is over before it is taken.
func TestAnswersThatWait(t *testing.T) {
	end := make(chan struct{})
	close(end)
	for range 100 {
		answers := make(chan int, 3)
		answers <- 1
		answers <- 2
		if have := gather(answers, 3, end); !slices.Equal(have, []int{1, 2}) {
			t.Fatalf("have %v, want both answers that were there", have)
		}
	}
}

func TestCollectStopsWithItsContext(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	ctx, cancel := context.WithCancel(context.Background())
	probes := []probe{{MAC, func(context.Context) (finding, error) { cancel(); <-release; return finding{}, nil }}}
	if p, err := collect(ctx, probes, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("have %v (%v), want context.Canceled", err, p)
	}
	if p, err := Collect(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("have %v (%v), want context.Canceled", err, p)
	}
}
