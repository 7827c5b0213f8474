package sqlite

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
)

// TestPlans asks SQLite how it would run the statements that must be fast: none may go through a whole table.
func TestPlans(t *testing.T) {
	s, path := newJournal(t)
	db, err := sql.Open("sqlite", dsn(path, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	asked := 0
	for q, args := range s.Statements() {
		if strings.HasPrefix(q, "BEGIN") || q == "COMMIT" || q == "ROLLBACK" || strings.Contains(q, "FROM logs") {
			continue // a handful of rows
		}
		asked++
		rows, err := db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+q, make([]any, args)...)
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			scan := strings.HasPrefix(detail, "SCAN") && !strings.Contains(detail, "CONSTANT ROW")
			if scan || strings.Contains(detail, "(rowid>? AND rowid<?)") && !strings.Contains(q, "max(id)") && !strings.Contains(q, "BETWEEN") { // as much as is erased
				t.Errorf("%s: goes through a table: %s", q, detail)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	if asked < 30 {
		t.Errorf("have asked about %d statements, want all", asked)
	}
}
