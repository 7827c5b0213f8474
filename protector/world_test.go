package protector

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// start is when tests begin.
var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const number codes.LicenseNumber = 0x00123456

// world is a vendor, a machine and a customer in front of it.
type world struct {
	*testing.T
	vendor  *protectortest.Vendor
	serial  string
	profile []byte
	dir     string
	now     time.Time
	machine *fingerprint.Profile
	disk    disk
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, vendor: protectortest.New(start.Add(-48 * time.Hour)), dir: t.TempDir(), now: start, machine: protectortest.Machine(1)}
	w.serial = w.vendor.Vouch(number).Code().String()
	w.profile = w.vendor.Export()
	return w
}

// activated is a world in which the first definition was asked for, answered and entered.
func activated(t *testing.T) (*world, *Client) {
	t.Helper()
	w := newWorld(t)
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	return w, c
}

// faulty is such a world, on a disk that does what the test says.
func faulty(t *testing.T) (*world, *faultDisk, *Client) {
	t.Helper()
	w, disk := newWorld(t), &faultDisk{}
	w.disk = disk
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	return w, disk, c
}

func (w *world) config() Config {
	return Config{
		Profile: w.profile, Anchor: w.vendor.Anchor, Dir: w.dir, Rand: rand.Reader, disk: w.disk,
		Now:     func() time.Time { return w.now },
		Machine: func(context.Context) (*fingerprint.Profile, error) { return w.machine, nil },
	}
}

func (w *world) open() *Client {
	w.Helper()
	c, err := Open(w.config())
	if err != nil {
		w.Fatalf("open: %v", err)
	}
	return c
}

// licensed is open with the serial number entered.
func (w *world) licensed() *Client {
	w.Helper()
	c := w.open()
	if _, err := c.EnterSerial(w.serial); err != nil {
		w.Fatalf("serial: %v", err)
	}
	return c
}

func (w *world) request(c *Client, id uint8) codes.Code {
	w.Helper()
	r, err := c.Request(id, RequestOptions{})
	if err != nil {
		w.Fatalf("request %d: %v", id, err)
	}
	return r.Code
}

func (w *world) issue(r codes.Code, a protectortest.Answer) string {
	w.Helper()
	code, err := w.vendor.Issue(r, a)
	if err != nil {
		w.Fatalf("issue: %v", err)
	}
	return code.String()
}

func (w *world) enter(c *Client, code string) Accepted {
	w.Helper()
	a, err := c.Enter(code)
	if err != nil {
		w.Fatalf("enter: %v", err)
	}
	return a
}

// activate asks, answers and enters.
func (w *world) activate(c *Client, id uint8, a protectortest.Answer) string {
	w.Helper()
	code := w.issue(w.request(c, id), a)
	w.enter(c, code)
	return code
}

func (w *world) deactivate(c *Client) codes.Code {
	w.Helper()
	d, err := c.Deactivate(0, yes)
	if err != nil {
		w.Fatalf("deactivate: %v", err)
	}
	return d.Code
}

func yes(Warning) bool { return true }

// confirm has the vendor accept a confirmation.
func (w *world) confirm(c codes.Code) {
	w.Helper()
	_, err := w.vendor.Confirm(c)
	w.must(err)
}

func (w *world) status(c *Client) *Status {
	w.Helper()
	s, err := c.Status()
	if err != nil {
		w.Fatalf("status: %v", err)
	}
	return s
}

// is checks state and reason of a definition; 0 is the whole.
func (w *world) is(c *Client, id uint8, state State, reason Reason) {
	w.Helper()
	s := w.status(c)
	have, why, detail := s.State, s.Reason, ""
	if id != 0 {
		d, _ := s.Definition(id)
		have, why, detail = d.State, d.Reason, d.Detail
	}
	if have != state || why != reason {
		w.Errorf("definition %d is %s (%s: %s), want %s (%s)", id, have, why, detail, state, reason)
	}
}

// refused checks the reason of an error.
func (w *world) refused(err error, want Reason) {
	w.Helper()
	if have := ReasonOf(err); have != want {
		w.Errorf("refused with %q (%v), want %q", have, err, want)
	}
}

// lose removes a place with every copy in it.
func (w *world) lose(place string) {
	w.Helper()
	w.must(os.RemoveAll(filepath.Join(w.dir, place)))
}

// file is the state file of a place of the world.
func (w *world) file(place, name string) string {
	return filepath.Join(w.dir, place, w.vendor.Profile.UID.String(), name)
}

func (w *world) readFile(name string) string {
	w.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		w.Fatal(err)
	}
	return string(data)
}

func (w *world) writeFile(name, data string) {
	w.Helper()
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		w.Fatal(err)
	}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// tried is a world whose product has a trial.
func tried(t *testing.T, trial product.Trial) *world {
	w := newWorld(t)
	w.vendor.Profile.Trial = trial
	w.profile = w.vendor.Export()
	return w
}
