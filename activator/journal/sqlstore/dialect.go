package sqlstore

import (
	"context"
	"database/sql"
	"time"
)

// Dialect is what one database does differently from another. Statements of this package are written so that all of
// them take them; parameters are $1, $2, ...
type Dialect struct {
	// BeginRead and BeginWrite begin a transaction: one that reads, seeing one moment throughout, and one that
	// writes. BeginWrite is several statements where one does not do; with the last of them nobody else writes.
	BeginRead  string
	BeginWrite []string

	// ShareMoment returns a name of the moment that a transaction sees, and SeeMoment, with that name in the place of
	// %s, has a transaction that just began see the same one: for a database whose connections run one query at a
	// time. Empty where a connection runs several.
	ShareMoment, SeeMoment string

	// Contains is the condition that the column leaf contains the bytes of a parameter, which stands for %s.
	Contains string

	// Uncancelled has single statements run with a context that cannot be cancelled, for a driver that starts a
	// goroutine for each one that can. Between statements the caller's is asked all the same.
	Uncancelled bool

	// Pipeline runs statements at once, without waiting for each. done says that all were done and changed as many rows
	// as they had to; if not, the transaction is to be rolled back to a savepoint. nil where waiting costs nothing.
	Pipeline func(ctx context.Context, conn *sql.Conn, all []Queued) (done bool, err error)

	// Savepoints says that a statement that was refused spoils its transaction, unless it is rolled back to a savepoint.
	Savepoints bool

	// Patience is how long a transaction may take, but for one that reads everything: then its connection counts as
	// lost. 0 is for ever.
	Patience time.Duration

	// Unhurried has the server wait for a transaction however long it does nothing; empty where nobody hurries it.
	Unhurried string

	// Lock waits for the right to write, before BeginWrite, where the database's own waiting is not good enough; nil
	// where it is.
	Lock func() (unlock func(), err error)

	// Fault says what an error of the driver means.
	Fault func(err error) Fault

	// Explain puts errors that a person can do something about into words. It returns others as they are.
	Explain func(err error) error

	// Form lists what is wrong with the database itself: a schema that is not as it was made, damaged pages. It may
	// take long.
	Form func(ctx context.Context, q Querier) ([]string, error)

	// Clean takes what was deleted out of the database's files too, while nobody else writes.
	Clean func(ctx context.Context, q Querier) error
}

// Fault is what an error of the database means.
type Fault int

// The faults.
const (
	NotOurs    Fault = iota // the error is not one of the database
	Failed                  // any other fault
	Unique                  // a key is taken
	Check                   // a rule of a row does not hold
	ForeignKey              // the row that is referred to is not there
	Lost                    // there is no connection to the database any more
)

// Querier is a database or one connection to it.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}
