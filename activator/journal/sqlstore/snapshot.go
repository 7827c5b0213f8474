package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Snapshot implements [journal.Snapshotter].
func (s *Store) Snapshot(ctx context.Context) (journal.Snapshot, error) {
	v, err := s.longView(ctx)
	if err != nil {
		return nil, err
	}
	snap := &snapshot{view: v, ctx: ctx, store: s}
	if s.dialect.ShareMoment != "" {
		if err := v.conn.QueryRowContext(v.run, s.dialect.ShareMoment).Scan(&snap.moment); err != nil {
			v.close()
			return nil, s.fail(err)
		}
	}
	return snap, nil
}

type snapshot struct {
	*view
	ctx    context.Context
	store  *Store
	moment string // what other connections name it by; empty: this one runs all queries
}

func (s *snapshot) Close() error {
	s.close()
	return nil
}

// Form implements [journal.Snapshot]. It has a connection of its own, since a database's own check is one long step.
func (s *snapshot) Form() ([]string, error) {
	v, err := s.store.longView(s.ctx)
	if err != nil {
		return nil, err
	}
	defer v.close()
	wrong, err := s.store.dialect.Form(s.ctx, v.conn)
	if err != nil {
		return nil, s.store.fail(err)
	}
	return wrong, nil
}

// reading returns a view for one query.
func (s *snapshot) reading() (v *view, done func(), err error) {
	if s.moment == "" {
		return s.view, func() {}, nil
	}
	v, err = s.store.longView(s.ctx)
	if err != nil {
		return nil, nil, err
	}
	if _, err := v.conn.ExecContext(v.run, fmt.Sprintf(s.store.dialect.SeeMoment, s.moment)); err != nil {
		v.close()
		return nil, nil, &journal.LostError{Err: s.store.fail(err)} // the connection that shares the moment is gone
	}
	return v, v.close, nil
}

