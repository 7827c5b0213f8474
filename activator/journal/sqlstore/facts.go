package sqlstore

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// blocks are the sizes of lists of license numbers that statements are prepared for; a rest is filled up with 0,
// which is no license.
var blocks = [...]int{1, 8, 64}

const licenseColumns = `l.number, l.product, l.seats, l.state, coalesce(l.order_key, ''), l.grants, l.release, coalesce(p.value, ''), l.registered, l.entry
	FROM licenses l LEFT JOIN personal p ON p.entry = l.customer AND p.field = 'customer'`

// namelessColumns are the same without the customer's name, which is in another table.
const namelessColumns = `l.number, l.product, l.seats, l.state, coalesce(l.order_key, ''), l.grants, l.release, '', l.registered, l.entry
	FROM licenses l`

// ownFirst and ownLast are the least and the greatest id that an entry of the own log may have.
const (
	ownFirst = "(SELECT id << 40 FROM logs WHERE own = 1)"
	ownLast  = "(SELECT (id << 40) + 1099511627775 FROM logs WHERE own = 1)"
)

// A batch's first line tells which log began it. The same name may be another batch in a log that began one by itself; a
// log that did not, goes on with it: as the one after a restored backup does, or a desk that brought the batch in.
const (
	line0 = "SELECT id >> 40 FROM journal WHERE batch = $1 AND line = 0 ORDER BY" +
		" (id >> 40) = (SELECT id FROM logs WHERE own = 1) DESC, (id >> 40) IN (SELECT log FROM merges WHERE first = 0), id LIMIT 1"
	sameBatch = "((id >> 40) = $3 OR NOT EXISTS (SELECT 1 FROM journal b WHERE b.batch = $1 AND b.line = 0 AND (b.id >> 40) = (journal.id >> 40)))"
)

// readStatements are those that facts are read with.
type readStatements struct {
	begin, rollback                stmt
	head, order, pool, poolSize    stmt
	entry, private, line, lastLine stmt
	batch                          stmt
	licenses, nameless             [len(blocks)]stmt
	seats, claims, notGenuine      [len(blocks)]stmt
}

func (r *readStatements) all(d *Dialect) []statement {
	list := []statement{
		{&r.begin, d.BeginRead},
		{&r.rollback, "ROLLBACK"},
		{&r.head, "SELECT id, origin, size, checkpoint FROM logs WHERE own = 1"},
		{&r.order, "SELECT number FROM licenses WHERE product = $1 AND order_key = $2"},
		// Numbers drawn by a log before this one stay where they are: the lost end of a log whose backup was restored
		// may have handed them out. Those that another desk drew are that desk's.
		{&r.pool, "SELECT number FROM pool WHERE product = $1 AND number BETWEEN $2 AND $3 AND entry BETWEEN " + ownFirst + " AND " + ownLast + " ORDER BY entry, place LIMIT $4"},
		{&r.poolSize, "SELECT count(*) FROM pool WHERE product = $1 AND number BETWEEN $2 AND $3 AND entry BETWEEN " + ownFirst + " AND " + ownLast},
		{&r.entry, "SELECT leaf FROM journal WHERE id = $1"},
		{&r.batch, line0},
		{&r.line, "SELECT id, leaf FROM journal WHERE batch = $1 AND line = $2 AND " + sameBatch + " ORDER BY id LIMIT 1"},
		{&r.lastLine, "SELECT line FROM journal WHERE batch = $1 AND line <= $2 AND " + sameBatch + " ORDER BY line DESC LIMIT 1"},
		{&r.private, "SELECT field, salt, value FROM personal WHERE entry = $1"},
	}
	for i, n := range blocks {
		numbers := make([]string, n)
		for k := range numbers {
			numbers[k] = placeholder(k + 1)
		}
		in := "IN (" + strings.Join(numbers, ", ") + ")"
		list = append(list,
			statement{&r.licenses[i], "SELECT " + licenseColumns + " WHERE l.number " + in},
			statement{&r.nameless[i], "SELECT " + namelessColumns + " WHERE l.number " + in},
			statement{&r.seats[i], `SELECT s.license, s.fingerprint, s.slot, coalesce(s.excess, ''), s.entry, j.at
				FROM seats s JOIN journal j ON j.id = s.entry WHERE s.license ` + in},
			statement{&r.claims[i], `SELECT c.license, c.scope, c.key, c.value, c.entry, j.at, j.operator
				FROM claims c JOIN journal j ON j.id = c.entry WHERE c.license ` + in},
			statement{&r.notGenuine[i], "SELECT license, count(*) FROM journal WHERE state = 'not genuine' AND license " + in + " AND at >= " + placeholder(n+1) + " GROUP BY license"})
	}
	return list
}

