package exchange

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector"
)

// The definitions of the sample product that the model plays with.
const (
	release    = 1
	deactivate = 2
	reactivate = 3
	feature    = 4
	moreDays   = 5
	moreHours  = 6
	moreRuns   = 7
	rental     = 8 // until a day long after the model's life
	unlimited  = 9
	checkIn    = 10 // gives the feature back
	recovery   = 11
	composite  = 12 // release and feature
	choice     = 13 // of feature, more days, unlimited
)

// asks are what a customer asks for.
var asks = []uint8{release, release, feature, feature, moreDays, moreHours, moreRuns, rental, unlimited, composite, choice, recovery}

// brings says what an answer makes active; a choice is always of feature and unlimited.
var brings = map[uint8][]uint8{
	release: {release}, feature: {feature}, moreDays: {moreDays}, moreHours: {moreHours}, moreRuns: {moreRuns},
	rental: {rental}, unlimited: {unlimited}, composite: {release, feature}, choice: {feature, unlimited},
}

// An installation is one copy of the program with its state folder, and what the
// model knows of it.
type installation struct {
	dir     string
	machine int  // which hardware
	license int  // which license was entered, -1 for none
	copied  bool // it, or what it became, shares its past with another copy

	active      map[uint8]bool
	ended       map[uint8]bool // what the deactivation ended
	deactivated bool
	line        string           // the answer that began its present activation
	waiting     map[string]asked // requests that wait for their answer
	asks        int
	newest      string // the newest answer given to it
	shown       string // the confirmation that it shows
	late        bool   // installed again while a confirmation was not read out yet
}

// asked is a request that waits.
type asked struct {
	definition uint8
	place      int // later requests have higher ones
}

// A soldLicense is a license and what the model knows of it.
type soldLicense struct {
	*activator.License
	seats     map[int]bool // by machine
	tainted   bool         // a copy, an exception or a late code touched it: the desk may have doubts
	unread    map[string]confirmation
	lines     map[string]int // give-backs accepted, by activation
	refunded  bool
	reissued  map[int]int
	reactived int
}

type confirmation struct {
	code    string
	machine int
	line    string
}

type issued struct {
	request, answer string
	grants          uint8
}

// A world is one vendor with its customers.
type world struct {
	t        *rapid.T
	dir      string
	now      time.Time
	desk     *activator.Desk
	session  *activator.Session
	profile  []byte
	anchor   string
	machines []*fingerprint.Profile
	licenses []*soldLicense
	installs []*installation
	answers  []issued
	accepted map[string]int // confirmation codes that were taken, how often
	count    int
}

func (w *world) clock() time.Time { return w.now }

func newWorld(t *rapid.T, dir string) *world {
	w := &world{t: t, dir: dir, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), accepted: map[string]int{}}
	folder := filepath.Join(dir, "vendor")
	ctx := context.Background()
	w.must(activator.Init(ctx, activator.Setup{
		Dir: folder, Vendor: "Model Vendor", Desk: "model", Operator: "model", WorkFactor: 10,
		Passphrase: []byte("model"), Now: w.clock, Rand: rand.Reader,
	}))
	// A small pool keeps the profile small and the model quick.
	path := filepath.Join(folder, "products", "press-studio.toml")
	text, err := os.ReadFile(path)
	w.must(err)
	w.must(os.WriteFile(path, smallPool(text), 0o600))
	w.desk, err = activator.Open(ctx, activator.Config{
		Dir: folder, Unlock: func() ([]byte, error) { return []byte("model"), nil }, Now: w.clock, Rand: rand.Reader,
	})
	w.must(err)
	w.session = w.desk.Session(activator.Operator{Name: "model"}, "test")
	profile, p, err := w.session.Export(ctx, "press-studio")
	w.must(err)
	w.profile, w.anchor = profile, p.Anchor
	for i := range 4 {
		w.machines = append(w.machines, hardware(i))
	}
	return w
}

func (w *world) must(err error) {
	if err != nil {
		w.t.Fatalf("have error %v, want none", err)
	}
}

func (w *world) pick(n int, what string) int { return rapid.IntRange(0, n-1).Draw(w.t, what) }

// client opens the program of an installation.
func (w *world) client(in *installation) *protector.Client {
	c, err := protector.Open(protector.Config{
		Profile: w.profile, Anchor: w.anchor, Dir: in.dir, Now: w.clock, Rand: rand.Reader,
		Machine: func(context.Context) (*fingerprint.Profile, error) { return w.machines[in.machine], nil },
	})
	w.must(err)
	return c
}

func (w *world) newDir() string {
	w.count++
	return filepath.Join(w.dir, fmt.Sprint("state-", w.count))
}

