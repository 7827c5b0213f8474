package protector

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

func TestLife(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	w.is(c, 1, Inactive, ReasonNoLicense)
	if _, err := c.Request(1, RequestOptions{}); ReasonOf(err) != ReasonNoLicense {
		t.Errorf("request without a license: %v", err)
	}
	c = w.licensed()
	w.is(c, 1, Inactive, ReasonNotActivated)
	r := w.request(c, 0)
	if have := r.Statement().Definition; have != 1 {
		t.Errorf("the first definition asked for is %d, want 1", have)
	}
	w.is(c, 1, Pending, ReasonAnswerAwaited)
	if again := w.request(w.open(), 1); again != r {
		t.Errorf("the second request is %s, want the first %s", again, r)
	}
	answer := w.issue(r, protectortest.Answer{})
	if a := w.enter(c, answer); a.Already || a.Definition.ID != 1 || a.Definition.State != Active {
		t.Errorf("accepted %+v", a)
	}
	if a := w.enter(w.open(), answer); !a.Already {
		t.Errorf("the same answer again is not friendly: %+v", a)
	}
	w.is(c, 1, Active, ReasonActive)
	w.is(c, 0, Active, ReasonActive)
	w.activate(c, 5, protectortest.Answer{Parameter: 6})
	if s := w.status(c); s.Feature(5) != 6 || !s.Usable() {
		t.Errorf("feature %d usable %v", s.Feature(5), s.Usable())
	}

	var warned Warning
	conf, err := c.Deactivate(0, func(w Warning) bool { warned = w; return true })
	if err != nil {
		t.Fatal(err)
	}
	if len(warned.Ends) != 2 || conf.CopiesLeft || conf.Hardware {
		t.Errorf("warned of %v, confirmation %+v", warned.Ends, conf)
	}
	if _, err := w.vendor.Confirm(conf.Code); err != nil {
		t.Errorf("the confirmation is %v", err)
	}
	w.is(c, 1, Deactivated, ReasonDeactivated)
	w.is(c, 5, Deactivated, ReasonDeactivated)
	w.is(c, 0, Deactivated, ReasonDeactivated)
	again, err := w.open().Confirmation()
	if err != nil || again.Code != conf.Code {
		t.Errorf("shown again: %v, %v", again.Code, err)
	}
	_, err = c.Enter(answer)
	w.refused(err, ReasonUsed)
	_, err = c.Request(1, RequestOptions{})
	w.refused(err, ReasonDeactivated)
	_, err = c.Deactivate(0, yes)
	w.refused(err, ReasonDeactivated)

	r = w.request(c, 0)
	if have := r.Statement().Definition; have != 3 {
		t.Errorf("a deactivated copy asks for %d, want 3", have)
	}
	a := w.enter(c, w.issue(r, protectortest.Answer{}))
	if len(a.Restored) != 2 {
		t.Errorf("restored %v", a.Restored)
	}
	w.is(c, 1, Active, ReasonActive)
	if s := w.status(c); s.Feature(5) != 6 || s.Confirmation != nil {
		t.Errorf("after the reactivation: feature %d, confirmation %v", s.Feature(5), s.Confirmation)
	}
	if _, err := c.Confirmation(); ReasonOf(err) != ReasonNoConfirmation {
		t.Errorf("confirmation after a reactivation: %v", err)
	}
	if second := w.deactivate(c); second == conf.Code {
		t.Error("the second deactivation gave the same code")
	}
}

// TestQuiet: nothing is noted where nothing is wrong, however much time passes.
func TestQuiet(t *testing.T) {
	w := tried(t, product.Trial{Days: 14})
	for _, step := range []time.Duration{time.Second, 10 * time.Minute, 2 * time.Hour, 3 * oneDay} {
		w.dir = t.TempDir()
		look := func(c *Client) *Client {
			t.Helper()
			for _, c := range []*Client{c, w.open()} {
				w.status(c)
				if notes := c.Notes(); len(notes) > 0 {
					t.Errorf("steps of %v: notes %v", step, notes)
				}
			}
			w.now = w.now.Add(step)
			return c
		}
		look(w.open())
		c := look(w.licensed())
		w.activate(look(c), 1, protectortest.Answer{})
		w.activate(look(c), 5, protectortest.Answer{})
		d := w.deactivate(look(c))
		w.confirm(d)
		w.activate(look(c), 3, protectortest.Answer{})
		look(c)
	}
}

