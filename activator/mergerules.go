package activator

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// excessMerged is why a seat is above its license's limit: another desk gave it, which did not know.
const excessMerged = "merge"

// merger says what the entries of another desk's logs come to here, one after another. What this journal has stays; what
// the other desk did is added, where nothing stands in the way.
type merger struct {
	s     *Session
	book  *otherBook
	facts *journal.Facts

	next    journal.EntryID             // of the own entry that is made
	entries map[journal.EntryID]*origin // where entries of the own log come from, as far as known
	local   map[stateName]ref           // answers that have another name here
	drawn   map[codes.LicenseNumber]bool

	collisions []Collision
	found      []Collision // of the present entry
}

// origin is what an entry of this journal takes over, or that it is this desk's own.
type origin struct {
	log   string
	index uint64
	entry *journal.Entry
}

func (s *Session) newMerger(ctx context.Context, b *otherBook) (*merger, error) {
	m := &merger{s: s, book: b, entries: map[journal.EntryID]*origin{}, local: map[stateName]ref{}, drawn: map[codes.LicenseNumber]bool{}}
	var w journal.Wanted
	seen := map[codes.LicenseNumber]bool{}
	for _, st := range b.steps {
		e := b.entry(st)
		if e == nil {
			return nil, fmt.Errorf("%s: entry %d of log %s is taken over there, and is not in it", b.path, st.index, st.origin)
		}
		for _, f := range e.Effects {
			switch f := f.(type) {
			case journal.SetLicense:
				if f.Order != "" {
					w.Orders = append(w.Orders, journal.OrderRef{Product: f.Product, Order: f.Order})
				}
			case journal.AddPool:
				free, err := s.desk.store.Free(ctx, f.Numbers)
				if err != nil {
					return nil, err
				}
				for i, n := range f.Numbers {
					m.drawn[n] = !free[i]
				}
			}
		}
		if e.License != 0 && !seen[e.License] {
			seen[e.License] = true
			w.Licenses = append(w.Licenses, e.License)
		}
	}
	var err error
	if m.facts, err = s.desk.store.Facts(ctx, w); err != nil {
		return nil, err
	}
	for _, l := range w.Licenses {
		if err := m.remember(ctx, l); err != nil {
			return nil, err
		}
	}
	m.next = journal.NewEntryID(m.facts.Head.Log, m.facts.Head.Size)
	return m, nil
}

// remember looks up which entries of a license took over what, in earlier merges.
func (m *merger) remember(ctx context.Context, l codes.LicenseNumber) error {
	sources := map[string]*journal.Entry{}
	var taken []*origin
	for e, err := range m.s.desk.store.Entries(ctx, journal.Query{License: l}) {
		if err != nil {
			return err
		}
		row, ok := m.logOf(e.ID.Log())
		if !ok {
			continue
		}
		r, restates := e.Restates()
		if !restates {
			m.entries[e.ID] = &origin{row.Origin, e.ID.Index(), &e}
			sources[fmt.Sprint(row.Origin, " ", e.ID.Index())] = &e
			continue
		}
		m.entries[e.ID] = &origin{r.Origin, r.Index, &e}
		taken = append(taken, m.entries[e.ID])
	}
	for _, o := range taken {
		if source := sources[fmt.Sprint(o.log, " ", o.index)]; source != nil {
			if was, is, ok := renamedAnswer(source, o.entry); ok {
				m.local[stateName{o.log, l, was}] = is
			}
		}
	}
	return nil
}

func (m *merger) logOf(id journal.LogID) (journal.LogRow, bool) {
	for _, row := range m.book.here {
		if row.ID == id {
			return row, true
		}
	}
	return journal.LogRow{}, false
}

// run makes the own entries: the one that brings in, then those that take over.
func (m *merger) run(ctx context.Context) ([]journal.Entry, error) {
	d := m.s.desk
	head := journal.Entry{At: d.now(), Kind: journal.KindMerge, Verdict: journal.OK}
	entries := uint64(0)
	for _, p := range m.book.parts {
		h := p.head()
		head.Effects = append(head.Effects, journal.MergeLog{Origin: h.Origin, First: p.first, Size: h.Size, Hash: h.Hash})
		entries += h.Size - p.first
	}
	es := []journal.Entry{{}}
	m.next++
	for _, st := range m.book.steps {
		e, err := m.restate(ctx, st)
		if err != nil {
			return nil, err
		}
		m.collisions = append(m.collisions, m.found...)
		es = append(es, *e)
		m.next++
	}
	head.Detail = fmt.Sprintf("%s of %s, %s", countEntries(entries), count(len(m.book.parts), "log"), count(len(m.collisions), "collision"))
	es[0] = m.s.stamp(head, d.salt())
	return es, nil
}

