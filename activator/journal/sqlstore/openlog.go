package sqlstore

import (
	"context"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// OpenLog closes the store's own log and opens another one: a restored backup must not go on with the old one, whose
// later entries were lost, else two different entries could have one number. The next Append begins it with an entry
// of kind journal.KindLog. It changes nothing if the own log is empty and has this origin.
func (s *Store) OpenLog(ctx context.Context, origin string) error {
	if err := journal.ValidOrigin(origin); err != nil {
		return err
	}
	return s.write(ctx, func(run context.Context) error {
		conn := s.writes.conn
		var size uint64
		var have string
		if err := conn.QueryRowContext(run, "SELECT size, origin FROM logs WHERE own = 1").Scan(&size, &have); err != nil {
			return err
		}
		if size == 0 && have == origin {
			return nil
		}
		if _, err := conn.ExecContext(run, "UPDATE logs SET own = 0 WHERE own = 1"); err != nil {
			return err
		}
		n, err := affected(conn.ExecContext(run, `INSERT INTO logs (id, origin, own, size, frontier, checkpoint)
			SELECT max(id) + 1, $1, 1, 0, $2, $2 FROM logs WHERE true ON CONFLICT DO NOTHING`, origin, []byte{}))
		if err == nil && n == 0 {
			return fmt.Errorf("journal: a log %q is there already: take another origin", origin)
		}
		return err
	})
}
