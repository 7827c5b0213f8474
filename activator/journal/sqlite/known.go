package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// knownBlock is how many numbers one statement looks up. They stand in its text:
// thousands of parameters cost more than the look-up.
const knownBlock = 2000

// Known reports for each number whether it is registered.
func (s *Store) Known(ctx context.Context, numbers []codes.LicenseNumber) ([]bool, error) {
	found := make(map[codes.LicenseNumber]bool)
	sorted := slices.Clone(numbers)
	slices.Sort(sorted)
	for block := range slices.Chunk(slices.Compact(sorted), knownBlock) {
		if err := s.knownBlock(ctx, block, found); err != nil {
			return nil, fmt.Errorf("journal %q: %w", s.path, explain(err))
		}
	}
	known := make([]bool, len(numbers))
	for i, n := range numbers {
		known[i] = found[n]
	}
	return known, nil
}

func (s *Store) knownBlock(ctx context.Context, block []codes.LicenseNumber, found map[codes.LicenseNumber]bool) error {
	var q strings.Builder
	q.WriteString("SELECT number FROM licenses WHERE number IN (")
	for i, n := range block {
		if i > 0 {
			q.WriteByte(',')
		}
		q.WriteString(strconv.FormatUint(uint64(n), 10))
	}
	q.WriteByte(')')
	rows, err := s.r.QueryContext(ctx, q.String())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var n uint32
		if err := rows.Scan(&n); err != nil {
			return err
		}
		found[codes.LicenseNumber(n)] = true
	}
	return rows.Err()
}
