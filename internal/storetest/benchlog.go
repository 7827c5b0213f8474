package storetest

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// transactor is a store in an SQL database.
type transactor interface {
	Transact(ctx context.Context, f func(ctx context.Context, conn *sql.Conn) error) error
}

// benchLog compares appending with the same rows inserted without the log: no leaf is hashed, no subtree and no frontier
// is kept, no head is read, verified or signed. Both do the same work in turn, in two stores of their own, so that what
// else the machine does weighs on both.
func benchLog(b *testing.B, f Factory) {
	for _, size := range []int{1, 1_000} {
		name := map[int]string{1: "singly", 1_000: "batches of 1,000"}[size]
		b.Run(name, func(b *testing.B) {
			with, without := bench(b, f), bench(b, f)
			plain, ok := without.(transactor)
			if !ok {
				b.Skip("the store gives no access to its tables")
			}
			p := &plainInserts{to: plain, next: int64(mustHead(b, without).Size)}
			r := rand.New(rand.NewPCG(1, 1))
			var logged, bare time.Duration
			done := 0
			for ; b.Loop(); done += size {
				es := make([]journal.Entry, size)
				for i := range es {
					es[i] = benchRequest(r, done+i, benchLicenses, true)
					es[i].Intent = intent(r)
				}
				began := time.Now()
				Append(b, with, es...)
				logged += time.Since(began)
				began = time.Now()
				if err := p.insert(es); err != nil {
					b.Fatal(err)
				}
				bare += time.Since(began)
			}
			b.ReportMetric(float64(logged.Nanoseconds())/float64(done), "ns/entry-logged")
			b.ReportMetric(float64(bare.Nanoseconds())/float64(done), "ns/entry-plain")
			b.ReportMetric(float64(logged)/float64(bare), "logged/plain")
		})
	}
}

// plainInserts writes the rows of requests with their effects, in a transaction, as Append does, and nothing else.
type plainInserts struct {
	to   transactor
	next int64 // entry id

	entry, claim, seat *sql.Stmt
}

func (p *plainInserts) prepare(ctx context.Context, conn *sql.Conn) (err error) {
	for _, s := range []struct {
		into **sql.Stmt
		text string
	}{
		{&p.entry, `INSERT INTO journal (id, at, kind, verdict, operator, state, product, license, fingerprint, intent, batch, line, leaf)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`},
		{&p.claim, "INSERT INTO claims (license, scope, key, value, entry) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"},
		{&p.seat, "INSERT INTO seats (license, fingerprint, slot, seat_limit, excess, entry) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"},
	} {
		if *s.into, err = conn.PrepareContext(ctx, s.text); err != nil {
			return err
		}
	}
	return nil
}

func (p *plainInserts) insert(es []journal.Entry) error {
	leaves := make([][]byte, len(es))
	arena := make([]byte, 0, 512*len(es))
	for i := range es {
		if err := es[i].Valid(); err != nil {
			return err
		}
		from := len(arena)
		arena = es[i].Leaf(arena)
		leaves[i] = arena[from:len(arena):len(arena)]
	}
	return p.to.Transact(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if p.entry == nil {
			if err := p.prepare(ctx, conn); err != nil {
				return err
			}
		}
		for i := range es {
			if err := p.one(ctx, &es[i], leaves[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *plainInserts) one(ctx context.Context, e *journal.Entry, leaf []byte) error {
	id := p.next
	p.next++
	c := e.Columns()
	_, err := p.entry.ExecContext(ctx, id, c.At, string(c.Kind), string(c.Verdict), c.Operator, c.State, c.Product[:], int64(c.License),
		c.Fingerprint, c.Intent[:], nil, nil, leaf)
	if err != nil {
		return err
	}
	for _, f := range e.Effects {
		switch f := f.(type) {
		case journal.Claim:
			_, err = p.claim.ExecContext(ctx, int64(f.License), int64(f.Scope), f.Key, f.Value, id)
		case journal.TakeSeat:
			_, err = p.seat.ExecContext(ctx, int64(f.License), int64(f.Fingerprint), f.Slot, f.Limit, nil, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
