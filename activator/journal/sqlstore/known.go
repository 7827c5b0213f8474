package sqlstore

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// knownBlock is how many numbers one statement looks up. They stand in its text:
// thousands of parameters cost more than the look-up.
const knownBlock = 2000

// Known implements [journal.Store].
func (s *Store) Known(ctx context.Context, numbers []codes.LicenseNumber) ([]bool, error) {
	return s.among(ctx, numbers, "licenses")
}

// Free implements [journal.Store].
func (s *Store) Free(ctx context.Context, numbers []codes.LicenseNumber) ([]bool, error) {
	free, err := s.among(ctx, numbers, "licenses", "pool")
	for i := range free {
		free[i] = !free[i]
	}
	return free, err
}

// among reports for each number whether one of the tables has it.
func (s *Store) among(ctx context.Context, numbers []codes.LicenseNumber, tables ...string) ([]bool, error) {
	found := make(map[codes.LicenseNumber]bool)
	sorted := slices.Clone(numbers)
	slices.Sort(sorted)
	for block := range slices.Chunk(slices.Compact(sorted), knownBlock) {
		for _, table := range tables {
			if err := s.findBlock(ctx, table, block, found); err != nil {
				return nil, s.fail(err)
			}
		}
	}
	known := make([]bool, len(numbers))
	for i, n := range numbers {
		known[i] = found[n]
	}
	return known, nil
}

func (s *Store) findBlock(ctx context.Context, table string, block []codes.LicenseNumber, found map[codes.LicenseNumber]bool) error {
	var q strings.Builder
	q.WriteString("SELECT number FROM " + table + " WHERE number IN (")
	for i, n := range block {
		if i > 0 {
			q.WriteByte(',')
		}
		q.WriteString(strconv.FormatUint(uint64(n), 10))
	}
	q.WriteByte(')')
	rows, err := s.r.QueryContext(ctx, q.String())
	return eachRow(rows, err, func(rows *sql.Rows) error {
		var n uint32
		err := rows.Scan(&n)
		found[codes.LicenseNumber(n)] = err == nil
		return err
	})
}
