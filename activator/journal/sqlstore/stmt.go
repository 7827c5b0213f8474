package sqlstore

import (
	"context"
	"database/sql"
	"strconv"
)

// stmt is a statement that is prepared when it is first run: a program that does one thing does not wait for the others
// to be prepared.
type stmt struct {
	text string
	conn *sql.Conn
	st   *sql.Stmt
}

// statement is a statement with its text.
type statement struct {
	into *stmt
	text string
}

func setAll(conn *sql.Conn, all []statement) {
	for _, s := range all {
		*s.into = stmt{text: s.text, conn: conn}
	}
}

func closeAll(all []statement) {
	for _, s := range all {
		if s.into.st != nil {
			s.into.st.Close()
			s.into.st = nil
		}
	}
}

func (s *stmt) prepare(ctx context.Context) (err error) {
	if s.st == nil {
		s.st, err = s.conn.PrepareContext(ctx, s.text)
	}
	return err
}

// ExecContext runs a statement that returns no rows.
func (s *stmt) ExecContext(ctx context.Context, args ...any) (sql.Result, error) {
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	return s.st.ExecContext(ctx, args...)
}

// QueryContext runs a statement that returns rows.
func (s *stmt) QueryContext(ctx context.Context, args ...any) (*sql.Rows, error) {
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	return s.st.QueryContext(ctx, args...)
}

// one runs a statement and scans its first row, or returns sql.ErrNoRows.
func (s *stmt) one(ctx context.Context, args []any, into ...any) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	return s.st.QueryRowContext(ctx, args...).Scan(into...)
}

// placeholder is the name of a statement's n-th argument, from 1.
func placeholder(n int) string { return "$" + strconv.Itoa(n) }

// params are the arguments of a statement that is put together.
type params []any

// add adds an argument, and returns how the statement calls it.
func (p *params) add(arg any) string {
	*p = append(*p, arg)
	return placeholder(len(*p))
}
