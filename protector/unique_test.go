package protector

import (
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// without is a machine of which some kinds cannot be read, as in a container.
func without(p *fingerprint.Profile, kinds ...fingerprint.Kind) *fingerprint.Profile {
	return fingerprint.New(slices.DeleteFunc(slices.Clone(p.Components), func(c fingerprint.Component) bool {
		return slices.Contains(kinds, c.Kind)
	})...)
}

// Where nothing unique can be read nothing can be asked for or activated: what is
// activated there runs on every machine of the model.
func TestNothingUnique(t *testing.T) {
	w := newWorld(t)
	w.machine = without(protectortest.Machine(1), fingerprint.MAC, fingerprint.SystemDrive)
	c := w.licensed()
	for _, d := range c.Profile().Definitions {
		if d.Type.Ends() || d.Signed {
			continue
		}
		if _, err := c.Request(d.ID, RequestOptions{}); d.ID == 1 {
			w.refused(err, ReasonHardwareUnreadable)
			if err == nil || !strings.Contains(err.Error(), "outside of containers") {
				t.Errorf("%v does not say what to do", err)
			}
		} else if err == nil {
			t.Errorf("definition %d (%s) can be asked for", d.ID, d.Name)
		}
	}
	w.is(c, 1, Inactive, ReasonNotActivated) // the status still says what is

	w.machine = without(protectortest.Machine(1), fingerprint.SystemDrive)
	w.activate(w.open(), 1, protectortest.Answer{})
	w.is(w.open(), 1, Active, ReasonActive)
}

// A reusable answer, too, makes nothing active on a machine that has no name.
func TestNothingUniqueReusable(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Definitions[7].Reusable, w.vendor.Profile.Definitions[7].Requires = true, nil
	w.profile = w.vendor.Export()
	weak := without(protectortest.Machine(1), fingerprint.MAC, fingerprint.SystemDrive)
	c := w.licensed()
	code := w.activate(c, 8, protectortest.Answer{})
	w.is(c, 8, Active, ReasonActive)

	w.machine = weak
	w.is(w.open(), 8, Inactive, ReasonHardwareUnreadable)
	w.dir = t.TempDir()
	_, err := w.licensed().Enter(code)
	w.refused(err, ReasonHardwareUnreadable)
}

// A copy of an active state does not count as the same machine where no unique part
// of it can be found, whatever cannot be read there.
func TestUniquePartsFound(t *testing.T) {
	const mac, cpu, drive = fingerprint.MAC, fingerprint.CPU, fingerprint.SystemDrive
	for _, test := range []struct {
		name       string
		then, here *fingerprint.Profile
		want       Reason
	}{
		{"only the processor", protectortest.Machine(1), without(protectortest.Machine(1), mac, drive), ReasonHardwareUnreadable},
		{"only the processor of a copy", protectortest.Machine(1), without(protectortest.Parts(2, 1, 2, 8), mac, drive), ReasonHardwareUnreadable},
		{"card only", protectortest.Machine(1), without(protectortest.Machine(1), drive), ReasonActive},
		{"drive only", protectortest.Machine(1), without(protectortest.Machine(1), mac, cpu), ReasonActive},
		{"another card, no drive to be read", protectortest.Machine(1), without(protectortest.Parts(2, 1, 1, 8), drive), ReasonHardwareUnreadable},
		{"both are others", protectortest.Machine(1), protectortest.Parts(2, 1, 2, 8), ReasonHardwareChanged},
		{"a card was read only then", without(protectortest.Machine(1), drive), without(protectortest.Machine(1), mac), ReasonHardwareUnreadable},
		{"a card was read only then, and is another", without(protectortest.Machine(1), drive), protectortest.Parts(2, 1, 1, 8), ReasonHardwareChanged},
		{"more can be read than then", without(protectortest.Machine(1), drive), protectortest.Machine(1), ReasonActive},
		{"taken out", protectortest.Machine(1), fingerprint.New(append(without(protectortest.Machine(1), mac, drive).Components,
			fingerprint.Component{Kind: mac}, fingerprint.Component{Kind: drive})...), ReasonHardwareChanged},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.machine = test.then
			c := w.licensed()
			w.activate(c, 1, protectortest.Answer{})
			waiting := w.issue(w.request(c, 5), protectortest.Answer{Parameter: 1})
			w.machine = test.here
			c = w.open()
			state := Inactive
			if test.want == ReasonActive {
				state = Active
			}
			w.is(c, 1, state, test.want)
			if _, err := c.Enter(waiting); ReasonOf(err) != test.want && (err != nil || state != Active) {
				t.Errorf("an answer that was waited for: %v, want %s", err, test.want)
			}
			w.machine = test.then
			w.is(w.open(), 1, Active, ReasonActive)
		})
	}
}

// A trial needs no license and no hardware.
func TestTrialWithoutHardware(t *testing.T) {
	w := tried(t, product.Trial{Days: 30})
	w.machine = without(protectortest.Machine(1), fingerprint.MAC, fingerprint.SystemDrive)
	w.is(w.open(), 0, Active, ReasonTrialLeft)
}
