package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Transact runs f in a transaction that writes, on the connection that has it, while no other program writes; an error
// rolls it back. It is for what goes beside the log, and may take as long as it takes: what f does is not signed.
func (s *Store) Transact(ctx context.Context, f func(ctx context.Context, conn *sql.Conn) error) error {
	return s.writeWithin(ctx, 0, func(run context.Context) error {
		if s.dialect.Unhurried != "" {
			if _, err := s.writes.conn.ExecContext(run, s.dialect.Unhurried); err != nil {
				return err
			}
		}
		return f(run, s.writes.conn)
	})
}

// write runs f in a transaction of its own, one at a time in this process and among all. The context that f gets is
// for its statements.
//
// A connection that was lost before anything was done is opened again. One that is lost later is given up, and whether
// the transaction was done is not known here.
func (s *Store) write(ctx context.Context, f func(run context.Context) error) (err error) {
	return s.writeWithin(ctx, s.dialect.Patience, f)
}

// writeWithin is write with another patience than the dialect's.
func (s *Store) writeWithin(ctx context.Context, patience time.Duration, f func(run context.Context) error) (err error) {
	release, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	run, cancel := s.running(ctx, patience)
	defer cancel()
	if err := s.beginWrite(run); err != nil {
		return s.fail(err)
	}
	w := &s.writes
	done := false
	defer func() {
		if done {
			return
		}
		// After an error or a panic. SQLite may have rolled back by itself; a connection may be lost.
		end, cancel := s.running(context.WithoutCancel(ctx), s.dialect.Patience)
		defer cancel()
		if _, err := w.rollback.ExecContext(end); err != nil {
			w.close()
		}
	}()
	if err := f(run); err != nil {
		if s.dialect.Fault(err) != NotOurs {
			err = s.fail(err)
		}
		return err
	}
	if _, err := w.commit.ExecContext(run); err != nil {
		return s.fail(err)
	}
	done = true
	return nil
}

// beginWrite begins a transaction, on a new connection if the one that there was is lost.
func (s *Store) beginWrite(run context.Context) error {
	w := &s.writes
	for again := w.conn != nil; ; again = false {
		if err := w.connect(run, s.w, &s.dialect); err != nil {
			return err
		}
		err := w.beginAll(run)
		if err == nil {
			return nil
		}
		_, _ = w.rollback.ExecContext(run) // where nothing began, it fails
		if s.dialect.Fault(err) != Lost {
			return err
		}
		w.close()
		if !again {
			return err
		}
	}
}

// acquire waits for this process's turn, then for the dialect's lock.
func (s *Store) acquire(ctx context.Context) (release func(), err error) {
	if s.w == nil {
		return nil, fmt.Errorf("journal %q was opened for reading only", s.name)
	}
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	back := func() { s.turn <- struct{}{} }
	if err := ctx.Err(); err != nil {
		back()
		return nil, err
	}
	if s.dialect.Lock == nil {
		return back, nil
	}
	type locked struct {
		unlock func()
		err    error
	}
	got := make(chan locked, 1)
	go func() {
		unlock, err := s.dialect.Lock()
		got <- locked{unlock, err}
	}()
	select {
	case l := <-got:
		if l.err != nil {
			back()
			return nil, fmt.Errorf("journal %q: its lock file cannot be used: %w", s.name, l.err)
		}
		return func() { l.unlock(); back() }, nil
	case <-ctx.Done():
		go func() { // another process has it: give it back when it comes
			if l := <-got; l.err == nil {
				l.unlock()
			}
			back()
		}()
		return nil, ctx.Err()
	}
}
