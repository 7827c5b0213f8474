package activator

import (
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// recognize makes a reading of a code that was read: which license, product and
// definition, and under which of the license's keys its tag is genuine. It is
// pure: about is what was looked up for the number that the code names, empty
// where it names none.
func (w *workspace) recognize(text string, c codes.Code, about *file) (*Reading, error) {
	f, p := about.license, about.product
	r := &w.reading
	*r = Reading{Text: text, Code: c, facts: f, names: about.names, signer: about.signer, Active: r.Active[:0]}
	switch c.Kind() {
	case codes.KindRequest, codes.KindConfirmation:
		r.Statement = c.Statement()
	case codes.KindSerial:
	default:
		return r, nil
	}
	if f == nil || !f.Known {
		r.facts = &journal.LicenseFacts{}
		return r, nil
	}
	if err := w.readLicense(&f.License, len(f.Seats)); err != nil {
		return nil, err
	}
	r.License = &w.license
	for _, s := range f.Seats {
		if c.Kind() == codes.KindSerial || s.Fingerprint != r.Statement.Fingerprint {
			r.Active = append(r.Active, Machine{s.Fingerprint, about.names[s.Fingerprint], s.Slot, daysInDigits.say(midnight(s.Since))})
		}
	}
	if r.givenUp = about.givenUp; p == nil || r.givenUp {
		r.Product = p
		return r, nil
	}
	r.Product, r.limits = p, p.Limits
	r.history = &w.history
	if err := r.history.read(p.UID, f.License.Number, p, about.lk, f.Claims); err != nil {
		return nil, err
	}
	if c.Kind() == codes.KindSerial {
		r.serialGenuine = c.Serial().Key.Stretch(p.UID, f.License.Number).Equal(about.lk) && c.Serial().BelongsTo(p.UID)
		return r, nil
	}
	var ok bool
	if w.definition, ok = p.Definition(r.Statement.Definition); !ok {
		return r, nil
	}
	r.Definition = &w.definition
	w.releases = p.AllReleases(w.releases[:0])
	r.node, r.Release, ok = r.history.match(r.Statement, r.Definition.Type, w.releases)
	if !ok {
		r.State, r.StateNote = NotGenuine, stateNote(NotGenuine, nil)
		return r, nil
	}
	r.State = r.history.label(r.node, r.Statement.Fingerprint, r.Statement.Random)
	r.StateNote = stateNote(r.State, r.node)
	return r, nil
}
