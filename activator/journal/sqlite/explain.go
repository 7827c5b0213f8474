package sqlite

import (
	"errors"
	"fmt"

	driver "modernc.org/sqlite"

	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// Primary result codes of SQLite, and the extended ones of constraints (https://www.sqlite.org/rescode.html).
const (
	codeBusy       = 5
	codeReadOnly   = 8
	codeIOErr      = 10
	codeCorrupt    = 11
	codeFull       = 13
	codeCantOpen   = 14
	codeNotADB     = 26
	codeCheck      = 275
	codeForeignKey = 787
	codeUnique     = 2067
)

// fault says what an error means.
func fault(err error) sqlstore.Fault {
	switch resultCode(err) {
	case 0:
		return sqlstore.NotOurs
	case codeUnique:
		return sqlstore.Unique
	case codeCheck:
		return sqlstore.Check
	case codeForeignKey:
		return sqlstore.ForeignKey
	}
	return sqlstore.Failed
}

// resultCode returns SQLite's extended result code, 0 for other errors.
func resultCode(err error) int {
	if e := (*driver.Error)(nil); errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// explain puts SQLite's errors that a person can do something about into words.
func explain(err error) error {
	var say string
	switch resultCode(err) & 0xff {
	case codeBusy:
		say = "another program has been writing to it for more than 15 seconds; try again"
	case codeReadOnly:
		say = "the file or its folder cannot be written to; nothing was changed"
	case codeIOErr:
		say = "the disk reports an error, or is full; nothing is reported done that is not on it"
	case codeFull:
		say = "the disk is full; nothing was written"
	case codeCantOpen:
		say = "the file cannot be opened; the folder must be there and writable"
	case codeCorrupt, codeNotADB:
		say = "the file is damaged; use a backup"
	default:
		return err
	}
	return fmt.Errorf("%s (%w)", say, err)
}