// sell registers a license.
func (w *world) sell() {
	if len(w.licenses) >= 3 {
		w.t.Skip("enough licenses")
	}
	ls, err := w.session.Register(context.Background(), activator.Order{Product: "press-studio", Customer: "Customer", Seats: 1 + w.pick(2, "seats")})
	w.must(err)
	w.licenses = append(w.licenses, &soldLicense{
		License: &ls[0], seats: map[int]bool{}, unread: map[string]confirmation{}, lines: map[string]int{}, reissued: map[int]int{},
	})
}

// install puts the program on a machine and enters a serial number.
func (w *world) install() {
	if len(w.licenses) == 0 || len(w.installs) >= 6 {
		w.t.Skip("nothing to install")
	}
	in := &installation{dir: w.newDir(), machine: w.pick(len(w.machines), "machine"), license: w.pick(len(w.licenses), "license")}
	l := w.licenses[in.license]
	for _, other := range w.installs {
		if other.machine == in.machine && other.license == in.license {
			w.t.Skip("installed there already")
		}
	}
	w.enterSerial(in)
	in.forget()
	in.late = w.unreadOf(l, in.machine)
	w.installs = append(w.installs, in)
}

// forget is the state of a program that was just installed.
func (in *installation) forget() {
	in.active, in.ended, in.waiting = map[uint8]bool{}, nil, map[string]asked{}
	in.deactivated, in.shown, in.line, in.newest = false, "", "", ""
}

// giveUp drops the waiting requests when something is given back. Those for a
// recovery stay: it makes nothing active.
func (in *installation) giveUp() {
	maps.DeleteFunc(in.waiting, func(_ string, a asked) bool { return a.definition != recovery })
}

func (w *world) unreadOf(l *soldLicense, machine int) bool {
	for _, d := range l.unread {
		if d.machine == machine {
			return true
		}
	}
	return false
}

func (w *world) enterSerial(in *installation) {
	c := w.client(in)
	defer c.Close()
	_, err := c.EnterSerial(w.licenses[in.license].Serial.String())
	w.must(err)
}

// some picks an installation.
func (w *world) some() *installation {
	if len(w.installs) == 0 {
		w.t.Skip("nothing is installed")
	}
	return w.installs[w.pick(len(w.installs), "installation")]
}

// ask lets an installation ask for what it can, and the desk answer; the answer
// may be lost, or typed later.
func (w *world) ask() {
	in := w.some()
	l := w.licenses[in.license]
	id := rapid.SampledFrom(asks).Draw(w.t, "definition")
	if in.deactivated && id != recovery {
		id = reactivate
	}
	c := w.client(in)
	defer c.Close()
	r, err := c.Request(id, protector.RequestOptions{New: rapid.Bool().Draw(w.t, "new")})
	w.must(err)
	if _, before := in.waiting[r.Code.String()]; !before {
		in.asks++
		in.waiting[r.Code.String()] = asked{id, in.asks}
	}
	var d activator.Decision
	switch {
	case id == release && rapid.IntRange(0, 4).Draw(w.t, "as") == 0:
		d.As = composite // the desk answers with more than was asked
	case id == choice:
		d.Choose = []uint8{feature, unlimited}
	case id == rental:
		day := uint32(codes.MaxDay)
		d.Parameter = &day
	}
	out, err := w.session.Submit(context.Background(), r.Code.String(), d)
	w.must(err)
	w.t.Logf("request for %d of machine %d (%s): %s, %s, answer %v", id, in.machine, filepath.Base(in.dir), out.Verdict, out.State, out.Answer)
	w.checkSeats(l)
	if in.copied || l.tainted || in.late {
		l.tainted = true
	} else {
		w.expectAnswer(in, l, id, out)
	}
	if out.Answer.IsZero() {
		return
	}
	if id != recovery {
		l.seats[in.machine] = true
		in.newest = out.Answer.String()
	}
	w.answers = append(w.answers, issued{r.Code.String(), out.Answer.String(), out.Granted.ID})
	if id == release && d.As == 0 && !l.tainted && rapid.IntRange(0, 4).Draw(w.t, "correct") == 0 {
		w.correct(in, r.Code.String())
	}
	if rapid.Bool().Draw(w.t, "typed at once") {
		w.enter(in, c, w.answers[len(w.answers)-1])
	}
}

