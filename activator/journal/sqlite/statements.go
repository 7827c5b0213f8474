package sqlite

import (
	"context"
	"database/sql"
)

// statement is a prepared statement with its text.
type statement struct {
	into **sql.Stmt
	text string
}

type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func prepareAll(ctx context.Context, p preparer, all []statement) error {
	for _, s := range all {
		st, err := p.PrepareContext(ctx, s.text)
		if err != nil {
			return err
		}
		*s.into = st
	}
	return nil
}

func closeAll(all []statement) {
	for _, s := range all {
		if *s.into != nil {
			(*s.into).Close()
		}
	}
}

// writeStatements are those of the one connection that writes.
type writeStatements struct {
	conn *sql.Conn

	begin, commit, rollback                    *sql.Stmt
	ownLog, lastEntry, setLog                  *sql.Stmt
	insert, byIntent, byLine, subtree, private *sql.Stmt
	touched                                    *sql.Stmt
	claim, claimedBy                           *sql.Stmt
	take, seatOf, free, seatAbove, seatsOf     *sql.Stmt
	register, change, licenseBy, orderBy       *sql.Stmt
	named, setCustomer                         *sql.Stmt
	addPool, takePool, poolBy                  *sql.Stmt
	addWord, dropWord                          *sql.Stmt
}

func (w *writeStatements) all() []statement {
	return []statement{
		{&w.begin, "BEGIN IMMEDIATE"},
		{&w.commit, "COMMIT"},
		{&w.rollback, "ROLLBACK"},
		{&w.ownLog, "SELECT id, origin, size, frontier, checkpoint FROM logs WHERE own = 1"},
		{&w.lastEntry, "SELECT coalesce(max(id), -1) FROM journal WHERE id >= ? AND id < ?"},
		{&w.setLog, "UPDATE logs SET size = ?, frontier = ?, checkpoint = ? WHERE id = ?"},
		{&w.insert, `INSERT INTO journal (id, at, kind, verdict, operator, state, product, license, fingerprint, intent, batch, line, leaf)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`},
		{&w.byIntent, "SELECT id FROM journal WHERE intent = ?"},
		{&w.byLine, "SELECT id FROM journal WHERE batch = ? AND line = ?"},
		{&w.subtree, "INSERT INTO subtrees (log, n, hash) VALUES (?, ?, ?)"},
		{&w.private, "INSERT INTO personal (entry, field, salt, value) VALUES (?, ?, ?, ?)"},
		{&w.touched, "SELECT id FROM journal WHERE license = ? AND id >= ? ORDER BY id LIMIT 1"},
		{&w.claim, "INSERT INTO claims (license, scope, key, value, entry) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"},
		{&w.claimedBy, "SELECT entry FROM claims WHERE license = ? AND scope = ? AND key = ?"},
		{&w.take, "INSERT INTO seats (license, fingerprint, slot, seat_limit, excess, entry) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"},
		{&w.seatOf, "SELECT entry FROM seats WHERE license = ? AND (fingerprint = ? OR slot = ?) ORDER BY entry LIMIT 1"},
		{&w.free, "DELETE FROM seats WHERE license = ? AND fingerprint = ?"},
		{&w.seatAbove, "SELECT entry FROM seats WHERE license = ? AND slot > ? AND excess IS NULL ORDER BY entry LIMIT 1"},
		{&w.seatsOf, "SELECT seats FROM licenses WHERE number = ?"},
		{&w.register, `INSERT INTO licenses (number, product, seats, state, order_key, grants, release, customer, registered, entry)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`},
		{&w.change, "UPDATE licenses SET seats = ?, state = ?, order_key = ?, grants = ?, release = ?, entry = ? WHERE number = ? AND product = ?"},
		{&w.licenseBy, "SELECT entry FROM licenses WHERE number = ?"},
		{&w.orderBy, "SELECT number, entry FROM licenses WHERE product = ? AND order_key = ?"},
		{&w.named, `SELECT coalesce(l.order_key, ''), coalesce(p.value, '') FROM licenses l
			LEFT JOIN personal p ON p.entry = l.customer AND p.field = 'customer' WHERE l.number = ?`},
		{&w.setCustomer, "UPDATE licenses SET customer = ? WHERE number = ?"},
		{&w.addPool, `INSERT INTO pool (number, product, entry, place)
			SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM licenses WHERE number = ?1) ON CONFLICT DO NOTHING`},
		{&w.takePool, "DELETE FROM pool WHERE number = ? AND product = ?"},
		{&w.poolBy, "SELECT entry FROM pool WHERE number = ?"},
		{&w.addWord, "INSERT INTO words (word, license) VALUES (?, ?) ON CONFLICT DO NOTHING"},
		{&w.dropWord, "DELETE FROM words WHERE word = ? AND license = ?"},
	}
}

func (w *writeStatements) prepare(ctx context.Context, db *sql.DB) (err error) {
	if w.conn, err = db.Conn(ctx); err != nil {
		return err
	}
	return prepareAll(ctx, w.conn, w.all())
}

func (w *writeStatements) close() {
	closeAll(w.all())
	if w.conn != nil {
		w.conn.Close()
	}
}
