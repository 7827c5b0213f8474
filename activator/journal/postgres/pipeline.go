package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// pipeline sends statements without waiting for the answer to each.
func pipeline(ctx context.Context, conn *sql.Conn, all []sqlstore.Queued) (done bool, err error) {
	var batch pgx.Batch
	for _, q := range all {
		batch.Queue(q.Text, q.Args...)
	}
	err = conn.Raw(func(driver any) error {
		results := driver.(*stdlib.Conn).Conn().SendBatch(ctx, &batch)
		done = true
		for _, q := range all {
			tag, err := results.Exec()
			if err != nil {
				done = false
				return errors.Join(err, results.Close())
			}
			if q.Want >= 0 && tag.RowsAffected() != q.Want {
				done = false
			}
		}
		return results.Close()
	})
	return done && err == nil, err
}