// correct has the desk answer a request anew; both answers are out, and the program
// takes one.
func (w *world) correct(in *installation, request string) {
	out, err := w.session.Submit(context.Background(), request, activator.Decision{Correct: "wrong menu item", As: feature})
	w.must(err)
	if out.Answer.IsZero() {
		w.t.Fatalf("correction of an answer that was not typed: have %s (%s), want an answer", out.Verdict, out.Reason)
	}
	in.newest = out.Answer.String()
	w.answers = append(w.answers, issued{request, in.newest, out.Granted.ID})
}

// expectAnswer says what an honest customer must be answered.
func (w *world) expectAnswer(in *installation, l *soldLicense, id uint8, out *activator.Outcome) {
	free := l.seats[in.machine] || len(l.seats) < l.Seats || id == recovery
	switch {
	case l.refunded:
		if out.Verdict != journal.Refused {
			w.t.Fatalf("request of a refunded license: have %s, want refused", out.Verdict)
		}
	case id != recovery && in.deactivated && in.shown != "" && w.isUnread(l, in.shown):
		if out.Verdict != journal.Refused {
			w.t.Fatalf("reactivation before the confirmation was read: have %s, want refused", out.Verdict)
		}
	case limited(out), otherwise(out):
		// the license's limits are a matter of the desk's own tests
	case free && out.Answer.IsZero():
		w.t.Fatalf("an honest customer is locked out: have %s (%s), want an answer\n%+v", out.Verdict, out.Reason, out.Checks)
	case !free && !out.Answer.IsZero():
		w.t.Fatalf("machine %d was answered without a seat: %d of %d taken", in.machine, len(l.seats), l.Seats)
	}
}

// otherwise reports whether the request was answered with something else before:
// that takes a correction with a reason.
func otherwise(out *activator.Outcome) bool {
	return slices.ContainsFunc(out.Checks, func(c activator.Check) bool {
		return c.Name == "used before" && c.Result == activator.Failed && strings.Contains(c.Detail, "correct it")
	})
}

func limited(out *activator.Outcome) bool {
	return slices.ContainsFunc(out.Checks, func(c activator.Check) bool {
		return c.Name == "limits" && c.Result == activator.Failed
	})
}

func (w *world) isUnread(l *soldLicense, code string) bool { _, ok := l.unread[code]; return ok }

// enter types an answer and compares with what the model expects.
func (w *world) enter(in *installation, c *protector.Client, a issued) {
	ask, fits := in.waiting[a.request]
	got, err := c.Enter(a.answer)
	switch {
	case fits && err != nil:
		w.t.Fatalf("answer to a waiting request: have error %v, want it accepted", err)
	case !fits && err == nil && !got.Already:
		w.t.Fatalf("answer to another request: have it accepted, want it refused")
	case fits:
		w.accept(in, ask, a)
	}
	w.compare(in, c)
}

// accept is what an accepted answer does.
func (w *world) accept(in *installation, ask asked, a issued) {
	for r, o := range in.waiting { // older requests for the same are given up
		if o.definition == ask.definition && o.place <= ask.place {
			delete(in.waiting, r)
		}
	}
	if a.grants == recovery {
		return
	}
	if a.answer != in.newest {
		// An old answer typed late: the desk will see an earlier state and have its doubts, softly.
		w.licenses[in.license].tainted = true
	}
	if len(in.active) == 0 {
		in.line = a.answer
	}
	if a.grants == reactivate {
		in.active, in.ended, in.deactivated, in.shown = in.ended, nil, false, ""
		return
	}
	for _, id := range brings[a.grants] {
		in.active[id] = true
	}
}

// handIn gives the feature back and nothing else.
func (w *world) handIn() {
	in := w.some()
	l := w.licenses[in.license]
	c := w.client(in)
	defer c.Close()
	d, err := c.CheckIn(checkIn, func(protector.Warning) bool { return true })
	if !in.active[feature] {
		if err == nil {
			w.t.Fatal("check-in of what is not active: have it done, want it refused")
		}
		return
	}
	w.must(err)
	delete(in.active, feature)
	in.giveUp()
	w.compare(in, c)
	out, err := w.session.Submit(context.Background(), d.Code.String(), activator.Decision{Reference: "check-in"})
	w.must(err)
	if out.Verdict != journal.OK && !l.tainted && !in.copied && !in.late {
		w.t.Fatalf("an honest check-in is refused: %s\n%+v", out.Reason, out.Checks)
	}
	if in.copied {
		l.tainted = true
	}
}

// typeOld types any answer ever given into any installation.
func (w *world) typeOld() {
	in := w.some()
	if len(w.answers) == 0 {
		w.t.Skip("no answers yet")
	}
	c := w.client(in)
	defer c.Close()
	w.enter(in, c, w.answers[w.pick(len(w.answers), "answer")])
}