// each calls scan for every row of a query, and looks at the context now and then.
func each(s *snapshot, query string, scan func(*sql.Rows) error) error {
	v, done, err := s.reading()
	if err != nil {
		return err
	}
	defer done()
	rows, err := v.conn.QueryContext(v.run, query)
	if err != nil {
		return s.store.fail(err)
	}
	defer rows.Close()
	for n := 0; rows.Next(); n++ {
		if n%256 == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		if err := scan(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return s.store.fail(err)
	}
	return nil
}

// unreadable returns the error of a row of a table that could not be scanned. If its reading goes on otherwise, what is
// wrong is a value in it.
func unreadable(rows *sql.Rows, table string, err error) error {
	if rows.Err() != nil {
		return err
	}
	return &journal.ValueError{Table: table, Err: err}
}

func (s *snapshot) Logs(yield func(journal.LogRow) error) error {
	return each(s, "SELECT id, origin, own, size, frontier, checkpoint FROM logs ORDER BY id", func(rows *sql.Rows) error {
		var r journal.LogRow
		if err := rows.Scan(&r.ID, &r.Origin, &r.Own, &r.Size, &r.Frontier, &r.Checkpoint); err != nil {
			return unreadable(rows, "logs", err)
		}
		return yield(r)
	})
}

func (s *snapshot) Merges(yield func(journal.MergeRow) error) error {
	return each(s, "SELECT log, first, size, entry FROM merges ORDER BY log, first", func(rows *sql.Rows) error {
		var r journal.MergeRow
		if err := rows.Scan(&r.Log, &r.First, &r.Size, &r.Entry); err != nil {
			return unreadable(rows, "merges", err)
		}
		return yield(r)
	})
}

func (s *snapshot) Entries(yield func(*journal.EntryRow) error) error {
	const query = "SELECT id, at, kind, verdict, operator, state, product, license, fingerprint, intent, batch, line, leaf FROM journal ORDER BY id"
	var id, at, kind, verdict, operator, state, product, license, fingerprint, intent, batch, line, leaf field
	var r journal.EntryRow
	words := interner{}
	return each(s, query, func(rows *sql.Rows) error {
		err := rows.Scan(&id, &at, &kind, &verdict, &operator, &state, &product, &license, &fingerprint, &intent, &batch, &line, &leaf)
		fit(&r.ID, &id, &err)
		if err != nil {
			return unreadable(rows, "journal", err)
		}
		c := &r.Columns
		c.At = at.number(math.MinInt64)
		c.Kind = journal.Kind(words.text(string(c.Kind), &kind))
		c.Verdict = journal.Verdict(words.text(string(c.Verdict), &verdict))
		c.Operator, c.State = words.text(c.Operator, &operator), words.text(c.State, &state)
		c.Product, c.Intent = product.sixteen(), intent.sixteen()
		c.Fingerprint, c.Line = fingerprint.number(-1), line.number(-1)
		if n := license.number(0); n == int64(codes.LicenseNumber(n)) {
			c.License = codes.LicenseNumber(n)
		} else {
			c.License = 1<<32 - 1
		}
		c.Batch = words.known(c.Batch, batch.textOrNone())
		r.Leaf, _ = leaf.src.([]byte)
		return yield(&r)
	})
}

// interner keeps one copy of texts that come again and again.
type interner map[string]string

// text returns a column's text.
func (in interner) text(before string, f *field) string {
	if s, ok := f.src.(string); ok {
		return in.known(before, s)
	}
	return notOurs
}

// known returns a text; the one that its column had before comes first, as it often has it again.
func (in interner) known(before, text string) string {
	if text == before {
		return before
	}
	if s, ok := in[text]; ok {
		return s
	}
	if len(in) < 1000 {
		in[text] = text
	}
	return text
}

func (s *snapshot) Subtrees(yield func(journal.SubtreeRow) error) error {
	return each(s, "SELECT log, n, hash FROM subtrees ORDER BY log, n", func(rows *sql.Rows) error {
		var r journal.SubtreeRow
		if err := rows.Scan(&r.Log, &r.N, &r.Hash); err != nil {
			return unreadable(rows, "subtrees", err)
		}
		return yield(r)
	})
}

func (s *snapshot) Personal(yield func(journal.PersonalRow) error) error {
	return each(s, "SELECT entry, field, salt, value FROM personal ORDER BY entry, field", func(rows *sql.Rows) error {
		var r journal.PersonalRow
		if err := rows.Scan(&r.Entry, &r.Field, &r.Salt, &r.Text); err != nil {
			return unreadable(rows, "personal", err)
		}
		return yield(r)
	})
}

func (s *snapshot) Licenses(yield func(journal.LicenseRow) error) error {
	const query = "SELECT number, product, seats, state, order_key, grants, release, customer, registered, entry FROM licenses"
	var product, order field
	return each(s, query, func(rows *sql.Rows) error {
		var r journal.LicenseRow
		if err := rows.Scan(&r.Number, &product, &r.Seats, &r.State, &order, &r.Grants, &r.Release, &r.Customer, &r.Registered, &r.Entry); err != nil {
			return unreadable(rows, "licenses", err)
		}
		r.Product, r.Order = product.sixteen(), order.textOrNone()
		return yield(r)
	})
}

func (s *snapshot) Seats(yield func(journal.SeatRow) error) error {
	var license, fingerprint, slot, limit, excess, entry field
	return each(s, "SELECT license, fingerprint, slot, seat_limit, excess, entry FROM seats", func(rows *sql.Rows) error {
		var r journal.SeatRow
		err := rows.Scan(&license, &fingerprint, &slot, &limit, &excess, &entry)
		fit(&r.License, &license, &err)
		fit(&r.Fingerprint, &fingerprint, &err)
		fit(&r.Slot, &slot, &err)
		fit(&r.Limit, &limit, &err)
		fit(&r.Entry, &entry, &err)
		if err != nil {
			return unreadable(rows, "seats", err)
		}
		r.Excess = excess.textOrNone()
		return yield(r)
	})
}

func (s *snapshot) Claims(yield func(journal.ClaimRow) error) error {
	var license, scope, key, value, entry field
	return each(s, "SELECT license, scope, key, value, entry FROM claims", func(rows *sql.Rows) error {
		var r journal.ClaimRow
		err := rows.Scan(&license, &scope, &key, &value, &entry)
		fit(&r.License, &license, &err)
		fit(&r.Scope, &scope, &err)
		fit(&r.Entry, &entry, &err)
		if err != nil {
			return unreadable(rows, "claims", err)
		}
		r.Key, _ = key.src.([]byte)
		r.Value, _ = value.src.([]byte)
		return yield(r)
	})
}

func (s *snapshot) Pool(yield func(journal.PoolRow) error) error {
	var product field
	return each(s, "SELECT number, product, entry, place FROM pool", func(rows *sql.Rows) error {
		var r journal.PoolRow
		if err := rows.Scan(&r.Number, &product, &r.Entry, &r.Place); err != nil {
			return unreadable(rows, "pool", err)
		}
		r.Product = product.sixteen()
		return yield(r)
	})
}

func (s *snapshot) Words(yield func(journal.WordRow) error) error {
	return each(s, "SELECT word, license FROM words", func(rows *sql.Rows) error {
		var r journal.WordRow
		if err := rows.Scan(&r.Word, &r.License); err != nil {
			return unreadable(rows, "words", err)
		}
		return yield(r)
	})
}
