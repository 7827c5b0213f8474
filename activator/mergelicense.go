package activator

import (
	"context"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// The licenses, pools and erasures of another desk.

// register registers a license of the other desk.
func (m *merger) register(ctx context.Context, e *journal.Entry, f *journal.LicenseFacts, x journal.SetLicense) []journal.Effect {
	if f.Known {
		have := &f.License
		if have.Order != x.Order || have.Seats != x.Seats || have.Grants != x.Grants {
			m.collide(ctx, "license", e, have.Entry, sayRegisteredTwice(x.Number))
		}
		return nil
	}
	return m.withOrder(ctx, e, x, true)
}

// withOrder takes the order out of a license where another one has it.
func (m *merger) withOrder(ctx context.Context, e *journal.Entry, x journal.SetLicense, tell bool) []journal.Effect {
	other, taken := m.facts.Orders[journal.OrderRef{Product: x.Product, Order: x.Order}]
	if x.Order != "" && taken && other != x.Number {
		if tell {
			m.collideWithOrder(ctx, e, other, x)
		}
		x.Order = ""
	}
	return []journal.Effect{x}
}

// amend changes a license as the other desk did. Where this desk changed it too without either knowing, the later one
// counts, but the stricter state.
func (m *merger) amend(ctx context.Context, st otherStep, e *journal.Entry, f *journal.LicenseFacts, x journal.SetLicense) []journal.Effect {
	have := &f.License
	same := have.Seats == x.Seats && have.State == x.State && have.Grants == x.Grants && have.Release == x.Release
	if same {
		return nil
	}
	if m.concurrent(st, have.Entry) {
		m.collide(ctx, "change", e, have.Entry, sayChangedTwice(x.Number))
		strict := stricter(have.State, x.State)
		if o := m.entries[have.Entry]; !o.entry.At.Before(e.At) {
			x = journal.SetLicense{Number: x.Number, Product: x.Product, Seats: have.Seats, Order: have.Order, Grants: have.Grants, Release: have.Release}
		}
		x.State = strict
	}
	var es []journal.Effect
	for _, s := range f.Seats {
		if s.Slot > x.Seats && s.Excess == "" {
			es = append(es, journal.FreeSeat{License: x.Number, Fingerprint: s.Fingerprint},
				journal.TakeSeat{License: x.Number, Fingerprint: s.Fingerprint, Slot: s.Slot, Limit: have.Seats, Excess: excessMerged})
		}
	}
	return append(es, m.withOrder(ctx, e, x, false)...)
}

// stricter is the state that lets less through.
func stricter(a, b string) string {
	for _, s := range []string{journal.Refunded, journal.Revoked} {
		if a == s || b == s {
			return s
		}
	}
	return journal.Live
}

// pool takes numbers that the other desk drew: its roster vouches for them, and only that desk sells them.
func (m *merger) pool(e *journal.Entry, x journal.AddPool) []journal.Effect {
	var fresh []codes.LicenseNumber
	for _, n := range x.Numbers {
		if !m.drawn[n] {
			m.drawn[n] = true
			fresh = append(fresh, n)
		}
	}
	if twice := len(x.Numbers) - len(fresh); twice > 0 {
		m.found = append(m.found, Collision{Kind: "numbers", Second: event(e), Sentence: sayDrawnTwice(twice)})
	}
	if len(fresh) == 0 {
		return nil
	}
	return []journal.Effect{journal.AddPool{Product: x.Product, Numbers: fresh}}
}