// giveBack deactivates; the confirmation code is read out now, later or never.
func (w *world) giveBack() {
	in := w.some()
	l := w.licenses[in.license]
	c := w.client(in)
	defer c.Close()
	d, err := c.Deactivate(deactivate, func(protector.Warning) bool { return true })
	if !in.active[release] {
		if err == nil {
			w.t.Fatal("deactivation of a copy that is not active: have it done, want it refused")
		}
		return
	}
	w.must(err)
	in.active, in.ended, in.deactivated = map[uint8]bool{}, in.active, true
	in.giveUp()
	in.shown = d.Code.String()
	l.unread[in.shown] = confirmation{in.shown, in.machine, in.line}
	if in.copied {
		l.tainted = true
	}
	w.compare(in, c)
	if rapid.Bool().Draw(w.t, "read out at once") {
		w.readOut(l, in.shown)
	}
}

// readOut reads a confirmation code to the desk.
func (w *world) readOut(l *soldLicense, code string) {
	d := l.unread[code]
	out, err := w.session.Submit(context.Background(), code, activator.Decision{Reference: "case"})
	w.must(err)
	w.checkSeats(l)
	w.t.Logf("confirmation of machine %d, line %.6s: %s, %s", d.machine, d.line, out.Verdict, out.State)
	switch out.Verdict {
	case journal.OK:
		w.accepted[code]++
		if freesSeat(out) { // the late code of a machine that was declared gone does not
			l.lines[d.line]++
		}
		delete(l.unread, code)
		if w.accepted[code] > 1 {
			w.t.Fatalf("confirmation %s counted %d times, want once", code, w.accepted[code])
		}
		if l.lines[d.line] > 1 {
			w.t.Fatalf("one activation was given back %d times, want once", l.lines[d.line])
		}
		if !w.holds(l, d.machine) {
			delete(l.seats, d.machine)
		}
		if !l.tainted && l.seats[d.machine] && !w.activeElsewhere(l, d.machine) {
			w.t.Fatal("an honest give-back freed no seat")
		}
	case journal.Repeat:
		w.t.Fatalf("first reading of a confirmation: have repeat, want ok")
	default:
		if !l.tainted {
			w.t.Fatalf("an honest confirmation is refused: %s\n%+v", out.Reason, out.Checks)
		}
	}
}

// freesSeat reports whether a give-back was accepted that freed a seat.
func freesSeat(out *activator.Outcome) bool {
	return slices.ContainsFunc(out.Checks, func(c activator.Check) bool { return c.Name == "seat" && c.Result == activator.Passed })
}

// activeElsewhere reports whether the machine was activated again meanwhile.
func (w *world) activeElsewhere(l *soldLicense, machine int) bool {
	return slices.ContainsFunc(w.installs, func(in *installation) bool {
		return in.machine == machine && w.licenses[in.license] == l && (len(in.active) > 0 || len(in.waiting) > 0 || in.late)
	})
}

// holds asks the desk whether a machine has a seat.
func (w *world) holds(l *soldLicense, machine int) bool {
	r, err := w.session.Read(context.Background(), l.Serial.String(), activator.Decision{})
	w.must(err)
	fp, err := w.machines[machine].Fold(l.Product)
	w.must(err)
	return slices.ContainsFunc(r.Active, func(m activator.Machine) bool { return m.Fingerprint == codes.Fingerprint(fp) })
}

// readLate reads a confirmation code that was noted earlier.
func (w *world) readLate() {
	l := w.anyLicense()
	if len(l.unread) == 0 {
		w.t.Skip("no code waits")
	}
	codes := make([]string, 0, len(l.unread))
	for code, d := range l.unread {
		codes = append(codes, code)
		for _, in := range w.installs {
			if in.machine == d.machine && w.licenses[in.license] == l && in.shown != code {
				l.tainted = true // something else happened on that machine since
			}
		}
	}
	slices.Sort(codes)
	w.readOut(l, codes[w.pick(len(codes), "code")])
}

func (w *world) anyLicense() *soldLicense {
	if len(w.licenses) == 0 {
		w.t.Skip("no license yet")
	}
	return w.licenses[w.pick(len(w.licenses), "license")]
}

// replay reads out a confirmation that was accepted before, for another case.
func (w *world) replay() {
	if len(w.accepted) == 0 {
		w.t.Skip("nothing was accepted yet")
	}
	var all []string
	for code := range w.accepted {
		all = append(all, code)
	}
	slices.Sort(all)
	code := all[w.pick(len(all), "code")]
	out, err := w.session.Submit(context.Background(), code, activator.Decision{Reference: "another case"})
	w.must(err)
	if out.Verdict != journal.Refused {
		w.t.Fatalf("replayed confirmation: have %s, want refused", out.Verdict)
	}
}

