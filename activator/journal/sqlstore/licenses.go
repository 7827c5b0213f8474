package sqlstore

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Licenses implements [journal.Store].
func (s *Store) Licenses(ctx context.Context, q journal.LicenseQuery) iter.Seq2[journal.License, error] {
	return func(yield func(journal.License, error) bool) {
		query, args := licenseQuery(q)
		after, left := q.After, q.Limit
		for {
			size := page
			if q.Limit > 0 {
				size = min(size, left)
			}
			ls, err := s.licensePage(ctx, query, append(args[:len(args):len(args)], int64(after), size))
			if err != nil {
				yield(journal.License{}, err)
				return
			}
			for _, l := range ls {
				if !yield(l, nil) {
					return
				}
				after = l.Number
				left--
			}
			if len(ls) < size || q.Limit > 0 && left == 0 {
				return
			}
		}
	}
}

func licenseQuery(q journal.LicenseQuery) (query string, args []any) {
	query = "SELECT " + licenseColumns + " WHERE true"
	var p params
	if q.Product != [16]byte{} {
		query += " AND l.product = " + p.add(q.Product[:])
	}
	if q.State != "" {
		query += " AND l.state = " + p.add(q.State)
	}
	words := journal.Words(q.Words)
	if len(words) == 0 && strings.TrimSpace(q.Words) != "" {
		query += " AND false" // only signs: nothing has them
	}
	for _, w := range words {
		query += fmt.Sprintf(" AND l.number IN (SELECT license FROM words WHERE word >= %s AND word < %s)", p.add(w), p.add(w+"\U0010ffff"))
	}
	return query + fmt.Sprintf(" AND l.number > %s ORDER BY l.number LIMIT %s", placeholder(len(p)+1), placeholder(len(p)+2)), p
}

func (s *Store) licensePage(ctx context.Context, query string, args []any) ([]journal.License, error) {
	rows, err := s.r.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, s.fail(err)
	}
	defer rows.Close()
	var ls []journal.License
	var row licenseRow
	for rows.Next() {
		l, err := row.scan(rows)
		if err != nil {
			return nil, err
		}
		ls = append(ls, l)
	}
	if err := rows.Err(); err != nil {
		return nil, s.fail(err)
	}
	return ls, nil
}
