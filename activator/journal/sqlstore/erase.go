package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// erase deletes personal texts. Where they are customers' names, the words of their licenses follow.
func (a *appender) erase(id journal.EntryID, f journal.Erase) error {
	var log journal.LogID
	var size uint64
	err := a.writes.logBy.one(a.run, []any{f.Origin}, &log, &size)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("journal: texts of the log %q cannot be erased: it is not in this journal", f.Origin)
	}
	if err != nil {
		return err
	}
	if log == a.log {
		size = id.Index()
	}
	for _, r := range f.Runs {
		if r.Last >= size {
			return fmt.Errorf("journal: texts of entry %v cannot be erased: it is not before entry %v", journal.NewEntryID(log, r.Last), id)
		}
		if err := a.eraseRun(f.Field, int64(journal.NewEntryID(log, r.First)), int64(journal.NewEntryID(log, r.Last))); err != nil {
			return err
		}
	}
	return nil
}

func (a *appender) eraseRun(field string, first, last int64) error {
	words := map[codes.LicenseNumber][]string{}
	if field == journal.FieldCustomer {
		var err error
		if words, err = a.customersIn(first, last); err != nil {
			return err
		}
	}
	if _, err := a.writes.erase.ExecContext(a.run, field, first, last); err != nil {
		return err
	}
	for l, before := range words {
		after, err := a.words(l)
		if err != nil {
			return err
		}
		if err := a.setWords(l, before, after); err != nil {
			return err
		}
	}
	return nil
}

// customersIn returns the licenses whose customer's name is in a run of entries, with the words they are found by.
func (a *appender) customersIn(first, last int64) (map[codes.LicenseNumber][]string, error) {
	rows, err := a.writes.customersIn.QueryContext(a.run, first, last)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	words := map[codes.LicenseNumber][]string{}
	for rows.Next() {
		var l codes.LicenseNumber
		if err := rows.Scan(&l); err != nil {
			return nil, err
		}
		words[l] = nil
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for l := range words {
		if words[l], err = a.words(l); err != nil {
			return nil, err
		}
	}
	return words, nil
}
