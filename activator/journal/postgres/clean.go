package postgres

import (
	"context"
	"errors"

	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// clean writes the tables anew that erased texts were in. Only their owner may: for others the server would do nothing,
// and say so where nobody reads it. What the server keeps elsewhere (its write-ahead log, archives, replicas) is its
// administrator's.
func clean(ctx context.Context, q sqlstore.Querier) error {
	var owner bool
	if err := q.QueryRowContext(ctx, "SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE oid IN ('personal'::regclass, 'words'::regclass)").Scan(&owner); err != nil {
		return err
	}
	if !owner {
		return errors.New("erased texts may be left in free space of the server's files: have the owner of the tables run VACUUM FULL personal, words")
	}
	_, err := q.ExecContext(ctx, "VACUUM (FULL) personal, words")
	return err
}