func TestOpenRefuses(t *testing.T) {
	w := newWorld(t)
	other := protectortest.New(start)
	for name, edit := range map[string]func(*Config){
		"no profile":      func(c *Config) { c.Profile = nil },
		"another vendor":  func(c *Config) { c.Anchor = other.Anchor },
		"no anchor":       func(c *Config) { c.Anchor = "" },
		"altered profile": func(c *Config) { c.Profile = bytes.Replace(c.Profile, []byte("release 1"), []byte("release 2"), 1) },
	} {
		t.Run(name, func(t *testing.T) {
			config := w.config()
			edit(&config)
			c, err := Open(config)
			if c != nil || ReasonOf(err) != ReasonProfile {
				t.Errorf("have %v, want %s", err, ReasonProfile)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(w.dir, "first")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused profile wrote something: %v", err)
	}
}

func TestSerial(t *testing.T) {
	w := newWorld(t)
	other := protectortest.New(start)
	invented := codes.NewSerial(w.vendor.Profile.UID, 0x42, codes.LicenseKey{1, 2, 3})
	w.vendor.Vouch(0x99)
	w.vendor.Withdraw(0x99)
	w.profile = w.vendor.Export()
	c := w.open()
	for name, test := range map[string]struct {
		text string
		want Reason
	}{
		"empty":           {"", ReasonUnreadable},
		"junk":            {strings.Repeat("junk ", 200_000), ReasonUnreadable},
		"binary":          {string([]byte{0, 255, 254, 1}), ReasonUnreadable},
		"slip":            {w.serial[:3] + "7" + w.serial[4:], ReasonUnreadable},
		"other product":   {other.Serial(number).Code().String(), ReasonOtherProduct},
		"invented":        {invented.Code().String(), ReasonNotVouched},
		"not drawn":       {w.vendor.Serial(0x77).Code().String(), ReasonNotVouched},
		"withdrawn":       {w.vendor.Serial(0x99).Code().String(), ReasonWithdrawn},
		"activation code": {codes.Answer{Tag: 7}.Code().String(), ReasonWrongKind},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.EnterSerial(test.text)
			if ReasonOf(err) != test.want {
				t.Errorf("have %q (%v), want %q", ReasonOf(err), err, test.want)
			}
		})
	}
	if s := w.status(c); s.License != 0 {
		t.Errorf("a refused serial number left license %s", s.License)
	}
	slip := w.serial[:3] + swapCase(w.serial[3:4]) + w.serial[4:]
	_, err := c.EnterSerial(slip)
	var e *Error
	if errors.As(err, &e) && len(e.Proposals) != 1 || e == nil || e.Proposals[0].Code.String() != w.serial {
		t.Errorf("%q gave %v", slip, e)
	}
	in, err := c.EnterSerial("  " + strings.ReplaceAll(w.serial, "-", " - ") + "\n")
	if err != nil || in.License != number || in.Known {
		t.Errorf("entered %+v, %v", in, err)
	}
	if in, err = c.EnterSerial(w.serial); err != nil || !in.Known {
		t.Errorf("entered again %+v, %v", in, err)
	}
}

// swapCase makes a slip of one character.
func swapCase(s string) string {
	if s == "x" {
		return "y"
	}
	return "x"
}

func TestLicenseFile(t *testing.T) {
	w := newWorld(t)
	c := w.open()
	other := protectortest.New(start)
	unvouched := codes.LicenseNumber(0x77)
	for name, test := range map[string]struct {
		file []byte
		want Reason
	}{
		"empty":          {nil, ReasonLicenseFile},
		"profile":        {w.profile, ReasonLicenseFile},
		"another vendor": {other.LicenseFile(unvouched, nil), ReasonLicenseFile},
		"other product":  {w.vendor.LicenseFile(unvouched, func(l *product.License) { l.UID[0]++ }), ReasonOtherProduct},
		"altered":        {bytes.Replace(w.vendor.LicenseFile(unvouched, nil), []byte("seats 1"), []byte("seats 9"), 1), ReasonLicenseFile},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.EnterLicenseFile(test.file)
			if ReasonOf(err) != test.want {
				t.Errorf("have %q (%v), want %q", ReasonOf(err), err, test.want)
			}
		})
	}
	in, err := c.EnterLicenseFile(w.vendor.LicenseFile(unvouched, nil))
	if err != nil || in.License != unvouched || in.Customer != "Druckerei Müller" {
		t.Fatalf("entered %+v, %v", in, err)
	}
	w.activate(c, 1, protectortest.Answer{})
	w.is(w.open(), 1, Active, ReasonActive)
	if s := w.status(c); s.Customer != "Druckerei Müller" {
		t.Errorf("customer %q", s.Customer)
	}
	w.vendor.Profile.Test = false
	w.vendor.Profile.Serial++
	w.profile = w.vendor.Sign()
	w.is(w.open(), 1, Inactive, ReasonNotVouched) // its file was made for tests
	test := w.vendor.LicenseFile(0x78, func(l *product.License) { l.Test = true })
	_, err = w.open().EnterLicenseFile(test)
	w.refused(err, ReasonTestOnly)
}

func TestSeveralLicenses(t *testing.T) {
	w := newWorld(t)
	second := w.vendor.Vouch(0x00abcdef).Code().String()
	w.profile = w.vendor.Export()
	c := w.licensed()
	r := w.request(c, 1)
	if in, err := c.EnterSerial(second); err != nil || in.Known {
		t.Fatalf("second: %+v, %v", in, err)
	}
	w.is(c, 1, Inactive, ReasonNotActivated)
	answer := w.issue(r, protectortest.Answer{})
	_, err := c.Enter(answer)
	w.refused(err, ReasonOtherLicense)
	if in, err := c.EnterSerial(w.serial); err != nil || !in.Known {
		t.Fatalf("first again: %+v, %v", in, err)
	}
	w.enter(c, answer)
	w.is(c, 1, Active, ReasonActive)
	// The machine's record lost: the license entered last is in use.
	for _, p := range []string{"first", "second"} {
		if err := os.Remove(filepath.Join(w.dir, p, w.vendor.Profile.UID.String(), machineFile)); err != nil {
			t.Fatal(err)
		}
	}
	w.is(w.open(), 1, Active, ReasonActive)
}
