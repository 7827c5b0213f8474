package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"sync"
)

//go:embed schema.sql
var schemaSQL string

const (
	applicationID = 0x4d414a31 // "MAJ1", at offset 68 of the file
	schemaVersion = 1
)

// querier is a database, a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// made returns the schema as SQLite itself keeps it after schema.sql: name of each table, index and trigger, with its
// text.
var made = sync.OnceValues(func() (map[string]string, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schemaSQL); err != nil {
		return nil, err
	}
	return readSchema(context.Background(), db)
})

func readSchema(ctx context.Context, q querier) (map[string]string, error) {
	rows, err := q.QueryContext(ctx, "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	schema := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		schema[name] = text
	}
	return schema, rows.Err()
}

// schemaDiffers lists what is not as it was made.
func schemaDiffers(ctx context.Context, q querier) ([]string, error) {
	want, err := made()
	if err != nil {
		return nil, err
	}
	have, err := readSchema(ctx, q)
	if err != nil {
		return nil, err
	}
	var differ []string
	for name, text := range want {
		if h, ok := have[name]; !ok {
			differ = append(differ, name+" is missing")
		} else if h != text {
			differ = append(differ, name+" was changed")
		}
	}
	for name := range have {
		if _, ok := want[name]; !ok {
			differ = append(differ, name+" was added")
		}
	}
	return differ, nil
}

// checkVersion says whether the file is a journal that this version reads.
func checkVersion(ctx context.Context, q querier) error {
	var id, version int
	if err := q.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case id != applicationID:
		return fmt.Errorf("is a database of another program")
	case version > schemaVersion:
		return fmt.Errorf("is a journal of version %d, made by a newer version of this program, which reads up to %d", version, schemaVersion)
	case version < 1:
		return fmt.Errorf("is a journal of version %d, want 1 to %d", version, schemaVersion)
	}
	differ, err := schemaDiffers(ctx, q)
	if err == nil && len(differ) > 0 {
		err = fmt.Errorf("its schema is not this program's: %s (%d in all): use a backup", differ[0], len(differ))
	}
	return err
}
