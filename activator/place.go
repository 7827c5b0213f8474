package activator

import (
	"context"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal/postgres"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
)

// place is where a journal is: a file, or a PostgreSQL database.
type place struct {
	file    string
	address string // empty: in the file
}

// place returns where the journal of a vendor folder is; address is the operator's word, which goes before the
// settings'.
func (s settings) place(dir, address string) place {
	if address == "" {
		address = s.Journal
	}
	return place{filepath.Join(dir, journalFile), address}
}

// name is what people call it; there is no password in it.
func (p place) name() string {
	if p.address != "" {
		return postgres.Name(p.address)
	}
	return p.file
}

func (p place) create(ctx context.Context, origin string, keys note.Verifiers) (store, error) {
	if p.address != "" {
		return orNil(postgres.Create(ctx, p.address, postgres.Options{Origin: origin, Verifiers: keys}))
	}
	return orNil(sqlite.Create(ctx, p.file, sqlite.Options{Origin: origin, Verifiers: keys}))
}

func (p place) open(ctx context.Context, keys note.Verifiers, readOnly bool) (store, error) {
	if p.address != "" {
		return orNil(postgres.Open(ctx, p.address, postgres.Options{Verifiers: keys, ReadOnly: readOnly}))
	}
	return orNil(sqlite.Open(ctx, p.file, sqlite.Options{Verifiers: keys, ReadOnly: readOnly}))
}

// orNil makes no store of a store that could not be opened, not one that is nil.
func orNil[S store](s S, err error) (store, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}
