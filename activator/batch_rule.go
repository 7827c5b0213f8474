package activator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/codes"
)

// Everything that the rules look at belongs to one license. So the rows of a chunk are
// decided by several clerks, each with licenses of its own, in the order of its rows;
// then the entries are put in the order of all rows.

// Bounds of the number of clerks.
const (
	mostClerks   = 4
	rowsPerClerk = 32 // for fewer, another one is not worth waking up
)

// A clerk decides the rows of some licenses, of one chunk after the other.
type clerk struct {
	b      *batch
	d      *decided
	now    time.Time
	failed int   // the row at which it stopped
	err    error // why

	work     workspace
	keys     licenseKeys
	ring     *keyring.Keyring // of the desk, while the chunk is decided
	products map[codes.UID]*batchProduct
	dec      Decision // on the row in hand

	salts  func() [16]byte
	random [512]byte
	unused []byte // of it

	leaves journal.Encoder
}

// hire returns a clerk for a chunk; dismiss takes it back with what it has at hand.
func (b *batch) hire(d *decided, now time.Time) *clerk {
	c, ok := b.idle.Get().(*clerk)
	if !ok {
		c = &clerk{b: b, products: map[codes.UID]*batchProduct{}}
		c.salts = c.salt
		w := &c.work // elements to an allocation: some dozen rows'
		w.dry, w.entryChecks.Most, w.entryEffects.Most, w.entryBytes.Most, w.texts.Most = b.o.DryRun, 512, 64, 2048, 4096
	}
	c.d, c.now, c.failed, c.err, c.ring = d, now, len(d.rows), nil, nil
	return c
}

func (b *batch) dismiss(c *clerk) {
	c.d = nil
	b.idle.Put(c)
}

// salt is a new salt. Many are drawn at once.
func (c *clerk) salt() [16]byte {
	if len(c.unused) < 16 {
		c.unused = c.random[:]
		c.b.s.desk.draw(c.unused)
	}
	salt := [16]byte(c.unused)
	c.unused = c.unused[16:]
	return salt
}

// ruled is what a clerk made of a row, besides its outcome.
type ruled struct {
	entered bool             // the outcome's entry is a new one
	product *catalog.Product // whose file judged it
}

// rule decides a chunk on its facts.
func (b *batch) rule(ctx context.Context, d *decided, begun bool) {
	now := b.s.desk.now()
	d.outs, d.ruled = make([]RowOutcome, len(d.rows)), make([]ruled, len(d.rows))
	clerks := make([]*clerk, b.clerks(d.rows))
	for i := range clerks {
		clerks[i] = b.hire(d, now)
		defer b.dismiss(clerks[i])
	}
	all := func(slips bool) {
		var wg sync.WaitGroup
		for i, c := range clerks[1:] {
			wg.Go(func() { c.all(ctx, i+1, len(clerks), slips) })
		}
		clerks[0].all(ctx, 0, len(clerks), slips)
		wg.Wait()
	}
	all(false)
	for i := range d.rows {
		if d.rows[i].slipped() { // of any license: what the others come to is known by now
			all(true)
			break
		}
	}
	first := slices.MinFunc(clerks, func(a, b *clerk) int { return cmp.Compare(a.failed, b.failed) })
	if d.err = first.err; d.err != nil {
		d.nothingNew()
		return
	}
	b.put(d, now, begun)
}

// clerks is how many clerks decide these rows.
func (b *batch) clerks(rows []batchRow) int {
	free := runtime.GOMAXPROCS(0)
	if b.o.DryRun {
		free-- // somebody reads ahead all the time
	}
	return max(1, min(mostClerks, free, len(rows)/rowsPerClerk))
}

// put puts the new entries in the order of the rows.
func (b *batch) put(d *decided, now time.Time, begun bool) {
	d.at = make([]int, len(d.outs))
	if b.o.DryRun {
		for i := range d.outs {
			b.putDry(d, i)
		}
		return
	}
	d.entries = make([]journal.Entry, 0, len(d.outs)+2)
	if !begun {
		d.entries, d.begins = append(d.entries, b.s.beginEntry(&b.o)), true
	}
	for i := range d.outs {
		o, r := &d.outs[i], &d.ruled[i]
		if d.at[i] = -1; !r.entered {
			continue
		}
		if r.product != nil {
			b.meet(d, r.product, now)
		}
		d.at[i] = d.enter(&o.Entry)
		if o.Refund != nil {
			d.enter(o.Refund)
		}
	}
	d.ruled = nil
	if d.begins && len(d.entries) == 1 { // nothing to record: all rows were put aside
		d.entries, d.begins = nil, false
	}
}

// putDry remembers what row i would have recorded.
func (b *batch) putDry(d *decided, i int) {
	o := &d.outs[i]
	if d.at[i] = -1; !d.ruled[i].entered {
		return
	}
	for _, e := range []*journal.Entry{&o.Entry, o.Refund} {
		if e != nil {
			b.dry.add(e, journal.NewEntryID(d.facts.Head.Log, dryFirst+b.dry.count))
		}
	}
	o.Entry.Answer, o.Entry.Effects = "", nil // an answer counts only once it is recorded
}