// restate makes the entry that takes over one of the other desk's.
func (m *merger) restate(ctx context.Context, st otherStep) (*journal.Entry, error) {
	from := m.book.entry(st)
	out := *from
	out.ID, out.Via, out.Intent, out.Batch, out.Line = 0, "merge", m.s.desk.salt(), "", 0
	out.Effects = []journal.Effect{journal.Restate{Origin: st.origin, Index: st.index}}
	out.Personal = nil
	for _, p := range from.Personal {
		if !p.Redacted { // what was erased there is not mentioned here
			out.Personal = append(out.Personal, p)
		}
	}
	m.entries[m.next] = &origin{st.origin, st.index, from}
	m.found = nil
	f := m.facts.Licenses[from.License]
	for _, x := range from.Effects {
		add, err := m.effect(ctx, st, from, f, x)
		if err != nil {
			return nil, err
		}
		for _, a := range add {
			out.Effects = append(out.Effects, a)
			m.follow(f, &out, a)
		}
	}
	if take := m.seatMissed(st, from, f); take != nil {
		out.Effects = append(out.Effects, *take)
		m.follow(f, &out, *take)
	}
	if f != nil {
		f.Apply(&journal.Entry{At: from.At, Operator: from.Operator, State: from.State, Personal: out.Personal}, m.next)
	}
	out.Checks = slices.Clone(out.Checks)
	for _, c := range m.found {
		out.Checks = append(out.Checks, journal.Check{Name: checkMerge, Result: journal.Failed, Detail: c.Sentence})
	}
	return &out, nil
}

// follow applies one effect to the facts, for the entries that come after.
func (m *merger) follow(f *journal.LicenseFacts, e *journal.Entry, x journal.Effect) {
	switch set, ok := x.(journal.SetLicense); {
	case ok && set.New:
		f.Known = true
		f.License = journal.License{Number: set.Number, Product: set.Product, Seats: set.Seats, State: set.State, Order: set.Order,
			Grants: set.Grants, Release: set.Release, Registered: e.At, Entry: m.next}
	case f != nil:
		f.Apply(&journal.Entry{At: e.At, Operator: e.Operator, Effects: []journal.Effect{x}}, m.next)
	}
	if set, ok := x.(journal.SetLicense); ok && set.Order != "" {
		r := journal.OrderRef{Product: set.Product, Order: set.Order}
		m.facts.Orders[r] = set.Number
		delete(m.facts.Free, r)
	}
}

// effect says what one effect of the other desk's entry comes to here.
func (m *merger) effect(ctx context.Context, st otherStep, e *journal.Entry, f *journal.LicenseFacts, x journal.Effect) ([]journal.Effect, error) {
	if f != nil && f.Known && e.Product != f.License.Product && e.Product != (codes.UID{}) {
		m.collide(ctx, "license", e, f.License.Entry, sayTwoProducts(e.License))
		return nil, nil
	}
	switch x := x.(type) {
	case journal.Claim:
		return m.claim(ctx, st, e, f, x)
	case journal.Mark:
		x.Key = m.stateKey(st.origin, x.License, x.Scope, x.Key)
		return []journal.Effect{x}, nil
	case journal.TakeSeat:
		return m.take(ctx, e, f, x), nil
	case journal.FreeSeat:
		if c := m.answeredLater(st, e, f, x.Fingerprint); c != nil {
			m.collide(ctx, "machine", e, c.Entry, sayBackAndAnswered(x.Fingerprint))
			return nil, nil
		}
		return []journal.Effect{x}, nil
	case journal.SetLicense:
		if x.New {
			return m.register(ctx, e, f, x), nil
		}
		return m.amend(ctx, st, e, f, x), nil
	case journal.AddPool:
		return m.pool(e, x), nil
	case journal.Erase:
		return m.erase(ctx, x)
	}
	return nil, nil
}

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
		return a.value(), nil
	case journal.ScopeConfirmation:
		d, err := parseConfirmationClaim(c.License, c.Value)
		if err != nil {
			return nil, err
		}
		d.parent = m.state(log, c.License, d.parent)
		return d.value(), nil
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

