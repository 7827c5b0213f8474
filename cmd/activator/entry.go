package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// entryJSON is an entry of the journal for programs.
type entryJSON struct {
	Entry       string            `json:"entry"`
	At          string            `json:"at"` // RFC 3339, UTC
	Kind        journal.Kind      `json:"kind"`
	Verdict     journal.Verdict   `json:"verdict"`
	Operator    string            `json:"operator"`
	Desk        string            `json:"desk"`
	Via         string            `json:"via"`
	Product     string            `json:"product,omitempty"`
	License     string            `json:"license,omitempty"`
	Definition  uint8             `json:"definition,omitempty"`
	Fingerprint string            `json:"fingerprint,omitempty"`
	Random      string            `json:"random,omitempty"`
	State       string            `json:"state,omitempty"`
	Code        string            `json:"code,omitempty"`
	Answer      string            `json:"activation_code,omitempty"`
	Checks      []activator.Check `json:"checks,omitempty"`
	Personal    map[string]string `json:"personal,omitempty"` // customer, reference, reason; null text where erased
	Erased      []string          `json:"erased,omitempty"`   // personal texts that were erased
	Detail      string            `json:"detail,omitempty"`
	Effects     []string          `json:"effects,omitempty"`
	Brought     *broughtJSON      `json:"brought,omitempty"` // by a merge; in journal show only
	Batch       string            `json:"batch,omitempty"`
	Line        *int              `json:"line,omitempty"`
}

// stamp is a time in JSON and exports.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func newEntryJSON(e *journal.Entry, names map[codes.UID]string) entryJSON {
	j := entryJSON{
		Entry: e.ID.String(), At: stamp(e.At), Kind: e.Kind, Verdict: e.Verdict, Operator: e.Operator, Desk: e.Desk, Via: e.Via,
		Definition: e.Definition, State: e.State, Code: e.Code, Answer: e.Answer, Detail: e.Detail, Batch: e.Batch,
	}
	if e.Product != (codes.UID{}) {
		j.Product = productName(e.Product, names)
	}
	if e.License != 0 {
		j.License = e.License.String()
	}
	if e.Machine {
		j.Fingerprint, j.Random = e.Fingerprint.String(), fmt.Sprintf("%08x", e.Random)
	}
	for _, c := range e.Checks {
		j.Checks = append(j.Checks, activator.Check{Name: c.Name, Result: activator.Result(c.Result), Detail: c.Detail})
	}
	for _, p := range e.Personal {
		if p.Redacted {
			j.Erased = append(j.Erased, p.Field)
			continue
		}
		if j.Personal == nil {
			j.Personal = map[string]string{}
		}
		j.Personal[p.Field] = p.Text
	}
	for _, f := range e.Effects {
		j.Effects = append(j.Effects, effect(f))
	}
	if e.Batch != "" {
		j.Line = &e.Line
	}
	return j
}

// aside is what a line about an entry ends with: why it was refused, whether
// somebody had a reason, and by whom it was.
func aside(e *journal.Entry) string {
	var b strings.Builder
	for _, c := range e.Checks {
		if e.Verdict == journal.Refused && c.Result == string(activator.Failed) {
			b.WriteString(": " + c.Detail)
			break
		}
	}
	for _, p := range e.Personal {
		if p.Field != journal.FieldCustomer && !p.Redacted && p.Field != fieldMachine {
			fmt.Fprintf(&b, ", %s %q", p.Field, p.Text)
		}
	}
	fmt.Fprintf(&b, " (%s)", e.Operator)
	return b.String()
}

// what names an event.
func what(e *journal.Entry) string {
	name := string(e.Kind)
	switch e.Kind {
	case journal.KindRequest:
		name = "request answered"
	case journal.KindBackup:
		name = "backup written"
	case journal.KindBatch:
		name = "file of codes begun"
		if strings.HasPrefix(e.Detail, "end ") {
			name = "file of codes done"
		}
	case journal.KindConfirmation:
		name = "deactivation confirmed"
	case journal.KindLicense:
		name = "license registered"
		if e.Detail != "" {
			name += ", " + e.Detail // a reissue, or recovered
		}
	case journal.KindChange:
		switch activator.ChangeKind(e.Detail) {
		case activator.NameMachine:
			name = "machine named"
		case activator.RevokeLicense:
			name = "license revoked"
		case activator.RestoreLicense:
			name = "license restored"
		default:
			name = "license changed"
			if strings.HasPrefix(e.Detail, "reissue ") {
				name = "license reissued as " + strings.TrimPrefix(e.Detail, "reissue ")
			}
		}
	case journal.KindGone:
		name = "machine gone"
	case journal.KindKey:
		name = activator.SayKeys(e)
	case journal.KindLog:
		name = "journal opened"
	case journal.KindPool:
		name = "licenses drawn ahead"
	case journal.KindProduct:
		name = "product file met"
		if strings.HasPrefix(e.Detail, "export ") {
			name = "product exported"
		}
	case journal.KindSerial:
		name = "serial number"
	case journal.KindMerge:
		name = "another desk's journal brought in"
	case journal.KindRedact:
		name = "personal texts erased"
	case journal.KindRefund:
		name = "license refunded"
	case journal.KindUnreadable:
		return "unreadable code"
	}
	switch e.Verdict {
	case journal.Repeat:
		return name + " before, told again"
	case journal.Refused:
		switch e.Kind {
		case journal.KindRequest, journal.KindConfirmation, journal.KindRefund:
			return string(e.Kind) + " refused"
		case journal.KindChange:
			return "refused: " + e.Detail
		}
		return name + " refused"
	}
	return name
}
