package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	connecting = 10 * time.Second // to wait for a connection, unless the address says otherwise
	patience   = 2 * time.Minute  // for a transaction, but for one that reads everything
)

// connect opens a database. Each connection is checked before it is used.
func connect(c *pgx.ConnConfig, readOnly bool) *sql.DB {
	c = c.Copy()
	set := func(name, value string) {
		if _, given := c.RuntimeParams[name]; !given {
			c.RuntimeParams[name] = value
		}
	}
	set("application_name", "activator")
	set("lock_timeout", "15s")
	if !readOnly {
		set("idle_in_transaction_session_timeout", "30s") // a desk that went away does not keep the others waiting
	}
	set("tcp_keepalives_idle", "10")
	set("tcp_keepalives_interval", "5")
	if readOnly {
		c.RuntimeParams["default_transaction_read_only"] = "on"
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connecting
	}
	dialer := net.Dialer{Timeout: c.ConnectTimeout, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	c.DialFunc = dialer.DialContext
	return stdlib.OpenDB(*c, stdlib.OptionAfterConnect(checkSettings))
}

// errSettings says that a server is not one to trust with a journal.
var errSettings = errors.New("the server's settings do not keep what is recorded")

// checkSettings makes commits durable on a connection, and reads back what the guarantees rest on.
func checkSettings(ctx context.Context, conn *pgx.Conn) error {
	const ask = `SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('session_replication_role'),
		current_setting('server_encoding'), pg_is_in_recovery()`
	var fsync, commit, role, encoding string
	var standby bool
	if err := conn.QueryRow(ctx, ask, pgx.QueryExecModeExec).Scan(&fsync, &commit, &role, &encoding, &standby); err != nil {
		return err
	}
	switch {
	case fsync != "on":
		return fmt.Errorf("%w: fsync is %q, want \"on\": a power cut would lose entries", errSettings, fsync)
	case commit != "on" && commit != "remote_apply":
		return fmt.Errorf("%w: synchronous_commit is %q, want \"on\": set it so for this user or database (ALTER ROLE ... SET synchronous_commit = on)", errSettings, commit)
	case role != "origin":
		return fmt.Errorf("%w: session_replication_role is %q, want \"origin\": triggers and keys would not hold", errSettings, role)
	case encoding != "UTF8":
		return fmt.Errorf("%w: the database's encoding is %s, want UTF8: make it by CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0", errSettings, encoding)
	case standby:
		return fmt.Errorf("%w: it is a standby, which takes no entries: connect to the primary", errSettings)
	}
	return nil
}
