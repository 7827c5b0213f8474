package activator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// decided is a chunk with its decisions.
type decided struct {
	rows    []batchRow
	facts   *journal.Facts
	read    uint64 // index after the last entry that the facts are from
	base    uint64 // index that the first entry gets if nobody else writes
	entries []journal.Entry
	outs    []RowOutcome
	at      []int              // which entry each outcome has; -1 for none
	met     []*catalog.Product // whose files' entries are among the entries
	begins  bool               // the first entry begins the batch
	err     error
	ruled   []ruled // of each outcome, until the entries are in order

	on     []*decided    // chunks before it whose effects were foreseen
	unruly bool          // what was foreseen led to an error, which holds only if all of it comes true
	first  *decided      // what was decided first, where this was decided again
	end    atomic.Uint64 // index after the last entry, once that is in the journal
	redone atomic.Bool   // it was decided again, and is otherwise now perhaps
}

// aged reports whether a decision was made on decisions that were made again.
func (d *decided) aged() bool {
	return slices.ContainsFunc(d.on, func(p *decided) bool { return p.redone.Load() })
}

// recorded notes the numbers of the entries.
func (d *decided) recorded(ids []journal.EntryID) {
	for i, n := range d.at {
		if n >= 0 {
			d.outs[i].Entry.ID = ids[n]
			if r := d.outs[i].Refund; r != nil && !d.outs[i].Before {
				r.ID = ids[n+1]
			}
		}
	}
	d.settle(ids[len(ids)-1].Index() + 1)
}

// settle tells whoever foresees the effects that they are in the journal, up to end.
func (d *decided) settle(end uint64) {
	if d.first != nil {
		d.first.end.Store(end)
	}
	d.end.Store(end)
}

// decideAll decides chunk after chunk of a run that is recorded; a dry run's are decided by
// [batch.decideDry]. While one is decided, the facts of the next are read, if that is there
// already.
func (b *batch) decideAll(ctx context.Context, in <-chan *chunk) <-chan *decided {
	out := make(chan *decided)
	go func() {
		defer close(out)
		var pending []*decided
		var c *chunk
		var d *decided // of c
		begun := b.state != nil
		for {
			if d == nil {
				select {
				case c = <-in:
				case <-ctx.Done():
				}
				if c == nil {
					return
				}
				d = b.read(ctx, c.rows, pending, false)
			}
			var next *chunk
			read := make(chan *decided, 1)
			if c.err == nil {
				select {
				case next = <-in:
				default:
				}
			}
			if next != nil {
				before := pending
				go func() { read <- b.read(ctx, next.rows, before, false) }()
			}
			if len(c.rows) > 0 && d.err == nil {
				b.foresee(d, pending)
				b.rule(ctx, d, begun)
				begun = begun || d.begins
			}
			d.unruly = d.err != nil && len(d.on) > 0
			if d.err == nil {
				d.err = c.err
			}
			pending = append(slices.Clone(d.on), d)
			var ahead *decided
			if next != nil {
				ahead = <-read // before d may be recorded: so d is not among these facts
			}
			if !hand(ctx, out, d) {
				return
			}
			c, d = next, ahead
		}
	}()
	return out
}

// decideAgain decides a chunk on the journal alone.
func (b *batch) decideAgain(ctx context.Context, rows []batchRow) *decided {
	d := b.read(ctx, rows, nil, true)
	if d.err == nil {
		b.foresee(d, nil)
		_, begun := d.facts.Lines[firstLine]
		b.rule(ctx, d, begun)
	}
	return d
}

// read reads the facts of a chunk's licenses, and which of the pending chunks are in the
// journal. afresh says that others may have recorded these rows.
func (b *batch) read(ctx context.Context, rows []batchRow, pending []*decided, afresh bool) *decided {
	d := &decided{rows: rows}
	if len(rows) == 0 {
		return d
	}
	w := journal.Wanted{Since: b.s.desk.now().Add(-24 * time.Hour), Licenses: make([]codes.LicenseNumber, 0, len(d.rows)), Nameless: true}
	lines := &journal.LinesWanted{Batch: b.o.Name}
	for i := range d.rows {
		r := &d.rows[i]
		if r.license != 0 {
			w.Licenses = append(w.Licenses, r.license)
		}
		if afresh || b.recorded(r.Line) {
			lines.Lines = append(lines.Lines, r.Line)
			if r.Decision.Refund != "" {
				lines.Lines = append(lines.Lines, refundLine+r.Line)
			}
		}
	}
	if afresh {
		lines.Lines = append(lines.Lines, firstLine)
	}
	for _, p := range pending {
		if p.end.Load() == 0 && len(p.entries) > 0 {
			lines.Lines = append(lines.Lines, p.entries[len(p.entries)-1].Line)
		}
	}
	if len(lines.Lines) > 0 {
		w.Lines = lines
	}
	if d.facts, d.err = b.s.desk.store.Facts(ctx, w); d.err == nil {
		d.facts.Reserve(1, 2) // what most rows add
	}
	return d
}

