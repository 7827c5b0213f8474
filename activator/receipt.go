package activator

import (
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// receipt is the text that proves an accepted confirmation: what an auditor
// needs to find and judge its entry.
func (s *Session) receipt(o *Outcome, e journal.Entry) string {
	first := e
	id := o.Entry
	if e.Verdict == journal.Repeat && o.before != nil {
		first, id = *o.before, o.before.ID
	}
	first.ID = id
	return receiptText(first, o.License, o.Product.Name) + receiptLine("still active", o.Reading.sayActive())
}

// productName is the name of a product, or its UID where its file is gone.
func (s *Session) productName(uid codes.UID) string {
	for _, p := range s.Products() {
		if p.UID == uid {
			return p.Name
		}
	}
	return uid.String()
}

// receiptText says what an accepted confirmation or a refund decided: what an auditor needs to find and judge it. Of
// its personal texts it has those that the entry still has.
func receiptText(e journal.Entry, l *License, product string) string {
	var b strings.Builder
	line := func(name, value string) { b.WriteString(receiptLine(name, value)) }
	if e.Kind == journal.KindRefund {
		fmt.Fprintln(&b, "License refunded")
	} else {
		fmt.Fprintln(&b, "Deactivation confirmed")
	}
	id := e.ID.String()
	if from, taken := e.Restates(); taken { // its own desk calls it so
		id = fmt.Sprint(from.Index)
	}
	line("entry", fmt.Sprintf("%s of the journal of desk %s", id, e.Desk))
	line("time", e.At.UTC().Format("2006-01-02 15:04:05 UTC"))
	line("operator", e.Operator)
	line("product", product)
	line("license", e.License.String())
	line("customer", l.Customer)
	line("order", l.Order)
	if e.Machine {
		line("machine", e.Fingerprint.String())
	}
	line("code", e.Code)
	for _, p := range e.Personal {
		if !p.Redacted {
			line(p.Field, p.Text)
		}
	}
	if e.Kind == journal.KindRefund {
		for _, c := range e.Checks {
			if c.Name == checkOutcome || c.Name == checkSeat {
				line(c.Name, c.Detail)
			}
		}
	}
	return b.String()
}

// receiptLine is one line of a receipt; an empty value makes none.
func receiptLine(name, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf("%-14s%s\n", name, oneLine(value))
}

// sayActive names the other machines of the license that hold a seat.
func (r *Reading) sayActive() string {
	if len(r.Active) == 0 {
		return "no other machine of this license"
	}
	var names []string
	for _, m := range r.Active {
		names = append(names, r.withNames(fmt.Sprintf("%v, seat %d since %s", m.Fingerprint, m.Seat, m.Since)))
	}
	return fmt.Sprintf("%d of this license: %s", len(names), strings.Join(names, "; "))
}
