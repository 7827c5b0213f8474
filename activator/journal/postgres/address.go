package postgres

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// IsAddress says whether a text is the address of a PostgreSQL database rather than the name of a file.
func IsAddress(text string) bool {
	scheme, _, found := strings.Cut(text, "://")
	return found && (strings.EqualFold(scheme, "postgres") || strings.EqualFold(scheme, "postgresql"))
}

// HasPassword says whether an address has a password in it, or might have: an address that cannot be read counts as
// one, since it may be a password that makes it unreadable.
func HasPassword(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	if _, has := u.User.Password(); has {
		return true
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return true
	}
	for name := range query {
		if strings.Contains(strings.ToLower(name), "password") {
			return true
		}
	}
	return false
}

// errAddress never quotes the address: there may be a password in it.
var errAddress = errors.New("the journal's address cannot be read: want postgres://USER@HOST:PORT/DATABASE; signs other than letters and digits in a name or password are written as %XX")

// parse reads an address.
func parse(address string) (*pgx.ConnConfig, error) {
	if _, err := url.Parse(address); err != nil || !IsAddress(address) {
		return nil, errAddress
	}
	scheme, rest, _ := strings.Cut(address, "://")
	address = strings.ToLower(scheme) + "://" + rest
	c, err := pgx.ParseConfig(address)
	if err != nil {
		if name := blamed(address); name != "" {
			return nil, fmt.Errorf("the journal's address cannot be read: its option %s has a value that does not fit%s", name, wanted[name])
		}
		var where *pgconn.ParseConfigError
		if errors.As(err, &where) && !HasPassword(address) {
			return nil, fmt.Errorf("%w (%w)", errAddress, err)
		}
		return nil, errAddress
	}
	if c.Database == "" {
		return nil, errors.New("the journal's address names no database: want postgres://USER@HOST:PORT/DATABASE")
	}
	return c, nil
}

// wanted are the values that an option takes, as words of a sentence.
var wanted = map[string]string{
	"sslmode":         ": want disable, allow, prefer, require, verify-ca or verify-full",
	"connect_timeout": ": want a number of seconds",
}

// blamed is the option without which an address can be read, empty if there is none. Its
// value is not told: it may be a password in the wrong place.
func blamed(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	options, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		rest := maps.Clone(options)
		delete(rest, name)
		without := *u
		without.RawQuery = rest.Encode()
		if _, err := pgx.ParseConfig(without.String()); err == nil {
			return name
		}
	}
	return ""
}

// Name returns how an address is called in messages: without password and options.
func Name(address string) string {
	c, err := parse(address)
	if err != nil {
		return "postgres://..."
	}
	u := url.URL{Scheme: "postgres", User: url.User(c.User), Host: net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))), Path: "/" + c.Database}
	if strings.HasPrefix(c.Host, "/") { // a socket in a folder
		u.Host, u.RawQuery = "", "host="+c.Host
	}
	return u.String()
}
