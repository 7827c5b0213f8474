package sqlstore

import (
	"context"
	"database/sql"
	"errors"
)

// readers is how many reads go on at once; others wait.
const readers = 4

// reader is a connection that reads, with its statements prepared.
type reader struct {
	conn *sql.Conn
	st   readStatements
	list []statement // all of them
}

func (s *Store) newReader(ctx context.Context) (*reader, error) {
	conn, err := s.r.Conn(ctx)
	if err != nil {
		return nil, err
	}
	r := &reader{conn: conn}
	r.list = r.st.all(&s.dialect)
	setAll(conn, r.list)
	return r, nil
}

func (r *reader) close() {
	closeAll(r.list)
	r.conn.Close()
}

// view is a transaction that reads: everything that it sees is of one moment.
type view struct {
	*reader
	run  context.Context   // for statements
	done func(usable bool) // gives the reader back
}

// view begins a short read.
func (s *Store) view(ctx context.Context) (*view, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var r *reader
	select {
	case r = <-s.pool:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	run, cancel := s.running(ctx, s.dialect.Patience)
	v, err := s.begin(run, r, func(r *reader) {
		cancel()
		s.pool <- r
	})
	if err != nil {
		return nil, s.fail(err)
	}
	return v, nil
}

// longView begins a read that may take long, beside the short ones.
func (s *Store) longView(ctx context.Context) (*view, error) {
	if s.dialect.Uncancelled {
		ctx = context.WithoutCancel(ctx)
	}
	v, err := s.begin(ctx, nil, func(r *reader) {
		if r != nil {
			r.close()
		}
	})
	if err != nil {
		return nil, s.fail(err)
	}
	return v, nil
}

// begin begins a transaction that reads, on a new connection if the reader's was lost.
func (s *Store) begin(run context.Context, r *reader, giveBack func(*reader)) (_ *view, err error) {
	for {
		fresh := r == nil
		if fresh {
			if r, err = s.newReader(run); err != nil {
				giveBack(nil)
				return nil, err
			}
		}
		if _, err = r.st.begin.ExecContext(run); err == nil {
			break
		}
		r.close()
		r = nil
		if fresh || s.dialect.Fault(err) != Lost {
			giveBack(nil)
			return nil, err
		}
	}
	return &view{reader: r, run: run, done: func(usable bool) {
		if !usable {
			r.close()
			r = nil
		}
		giveBack(r)
	}}, nil
}

func (v *view) close() {
	_, err := v.st.rollback.ExecContext(v.run)
	v.done(err == nil)
}

// each runs a query and calls scan for every row.
func (v *view) each(st *stmt, args []any, scan func(*sql.Rows) error) error {
	rows, err := st.QueryContext(v.run, args...)
	return eachRow(rows, err, scan)
}

// eachRow calls scan for every row of a query, which may have failed.
func eachRow(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one runs a query of one row; found is false if there is none.
func (v *view) one(st *stmt, args []any, into ...any) (found bool, err error) {
	err = st.one(v.run, args, into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
