package crashload

import (
	"bytes"
	"context"
	"crypto/rand"
	"flag"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/postgres/pgtest"
	"github.com/manual-activator/manual-activator/codes"
)

var ops = flag.Int("crashload.ops", 400, "how many operations the processes are asked for")

// workers is how many processes work at once. Each has one beside it, for what two are asked for at the same time.
const workers = 8

func TestSQLite(t *testing.T) { crash(t, "") }

func TestPostgres(t *testing.T) {
	server := pgtest.Shared(t)
	name, err := server.Database()
	if err != nil {
		t.Fatal(err)
	}
	crash(t, server.URL(name))
}

// run is one test: the model, and the processes.
type run struct {
	t   *testing.T
	dir string

	mu      sync.Mutex
	m       *model
	left    int
	running []*worker // by number; nil while one is started
	kills   int
	unsure  int // ops of which nobody knew whether they had been done
	counts  map[string]int
}

func crash(t *testing.T, address string) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "vendor")
	err := activator.Init(ctx, activator.Setup{Dir: dir, Vendor: "V", Desk: "front", Operator: "anna", WorkFactor: 10, Journal: address,
		Passphrase: []byte(passphrase), Now: clock, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "products", "press-studio.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wide := regexp.MustCompile(`(?m)^(reactivations|gone) *= \d+`).ReplaceAll(text, []byte("$1 = 1000")) // a year's limits would end the test
	if err := os.WriteFile(file, wide, 0o600); err != nil || bytes.Equal(wide, text) {
		t.Fatalf("limits of %s: have error %v, want them changed", file, err)
	}
	seed := mrand.Uint64()
	t.Logf("seed %d", seed)
	m := &model{r: mrand.New(mrand.NewPCG(seed, 0)), answers: map[string]bool{}, accepted: map[string]bool{}}
	d, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Product("press-studio")
	if err != nil {
		t.Fatal(err)
	}
	m.uid, m.release = p.UID, p.Release
	m.request, _ = p.Definition(1)
	m.giveUp, _ = p.Definition(2)
	if m.day, err = codes.DayOf(now.AddDate(0, 0, m.request.ShelfLife)); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	r := &run{t: t, dir: dir, m: m, left: *ops, running: make([]*worker, 2*workers), counts: map[string]int{}}
	began := time.Now()
	var wg sync.WaitGroup
	for n := range workers {
		wg.Go(func() { r.drive(n) })
	}
	stop := make(chan struct{})
	killer := make(chan struct{})
	go func() {
		defer close(killer)
		r.kill(stop)
	}()
	wg.Wait()
	close(stop)
	<-killer
	took := time.Since(began)
	if t.Failed() {
		return
	}
	t.Logf("%d operations by %d processes in %v: %v; %d killed, %d operations in doubt", *ops, workers, took.Round(time.Millisecond), r.counts, r.kills, r.unsure)
	r.compare(ctx)
}

// kill kills a process every second or so.
func (r *run) kill(stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(500+mrand.IntN(1000)) * time.Millisecond):
		}
		r.mu.Lock()
		if w := r.running[mrand.IntN(2*workers)]; w != nil {
			w.cmd.Process.Kill()
			r.kills++
		}
		r.mu.Unlock()
	}
}

// next draws a step.
func (r *run) next() (s *step, done bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left <= 0 || r.t.Failed() {
		return nil, true
	}
	if s = r.m.draw(); s != nil {
		r.left -= max(1, len(s.op.Rows))
		if s.twin != nil {
			r.left--
		}
	}
	return s, false
}

// drive has a process do steps, and starts another one when it was killed.
func (r *run) drive(n int) {
	defer func() {
		for _, n := range []int{n, workers + n} {
			if w := r.worker(n, nil); w != nil {
				w.stop()
			}
		}
	}()
	for {
		s, done := r.next()
		switch {
		case done:
			return
		case s == nil: // every license is busy
			time.Sleep(time.Millisecond)
			continue
		}
		var twin reply
		var twinDoubt bool
		var wg sync.WaitGroup
		if s.twin != nil {
			wg.Go(func() { twin, twinDoubt = r.ask(workers+n, *s.twin) })
		}
		have, doubt := r.ask(n, s.op)
		wg.Wait()
		if r.t.Failed() {
			return
		}
		r.note(s, have, twin, doubt || twinDoubt)
	}
}

// worker is the n-th process; set makes w the n-th.
func (r *run) worker(n int, set *worker) *worker {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.running[n]
	r.running[n] = set
	return w
}

