package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	_ "modernc.org/sqlite" // any database does
)

// TestBringUpToDate opens databases of an older, the same and a newer version.
func TestBringUpToDate(t *testing.T) {
	files := fstest.MapFS{"migrations/00001_a.sql": {}, "migrations/00010_c.sql": {}, "migrations/00002_b.sql": {}}
	ctx := context.Background()
	failing := errors.New("no way")
	for _, c := range []struct {
		version int
		update  error
		writes  bool
		runs    int
		want    string
	}{
		{10, nil, true, 0, ""},
		{10, nil, false, 0, ""},
		{2, nil, true, 1, ""},
		{2, failing, true, 1, "from version 2 to 10: no way"},
		{2, nil, false, 0, "open it once for writing"},
		{11, nil, true, 0, "made by a newer version"},
	} {
		db, err := sql.Open("sqlite", ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		db.SetMaxOpenConns(1)
		if _, err := db.Exec("CREATE TABLE goose_db_version (version_id INTEGER); INSERT INTO goose_db_version VALUES (0), (?)", c.version); err != nil {
			t.Fatal(err)
		}
		runs := 0
		var update func() error
		if c.writes {
			update = func() error { runs++; return c.update }
		}
		err = BringUpToDate(ctx, db, files, update)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || runs != c.runs {
			t.Errorf("%+v: have %v and %d updates, want %q and %d", c, err, runs, c.want, c.runs)
		}
		db.Close()
	}
}