// take gives a machine the seat that the other desk gave it, or the next free one.
func (m *merger) take(ctx context.Context, e *journal.Entry, f *journal.LicenseFacts, x journal.TakeSeat) []journal.Effect {
	taken := map[int]journal.EntryID{}
	for _, s := range f.Seats {
		if s.Fingerprint == x.Fingerprint {
			return nil // it has one here too
		}
		taken[s.Slot] = s.Entry
	}
	if f.License.State == journal.Refunded {
		m.collide(ctx, "refund", e, f.License.Entry, sayRefundedActive(x.License, x.Fingerprint))
	}
	wanted := taken[x.Slot]
	x.Limit = f.License.Seats
	if wanted != 0 || x.Slot > x.Limit {
		for x.Slot = 1; taken[x.Slot] != 0; x.Slot++ {
		}
	}
	if x.Slot <= x.Limit {
		x.Excess = ""
		return []journal.Effect{x}
	}
	if x.Excess == "" {
		x.Excess = excessMerged
		if wanted == 0 {
			wanted = f.License.Entry // it was the number of seats that changed
		}
		m.collide(ctx, "seat", e, wanted, saySeatTwice(x.Fingerprint, x.Slot, x.Limit))
	}
	return []journal.Effect{x}
}

// seatMissed gives a seat to a machine that the other desk answered while it held one there, and which has none here any
// more: what this desk took back, that one did not know of.
func (m *merger) seatMissed(st otherStep, e *journal.Entry, f *journal.LicenseFacts) *journal.TakeSeat {
	if _, answered := answerOf(e); !answered || !st.seated || f == nil || !f.Known ||
		slices.ContainsFunc(f.Seats, func(s journal.Seat) bool { return s.Fingerprint == e.Fingerprint }) {
		return nil
	}
	x := journal.TakeSeat{License: e.License, Fingerprint: e.Fingerprint, Slot: 1, Limit: f.License.Seats}
	for slices.ContainsFunc(f.Seats, func(s journal.Seat) bool { return s.Slot == x.Slot }) {
		x.Slot++
	}
	if x.Slot > x.Limit {
		x.Excess = excessMerged
	}
	return &x
}

// answeredLater returns an answer that a machine got from a desk that did not know of e, after it.
func (m *merger) answeredLater(st otherStep, e *journal.Entry, f *journal.LicenseFacts, fp codes.Fingerprint) *journal.StoredClaim {
	for i := range f.Claims {
		c := &f.Claims[i]
		of, _, _, ok := journal.ParseAnswerKey(c.Key)
		if c.Scope == journal.ScopeAnswer && ok && of == fp && c.At.After(e.At) && m.concurrent(st, c.Entry) {
			return c
		}
	}
	return nil
}

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

// erase erases what the other desk erased, and the same texts in entries that took those over.
func (m *merger) erase(ctx context.Context, x journal.Erase) ([]journal.Effect, error) {
	es := []journal.Effect{x}
	own := m.facts.Head
	var runs []journal.Run
	for e, err := range m.s.desk.store.Entries(ctx, journal.Query{}) {
		if err != nil {
			return nil, err
		}
		r, ok := e.Restates()
		if !ok || e.ID.Log() != own.Log || r.Origin != x.Origin || !within(x.Runs, r.Index) {
			continue
		}
		if n := len(runs); n > 0 && runs[n-1].Last+1 == e.ID.Index() {
			runs[n-1].Last++
		} else {
			runs = append(runs, journal.Run{First: e.ID.Index(), Last: e.ID.Index()})
		}
	}
	if len(runs) > 0 {
		es = append(es, journal.Erase{Field: x.Field, Origin: own.Origin, Runs: runs})
	}
	return es, nil
}

func within(runs []journal.Run, index uint64) bool {
	return slices.ContainsFunc(runs, func(r journal.Run) bool { return r.First <= index && index <= r.Last })
}
