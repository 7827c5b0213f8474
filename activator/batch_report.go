package activator

import (
	"strings"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// batchNames are the names of products and definitions. It is not changed once made.
type batchNames struct {
	products map[codes.UID]*catalog.Product
}

func newBatchNames(s *Session) *batchNames {
	n := &batchNames{products: map[codes.UID]*catalog.Product{}}
	for _, p := range s.Products() {
		n.products[p.UID] = p
	}
	return n
}

// Verdict is what became of the row: of its code, and of the refund that it asked for.
func (o *RowOutcome) Verdict() journal.Verdict {
	if o.Refund != nil && o.Refund.Verdict == journal.Refused {
		return journal.Refused
	}
	return o.Entry.Verdict
}

// Reason is the sentence behind a verdict that is not ok, with what the row itself
// tells and the journal does not keep; empty where there is none.
func (o *RowOutcome) Reason() string {
	e := &o.Entry
	if e.Verdict == journal.OK && o.Refund == nil {
		return "" // most rows: their checks need not be looked through
	}
	said := reasonOf(e)
	switch aside := o.aside(); {
	case said == "" && o.Refund != nil:
		if said = reasonOf(o.Refund); said != "" {
			said = "confirmed, and not refunded: " + said
		}
	case said != "" && aside != "":
		said += ": " + aside
	}
	return said
}

// aside is what belongs to the reason and is not in the journal.
func (o *RowOutcome) aside() string {
	switch {
	case failed(&o.Entry, checkRow):
		return o.Row.Quoted
	case o.Entry.Kind == journal.KindUnreadable:
		if _, slip := codes.Parse(o.Row.Text); slip != nil {
			_, typed := sayUnreadable(o.Row.Text, slip)
			return typed
		}
	}
	return o.quoted
}

// reasonOf is the detail of the failed check that counts most: of those that no
// operator may pass, else of the first one. The journal does not tell them apart, but
// their names nearly do.
func reasonOf(e *journal.Entry) string {
	first := ""
	for i := range e.Checks {
		c := &e.Checks[i]
		if c.Result != journal.Failed {
			continue
		}
		switch c.Name {
		case checkForm, checkRow, checkLicense, checkProduct, checkDefinition, checkGenuine, checkStanding:
			return c.Detail
		}
		if first == "" {
			first = c.Detail
		}
	}
	return first
}

// Code is the code of the row in its canonical form; zero where it could not be read.
func (o *RowOutcome) Code() codes.Code {
	if o.Entry.Kind == journal.KindUnreadable {
		return codes.Code{}
	}
	if c, err := codes.Parse(o.Row.Text); err == nil {
		return c
	}
	c, _ := codes.Parse(o.Entry.Code) // it came as a hardware profile
	return c
}

// Answer is the activation code that the row was answered with; zero for none.
func (o *RowOutcome) Answer() codes.Code {
	c, _ := codes.Parse(o.Entry.Answer)
	return c
}

// Proposals are what a text with slips may have been, best first.
func (o *RowOutcome) Proposals() []string {
	if list, ok := strings.CutPrefix(o.Entry.Detail, proposalsPrefix); ok && o.Entry.Kind == journal.KindUnreadable {
		return strings.Fields(list)
	}
	return nil
}

// Product is the product that the row's code is for; nil where it is unknown.
func (o *RowOutcome) Product() *catalog.Product {
	if o.names == nil {
		return nil
	}
	return o.names.products[o.Entry.Product]
}

// Definition is what the row's code asks for, with its name where that is known; nil
// where the code names none.
func (o *RowOutcome) Definition() *DefinitionReport {
	if o.Entry.Definition == 0 {
		return nil
	}
	r := &DefinitionReport{ID: o.Entry.Definition}
	if p := o.Product(); p != nil {
		if d, ok := p.Definition(r.ID); ok {
			r.Name, r.Type = d.Name, d.Type.String()
		}
	}
	return r
}

// Report makes the JSON form of a row's outcome, of what the journal holds of it.
func (o *RowOutcome) Report() Report {
	e := &o.Entry
	p := Report{
		Verdict: o.Verdict(), Reason: o.Reason(), State: Label(e.State), Checks: []Check{}, Proposals: o.Proposals(),
		Definition: o.Definition(),
	}
	for i := range e.Checks {
		c := &e.Checks[i]
		p.Checks = append(p.Checks, Check{Name: c.Name, Result: Result(c.Result), Detail: c.Detail})
	}
	if p.Proposals == nil {
		p.Proposals = []string{}
	}
	if e.ID != 0 {
		p.Entry = e.ID.String()
	}
	if e.License != 0 {
		p.License = e.License.String()
	}
	if x := o.Product(); x != nil {
		p.Product = x.ID
	}
	if e.Machine {
		p.Fingerprint, p.Random = e.Fingerprint.String(), hex8(e.Random)
	}
	code := o.Code()
	if code.IsZero() {
		p.Text, p.Found = journal.ShortText(o.Row.Text), found(o.Row.Text)
		return p
	}
	p.Code, p.Kind = code.String(), code.Kind().Word()
	if a := o.Answer(); !a.IsZero() {
		p.ActivationCode, p.ActivationCodeDigits, p.ValidUntil = a.String(), a.Digits(), a.Answer().Day.String()
		value := a.Answer().Parameter
		p.Parameter = &value
	}
	if o.Refund != nil {
		p.Refund = o.refundReport()
	}
	return p
}

func (o *RowOutcome) refundReport() *Report {
	r := &Report{Verdict: o.Refund.Verdict, Reason: reasonOf(o.Refund), License: o.Refund.License.String(), Checks: []Check{}, Proposals: []string{}}
	for i := range o.Refund.Checks {
		c := &o.Refund.Checks[i]
		r.Checks = append(r.Checks, Check{Name: c.Name, Result: Result(c.Result), Detail: c.Detail})
	}
	if o.Refund.ID != 0 {
		r.Entry = o.Refund.ID.String()
	}
	return r
}
