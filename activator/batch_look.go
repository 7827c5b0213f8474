package activator

import (
	"context"
	"slices"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// batchProduct is what a batch keeps at hand of a product.
type batchProduct struct {
	product *catalog.Product // nil where it has no file
	err     error
}

// product looks a product up once a batch.
func (b *batch) product(ctx context.Context, uid codes.UID) *batchProduct {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.books[uid]
	if p == nil {
		p = &batchProduct{}
		p.product, p.err = b.s.desk.product(ctx, uid)
		b.books[uid] = p
	}
	return p
}

// product is the batch's, without waiting for other clerks from the second time on.
func (c *clerk) product(ctx context.Context, uid codes.UID) (*catalog.Product, error) {
	p := c.products[uid]
	if p == nil {
		p = c.b.product(ctx, uid)
		c.products[uid] = p
	}
	return p.product, p.err
}

// file is what the desk has at hand about one license, from the facts of a chunk.
// Names of machines are left out: they are for people who look at one code.
func (c *clerk) file(ctx context.Context, facts *journal.Facts, n codes.LicenseNumber) (f file, err error) {
	f = file{facts: facts, license: facts.Licenses[n]}
	if f.license == nil || !f.license.Known {
		return f, nil
	}
	if f.product, err = c.product(ctx, f.license.License.Product); err != nil {
		return f, err
	}
	if c.ring == nil {
		if c.ring, err = c.b.s.desk.keys(); err != nil {
			return f, err
		}
	}
	return f, f.unlock(&c.keys, c.ring)
}

// reading makes the reading of a row. The product is nil where the row names none.
func (k *clerk) reading(ctx context.Context, row *batchRow) (*Reading, *catalog.Product, error) {
	c := row.code
	var hw *codes.Hardware
	var damaged error
	if row.slip != nil || len(row.Text) > 2*len("R11111-11111")*5 { // more than one code fits
		hw, damaged = alongside(row.Text)
	}
	if row.slip != nil && hw != nil && len(codes.Find(row.Text)) == 0 {
		var err error
		if c, err = k.requestsBefore(row).requestOf(ctx, hw); err != nil {
			return nil, nil, err
		}
		if c.IsZero() {
			return &Reading{Text: row.Text, Slip: errHardwareAlone}, nil, nil
		}
	} else if row.slip != nil {
		r := &Reading{Text: row.Text, Slip: row.slip}
		j := &batchJudge{ctx: ctx, clerk: k, row: row, facts: map[codes.LicenseNumber]*journal.Facts{}}
		r.Proposals = codes.Repair(row.Text, Decision{}.repairable(), j)
		return r, nil, j.err
	}
	f, err := k.file(ctx, k.d.facts, row.license)
	if err != nil {
		return nil, nil, err
	}
	r, err := k.work.recognize(row.Text, c, &f)
	if err != nil {
		return nil, nil, err
	}
	return r, r.Product, k.requestsBefore(row).addHardware(ctx, r, hw, damaged)
}

// requestsBefore finds requests in the journal and in the rows before one.
func (c *clerk) requestsBefore(row *batchRow) requestFinder {
	return func(ctx context.Context, l codes.LicenseNumber, f codes.Fingerprint, random uint32, kept bool) (*journal.Entry, error) {
		for i := range slices.Backward(c.d.rows) {
			r := &c.d.rows[i]
			if r.Line < row.Line && r.license == l && c.d.ruled[i].entered && answers(&c.d.outs[i].Entry, l, f, random, kept) {
				return &c.d.outs[i].Entry, nil
			}
		}
		for _, p := range slices.Backward(c.d.on) {
			for i := range slices.Backward(p.entries) {
				if e := &p.entries[i]; answers(e, l, f, random, kept) {
					return e, nil
				}
			}
		}
		return c.b.s.requestEntry(ctx, l, f, random, kept)
	}
}

// batchJudge lets only codes of registered licenses with a genuine tag be proposed, as
// the journal has them after the rows before.
type batchJudge struct {
	ctx   context.Context
	clerk *clerk
	row   *batchRow
	facts map[codes.LicenseNumber]*journal.Facts
	err   error
}

// factsBefore reads the facts of a license, and lets them follow from the rows before one.
func (c *clerk) factsBefore(ctx context.Context, row *batchRow, n codes.LicenseNumber) (*journal.Facts, error) {
	d := c.b.read(ctx, []batchRow{{Row: Row{Line: row.Line}, license: n}}, c.d.on, false)
	if d.err != nil {
		return nil, d.err
	}
	c.b.foresee(d, c.d.on)
	for i := range c.d.rows {
		o := &c.d.outs[i]
		switch {
		case c.d.rows[i].Line >= row.Line:
			return d.facts, nil
		case c.d.rows[i].slipped(): // it is of no license, and perhaps in another clerk's hands
		case c.d.ruled[i].entered && o.Entry.License == n:
			c.b.apply(d, &o.Entry, d.base+uint64(2*i))
			if o.Refund != nil {
				c.b.apply(d, o.Refund, d.base+uint64(2*i+1))
			}
		}
	}
	return d.facts, nil
}

// Known implements [codes.Judge].
func (j *batchJudge) Known(numbers []codes.LicenseNumber) []bool {
	known, err := j.clerk.b.s.desk.store.Known(j.ctx, numbers)
	if err != nil {
		j.err = err
		return make([]bool, len(numbers))
	}
	return known
}

// Genuine implements [codes.Judge].
func (j *batchJudge) Genuine(c codes.Code) bool {
	if j.err != nil {
		return false
	}
	n := c.License()
	facts := j.facts[n]
	if facts == nil {
		if facts, j.err = j.clerk.factsBefore(j.ctx, j.row, n); j.err != nil {
			return false
		}
		j.facts[n] = facts
	}
	f, err := j.clerk.file(j.ctx, facts, n)
	if err == nil {
		var r *Reading
		if r, err = j.clerk.work.recognize("", c, &f); err == nil {
			return r.node != nil
		}
	}
	j.err = err
	return false
}
