package activator

import (
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// Report is the JSON form of a reading or an outcome, the same for every command
// and for the rows of a batch. The fields that every program relies on are always
// there, empty where they do not apply; the others are left out then.
type Report struct {
	Code       string            `json:"code"`           // canonical; empty when it could not be read
	Text       string            `json:"text,omitempty"` // as typed, when it could not be read
	Kind       string            `json:"kind"`           // "request", "confirmation", "serial", ...; empty when unreadable
	Verdict    journal.Verdict   `json:"verdict"`
	Reason     string            `json:"reason,omitempty"` // the sentence behind a refusal
	License    string            `json:"license"`
	Customer   string            `json:"customer,omitempty"`
	Order      string            `json:"order,omitempty"`
	Product    string            `json:"product"`
	Release    uint16            `json:"release,omitempty"`
	Definition *DefinitionReport `json:"definition"`
	// Fingerprint is 7 hex digits, Random 8.
	Fingerprint string `json:"fingerprint"`
	Machine     string `json:"machine,omitempty"` // what people call the machine
	Random      string `json:"random"`
	// Overridable says that a refusal may be passed with a reason.
	Overridable bool      `json:"overridable,omitempty"`
	State       Label     `json:"state"`
	StateNote   string    `json:"state_note,omitempty"`
	Seats       int       `json:"seats,omitempty"`
	Taken       *int      `json:"seats_taken,omitempty"`
	Active      []Machine `json:"other_machines,omitempty"`
	Checks      []Check   `json:"checks"`
	// Compared is the machine beside that of its activation, where a hardware
	// profile of both is here.
	Compared  *fingerprint.Judgment `json:"compared,omitempty"`
	Proposals []string              `json:"proposals"`
	// Found lists the codes of a text that has several: one must be chosen.
	Found []FoundReport `json:"found,omitempty"`

	Entry                string            `json:"entry,omitempty"` // number in the journal
	ActivationCode       string            `json:"activation_code,omitempty"`
	ActivationCodeDigits string            `json:"activation_code_digits,omitempty"` // a signed one has none
	Granted              *DefinitionReport `json:"granted,omitempty"`
	Parameter            *uint32           `json:"parameter,omitempty"`
	ValidUntil           string            `json:"valid_until,omitempty"` // a day, or "none"
	Revision             int               `json:"revision,omitempty"`
	Receipt              string            `json:"receipt,omitempty"`
	Refund               *Report           `json:"refund,omitempty"`
	Reply                string            `json:"reply,omitempty"` // text of a mail, where one was asked for
}

// FoundReport is one of several codes of a text.
type FoundReport struct {
	Number int    `json:"number"` // from 1, in the order of the text
	Kind   string `json:"kind"`   // empty where it has a slip that hides the kind
	Code   string `json:"code"`   // as it stands in the text where it has a slip
	Slip   string `json:"slip,omitempty"`
}

// DefinitionReport names an authorization definition.
type DefinitionReport struct {
	ID   uint8  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// Overridable reports whether everything that stands against a code may be passed by
// an operator with a reason.
func (r *Reading) Overridable() bool {
	failed := 0
	for _, c := range r.Checks {
		if c.Result == Failed {
			failed++
			if c.hard {
				return false
			}
		}
	}
	return failed > 0
}

// Report makes the JSON form of a reading.
func (r *Reading) Report() Report {
	p := Report{
		Verdict: r.Verdict, Reason: r.Reason, Release: r.Release, State: r.State, StateNote: r.StateNote,
		Active: r.Active, Checks: r.Checks, Compared: r.Hardware, Proposals: []string{}, Overridable: r.Overridable(),
	}
	for _, c := range r.Proposals {
		p.Proposals = append(p.Proposals, c.Code.String())
	}
	if p.Checks == nil {
		p.Checks = []Check{}
	}
	if r.Code.IsZero() {
		p.Text = journal.ShortText(r.Text)
		p.Found = found(r.Text)
		if r.License != nil {
			p.aboutLicense(r)
		}
		return p
	}
	p.Code, p.Kind = r.Code.String(), r.Code.Kind().Word()
	if n := r.Code.License(); n != 0 {
		p.License = n.String()
	}
	if k := r.Code.Kind(); k == codes.KindRequest || k == codes.KindConfirmation {
		p.Fingerprint = r.Statement.Fingerprint.String()
		p.Machine = r.names[r.Statement.Fingerprint]
		p.Random = hex8(r.Statement.Random)
		p.Definition = &DefinitionReport{ID: r.Statement.Definition}
	}
	if r.License != nil {
		p.aboutLicense(r)
	}
	if d := r.Definition; d != nil {
		p.Definition = &DefinitionReport{d.ID, d.Name, d.Type.String()}
	}
	return p
}

func (p *Report) aboutLicense(r *Reading) {
	l := r.License
	p.License, p.Customer, p.Order, p.Seats, p.Taken = l.Number.String(), l.Customer, l.Order, l.Seats, &l.Taken
	if r.Product != nil {
		p.Product = r.Product.ID
	}
}

// Report makes the JSON form of an outcome.
func (o *Outcome) Report() Report {
	p := o.Reading.Report()
	p.Entry = o.Entry.String()
	p.Receipt = o.Receipt
	if !o.Answer.IsZero() {
		p.ActivationCode, p.ActivationCodeDigits = o.Answer.String(), o.Answer.Digits()
		p.Granted = &DefinitionReport{o.Granted.ID, o.Granted.Name, o.Granted.Type.String()}
		p.ValidUntil, p.Revision = o.Day.String(), o.Revision
		value := o.Value
		p.Parameter = &value
	}
	if o.Refund != nil {
		refund := o.Refund.Report()
		p.Refund = &refund
	}
	return p
}

func hex8(v uint32) string { return fmt.Sprintf("%08x", v) }

// maxFound bounds how many codes of one text are listed.
const maxFound = 100

// found lists the codes of a text, if it has more than one.
func found(text string) []FoundReport {
	all := CodesIn(text)
	if len(all) < 2 {
		return nil
	}
	var out []FoundReport
	for i, m := range all[:min(len(all), maxFound)] {
		f := FoundReport{Number: i + 1, Kind: m.Code.Kind().Word(), Code: m.Code.String()}
		if m.Err != nil {
			f.Kind, f.Code, f.Slip = "", text[m.Start:m.End], m.Err.Error()
			var slip *codes.SlipError
			if errors.As(m.Err, &slip) {
				f.Kind = slip.Kind.Word()
			}
		}
		out = append(out, f)
	}
	return out
}
