package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// SQLSTATE codes (PostgreSQL's documentation, appendix A).
const (
	codeForeignKey  = "23503"
	codeUnique      = "23505"
	codeCheck       = "23514"
	codeDiskFull    = "53100"
	codeTooMany     = "53300"
	codeLockTimeout = "55P03"
	codeIdle        = "25P03"
	codeReadOnly    = "25006"
	codePassword    = "28P01"
	codeAuth        = "28000"
	codeDatabase    = "3D000"
	codePrivilege   = "42501"
)

// state returns the SQLSTATE of an error, "" for one that is not the server's.
func state(err error) string {
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// fault says what an error means.
func fault(err error) sqlstore.Fault {
	switch code := state(err); {
	case err == nil:
		return sqlstore.NotOurs
	case code == codeUnique:
		return sqlstore.Unique
	case code == codeCheck:
		return sqlstore.Check
	case code == codeForeignKey:
		return sqlstore.ForeignKey
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"), code == codeIdle: // connection, shutdown
		return sqlstore.Lost
	case code != "":
		return sqlstore.Failed
	}
	var connecting *pgconn.ConnectError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return sqlstore.NotOurs
	case errors.As(err, &connecting), errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, context.DeadlineExceeded), pgconn.SafeToRetry(err):
		return sqlstore.Lost
	}
	return sqlstore.NotOurs
}

// explain puts errors that a person can do something about into words.
func explain(err error) error {
	var say string
	switch code := state(err); code {
	case codeLockTimeout:
		say = "another desk has been writing to it for more than 15 seconds; try again"
	case codeDiskFull:
		say = "the server's disk is full; nothing was written"
	case codeTooMany:
		say = "the server has as many connections as it takes; try again, or raise its max_connections"
	case codeReadOnly:
		say = "the database takes no writing; nothing was changed"
	case codePassword, codeAuth:
		say = "the server does not let this user in: give the password by PGPASSWORD, PGPASSFILE or the vendor folder's settings"
	case codeDatabase:
		say = "there is no such database: make it first (createdb)"
	case codePrivilege:
		say = "this user may not do that in the database: see docs/team.md for the rights that a desk needs"
	default:
		if fault(err) != sqlstore.Lost {
			return err
		}
		say = "there is no connection to the database: what was being recorded is there whole or not at all; do the same again, nothing counts twice"
		if errors.As(err, new(*pgconn.ConnectError)) && !strings.HasPrefix(code, "57P") {
			say = "the database cannot be reached; nothing was recorded"
		}
	}
	return &explained{say, err}
}

// explained is an error in our words, with the server's or the driver's behind them.
type explained struct {
	say string
	err error
}

func (e *explained) Error() string { return fmt.Sprintf("%s (%s)", e.say, oneLine(e.err.Error())) }

func (e *explained) Unwrap() error { return e.err }

// oneLine makes a sentence of the driver's text, which has a line for each address that
// was tried, some of them twice.
func oneLine(text string) string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return strings.ReplaceAll(strings.Join(all, "; "), ":; ", ": ")
}
