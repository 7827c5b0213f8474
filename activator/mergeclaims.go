package activator

import (
	"bytes"
	"context"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// The claims of another desk: answers and confirmations.

// state translates the name of a state from a log's into this journal's.
func (m *merger) state(log string, l codes.LicenseNumber, r ref) ref {
	n := stateName{log, l, r}
	if there, ok := m.book.renamed[n]; ok {
		n = there
	}
	if here, ok := m.local[n]; ok {
		return here
	}
	return n.ref
}

// stateKey translates the key of a claim, where that is the name of a state.
func (m *merger) stateKey(log string, l codes.LicenseNumber, s journal.Scope, key []byte) []byte {
	switch s {
	case journal.ScopeSeen, journal.ScopeGone, journal.ScopeClosed:
		if r, err := parseRef(key); err == nil {
			return m.state(log, l, r).bytes()
		}
	}
	return key
}

func (m *merger) claim(ctx context.Context, st otherStep, e *journal.Entry, f *journal.LicenseFacts, c journal.Claim) ([]journal.Effect, error) {
	c.Key = m.stateKey(st.origin, c.License, c.Scope, c.Key)
	var err error
	if c.Value, err = m.value(st.origin, f.License.Product, c); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(f.Claims, func(o journal.StoredClaim) bool { return o.Scope == c.Scope && bytes.Equal(o.Key, c.Key) })
	if i < 0 {
		if c.Scope == journal.ScopeRefund && len(f.Seats) > 0 {
			m.collide(ctx, "refund", e, f.Seats[0].Entry, sayRefundedActive(c.License, f.Seats[0].Fingerprint))
		}
		return []journal.Effect{c}, nil
	}
	have := f.Claims[i]
	switch c.Scope {
	case journal.ScopeAnswer:
		if bytes.Equal(have.Value, c.Value) {
			return nil, nil // the very same answer
		}
		m.collide(ctx, "answer", e, have.Entry, sayAnsweredTwice(e.Fingerprint, e.Random))
		return m.anotherRevision(st, f, c), nil
	case journal.ScopeConfirmation:
		m.collide(ctx, "confirmation", e, have.Entry, sayConfirmedTwice(e.Fingerprint, e.Random))
	case journal.ScopeClosed:
		if len(m.found) == 0 { // else it is the same confirmation
			m.collide(ctx, "give-back", e, have.Entry, sayGivenBackTwice(e.Fingerprint))
		}
	case journal.ScopeRefund:
		m.collide(ctx, "refund", e, have.Entry, sayRefundedTwice(c.License))
	case journal.ScopePresigned:
		m.collide(ctx, "answer", e, have.Entry, sayPresignedTwice)
	}
	return nil, nil
}

// value translates the name of the state that an answer or a confirmation follows.
func (m *merger) value(log string, uid codes.UID, c journal.Claim) ([]byte, error) {
	if len(m.local) == 0 && len(m.book.renamed) == 0 {
		return c.Value, nil
	}
	switch c.Scope {
	case journal.ScopeAnswer:
		f, _, _, _ := journal.ParseAnswerKey(c.Key)
		a, err := parseAnswerClaim(uid, c.License, f, c.Value)
		if err != nil {
			return nil, err
		}
		a.parent = m.state(log, c.License, a.parent)
		return a.value(make([]byte, 0, a.size())), nil
	case journal.ScopeConfirmation:
		d, err := parseConfirmationClaim(c.License, c.Value)
		if err != nil {
			return nil, err
		}
		d.parent = m.state(log, c.License, d.parent)
		return d.value(make([]byte, 0, confirmationSize)), nil
	}
	return c.Value, nil
}

// anotherRevision keeps a second answer to a request beside the first: the customer may have typed either.
func (m *merger) anotherRevision(st otherStep, f *journal.LicenseFacts, c journal.Claim) []journal.Effect {
	fp, random, was, ok := journal.ParseAnswerKey(c.Key)
	highest := was
	for _, o := range f.Claims {
		if of, or, rev, ok := journal.ParseAnswerKey(o.Key); o.Scope == journal.ScopeAnswer && ok && of == fp && or == random {
			if bytes.Equal(o.Value, c.Value) {
				return nil
			}
			highest = max(highest, rev)
		}
	}
	if !ok || highest == 255 {
		return nil
	}
	c.Key = journal.AnswerKey(fp, random, highest+1)
	name := ref{kind: refAnswer, fingerprint: fp, random: random, revision: was}
	is := name
	is.revision = highest + 1
	m.local[stateName{st.origin, c.License, name}] = is
	return []journal.Effect{c}
}

// concurrent reports whether the desk that made the entry of st did not know an own entry.
func (m *merger) concurrent(st otherStep, own journal.EntryID) bool {
	o := m.entries[own]
	return o != nil && !m.book.knew(st.origin, st.index, o.log, o.index)
}