// Facts implements [journal.Store].
func (s *Store) Facts(ctx context.Context, w journal.Wanted) (*journal.Facts, error) {
	v, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	defer v.close()
	f := &journal.Facts{
		Licenses: make(map[codes.LicenseNumber]*journal.LicenseFacts, len(w.Licenses)),
		Orders:   map[journal.OrderRef]codes.LicenseNumber{},
		Free:     map[journal.OrderRef]bool{},
	}
	if err := s.facts(ctx, v, w, f); err != nil {
		return nil, s.fail(err)
	}
	return f, nil
}

func (s *Store) facts(ctx context.Context, v *view, w journal.Wanted, f *journal.Facts) (err error) {
	if f.Head, err = s.head(v); err != nil {
		return err
	}
	numbers := slices.Clone(w.Licenses)
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	facts := make([]journal.LicenseFacts, len(numbers))
	for i, n := range numbers {
		facts[i].License.Number = n
		f.Licenses[n] = &facts[i]
	}
	for len(numbers) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := 0
		for b+1 < len(blocks) && blocks[b] < len(numbers) {
			b++
		}
		n := min(blocks[b], len(numbers))
		if err := s.licenseFacts(v, b, numbers[:n], w, f); err != nil {
			return err
		}
		numbers = numbers[n:]
	}
	for _, o := range w.Orders {
		var n uint32
		found, err := v.one(&v.st.order, []any{o.Product[:], o.Order}, &n)
		if err != nil {
			return err
		}
		if found {
			f.Orders[o] = codes.LicenseNumber(n)
		} else {
			f.Free[o] = true
		}
	}
	if w.Lines != nil {
		if err := s.lines(v, *w.Lines, f); err != nil {
			return err
		}
	}
	if w.Pool == nil {
		return nil
	}
	first, last := w.Pool.Numbers()
	if _, err := v.one(&v.st.poolSize, []any{w.Pool.Product[:], int64(first), int64(last)}, &f.PoolSize); err != nil {
		return err
	}
	return v.each(&v.st.pool, []any{w.Pool.Product[:], int64(first), int64(last), max(0, w.Pool.Count)}, func(rows *sql.Rows) error {
		var n uint32
		err := rows.Scan(&n)
		f.Pool = append(f.Pool, codes.LicenseNumber(n))
		return err
	})
}

// lines reads the entries of some lines of a batch.
func (s *Store) lines(v *view, w journal.LinesWanted, f *journal.Facts) error {
	f.Lines = make(map[int]journal.Entry)
	log := int64(-1)
	if _, err := v.one(&v.st.batch, []any{w.Batch}, &log); err != nil {
		return err
	}
	for _, line := range w.Lines {
		var id int64
		var leaf []byte
		found, err := v.one(&v.st.line, []any{w.Batch, line, log}, &id, &leaf)
		if err != nil {
			return err
		}
		if found {
			if f.Lines[line], err = s.read(v, journal.EntryID(id), leaf); err != nil {
				return err
			}
		}
	}
	if w.UpTo == 0 {
		return nil
	}
	found, err := v.one(&v.st.lastLine, []any{w.Batch, w.UpTo, log}, &f.LastLine)
	if !found {
		f.LastLine = -1
	}
	return err
}

