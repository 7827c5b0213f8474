package sqlstore

import (
	"github.com/manual-activator/manual-activator/activator/journal"
)

// Over a network every statement waits for the one before it to come back. Entries whose statements need nothing that
// is read in between are therefore sent at once. What each statement changes is foreseen: if one is refused, or changes
// something else, all are undone and done again one by one, which says what is in the way.

// Queued is a statement to be run at once with others.
type Queued struct {
	Text string
	Args []any
	Want int64 // rows that it must change; anyRows for any number
}

// anyRows is the number of rows that a statement changes that may find nothing to do.
const anyRows = -1

// do runs a statement that is to change so many rows, and returns how many it changed. While statements are queued, it
// queues it, as if it had changed those.
func (a *appender) do(st *stmt, want int64, args ...any) (int64, error) {
	if a.queue == nil {
		return affected(st.ExecContext(a.run, args...))
	}
	*a.queue = append(*a.queue, Queued{Text: st.text, Args: args, Want: want})
	return max(want, 0), nil
}

// plain reports whether entries can be written without reading anything in between: they answer, confirm or refuse,
// and change no license, pool or customer's name.
func plain(es []journal.Entry) bool {
	for i := range es {
		if personal(&es[i], journal.FieldCustomer) != nil {
			return false
		}
		for _, f := range es[i].Effects {
			switch f.(type) {
			case journal.Claim, journal.Mark, journal.TakeSeat, journal.FreeSeat:
			default:
				return false
			}
		}
	}
	return true
}

// atOnce writes the entries and the new head by statements that are sent together. done is false if one was refused,
// and nothing is written then.
func (a *appender) atOnce(sign journal.Signer) (done bool, err error) {
	queue := make([]Queued, 0, 4*len(a.es)+2)
	a.queue = &queue
	queue = append(queue, Queued{Text: a.writes.savepoint.text, Want: anyRows})
	before := a.trustedHead()
	err = a.oneByOne(sign)
	a.queue = nil
	if err != nil {
		return false, err
	}
	done, err = a.dialect.Pipeline(a.run, a.writes.conn, queue)
	if done || a.dialect.Fault(err) == Lost || a.run.Err() != nil {
		return done, err
	}
	a.setTrusted(before)
	if _, err := a.writes.back.ExecContext(a.run); err != nil {
		return false, err
	}
	return false, a.openHead()
}

func (s *Store) trustedHead() journal.Head {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trusted
}

func (s *Store) setTrusted(h journal.Head) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trusted = h
}
