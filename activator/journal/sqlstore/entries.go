package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

const (
	page   = 256    // entries read at once
	window = 20_000 // entries looked through at once where no index helps, so that each read is short
)

// Entry implements [journal.Store].
func (s *Store) Entry(ctx context.Context, id journal.EntryID) (journal.Entry, error) {
	v, err := s.view(ctx)
	if err != nil {
		return journal.Entry{}, err
	}
	defer v.close()
	var leaf []byte
	found, err := v.one(&v.st.entry, []any{int64(id)}, &leaf)
	switch {
	case err != nil:
		return journal.Entry{}, s.fail(err)
	case !found:
		return journal.Entry{}, fmt.Errorf("journal entry %v: %w", id, journal.ErrNoEntry)
	}
	return s.read(v, id, leaf)
}

// read makes an entry of its leaf and its personal texts.
func (s *Store) read(v *view, id journal.EntryID, leaf []byte) (journal.Entry, error) {
	e, err := journal.ParseLeaf(leaf)
	if err != nil {
		return e, fmt.Errorf("journal %q: entry %v: %w; verify the journal", s.name, id, err)
	}
	e.ID = id
	if len(e.Personal) == 0 {
		return e, nil
	}
	err = v.each(&v.st.private, []any{int64(id)}, func(rows *sql.Rows) error {
		var field, text string
		var salt []byte
		if err := rows.Scan(&field, &salt, &text); err != nil {
			return err
		}
		for i := range e.Personal {
			p := &e.Personal[i]
			if p.Field != field {
				continue
			}
			if journal.PersonalHash(salt, text) != p.Hash {
				return fmt.Errorf("its personal text %q was changed; verify the journal", field)
			}
			copy(p.Salt[:], salt)
			p.Text, p.Redacted = text, false
		}
		return nil
	})
	if err != nil {
		return e, fmt.Errorf("journal %q: entry %v: %w", s.name, id, s.dialect.Explain(err))
	}
	return e, nil
}

// Entries implements [journal.Store].
func (s *Store) Entries(ctx context.Context, q journal.Query) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		spans, err := s.spans(ctx, q)
		if err != nil {
			yield(journal.Entry{}, err)
			return
		}
		where, args, indexed := s.conditions(q)
		left := q.Limit
		for _, sp := range spans {
			for sp.from < sp.to {
				part := sp
				if !indexed && sp.to-sp.from > window {
					if q.Newest {
						part.from = sp.to - window
					} else {
						part.to = sp.from + window
					}
				}
				size := page
				if q.Limit > 0 && q.Text == "" {
					size = min(page, left)
				}
				es, last, err := s.page(ctx, q, part, where, args, size)
				if err != nil {
					yield(journal.Entry{}, err)
					return
				}
				for i := range es {
					if !yield(es[i], nil) {
						return
					}
					if left--; left == 0 {
						return
					}
				}
				sp = sp.after(part, last, q.Newest)
			}
		}
	}
}

// span is a range of entry ids, to exclusive.
type span struct{ from, to int64 }

// after returns what is left of a span when part of it was read, up to and with the row last (-1: all of it).
func (sp span) after(part span, last int64, newest bool) span {
	switch {
	case newest && last >= 0:
		sp.to = last
	case newest:
		sp.to = part.from
	case last >= 0:
		sp.from = last + 1
	default:
		sp.from = part.to
	}
	return sp
}

