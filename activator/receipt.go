package activator

import (
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// receipt is the text that proves an accepted confirmation: what an auditor
// needs to find and judge its entry.
func (s *Session) receipt(o *Outcome, e journal.Entry) string {
	first := e
	id := o.Entry
	if e.Verdict == journal.Repeat && o.before != nil {
		first, id = *o.before, o.before.ID
	}
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-14s%s\n", name, oneLine(value))
		}
	}
	fmt.Fprintln(&b, "Deactivation confirmed")
	line("entry", fmt.Sprintf("%v of the journal of desk %s", id, first.Desk))
	line("time", first.At.UTC().Format("2006-01-02 15:04:05 UTC"))
	line("operator", first.Operator)
	line("product", o.Product.Name)
	line("license", o.License.Number.String())
	line("customer", o.License.Customer)
	line("order", o.License.Order)
	line("machine", o.Statement.Fingerprint.String())
	line("code", o.Code.String())
	for _, p := range first.Personal {
		if !p.Redacted {
			line(p.Field, p.Text)
		}
	}
	line("still active", o.Reading.sayActive())
	return b.String()
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
