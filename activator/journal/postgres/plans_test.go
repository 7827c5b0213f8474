package postgres

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// manyRows fills the tables as a journal of 20,000 answers does, as far as the planner is concerned: what counts is how
// many rows there are, and how often a value is there.
var manyRows = []string{
	`INSERT INTO journal (id, at, kind, verdict, operator, state, product, license, fingerprint, intent, batch, line, leaf)
		SELECT i, i * 1000, CASE WHEN i % 500 = 0 THEN 'refund' WHEN i % 5 = 0 THEN 'license' ELSE 'request' END,
			CASE WHEN i % 200 = 0 THEN 'refused' ELSE 'ok' END, 'operator ' || i % 400, CASE WHEN i % 300 = 0 THEN 'not genuine' ELSE 'current' END,
			decode(lpad(to_hex(i % 400), 32, '0'), 'hex'), 1 + i % 4000, i % 15000,
			decode(lpad(to_hex(i), 32, '0'), 'hex'), CASE WHEN i % 2 = 0 THEN 'batch ' || i / 100 END, CASE WHEN i % 2 = 0 THEN i END, decode(repeat('00', 700), 'hex')
		FROM generate_series(10, 20000) i`,
	`INSERT INTO licenses (number, product, seats, state, order_key, grants, release, customer, registered, entry)
		SELECT i, decode(lpad(to_hex(i % 10), 32, '0'), 'hex'), 5, 'live', 'order ' || i, '', 0, i, 0, i FROM generate_series(2, 4000) i`,
	"INSERT INTO seats (license, fingerprint, slot, seat_limit, entry) SELECT 2 + i % 3999, i, 1 + i / 3999, 5, i FROM generate_series(0, 15000) i",
	"INSERT INTO claims (license, scope, key, value, entry) SELECT 1 + i % 4000, 1, decode(lpad(to_hex(i), 18, '0'), 'hex'), '', i FROM generate_series(10, 20000) i",
	"INSERT INTO personal (entry, field, salt, value) SELECT i, 'customer', decode(lpad('', 32, '0'), 'hex'), 'Ada' FROM generate_series(10, 20000) i",
	"INSERT INTO words (word, license) SELECT 'word' || i, 1 + i % 4000 FROM generate_series(1, 20000) i",
	"INSERT INTO pool (number, product, entry, place) SELECT 16777216 + i, decode(lpad(to_hex(i % 10), 32, '0'), 'hex'), 1, i FROM generate_series(1, 20000) i",
	"ANALYZE",
}

// Look-ups that must not become slower as the journal grows, by a part of their statements, and the index that they need, or
// those of which one is enough.
var indexed = []struct{ name, part, indexes string }{
	{"the answers and confirmations of a license, each with its random number", "FROM claims c JOIN journal", "claims_pkey"},
	{"who has a claim", "FROM claims WHERE license", "claims_pkey"},
	{"the seats of a license", "FROM seats s JOIN journal", "seats_pkey seats_license_slot_key"},
	{"the facts of a license", "WHERE l.number IN", "licenses_pkey licenses_number_seats_key"},
	{"an order", "FROM licenses WHERE product = $1 AND order_key", "licenses_product_order_key_key"},
	{"codes that were not genuine, by the state", "state = 'not genuine'", "journal_not_genuine"},
	{"an entry", "SELECT leaf FROM journal WHERE id", "journal_pkey"},
	{"an entry by its random mark", "FROM journal WHERE intent = $1", "journal_intent"},
	{"a line of a batch", "WHERE batch = $1 AND line = $2 AND", "journal_line"},
	{"the last line of a batch", "ORDER BY line DESC", "journal_line"},
	{"the texts of an entry", "FROM personal WHERE entry", "personal_pkey"},
	{"whether a license was touched", "WHERE license = $1 AND id >= $2", "journal_license"},
	{"a word", "FROM words WHERE word", "words_pkey"},
	{"pages: a license, or a code", "id < $2 AND license = $3", "journal_license"},
	{"pages: a machine", "id < $2 AND fingerprint = $3", "journal_fingerprint"},
	{"pages: a random mark", "id < $2 AND intent = $3", "journal_intent"},
	{"pages: a batch", "id < $2 AND batch = $3", "journal_line"},
	{"pages: a rare kind", "id < $2 AND kind IN ($3)", "journal_kind"},
	{"pages: a rare verdict", "id < $2 AND verdict IN ($3)", "journal_verdict"},
	{"pages: an operator", "id < $2 AND operator = $3", "journal_operator"},
	{"pages: a product", "id < $2 AND product = $3", "journal_product"},
}

