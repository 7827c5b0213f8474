package protector

import (
	"bytes"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// nextEpoch is a license of the second key epoch.
var nextEpoch = codes.NewLicenseNumber(1, 0, 7)

// TestKeysRotated: programs in the field have the old key in code. A profile and a
// license file of the new epoch are honored by them, and old ones by new programs.
func TestKeysRotated(t *testing.T) {
	w, _ := activated(t)
	old := w.vendor.LicenseFile(number, nil)
	first := w.vendor.Anchor
	w.vendor.Rotate()
	serial := w.vendor.Vouch(nextEpoch).Code().String()
	w.profile = w.vendor.Export()

	w.is(w.open(), 1, Active, ReasonActive) // an activated copy notices nothing
	for name, anchor := range map[string]string{"program in the field": first, "new program": w.vendor.Profile.Anchor} {
		t.Run(name, func(t *testing.T) {
			w.T, w.dir, w.vendor.Anchor = t, t.TempDir(), anchor
			c := w.open()
			if _, err := c.EnterSerial(serial); err != nil {
				t.Error(err)
			}
			if _, err := c.EnterLicenseFile(w.vendor.LicenseFile(nextEpoch+1, nil)); err != nil {
				t.Error(err)
			}
			if _, err := c.EnterLicenseFile(old); err != nil {
				t.Error(err)
			}
			w.activate(c, 1, protectortest.Answer{})
			w.is(w.open(), 1, Active, ReasonActive)
		})
	}
}

// TestFormerKeyLate: a copy of the old key that still signs license files is refused
// by programs that have the new one.
func TestFormerKeyLate(t *testing.T) {
	w := newWorld(t)
	late := w.vendor.LicenseFile(number, func(l *product.License) { l.SignedOn++ })
	w.vendor.Rotate()
	w.vendor.Anchor = w.vendor.Profile.Anchor
	w.profile = w.vendor.Export()
	_, err := w.open().EnterLicenseFile(late)
	w.refused(err, ReasonLicenseFile)
}

// TestEpochRefused: after a theft nothing of the old epoch is honored, whatever
// vouches for it, and a copy that was active says so.
func TestEpochRefused(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	if _, err := c.EnterLicenseFile(w.vendor.LicenseFile(number, nil)); err != nil {
		t.Fatal(err)
	}
	w.activate(c, 1, protectortest.Answer{})
	stolen := w.vendor.LicenseFile(number+1, nil)
	w.vendor.Rotate()
	serial := w.vendor.Vouch(nextEpoch).Code().String()
	w.vendor.GiveUp()
	w.profile = w.vendor.Export()
	if _, err := Open(w.config()); ReasonOf(err) != ReasonProfile {
		t.Errorf("a program that trusts the stolen key alone: have %v, want %s", err, ReasonProfile)
	}
	w.vendor.Anchor = w.vendor.Profile.Anchor // the program was replaced
	c = w.open()
	w.is(c, 1, Inactive, ReasonKeysReplaced)
	_, err := c.Request(1, RequestOptions{})
	w.refused(err, ReasonKeysReplaced)
	_, err = c.Request(protectortest.Recover, RequestOptions{})
	w.refused(err, ReasonKeysReplaced)
	_, err = c.EnterSerial(w.serial) // in the roster
	w.refused(err, ReasonKeysReplaced)
	if _, err = c.EnterLicenseFile(stolen); ReasonOf(err) != ReasonLicenseFile {
		t.Errorf("a license file of the stolen key: have %v", err)
	}
	_, err = c.EnterLicenseFile(w.vendor.LicenseFile(number+2, nil)) // by the new key, of the old epoch
	w.refused(err, ReasonKeysReplaced)
	if _, err := c.Deactivate(0, yes); err != nil {
		t.Errorf("it can still be deactivated: %v", err)
	}
	if _, err := c.EnterSerial(serial); err != nil {
		t.Fatal(err)
	}
	w.activate(c, 1, protectortest.Answer{})
	w.is(w.open(), 1, Active, ReasonActive)
}

// TestHostileProfiles: what is not the vendor's newest word is refused before
// anything is read from it, and the state stays as it was.
func TestHostileProfiles(t *testing.T) {
	w := newWorld(t)
	older := w.profile
	w.profile = w.vendor.Export()
	w.activate(w.licensed(), 1, protectortest.Answer{})
	good := w.profile
	text, signature, _ := bytes.Cut(good, []byte("\n\n"))
	foreign := protectortest.New(start)
	foreign.Profile.UID, foreign.Profile.Serial = w.vendor.Profile.UID, 99
	claims := protectortest.New(start) // names our key, signed by another
	claims.Profile.UID = w.vendor.Profile.UID
	claimed := bytes.ReplaceAll(claims.Export(), []byte(claims.Anchor), []byte(w.vendor.Anchor))
	for name, c := range map[string]struct {
		profile []byte
		want    Reason
	}{
		"unsigned":                   {append(bytes.Clone(text), '\n'), ReasonProfile},
		"without its signature line": {append(bytes.Clone(text), "\n\n"...), ReasonProfile},
		"altered":                    {bytes.Replace(good, []byte("test yes"), []byte("test no"), 1), ReasonProfile},
		"a roster line more":         {bytes.Replace(good, []byte("\nsunset"), []byte("\nAAAAAAAAAAAAAAAA\nsunset"), 1), ReasonProfile},
		"text of one, signed other":  {bytes.Join([][]byte{bytes.SplitN(older, []byte("\n\n"), 2)[0], signature}, []byte("\n\n")), ReasonProfile},
		"foreign":                    {foreign.Export(), ReasonProfile},
		"foreign, our anchor":        {claimed, ReasonProfile},
		"a license file":             {w.vendor.LicenseFile(number, nil), ReasonProfile},
		"older":                      {older, ReasonProfileRollback},
		"empty":                      {nil, ReasonProfile},
	} {
		w.profile = c.profile
		if _, err := Open(w.config()); ReasonOf(err) != c.want {
			t.Errorf("%s: have %v, want %s", name, err, c.want)
		}
	}
	w.profile = good
	w.is(w.open(), 1, Active, ReasonActive)
}

// TestRosterGrows: a license that was sold after the profile was exported needs a
// later profile or a license file; one that left the roster is honored no more.
func TestRosterGrows(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	const sold = number + 100
	serial := w.vendor.Serial(sold).Code().String()
	_, err := c.EnterSerial(serial)
	w.refused(err, ReasonNotVouched)
	roster := w.vendor.Profile.Roster
	w.vendor.Vouch(sold)
	w.profile = w.vendor.Export()
	c = w.open()
	if _, err := c.EnterSerial(serial); err != nil {
		t.Fatal(err)
	}
	w.activate(c, 1, protectortest.Answer{})
	w.vendor.Profile.Roster = roster
	w.profile = w.vendor.Export()
	w.is(w.open(), 1, Inactive, ReasonNotVouched)
	if _, err := w.open().EnterLicenseFile(w.vendor.LicenseFile(sold, nil)); err != nil {
		t.Error(err)
	}
	w.is(w.open(), 1, Active, ReasonActive)
}

// TestSunset: a license on the list of a newer profile is inactive, stays so for an
// older program, and comes back only with a profile that is as new.
func TestSunset(t *testing.T) {
	w, _ := activated(t)
	before := w.profile
	w.vendor.Profile.Release, w.vendor.Profile.Releases = 2, []uint16{1, 2}
	w.vendor.Withdraw(number)
	w.profile = w.vendor.Export()
	w.is(w.open(), 1, Inactive, ReasonWithdrawn)
	_, err := w.open().EnterSerial(w.serial)
	w.refused(err, ReasonWithdrawn)
	_, err = w.open().EnterLicenseFile(w.vendor.LicenseFile(number, nil))
	w.refused(err, ReasonWithdrawn)
	listed := w.profile
	w.profile = before // the program of release 1 again
	w.is(w.open(), 1, Inactive, ReasonWithdrawn)
	w.profile = listed
	w.vendor.Profile.Sunset = nil
	w.profile = w.vendor.Export()
	if s := w.status(w.open()); strings.Contains(string(s.Definitions[0].Reason), "withdrawn") {
		t.Errorf("have %v after the license left the list", s.Definitions[0])
	}
}
