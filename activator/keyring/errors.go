package keyring

import (
	"errors"
	"fmt"
)

// What can go wrong with a keyring, for callers that branch. Errors of this
// package wrap one of them in a sentence with path and remedy.
var (
	ErrExists     = errors.New("a keyring is already there")
	ErrMissing    = errors.New("no keyring")
	ErrPassphrase = errors.New("wrong passphrase")
	ErrDamaged    = errors.New("damaged")
	ErrExposed    = errors.New("readable by others")
	ErrNotRegular = errors.New("not a regular file")
	ErrWorkFactor = errors.New("too much scrypt work")
	ErrMismatch   = errors.New("files of different keyrings")
	ErrEpoch      = errors.New("no such key epoch")
	ErrLastEpoch  = errors.New("no key epoch is left")
	ErrWiped      = errors.New("the keyring is locked")
)

// failure is a sentence with one of the errors above behind it.
type failure struct {
	text string
	kind error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.kind }

func fail(kind error, format string, args ...any) error {
	return &failure{fmt.Sprintf(format, args...), kind}
}
