package sqlstore

import (
	"context"
	"database/sql"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// writeStatements are those of the one connection that writes.
type writeStatements struct {
	conn *sql.Conn
	list []statement // all of them

	begin                                      []stmt
	savepoint, back                            stmt
	commit, rollback                           stmt
	ownLog, lastEntry, setLog                  stmt
	insert, byIntent, byLine, subtree, private stmt
	touched                                    stmt
	claim, claimedBy                           stmt
	take, seatOf, free, seatAbove, seatsOf     stmt
	register, change, licenseBy, orderBy       stmt
	named, setCustomer                         stmt
	addPool, takePool, poolBy                  stmt
	addWord, dropWord                          stmt
	logBy, erase, customersIn                  stmt
	merge                                      stmt
}

func (w *writeStatements) all(d *Dialect) []statement {
	if w.begin == nil {
		w.begin = make([]stmt, len(d.BeginWrite))
	}
	var list []statement
	for i, text := range d.BeginWrite {
		list = append(list, statement{&w.begin[i], text})
	}
	return append(list, []statement{
		{&w.commit, "COMMIT"},
		{&w.rollback, "ROLLBACK"},
		{&w.savepoint, "SAVEPOINT before_change"},
		{&w.back, "ROLLBACK TO SAVEPOINT before_change"},
		{&w.ownLog, "SELECT id, origin, size, frontier, checkpoint FROM logs WHERE own = 1"},
		{&w.lastEntry, "SELECT coalesce(max(id), -1) FROM journal WHERE id >= $1 AND id < $2"},
		{&w.setLog, "UPDATE logs SET size = $1, frontier = $2, checkpoint = $3 WHERE id = $4"},
		{&w.insert, `INSERT INTO journal (id, at, kind, verdict, operator, state, product, license, fingerprint, intent, batch, line, leaf)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`},
		{&w.byIntent, "SELECT id FROM journal WHERE intent = $1 AND batch IS NULL"},
		{&w.byLine, "SELECT id FROM journal WHERE batch = $1 AND line = $2 AND id BETWEEN $3 AND $4"},
		{&w.subtree, "INSERT INTO subtrees (log, n, hash) VALUES ($1, $2, $3)"},
		{&w.private, "INSERT INTO personal (entry, field, salt, value) VALUES ($1, $2, $3, $4)"},
		{&w.touched, "SELECT id FROM journal WHERE license = $1 AND id >= $2 AND id <= $3 ORDER BY id LIMIT 1"},
		{&w.claim, "INSERT INTO claims (license, scope, key, value, entry) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"},
		{&w.claimedBy, "SELECT entry FROM claims WHERE license = $1 AND scope = $2 AND key = $3"},
		{&w.take, "INSERT INTO seats (license, fingerprint, slot, seat_limit, excess, entry) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"},
		{&w.seatOf, "SELECT entry FROM seats WHERE license = $1 AND (fingerprint = $2 OR slot = $3) ORDER BY entry LIMIT 1"},
		{&w.free, "DELETE FROM seats WHERE license = $1 AND fingerprint = $2"},
		{&w.seatAbove, "SELECT entry FROM seats WHERE license = $1 AND slot > $2 AND excess IS NULL ORDER BY entry LIMIT 1"},
		{&w.seatsOf, "SELECT seats FROM licenses WHERE number = $1"},
		{&w.register, `INSERT INTO licenses (number, product, seats, state, order_key, grants, release, customer, registered, entry)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`},
		{&w.change, "UPDATE licenses SET seats = $1, state = $2, order_key = $3, grants = $4, release = $5, entry = $6 WHERE number = $7 AND product = $8"},
		{&w.licenseBy, "SELECT entry FROM licenses WHERE number = $1"},
		{&w.orderBy, "SELECT number, entry FROM licenses WHERE product = $1 AND order_key = $2"},
		{&w.named, `SELECT coalesce(l.order_key, ''), coalesce(p.value, '') FROM licenses l
			LEFT JOIN personal p ON p.entry = l.customer AND p.field = 'customer' WHERE l.number = $1`},
		{&w.setCustomer, "UPDATE licenses SET customer = $1 WHERE number = $2"},
		{&w.addPool, `INSERT INTO pool (number, product, entry, place)
			SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM licenses WHERE number = $1) ON CONFLICT DO NOTHING`},
		{&w.takePool, "DELETE FROM pool WHERE number = $1 AND product = $2"},
		{&w.poolBy, "SELECT entry FROM pool WHERE number = $1"},
		{&w.addWord, "INSERT INTO words (word, license) VALUES ($1, $2) ON CONFLICT DO NOTHING"},
		{&w.dropWord, "DELETE FROM words WHERE word = $1 AND license = $2"},
		{&w.logBy, "SELECT id, size FROM logs WHERE origin = $1"},
		{&w.merge, "INSERT INTO merges (log, first, size, entry) VALUES ($1, $2, $3, $4)"},
		{&w.erase, "DELETE FROM personal WHERE field = $1 AND entry BETWEEN $2 AND $3"},
		{&w.customersIn, `SELECT l.number FROM journal j JOIN licenses l ON l.number = j.license AND l.customer = j.id
			WHERE j.id BETWEEN $1 AND $2`},
	}...)
}

// connect takes a connection, unless there is one.
func (w *writeStatements) connect(ctx context.Context, db *sql.DB, d *Dialect) (err error) {
	if w.conn != nil {
		return nil
	}
	if w.conn, err = db.Conn(ctx); err != nil {
		return err
	}
	w.list = w.all(d)
	setAll(w.conn, w.list)
	return nil
}

// beginAll begins a transaction.
func (w *writeStatements) beginAll(run context.Context) error {
	for i := range w.begin {
		if _, err := w.begin[i].ExecContext(run); err != nil {
			return err
		}
	}
	return nil
}

func (w *writeStatements) close() {
	if w.conn != nil {
		closeAll(w.list)
		w.conn.Close()
		w.conn = nil
	}
}

// Statements returns the texts of the statements that must be fast however long the journal is, each with its number of
// arguments, so that the test of a dialect can ask its database how it would run them.
func (s *Store) Statements() map[string]int {
	texts := map[string]int{}
	add := func(text string) {
		n := 0
		for strings.Contains(text, placeholder(n+1)) {
			n++
		}
		texts[text] = n
	}
	var w writeStatements
	var r readStatements
	for _, st := range append(w.all(&s.dialect), r.all(&s.dialect)...) {
		add(st.text)
	}
	fp := codes.Fingerprint(1)
	code := codes.Statement{Kind: codes.KindRequest, Random: 1, License: 1, Definition: 1}.Code().String()
	for _, q := range []journal.Query{{License: 1}, {Fingerprint: &fp}, {Intent: [16]byte{1}}, {Batch: "x"}, {Text: code},
		{Kinds: []journal.Kind{journal.KindRefund}}, {Verdicts: []journal.Verdict{journal.Refused}}, {Operator: "ada"}, {Product: codes.UID{1}}} {
		where, _, _ := s.conditions(q)
		add(pageText(where, "ASC", page))
	}
	text, _ := licenseQuery(journal.LicenseQuery{Words: "ada"})
	add(text)
	return texts
}
