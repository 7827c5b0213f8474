package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Tables are the tables of a journal, in an order in which they can be filled: what a row refers to comes before it.
var Tables = []string{"logs", "merges", "journal", "subtrees", "personal", "licenses", "claims", "seats", "pool", "words"}

// copyRows is how many rows are inserted by one statement.
const copyRows = 500

// ErrNotEmpty says that something is to be copied into a journal that has entries.
var ErrNotEmpty = errors.New("expected an empty journal, found entries in it")

// CopyTo copies everything as it is, with the ids of entries, the heads and the personal texts, into a journal that has
// no entry yet, of this dialect or another. It sees the store as it was when it began. Nothing is judged: verify the
// copy. When it fails, the other journal is as empty as before.
func (s *Store) CopyTo(ctx context.Context, to *Store) error {
	v, err := s.longView(ctx)
	if err != nil {
		return err
	}
	defer v.close()
	if to.w == nil {
		return fmt.Errorf("journal %q was opened for reading only", to.name)
	}
	return to.writeWithin(ctx, 0, func(run context.Context) error {
		var entries, logs int
		err := to.writes.conn.QueryRowContext(run, "SELECT (SELECT count(*) FROM (SELECT id FROM journal LIMIT 1) j), (SELECT count(*) FROM logs)").Scan(&entries, &logs)
		if err != nil {
			return err
		}
		if entries > 0 || logs != 1 {
			return fmt.Errorf("journal %q: %w", to.name, ErrNotEmpty)
		}
		for _, table := range Tables {
			c := &copier{from: s, ctx: ctx, table: table, conn: to.writes.conn, run: run}
			if err := c.copy(v); err != nil {
				return fmt.Errorf("copying the table %s: %w", table, err)
			}
		}
		return nil
	})
}

// copier copies one table.
type copier struct {
	from  *Store
	ctx   context.Context
	run   context.Context
	table string
	conn  *sql.Conn
	names []string
	args  []any
	full  *sql.Stmt
}

func (c *copier) copy(v *view) error {
	rows, err := v.conn.QueryContext(v.run, "SELECT * FROM "+c.table+" ORDER BY 1") //nolint:gosec // the name of one of our own tables
	if err != nil {
		return c.from.fail(err)
	}
	defer rows.Close()
	if c.names, err = rows.Columns(); err != nil {
		return err
	}
	insert := c.insert
	if c.table == "logs" {
		insert = c.replaceFirst
	}
	for n := 0; rows.Next(); n++ {
		values := make([]any, len(c.names))
		into := make([]any, len(values))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range values {
			if b, ok := v.([]byte); ok { // SQLite's driver gives no bytes as nil, which would come out as NULL
				values[i] = orEmpty(b)
			}
		}
		c.args = append(c.args, values...)
		if len(c.args) == copyRows*len(c.names) || c.table == "logs" {
			if err := c.ctx.Err(); err != nil {
				return err
			}
			if err := insert(); err != nil {
				return err
			}
			c.args = c.args[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return c.from.fail(err)
	}
	if c.full != nil {
		defer c.full.Close()
	}
	return insert()
}

// insert inserts the rows that were gathered.
func (c *copier) insert() (err error) {
	n := len(c.args) / len(c.names)
	switch {
	case n == 0:
		return nil
	case n < copyRows:
		_, err = c.conn.ExecContext(c.run, c.text(n), c.args...)
		return err
	case c.full == nil:
		if c.full, err = c.conn.PrepareContext(c.run, c.text(n)); err != nil {
			return err
		}
	}
	_, err = c.full.ExecContext(c.run, c.args...)
	return err
}

func (c *copier) text(rows int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", c.table, strings.Join(c.names, ", "))
	for i := range rows {
		for j := range c.names {
			sep := ", "
			if j == 0 {
				sep = "), ("
				if i == 0 {
					sep = "("
				}
			}
			b.WriteString(sep + placeholder(i*len(c.names)+j+1))
		}
	}
	return b.String() + ")"
}

// replaceFirst inserts a log; the first one takes the place of the empty log that every new journal has.
func (c *copier) replaceFirst() error {
	if len(c.args) == 0 {
		return nil
	}
	sets := make([]string, len(c.names))
	for i, name := range c.names {
		sets[i] = name + " = " + placeholder(i+1)
		if name == "id" && fmt.Sprint(c.args[i]) != "0" {
			return c.insert()
		}
	}
	_, err := c.conn.ExecContext(c.run, "UPDATE logs SET "+strings.Join(sets, ", "), c.args...) //nolint:gosec // the columns are our own
	return err
}
