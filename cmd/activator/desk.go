package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/term"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal/postgres"
)

// folder finds the vendor folder: the flag, the environment, else the place that
// the platform has for such data.
func (a *app) folder() (string, error) {
	if a.dir != "" {
		return a.dir, nil
	}
	if d := a.env("ACTIVATOR_DIR"); d != "" {
		return d, nil
	}
	const name = "manual-activator"
	switch runtime.GOOS {
	case "windows":
		if d := a.env("LocalAppData"); d != "" {
			return filepath.Join(d, name), nil
		}
	case "darwin":
		if d := a.env("HOME"); d != "" {
			return filepath.Join(d, "Library", "Application Support", name), nil
		}
	default:
		// The XDG specification asks to ignore relative paths.
		if d := a.env("XDG_DATA_HOME"); filepath.IsAbs(d) {
			return filepath.Join(d, name), nil
		}
		if d := a.env("HOME"); d != "" {
			return filepath.Join(d, ".local", "share", name), nil
		}
	}
	return "", errors.New("no vendor folder: this account has no home folder; name one with --dir or $ACTIVATOR_DIR")
}

// who is the operator as the journal keeps it.
func (a *app) who() (activator.Operator, error) {
	name := a.operator
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	if name == "" {
		name = a.env("USER")
	}
	switch {
	case name == "":
		return activator.Operator{}, errors.New("the system does not say who you are: give your name with --operator")
	case len(name) > 64 || name != safe(name) || strings.TrimSpace(name) != name:
		return activator.Operator{}, &usageError{text: fmt.Sprintf("operator: have %q, want a name of 1 to 64 characters without control characters", name)}
	}
	return activator.Operator{Name: name}, nil
}

// address checks a journal's address that was given as an argument, which everybody on this computer can read.
func address(flag, text string) error {
	switch {
	case text == "" || postgres.IsAddress(text) && !postgres.HasPassword(text):
		return nil
	case postgres.IsAddress(text):
		return &usageError{text: flag + ": no password may stand in an argument, where others can read it: write the address into the vendor folder's activator.toml (journal = ...), or give the password by PGPASSFILE or PGPASSWORD"}
	}
	return &usageError{text: fmt.Sprintf("%s: have %q, want postgres://USER@HOST/DATABASE", flag, text)}
}

// here is the vendor folder and who works in it.
func (a *app) here() (string, activator.Operator, error) {
	if err := address("--journal", a.journal); err != nil {
		return "", activator.Operator{}, err
	}
	dir, err := a.folder()
	if err != nil {
		return "", activator.Operator{}, err
	}
	op, err := a.who()
	return dir, op, err
}

// headsFolder is where this operator's computer keeps the last head of each journal
// that it saw, away from the vendor folder.
func headsFolder() string {
	config, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(config, "manual-activator", "heads")
}

// with opens the desk for one command and closes it afterwards.
func (a *app) with(ctx context.Context, do func(*activator.Desk, *activator.Session) error) (err error) {
	dir, op, err := a.here()
	if err != nil {
		return err
	}
	d, err := activator.Open(ctx, activator.Config{
		Dir: dir, Now: a.now, Rand: a.rand, Heads: headsFolder(), Journal: a.journal,
		Unlock: func() ([]byte, error) { return a.passphrase(false) },
	})
	if err != nil {
		return err
	}
	defer func() {
		if e := d.Close(); err == nil {
			err = e
		}
	}()
	return do(d, d.Session(op, "command"))
}

const noPassphrase = "a passphrase is needed: name a file that holds it with --passphrase-file, set $ACTIVATOR_PASSPHRASE, or run this on a terminal to be asked"

// maxPassphrase bounds what is read from a passphrase file, in bytes.
const maxPassphrase = 4096

// passphrase finds the passphrase; fresh asks for a new one, twice.
func (a *app) passphrase(fresh bool) ([]byte, error) {
	if a.passphraseFile != "" {
		return a.passphraseFrom(a.passphraseFile)
	}
	if p := a.env("ACTIVATOR_PASSPHRASE"); p != "" {
		return []byte(p), nil
	}
	if fresh {
		return a.askTwice(noPassphrase)
	}
	tty, done := a.tty()
	if tty == nil {
		return nil, errors.New(noPassphrase)
	}
	defer done()
	return a.ask(tty, "passphrase: ")
}

// askTwice asks for a new passphrase on the terminal. Without one the error is what is
// given.
func (a *app) askTwice(without string) ([]byte, error) {
	tty, done := a.tty()
	if tty == nil {
		return nil, errors.New(without)
	}
	defer done()
	first, err := a.ask(tty, "new passphrase: ")
	if err != nil {
		return nil, err
	}
	again, err := a.ask(tty, "the new passphrase once more: ")
	if err != nil {
		return nil, err
	}
	if string(first) != string(again) {
		return nil, errors.New("the two passphrases differ; nothing was made")
	}
	clear(again)
	return first, nil
}

func (a *app) passphraseFrom(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && runtime.GOOS != "windows" && st.Mode().IsRegular() && st.Mode().Perm()&0o077 != 0 {
		a.say("activator: hint: others on this computer can read %s; chmod 600 would stop that", path)
	}
	line, err := bufio.NewReader(io.LimitReader(f, maxPassphrase)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("passphrase: %w", err)
	}
	p := []byte(strings.TrimRight(string(line), "\r\n"))
	if len(p) == 0 {
		return nil, fmt.Errorf("passphrase: the first line of %s is empty", path)
	}
	return p, nil
}

// tty finds the terminal to ask on: standard input, or, where that carries a code
// and a person still watches, the process's own terminal.
func (a *app) tty() (*os.File, func()) {
	if _, ok := terminal(a.in); ok {
		return a.in.(*os.File), func() {}
	}
	if _, ok := terminal(a.err); !ok {
		return nil, nil
	}
	name := "/dev/tty"
	if runtime.GOOS == "windows" {
		name = "CONIN$"
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, nil
	}
	return f, func() { f.Close() }
}

// ask reads a passphrase without echo. An interrupt ends it, with the terminal as
// it was.
func (a *app) ask(tty *os.File, prompt string) ([]byte, error) {
	fd := int(tty.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, fmt.Errorf("the passphrase could not be read from the terminal: %w", err)
	}
	fmt.Fprint(a.err, prompt)
	type typed struct {
		text []byte
		err  error
	}
	done := make(chan typed, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		done <- typed{text, err}
	}()
	select {
	case <-a.ctx.Done():
		_ = term.Restore(fd, before) // the program ends here; there is nothing better to do
		fmt.Fprintln(a.err)
		return nil, errors.New("interrupted")
	case t := <-done:
		fmt.Fprintln(a.err)
		switch {
		case t.err != nil:
			return nil, fmt.Errorf("the passphrase could not be read from the terminal: %w", t.err)
		case len(t.text) == 0:
			return nil, errors.New("the passphrase is empty")
		}
		return t.text, nil
	}
}