// licenseFacts reads one block of licenses.
func (s *Store) licenseFacts(v *view, block int, numbers []codes.LicenseNumber, w journal.Wanted, f *journal.Facts) error {
	args := make([]any, blocks[block])
	for i := range args {
		args[i] = int64(0)
		if i < len(numbers) {
			args[i] = int64(numbers[i])
		}
	}
	licenses := &v.st.licenses[block]
	if w.Nameless {
		licenses = &v.st.nameless[block]
	}
	var lr licenseRow
	err := v.each(licenses, args, func(rows *sql.Rows) error {
		l, err := lr.scan(rows)
		if err == nil {
			f.Licenses[l.Number].License, f.Licenses[l.Number].Known = l, true
		}
		return err
	})
	if err != nil {
		return err
	}
	var l codes.LicenseNumber // of the row in hand, as all the following
	var at int64
	var number, fp, slot, scope, entry field
	var seat journal.Seat
	err = v.each(&v.st.seats[block], args, func(rows *sql.Rows) error {
		err := rows.Scan(&number, &fp, &slot, &seat.Excess, &entry, &at)
		fit(&l, &number, &err)
		fit(&seat.Fingerprint, &fp, &err)
		fit(&seat.Slot, &slot, &err)
		fit(&seat.Entry, &entry, &err)
		if err != nil {
			return err
		}
		seat.Since = time.UnixMicro(at).UTC()
		lf := f.Licenses[l]
		lf.Seats = append(lf.Seats, seat)
		return nil
	})
	if err != nil {
		return err
	}
	var c journal.StoredClaim
	err = v.each(&v.st.claims[block], args, func(rows *sql.Rows) error {
		err := rows.Scan(&number, &scope, &c.Key, &c.Value, &entry, &at, &c.Operator)
		fit(&l, &number, &err)
		fit(&c.Scope, &scope, &err)
		fit(&c.Entry, &entry, &err)
		if err != nil {
			return err
		}
		c.At = time.UnixMicro(at).UTC()
		lf := f.Licenses[l]
		lf.Claims = append(lf.Claims, c)
		return nil
	})
	if err != nil {
		return err
	}
	for _, n := range numbers {
		lf := f.Licenses[n]
		slices.SortFunc(lf.Seats, func(a, b journal.Seat) int { return cmp.Compare(a.Slot, b.Slot) })
		slices.SortFunc(lf.Claims, func(a, b journal.StoredClaim) int {
			return cmp.Or(cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Scope, b.Scope), bytes.Compare(a.Key, b.Key))
		})
	}
	if w.Since.IsZero() {
		return nil
	}
	return v.each(&v.st.notGenuine[block], append(args, w.Since.UnixMicro()), func(rows *sql.Rows) error {
		err := rows.Scan(&number, &slot)
		if fit(&l, &number, &err); err == nil {
			fit(&f.Licenses[l].NotGenuine, &slot, &err)
		}
		return err
	})
}

// licenseRow is what rows of licenses are scanned into, one after the other.
type licenseRow struct {
	l                             journal.License
	number, seats, release, entry field
	product                       sql.RawBytes
	registered                    int64
}

func (r *licenseRow) scan(rows *sql.Rows) (journal.License, error) {
	l := &r.l
	err := rows.Scan(&r.number, &r.product, &r.seats, &l.State, &l.Order, &l.Grants, &r.release, &l.Customer, &r.registered, &r.entry)
	fit(&l.Number, &r.number, &err)
	fit(&l.Seats, &r.seats, &err)
	fit(&l.Release, &r.release, &err)
	fit(&l.Entry, &r.entry, &err)
	if err != nil {
		return journal.License{}, err
	}
	l.Registered = time.UnixMicro(r.registered).UTC()
	copy(l.Product[:], r.product)
	return *l, nil
}

// Head implements [journal.Store].
func (s *Store) Head(ctx context.Context) (journal.Head, error) {
	v, err := s.view(ctx)
	if err != nil {
		return journal.Head{}, err
	}
	defer v.close()
	h, err := s.head(v)
	if err != nil {
		err = s.fail(err)
	}
	return h, err
}

func (s *Store) head(v *view) (h journal.Head, err error) {
	if _, err := v.one(&v.st.head, nil, &h.Log, &h.Origin, &h.Size, &h.Checkpoint); err != nil || h.Size == 0 {
		h.Checkpoint = nil
		return h, err
	}
	h.Hash, err = journal.CheckpointHash(h.Checkpoint)
	return h, err
}