// TestPlans asks the server how it would run the statements that must be fast: none may go through a whole table, and
// those that people wait for use the index that was made for them. Without it, the test would say so.
func TestPlans(t *testing.T) {
	s, address := newJournal(t)
	statements := s.Statements()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, text := range manyRows {
		if _, err := conn.Exec(ctx, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	asked := 0
	for text := range statements {
		if !strings.HasPrefix(text, "SELECT") && !strings.HasPrefix(text, "UPDATE") && !strings.HasPrefix(text, "DELETE") {
			continue // BEGIN and the like; INSERT looks for nothing
		}
		asked++
		if strings.Contains(text, "BETWEEN $1 AND $2") {
			continue // as much as is erased
		}
		for _, mode := range planModes {
			for _, sc := range scans(t, conn, text, mode) {
				if sc.scans() {
					t.Errorf("%s: %s: goes through the table %s (%s)", text, mode, sc.Table, sc.Node)
				}
			}
		}
	}
	if asked < 30 {
		t.Errorf("have asked about %d statements, want all", asked)
	}
	for _, look := range indexed {
		t.Run(look.name, func(t *testing.T) {
			found, indexes := 0, strings.Fields(look.indexes)
			for text := range statements {
				if !strings.Contains(text, look.part) {
					continue
				}
				found++
				for _, mode := range planModes {
					uses := func() bool {
						return slices.ContainsFunc(scans(t, conn, text, mode), func(sc scan) bool { return slices.Contains(indexes, sc.Index) && sc.Cond != "" })
					}
					if !uses() {
						t.Errorf("%s: %s: have %+v, want the index %s", text, mode, scans(t, conn, text, mode), look.indexes)
					}
				}
			}
			if found == 0 {
				t.Errorf("have no statement with %q", look.part)
			}
		})
	}
}

// planModes are how a server may plan a statement that is run again and again: for any values, or for these.
var planModes = []string{"force_generic_plan", "force_custom_plan"}

// scan is a node of a plan that reads a table.
type scan struct {
	Node  string `json:"Node Type"`
	Table string `json:"Relation Name"`
	Index string `json:"Index Name"`
	Cond  string `json:"Index Cond"`
	Plans []scan
}

// scans reports whether a table is gone through that may be long.
func (s *scan) scans() bool {
	return s.Node == "Seq Scan" && s.Table != "logs" && s.Table != "merges"
}

// scans are the nodes of a statement's plan.
func scans(t *testing.T, conn *pgx.Conn, text, mode string) []scan {
	t.Helper()
	var types []string
	var plan []byte
	run := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	run("SET plan_cache_mode = " + mode)
	run("PREPARE asked AS " + text)
	defer run("DEALLOCATE asked")
	if err := conn.QueryRow(ctx, "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'asked'").Scan(&types); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	explain := "EXPLAIN (FORMAT JSON) EXECUTE asked"
	if len(types) > 0 {
		values := make([]string, len(types))
		for i, typ := range types {
			values[i] = value(typ, i)
		}
		explain += "(" + strings.Join(values, ", ") + ")"
	}
	if err := conn.QueryRow(ctx, explain, pgx.QueryExecModeSimpleProtocol).Scan(&plan); err != nil {
		t.Fatalf("%s: %v", explain, err)
	}
	var roots []struct{ Plan scan }
	if err := json.Unmarshal(plan, &roots); err != nil || len(roots) != 1 {
		t.Fatalf("%s: have %s, %v", text, plan, err)
	}
	return flat([]scan{roots[0].Plan})
}

func flat(plans []scan) (all []scan) {
	for _, p := range plans {
		all = append(append(all, p), flat(p.Plans)...)
	}
	return all
}

// value is a value of a type, such as the tables have. The second argument of a page is its end.
func value(typ string, i int) string {
	switch {
	case typ == "bytea":
		return `'\x00000000000000000000000000000011'`
	case typ == "text":
		return "'operator 7'"
	case i == 1:
		return "20001"
	}
	return "17"
}