// clone copies an installation's state, to other hardware or to a backup that
// comes back later on the same.
func (w *world) clone() {
	in := w.some()
	if len(w.installs) >= 6 {
		w.t.Skip("enough installations")
	}
	other := *in
	other.dir = w.newDir()
	other.waiting, other.active, other.ended = maps.Clone(in.waiting), maps.Clone(in.active), maps.Clone(in.ended)
	w.must(os.CopyFS(other.dir, os.DirFS(in.dir)))
	in.copied, other.copied = true, true
	w.licenses[in.license].tainted = true
	w.installs = append(w.installs, &other)
}

// wipe installs anew on the same machine.
func (w *world) wipe() {
	in := w.some()
	l := w.licenses[in.license]
	w.must(os.RemoveAll(in.dir))
	w.enterSerial(in)
	if w.unreadOf(l, in.machine) {
		in.late = true
	}
	in.forget()
}

// gone declares a machine gone; its installations may live on, as copies do.
func (w *world) gone() {
	l := w.anyLicense()
	m := w.pick(len(w.machines), "machine")
	fp, err := w.machines[m].Fold(l.Product)
	w.must(err)
	f := codes.Fingerprint(fp)
	out, err := w.session.Change(context.Background(), activator.Change{
		License: l.Number, Kind: activator.MachineGone, Reason: "disk dead", Fingerprint: &f,
	})
	w.must(err)
	if out.Verdict == journal.OK {
		l.tainted = true
		delete(l.seats, m)
	}
	w.checkSeats(l)
}

// refund asks for the refund, which must fail while a seat is taken.
func (w *world) refund() {
	l := w.anyLicense()
	out, err := w.session.Change(context.Background(), activator.Change{License: l.Number, Kind: activator.RefundLicense, Reference: fmt.Sprint("refund ", l.Number)})
	w.must(err)
	switch {
	case out.Verdict == journal.OK && l.refunded:
		w.t.Fatal("refunded twice")
	case out.Verdict == journal.OK:
		l.refunded = true
		if !l.tainted && len(l.seats) > 0 {
			w.t.Fatalf("refunded while %d machines hold seats", len(l.seats))
		}
	}
}

// compare holds the program's own word against the model's.
func (w *world) compare(in *installation, c *protector.Client) {
	s, err := c.Status()
	w.must(err)
	for _, id := range []uint8{release, feature, unlimited} {
		if have, want := s.Active(id), in.active[id]; have != want {
			w.t.Fatalf("definition %d on machine %d: have active=%v, want %v (%s)", id, in.machine, have, want, s.Reason)
		}
	}
}

// checkSeats holds the desk's seats against the license.
func (w *world) checkSeats(l *soldLicense) {
	r, err := w.session.Read(context.Background(), l.Serial.String(), activator.Decision{})
	w.must(err)
	if len(r.Active) > l.Seats {
		w.t.Fatalf("license %v: have %d machines with seats, want at most %d", l.Number, len(r.Active), l.Seats)
	}
}

// TestModel lets customers and a vendor live for a while.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "exchange-model-")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		w := newWorld(rt, dir)
		defer w.desk.Close()
		w.sell()
		rt.Repeat(map[string]func(*rapid.T){
			"sell":      func(*rapid.T) { w.sell() },
			"install":   func(*rapid.T) { w.install() },
			"ask":       func(*rapid.T) { w.ask() },
			"ask again": func(*rapid.T) { w.ask() },
			"type old":  func(*rapid.T) { w.typeOld() },
			"check in":  func(*rapid.T) { w.handIn() },
			"give back": func(*rapid.T) { w.giveBack() },
			"read late": func(*rapid.T) { w.readLate() },
			"replay":    func(*rapid.T) { w.replay() },
			"clone":     func(*rapid.T) { w.clone() },
			"wipe":      func(*rapid.T) { w.wipe() },
			"gone":      func(*rapid.T) { w.gone() },
			"refund":    func(*rapid.T) { w.refund() },
			"later":     func(*rapid.T) { w.now = w.now.Add(time.Duration(1+w.pick(50, "hours")) * time.Hour) },
			"":          func(*rapid.T) {},
		})
		for _, in := range w.installs {
			c := w.client(in)
			w.compare(in, c)
			c.Close()
		}
		if _, err := w.session.Verify(context.Background()); err != nil {
			var tampered *journal.TamperedError
			rt.Fatalf("verify at the end: have %v (tampered: %v), want no error", err, errors.As(err, &tampered))
		}
	})
}
