package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// clean writes the file anew and empties the write-ahead log. SQLite overwrites what is deleted (secure_delete), but
// copies may be left in pages that were split, in free pages, and in that log. It needs as much free space as the
// journal has, and some seconds for a million entries.
func clean(ctx context.Context, q sqlstore.Querier) error {
	if _, err := q.ExecContext(ctx, "VACUUM"); err != nil {
		return fmt.Errorf("erased texts may be left in free space of the file: %w", err)
	}
	var busy, frames, done int
	if err := q.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &done); err != nil {
		return fmt.Errorf("erased texts may be left in the write-ahead log: %w", err)
	}
	if busy != 0 {
		return errors.New("another program is reading it, so erased texts may be left in it and in its write-ahead log: close the others and do this again")
	}
	return nil
}
