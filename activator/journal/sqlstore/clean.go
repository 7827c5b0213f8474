package sqlstore

import "context"

// Clean implements [journal.Store].
func (s *Store) Clean(ctx context.Context) error {
	release, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := s.writes.connect(ctx, s.w, &s.dialect); err != nil {
		return s.fail(err)
	}
	if err := s.dialect.Clean(ctx, s.writes.conn); err != nil {
		return s.fail(err)
	}
	return nil
}