// nothingNew leaves the outcomes that were in the journal before the first that was not:
// nothing of the others is recorded.
func (d *decided) nothingNew() {
	n := 0
	for n < len(d.outs) && d.outs[n].Before {
		n++
	}
	d.outs = d.outs[:n]
}

// all decides the rows of one clerk out of so many: those with slips, or the others.
func (c *clerk) all(ctx context.Context, which, of int, slips bool) {
	for i := range c.d.rows {
		row := &c.d.rows[i]
		whose := int(uint32(row.license) * 0x9e3779b1 >> 16)
		if slips {
			whose = i
		}
		if i >= c.failed {
			return
		}
		if row.slipped() != slips || whose%of != which {
			continue
		}
		if err := c.row(ctx, i); err != nil {
			c.failed, c.err = i, err
			return
		}
	}
}

// row decides row i.
func (c *clerk) row(ctx context.Context, i int) error {
	b, d := c.b, c.d
	row, out := &d.rows[i], &d.outs[i]
	out.Row, out.names = &row.Row, b.names
	var intent [16]byte
	if !b.o.DryRun || b.recorded(row.Line) {
		intent = b.intent(&row.Row)
	}
	switch e, done := d.facts.Lines[row.Line]; {
	case done && e.Intent != intent:
		return &ChangedInputError{b.o.Name, row.Line, e.ID}
	case done:
		out.Entry, out.Before = e, true
		if r, ok := d.facts.Lines[refundLine+row.Line]; ok {
			out.Refund = &r
		}
		if b.o.DryRun {
			out.Entry.Answer = "" // it comes with the run
		}
		return nil
	case b.o.PutAside && b.recorded(row.Line):
		out.Later = true // as the run before did, since it recorded later lines
		return nil
	case b.state != nil && b.state.Done && !b.o.DryRun:
		return &EndedBatchError{b.o.Name, row.Line}
	}
	r, p, err := c.reading(ctx, row)
	if err != nil {
		return fmt.Errorf("line %d: %w", row.Line, err)
	}
	if first := r.acceptedBefore(); first != nil && d.stored(first.entry) {
		out.used = first.entry
	}
	dec := c.decision(row, r)
	j := c.work.decide(r, dec, c.now)
	if j.err != nil {
		return fmt.Errorf("line %d: %w", row.Line, j.err)
	}
	e := &out.Entry
	*e = *j.entry
	b.s.mark(e, intent)
	e.Batch, e.Line = b.o.Name, row.Line
	if len(r.Proposals) > 0 {
		e.Detail = proposalsDetail(r.Proposals)
	}
	if b.o.PutAside && wantsSeatOnly(e) {
		out.Later = true
		return nil
	}
	d.ruled[i] = ruled{entered: true, product: p}
	c.apply(e, i, 0)
	if dec.Refund != "" && (e.Verdict == journal.OK || e.Verdict == journal.Repeat) {
		if out.Refund, err = c.refund(i, r, dec); err != nil {
			return fmt.Errorf("line %d: %w", row.Line, err)
		}
	}
	if b.o.DryRun {
		return nil
	}
	if err = c.leaves.Encode(e); err == nil && out.Refund != nil {
		err = c.leaves.Encode(out.Refund)
	}
	return err
}

// stored reports whether an entry is in the journal, with the number that the facts have.
func (d *decided) stored(id journal.EntryID) bool {
	return id.Log() != d.facts.Head.Log || id.Index() < d.read
}

// apply lets the facts of the row's license follow from its entry, or the second one of
// it. Which number the entry will have is not known yet; its place among others is.
func (c *clerk) apply(e *journal.Entry, i, second int) {
	c.b.apply(c.d, e, c.d.base+uint64(2*i+second))
}

// refund decides on the refund that a confirmation came with.
func (c *clerk) refund(i int, r *Reading, dec *Decision) (*journal.Entry, error) {
	row := &c.d.rows[i]
	f := c.d.facts.Licenses[r.License.Number]
	l, err := newLicense(&f.License, len(f.Seats))
	if err != nil {
		return nil, err
	}
	h, err := newHistory(l.Product, l.Number, r.Product, codes.Key{}, f.Claims)
	if err != nil {
		return nil, err
	}
	change := Change{License: l.Number, Kind: RefundLicense, Reference: dec.Refund, salts: dec.salts}
	j := decideChange(&l, f, h, nil, goneLimit{r.limits.Gone, r.limits.PeriodDays}, change, c.now)
	sum := sha256.Sum256(append([]byte("refund\x00"), row.Sum[:]...))
	e := c.b.s.stamp(*j.entry, c.b.intent(&Row{Sum: sum}))
	e.Batch, e.Line = c.b.o.Name, refundLine+row.Line
	c.apply(&e, i, 1)
	return &e, nil
}