// spans returns the ids of every log, in the order to read: the own one is the newest.
func (s *Store) spans(ctx context.Context, q journal.Query) ([]span, error) {
	rows, err := s.r.QueryContext(ctx, "SELECT id, size FROM logs ORDER BY own, id")
	if err != nil {
		return nil, s.fail(err)
	}
	defer rows.Close()
	var spans []span
	after := -1
	for rows.Next() {
		var log journal.LogID
		var size int64
		if err := rows.Scan(&log, &size); err != nil {
			return nil, err
		}
		from := int64(journal.NewEntryID(log, 0))
		sp := span{from, from + size}
		if q.After == nil || q.After.Log() != log {
			spans = append(spans, sp)
			continue
		}
		if q.Newest { // up to this one, with all logs before it
			sp.to = min(sp.to, int64(*q.After))
			spans = append(spans, sp)
			after = len(spans)
		} else {
			sp.from = max(sp.from, int64(*q.After)+1)
			spans, after = []span{sp}, 0
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if q.Newest {
		if after >= 0 {
			spans = spans[:after]
		}
		slices.Reverse(spans)
	}
	return spans, nil
}

// Indexes on kinds and verdicts hold the rare ones only, and a database takes such an index only where the query says
// so in the same words.
const (
	rareKinds    = " AND kind NOT IN ('request', 'license')"
	rareVerdicts = " AND verdict <> 'ok'"
)

// conditions turns a query into SQL. indexed says that an index leads to the entries.
func (s *Store) conditions(q journal.Query) (where string, args []any, indexed bool) {
	var b strings.Builder
	p := make(params, 2) // the span
	add := func(sql string, a any) {
		b.WriteString(" AND " + strings.Replace(sql, "%s", p.add(a), 1))
	}
	license := q.License
	if code, err := codes.Parse(q.Text); q.Text != "" && err == nil && code.String() == q.Text {
		if k := code.Kind(); k == codes.KindRequest || k == codes.KindConfirmation {
			if l := code.Statement().License; license == 0 {
				license = l // the license is in the code, and has an index
			}
		}
	}
	if license != 0 {
		add("license = %s", int64(license))
		indexed = true
	}
	if q.Fingerprint != nil {
		add("fingerprint = %s", int64(*q.Fingerprint))
		indexed = true
	}
	if q.Intent != [16]byte{} {
		add("intent = %s", q.Intent[:])
		indexed = true
		if q.Batch == "" {
			b.WriteString(" AND batch IS NULL")
		}
	}
	if q.Batch != "" {
		add("batch = %s", q.Batch)
		indexed = true
	}
	if len(q.Kinds) > 0 {
		b.WriteString(" AND kind" + in(&p, q.Kinds))
		if !slices.Contains(q.Kinds, journal.KindRequest) && !slices.Contains(q.Kinds, journal.KindLicense) {
			b.WriteString(rareKinds)
		}
	}
	if len(q.Verdicts) > 0 {
		b.WriteString(" AND verdict" + in(&p, q.Verdicts))
		if !slices.Contains(q.Verdicts, journal.OK) {
			b.WriteString(rareVerdicts)
		}
	}
	if q.Operator != "" {
		add("operator = %s", q.Operator)
	}
	if q.Product != [16]byte{} {
		add("product = %s", q.Product[:])
	}
	if !q.From.IsZero() {
		add("at >= %s", q.From.UnixMicro())
	}
	if !q.To.IsZero() {
		add("at < %s", q.To.UnixMicro())
	}
	if q.Text != "" {
		add(s.dialect.Contains, journal.Quoted(q.Text)) // may be elsewhere in the leaf: page looks closer
	}
	return b.String(), p[2:], indexed
}

func in[T ~string](p *params, values []T) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = p.add(string(v))
	}
	return " IN (" + strings.Join(names, ", ") + ")"
}

// pageText is the statement that reads a page of entries.
func pageText(where, order string, size int) string {
	return fmt.Sprintf("SELECT id, leaf FROM journal WHERE id >= $1 AND id < $2%s ORDER BY id %s LIMIT %d", where, order, size)
}

// page reads up to size entries of a span. last is the id of the last row it looked at if it did not come to the
// span's end, else -1.
func (s *Store) page(ctx context.Context, q journal.Query, sp span, where string, args []any, size int) (es []journal.Entry, last int64, err error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer v.close()
	order := "ASC"
	if q.Newest {
		order = "DESC"
	}
	rows, err := v.conn.QueryContext(ctx, pageText(where, order, size),
		append([]any{sp.from, sp.to}, args...)...)
	if err != nil {
		return nil, 0, s.fail(err)
	}
	defer rows.Close()
	type row struct {
		id   int64
		leaf []byte
	}
	found := make([]row, 0, size)
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.leaf); err != nil {
			return nil, 0, err
		}
		found = append(found, r)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, s.fail(err)
	}
	last = -1
	if len(found) == size {
		last = found[size-1].id
	}
	for _, r := range found {
		e, err := s.read(v, journal.EntryID(r.id), r.leaf)
		if err != nil {
			return nil, 0, err
		}
		if q.Text == "" || strings.Contains(e.Code, q.Text) || strings.Contains(e.Answer, q.Text) {
			es = append(es, e)
		}
	}
	return es, last, nil
}