// ask has an op done, by as many processes as it takes. doubt says that an earlier one may have done it.
func (r *run) ask(n int, o op) (have reply, doubt bool) {
	for range 50 {
		r.mu.Lock()
		w := r.running[n]
		r.mu.Unlock()
		var err error
		if w == nil {
			if w, err = start(r.dir); err != nil {
				r.t.Error(err)
				return have, doubt
			}
			r.worker(n, w)
		}
		if have, err = w.ask(o); err == nil {
			if have.Err != "" {
				r.t.Errorf("%+v: have error %s", o, have.Err)
			}
			return have, doubt
		}
		doubt = true
		r.worker(n, nil)
		w.stop()
	}
	r.t.Errorf("%+v: was not done by 50 processes", o)
	return have, doubt
}

// note compares a reply with the model's, and notes what was done.
func (r *run) note(s *step, have, twin reply, doubt bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range s.of {
		l.busy = false
	}
	if doubt {
		r.unsure++
	}
	r.counts[s.op.Kind]++
	serial := have.Serial
	have.Serial = ""
	switch {
	case s.twin != nil:
		r.raced(s, have, twin, doubt)
	case reflect.DeepEqual(have, s.want), doubt && reflect.DeepEqual(have, s.again):
	default:
		r.t.Errorf("%+v: have %+v, want %+v (or %+v after a crash: %v)", s.op, have, s.want, s.again, doubt)
	}
	if s.op.Kind == "register" {
		code, err := codes.Parse(serial)
		if err != nil {
			r.t.Errorf("register: have serial number %q: %v", serial, err)
			return
		}
		l := s.of[0]
		l.number = code.Serial().License
		l.lk = code.Serial().Key.Stretch(r.m.uid, l.number)
	}
	s.done()
}

// raced compares the replies of two processes that were asked at once.
func (r *run) raced(s *step, have, twin reply, doubt bool) {
	got := []int{0, 0, 0}
	for _, x := range []reply{have, twin} {
		if i := slices.Index([]string{"ok", "repeat", "refused"}, x.Verdict); i >= 0 {
			got[i]++
		}
		if x.Verdict != "refused" && x.Answer != s.want.Answer {
			r.t.Errorf("%+v, asked twice at once: have answer %q, want %q", s.op, x.Answer, s.want.Answer)
		}
	}
	if doubt { // one of the two may have been done twice
		if got[0] > 1 {
			r.t.Errorf("%+v, asked twice at once: have %v ok", s.op, got[0])
		}
	} else if !slices.Equal(got, s.outcome) {
		r.t.Errorf("%+v, asked twice at once: have %v (ok, repeat, refused), want %v", s.op, got, s.outcome)
	}
	if have.Verdict == "refused" && s.op.Reference != "" { // the other case was first
		s.op.Reference = s.twin.Reference
	}
}

// compare verifies the journal and compares it with the model.
func (r *run) compare(ctx context.Context) {
	t, m := r.t, r.m
	d, err := open(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s := d.Session(activator.Operator{Name: "anna"}, "test")
	began := time.Now()
	report, err := s.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("verified %d entries in %v", report.Entries, time.Since(began).Round(time.Millisecond))
	answers, confirmed := map[string]int{}, map[string]int{}
	for e, err := range s.Entries(ctx, journal.Query{Verdicts: []journal.Verdict{journal.OK}}) {
		if err != nil {
			t.Fatal(err)
		}
		switch e.Kind {
		case journal.KindRequest:
			answers[e.Answer]++
		case journal.KindConfirmation:
			confirmed[e.Code]++
		}
	}
	once(t, "answer", m.answers, answers)
	once(t, "confirmation", m.accepted, confirmed)
	if report.Licenses != len(m.licenses) {
		t.Errorf("have %d licenses, want %d", report.Licenses, len(m.licenses))
	}
	for _, l := range m.licenses {
		have, err := s.License(ctx, l.number)
		if err != nil {
			t.Fatal(err)
		}
		machines, err := s.Machines(ctx, l.number)
		if err != nil {
			t.Fatal(err)
		}
		var want, seen []string
		for _, c := range l.active() {
			want = append(want, c.fp.String())
		}
		for _, c := range machines {
			seen = append(seen, c.Fingerprint.String())
		}
		slices.Sort(want)
		slices.Sort(seen)
		if have.State != l.state || have.Seats != l.seats || !slices.Equal(want, seen) || len(seen) > l.seats {
			t.Errorf("license %v: have %s, %d seats, machines %v, want %s, %d seats, machines %v", l.number, have.State, have.Seats, seen, l.state, l.seats, want)
		}
	}
}

// once compares what was shown with what is in the journal: the same, each once.
func once(t *testing.T, what string, shown map[string]bool, recorded map[string]int) {
	t.Helper()
	for x := range shown {
		if recorded[x] != 1 {
			t.Errorf("%s %s was shown: have it %d times in the journal, want once", what, x, recorded[x])
		}
	}
	for x := range recorded {
		if !shown[x] {
			t.Errorf("%s %s: have it in the journal, want none that was not shown", what, x)
		}
	}
	if len(shown) == 0 {
		t.Errorf("%s: have none, want some: the test tests nothing", what)
	}
}