// foresee applies what pending chunks change to the facts that were read.
func (b *batch) foresee(d *decided, pending []*decided) {
	size := d.facts.Head.Size
	d.read, d.base = size, size
	if b.o.DryRun {
		d.base = b.dry.apply(d.facts)
		return
	}
	for _, p := range pending {
		if len(p.entries) == 0 && !p.unruly {
			continue
		}
		if end := p.end.Load(); end != 0 && end <= size {
			continue // it is among the facts
		}
		if p.unruly { // decided again, or the end
			d.on = append(d.on, p)
			continue
		}
		if _, there := d.facts.Lines[p.entries[len(p.entries)-1].Line]; there {
			continue
		}
		d.on = append(d.on, p)
		for i := range p.entries {
			b.apply(d, &p.entries[i], d.base+uint64(i))
		}
		d.base += uint64(len(p.entries))
	}
}

// apply lets the facts follow from an entry that is not in the journal yet.
func (b *batch) apply(d *decided, e *journal.Entry, index uint64) {
	if f := d.facts.Licenses[e.License]; f != nil && e.License != 0 {
		f.Apply(e, journal.NewEntryID(d.facts.Head.Log, index))
	}
}

// enter puts an entry behind the chunk's others.
func (d *decided) enter(e *journal.Entry) int {
	d.entries = append(d.entries, *e)
	return len(d.entries) - 1
}

// meet records a product's file that the journal does not know yet.
func (b *batch) meet(d *decided, p *catalog.Product, now time.Time) {
	met := func(c *decided) bool { return slices.Contains(c.met, p) }
	if met(d) || slices.ContainsFunc(d.on, met) {
		return
	}
	if e, changed := b.s.desk.productEntry(p); changed {
		e.At = now
		d.entries = append(d.entries, b.s.stamp(e, b.s.desk.salt()))
		d.met = append(d.met, p)
	}
}

// intent is the row's mark in the journal: half of the hash over the batch's name
// and the input up to the row.
func (b *batch) intent(r *Row) [16]byte {
	var buf [256]byte
	m := append(buf[:0], "manual-activator/1 batch row\x00"...)
	m = append(append(m, b.o.Name...), 0)
	sum := sha256.Sum256(append(m, r.Sum[:]...))
	return [16]byte(sum[:16])
}

// decision is what the row adds to its code. What cannot be taken is a mistake of the
// row. It holds until the next row.
func (c *clerk) decision(row *batchRow, r *Reading) *Decision {
	d := &c.dec
	*d = row.Decision
	d.Want, d.Override, d.Correct = nil, "", ""
	d.salts, d.mistake, d.quoted = c.salts, row.Mistake, row.Quoted
	if err := c.b.mayRefer(d); err != nil && d.mistake == "" {
		d.mistake = err.Error()
	}
	if d.mistake != "" {
		d.Reference, d.Refund = "", ""
		return d
	}
	if d.Refund != "" && r.Code.Kind() == codes.KindRequest { // else its license is answered, and closed by the same row
		d.Reference, d.Refund = "", ""
		d.mistake = "the column refund goes with a deactivation confirmation code, and this is a request code: leave it empty to have the request answered"
		return d
	}
	if err := r.fits(d, c.now); err != nil {
		d.mistake = err.Error()
	}
	return d
}

// mayRefer looks at the references of a decision.
func (b *batch) mayRefer(d *Decision) error {
	if d.Reference == "" && d.Refund == "" {
		return nil
	}
	if d.Refund != "" {
		if err := b.s.may(ActRefund); err != nil {
			return err
		}
	}
	for _, text := range []string{d.Reference, d.Refund} {
		switch {
		case len(text) > maxReference:
			return usagef("reference: have %d bytes, want at most %d", len(text), maxReference)
		case oneLine(text) != text:
			return usagef("reference: want no control characters in it")
		}
	}
	return d.trim()
}

// maxReference bounds a reference, in bytes.
const maxReference = 1000

// wantsSeatOnly reports whether a row is refused for want of a seat, and for nothing
// else.
func wantsSeatOnly(e *journal.Entry) bool {
	seat := false
	for i := range e.Checks {
		if c := &e.Checks[i]; c.Result == journal.Failed {
			if c.Name != checkSeat {
				return false
			}
			seat = true
		}
	}
	return seat && e.Kind == journal.KindRequest && e.Verdict == journal.Refused
}

const proposalsPrefix = "proposals "

// proposalsDetail keeps what a text with slips may have been, best first.
func proposalsDetail(ps []codes.Proposal) string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(proposalsPrefix))
	for _, p := range ps {
		b.WriteString(" " + p.Code.String())
	}
	return b.String()
}

// acceptedFor says for which reference a confirmation was accepted, from which the
// one of a row is the same code again.
func (s *Session) acceptedFor(ctx context.Context, o *RowOutcome) (string, error) {
	accepted := o.used
	if accepted == 0 { // it was, if at all, by an entry that had no number when the row was decided
		e := &o.Entry
		f, err := s.desk.store.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{e.License}})
		if err != nil {
			return "", err
		}
		key := journal.ConfirmationKey(e.Fingerprint, e.Random)
		for _, c := range f.Licenses[e.License].Claims {
			if c.Scope == journal.ScopeConfirmation && bytes.Equal(c.Key, key) {
				accepted = c.Entry
			}
		}
	}
	if accepted == 0 {
		return "", nil
	}
	first, err := s.desk.store.Entry(ctx, accepted)
	if err != nil {
		return "", err
	}
	r := Reading{before: &first}
	return r.beforeFor(), nil
}
