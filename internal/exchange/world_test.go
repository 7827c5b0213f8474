package exchange

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector"
)

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
	prints   []codes.Fingerprint
	licenses []*soldLicense
	installs []*installation
	answers  []*answer
	accepted map[string]int // confirmation codes that were taken, how often
	count    int
	rand     io.Reader // drawn too, so that a failure can be had again
}

func (w *world) clock() time.Time { return w.now }

func newWorld(t *rapid.T, dir string) *world {
	w := &world{t: t, dir: dir, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), accepted: map[string]int{}}
	w.rand = rand.NewChaCha8([32]byte{byte(rapid.IntRange(0, 255).Draw(t, "random numbers"))})
	folder := filepath.Join(dir, "vendor")
	ctx := context.Background()
	w.must(activator.Init(ctx, activator.Setup{
		Dir: folder, Vendor: "Model Vendor", Desk: "model", Operator: "model", WorkFactor: 10,
		Passphrase: []byte("model"), Now: w.clock, Rand: w.rand,
	}))
	path := filepath.Join(folder, "products", "press-studio.toml")
	text, err := os.ReadFile(path)
	w.must(err)
	w.must(os.WriteFile(path, modelProduct(text), 0o600))
	w.desk, err = activator.Open(ctx, activator.Config{
		Dir: folder, Unlock: func() ([]byte, error) { return []byte("model"), nil }, Now: w.clock, Rand: w.rand,
	})
	w.must(err)
	w.session = w.desk.Session(activator.Operator{Name: "model"}, "test")
	profile, p, err := w.session.Export(ctx, "press-studio")
	w.must(err)
	w.profile, w.anchor = profile, p.Anchor
	for i := range 4 {
		m := hardware(i)
		fold, err := m.Fold(p.UID)
		w.must(err)
		w.machines, w.prints = append(w.machines, m), append(w.prints, codes.Fingerprint(fold))
	}
	return w
}

func (w *world) must(err error) {
	if err != nil {
		w.t.Fatalf("have error %v, want none", err)
	}
}

func (w *world) pick(n int, what string) int { return rapid.IntRange(0, n-1).Draw(w.t, what) }

// rarely is true once in n times.
func (w *world) rarely(n int, what string) bool { return w.pick(n, what) == n-1 }

// client opens the program of an installation.
func (w *world) client(in *installation) *protector.Client {
	c, err := protector.Open(protector.Config{
		Profile: w.profile, Anchor: w.anchor, Dir: in.dir, Now: w.clock, Rand: w.rand,
		Machine: func(context.Context) (*fingerprint.Profile, error) { return w.machines[in.machine], nil },
	})
	w.must(err)
	return c
}

func (w *world) newDir() string {
	w.count++
	return filepath.Join(w.dir, fmt.Sprint("state-", w.count))
}

// bought draws what a customer buys.
func (w *world) bought() product.Grants {
	return rapid.SampledFrom([]product.Grants{
		{}, {}, {}, {},
		{Definitions: []uint8{release}},
		{Definitions: []uint8{release, feature, fonts}, Bits: map[uint8]uint32{feature: 3}},
		{Definitions: []uint8{rental, composite}},
		{Bits: map[uint8]uint32{feature: 6}},
		{Release: program - 1}, // an upgrade that is not paid for
	}).Draw(w.t, "bought")
}

// sell registers a license.
func (w *world) sell() {
	if len(w.licenses) >= 3 {
		w.t.Skip("enough licenses")
	}
	g := w.bought()
	ls, err := w.session.Register(context.Background(), activator.Order{
		Product: "press-studio", Customer: "Customer", Seats: 1 + w.pick(2, "seats"), Grants: &g,
	})
	w.must(err)
	l := &soldLicense{
		License: &ls[0], index: len(w.licenses), bought: g, state: journal.Live, seats: map[int]*seat{},
		gone: map[string]bool{}, closed: map[string]bool{}, unread: map[string]confirmation{}, lines: map[string]int{}, options: map[string]int{},
	}
	for m := range w.machines {
		l.seats[m] = &seat{}
	}
	w.licenses = append(w.licenses, l)
}

