package protector

import (
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// Entered is the outcome of EnterSerial and EnterLicenseFile.
type Entered struct {
	License   codes.LicenseNumber
	Customer  string // from a license file
	Known     bool   // it was entered on this machine before; its state is as it was
	Pending   bool   // nobody vouches for it yet: only a signed activation code makes it count
	Restarted bool   // its state was damaged or missing in every place and begins anew
}

// EnterSerial takes the serial number of a license, as typed. The newest one
// entered is the one in use; the states of others stay as they are.
func (c *Client) EnterSerial(text string) (Entered, error) {
	var out Entered
	err := c.session(func(s *session) error {
		code, err := parse(text, codes.KindSerial)
		if err != nil {
			return s.unreadable(text, err, codes.KindSerial)
		}
		if code.Kind() != codes.KindSerial {
			return wrongKind(code.Kind(), codes.KindSerial)
		}
		serial := code.Serial()
		if !serial.BelongsTo(s.profile.UID) {
			return refuse(ReasonOtherProduct, "this serial number is not one of %s: it is for another product, or a character was misheard", s.profile.Name)
		}
		if refused := s.withdrawn(serial.License); refused != nil {
			return refused
		}
		if !s.vouched(serial.License, serial.Key) && !s.signs() {
			return s.unvouched(serial.License)
		}
		if out, err = s.enterLicense(serial.License, serial.Key, ""); err != nil {
			return err
		}
		out.Pending = s.honored() != nil
		return nil
	})
	return out, err
}

// EnterLicenseFile takes a license file that the vendor mailed.
func (c *Client) EnterLicenseFile(data []byte) (Entered, error) {
	var out Entered
	err := c.session(func(s *session) error {
		l, err := s.profile.OpenLicense(data, s.anchor)
		if err != nil {
			return refuse(ReasonLicenseFile, "%v", err).because(err)
		}
		switch {
		case l.UID != s.profile.UID:
			return refuse(ReasonOtherProduct, "this license file is for %q, not for %s", l.Product, s.profile.Name)
		case l.Test && !s.profile.Test:
			return refuse(ReasonTestOnly, "this license file was made for a test of %s: ask the vendor for a real one", s.profile.Name)
		}
		if refused := s.withdrawn(l.Number); refused != nil {
			return refused
		}
		out, err = s.enterLicense(l.Number, l.Key, string(data))
		out.Customer = l.Customer
		return err
	})
	return out, err
}

// enterLicense makes a license the one in use, with the state it has or a new one.
func (s *session) enterLicense(number codes.LicenseNumber, key codes.LicenseKey, file string) (Entered, error) {
	out := Entered{License: number}
	if !s.writable {
		return out, notWritable(nil)
	}
	l, err := s.load(number)
	if err != nil {
		return out, err
	}
	out.Restarted = l.damaged() || l.rec == nil && s.base.Current == number
	rec := &record{Product: s.profile.UID, License: number, LicenseKey: licenseSecret{key}}
	if l.rec != nil && l.rec.LicenseKey.Equal(key) {
		rec, out.Known = l.rec.clone(), true
	} else {
		rec.setKey(rec.stretched())
		rec.Generation = 0 // nothing was accepted yet
		if l.rec != nil {  // under another key: forged, or the vendor's keys were changed
			rec.Generation = l.rec.Generation + 1
		}
	}
	if file != "" {
		rec.LicenseFile = file
	}
	if s.base.Current == number && out.Known && rec.LicenseFile == l.rec.LicenseFile {
		return out, nil
	}
	rec.Entered = s.now.Unix()
	if l.rec != nil {
		rec.Entered = max(rec.Entered, l.rec.Entered)
	}
	if s.lic != nil {
		rec.Entered = max(rec.Entered, s.lic.Entered+1)
	}
	return out, s.adopt(l, rec)
}

// adopt makes rec the state of the license in use. What is damaged is set aside.
func (s *session) adopt(l *loaded, rec *record) error {
	for _, f := range []*loaded{l, s.baseFile} {
		if !f.damaged() {
			continue
		}
		if err := s.setAside(f); err != nil {
			return notWritable(err)
		}
	}
	s.licFile, s.lost = l, false
	if err := s.save(rec); err != nil {
		return err
	}
	s.base.Current, s.base.LicenseKey = rec.License, rec.LicenseKey
	return s.saveBase()
}

// vouched reports whether the vendor vouches for a license key by the roster.
func (s *session) vouched(number codes.LicenseNumber, key codes.LicenseKey) bool {
	return s.profile.Vouched(key.Stretch(s.profile.UID, number).Vouch(s.profile.UID, number))
}

// file returns the license file of the license in use, if there is a good one.
func (s *session) file() *product.License {
	if s.lic.LicenseFile == "" {
		return nil
	}
	l, err := s.profile.OpenLicense([]byte(s.lic.LicenseFile), s.anchor)
	if err != nil || l.UID != s.profile.UID || l.Number != s.lic.License || !l.Key.Equal(s.lic.LicenseKey.LicenseKey) || l.Test && !s.profile.Test {
		return nil
	}
	return l
}

// honored returns why the license in use is not honored, or nil. The state file
// does not count as a witness: anybody could write one for an invented license.
func (s *session) honored() *Error {
	refused := s.withdrawn(s.lic.License)
	switch {
	case refused != nil:
		return refused
	case s.lic.Withdrawn != 0: // by a newer profile than this program's
		return withdrawn(s.lic.License)
	case !s.vouched(s.lic.License, s.lic.LicenseKey.LicenseKey) && s.file() == nil && !s.proven():
		return s.unvouched(s.lic.License)
	}
	return nil
}

// withdrawn says that the profile in use withdraws a license: by itself, or with all
// others that were made with the same keys. Nil where it does not.
func (s *session) withdrawn(l codes.LicenseNumber) *Error {
	switch {
	case s.profile.RefusesEpoch(l):
		e := refuse(ReasonKeysReplaced, "license %s was made with keys that the vendor replaced, so %s honors it no more: ask the vendor for a new serial number", l, s.profile.Name)
		e.License = l
		return e
	case s.profile.Sunsets(s.profile.UID, l):
		return withdrawn(l)
	}
	return nil
}

func withdrawn(l codes.LicenseNumber) *Error {
	e := refuse(ReasonWithdrawn, "license %s was withdrawn by the vendor (revoked or refunded): ask the vendor", l)
	e.License = l
	return e
}

func (s *session) unvouched(l codes.LicenseNumber) *Error {
	e := refuse(ReasonNotVouched, "%s does not know license %s: the serial number is not genuine, or this program is older than the license; then use the license file that the vendor can mail, or a newer program", s.profile.Name, l)
	e.License = l
	return e
}

// licensed returns an error unless a license is in use and its state is readable.
func (s *session) licensed() error {
	if s.lic != nil {
		return nil
	}
	if s.licFile != nil { // entered, and gone
		return damagedState(s.licFile.license)
	}
	return refuse(ReasonNoLicense, "no license is known on this machine yet: enter the serial number first, or the license file")
}

func damagedState(l codes.LicenseNumber) *Error {
	e := refuse(ReasonStateDamaged, "the activation state of license %s is damaged or missing in every place, so this machine cannot tell whether it is active: restore the files, or enter the serial number again and ask for a new activation", l)
	e.License = l
	return e
}

// wrongKind says which code was typed where another was expected.
func wrongKind(have, want codes.Kind) *Error {
	hint := map[codes.Kind]string{
		codes.KindSerial:       "enter it as the serial number",
		codes.KindActivation:   "enter it as the answer to a request code",
		codes.KindSigned:       "enter it as the answer to a request code",
		codes.KindRequest:      "it is what you read to the vendor; the vendor answers with an activation code",
		codes.KindConfirmation: "it is what you read to the vendor as the proof of a deactivation",
	}[have]
	if hint == "" {
		hint = "this version does not read it"
	}
	return refuse(ReasonWrongKind, "this is %s, not %s: %s", article(have), article(want), hint)
}

func article(k codes.Kind) string {
	switch k {
	case codes.KindActivation, codes.KindSigned:
		return "an " + k.String()
	}
	return "a " + k.String()
}