func (w *world) anyLicense() *soldLicense {
	if len(w.licenses) == 0 {
		w.t.Skip("no license yet")
	}
	return w.licenses[w.pick(len(w.licenses), "license")]
}

// some picks an installation.
func (w *world) some() *installation {
	if len(w.installs) == 0 {
		w.t.Skip("nothing is installed")
	}
	return w.installs[w.pick(len(w.installs), "installation")]
}

// seatOf is the seat of the installation's machine.
func (w *world) seatOf(in *installation) *seat { return w.licenses[in.license].seats[in.machine] }

// later lets time pass for all: hours, or weeks in which codes and last days run out.
func (w *world) later() {
	hours := 1 + w.pick(50, "hours")
	if w.rarely(3, "long") {
		hours = 24 * (5 + w.pick(40, "days"))
	}
	w.now = w.now.Add(time.Duration(hours) * time.Hour)
	for _, in := range w.installs {
		c := w.client(in)
		w.compare(in, c)
		w.must(c.Close())
	}
}

// compare holds the program's own word against the truth.
func (w *world) compare(in *installation, c *protector.Client) {
	s, err := c.Status()
	w.must(err)
	for _, id := range []uint8{release, feature, moreDays, moreHours, moreRuns, rental, unlimited, fonts} {
		if have, want := s.Active(id), in.holds(id, w.now); have != want {
			d, _ := s.Definition(id)
			w.t.Fatalf("definition %d on machine %d: have active=%v (%s), want %v", id, in.machine, have, d.Detail, want)
		}
	}
	for _, id := range []uint8{feature, fonts} {
		if have, want := s.Feature(id), in.active[id].value; in.holds(id, w.now) && have != want {
			w.t.Fatalf("value of %d on machine %d: have %d, want %d", id, in.machine, have, want)
		}
	}
	if have, want := s.Trial.State == protector.Active, in.trying(w.now); have != want {
		w.t.Fatalf("trial on machine %d: have active=%v (%s), want %v", in.machine, have, s.Trial.Detail, want)
	}
	var shown []string
	for _, d := range s.Confirmations {
		shown = append(shown, d.Code.String())
	}
	for _, code := range in.unread {
		if !slices.Contains(shown, code) {
			w.t.Fatalf("confirmations on machine %d: have %v, want %s among them, which nobody read", in.machine, shown, code)
		}
	}
}

// checkSeats holds the desk's seats against those that the machines must have. Where
// copies are about, the desk's word is taken.
func (w *world) checkSeats(l *soldLicense) {
	r, err := w.session.Read(context.Background(), l.Serial.String(), activator.Decision{})
	w.must(err)
	if len(r.Active) > l.Seats+l.excess {
		w.t.Fatalf("license %v: have %d machines with seats, want at most %d and %d by exception", l.Number, len(r.Active), l.Seats, l.excess)
	}
	have := map[int]int{}
	for _, m := range r.Active {
		have[slices.Index(w.prints, m.Fingerprint)] = m.Seat
	}
	for m, s := range l.seats {
		if s.doubt {
			s.number = have[m]
		} else if have[m] != s.number {
			w.t.Fatalf("license %v, machine %d: have seat %d, want %d (0 is none)", l.Number, m, have[m], s.number)
		}
	}
}

// checkActive counts the machines that are active in truth, where no copy, no
// exception and no declaration without proof explains one more.
func (w *world) checkActive(l *soldLicense) {
	if !l.certain() || l.excess > 0 || len(l.gone) > 0 {
		return
	}
	machines := map[int]bool{}
	for _, in := range w.installs {
		if in.license == l.index && len(in.active) > 0 {
			machines[in.machine] = true
		}
	}
	if len(machines) > l.Seats {
		w.t.Fatalf("license %v: have machines %v active, want at most %d", l.Number, slices.Sorted(maps.Keys(machines)), l.Seats)
	}
}
