package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// An output is a file that appears whole or not at all. It is begun before the
// work whose result it takes, so that a folder that cannot be written stops the
// work and not the result.
type output struct {
	path  string
	force bool
	tmp   *os.File
}

// begin makes an output. Without force it refuses a file that is there; folders, pipes and
// devices are never replaced.
func begin(path string, mode fs.FileMode, force bool) (*output, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is there and is no file: it is not replaced, name another one", path)
	}
	if !force {
		if _, err := os.Lstat(path); err == nil {
			return nil, fmt.Errorf("%s is there already: name another file, or replace it with --force", path)
		}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written: %w", path, err)
	}
	o := &output{path: path, force: force, tmp: tmp}
	if err := tmp.Chmod(mode); err != nil && mode != 0o600 {
		o.drop()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return o, nil
}

// finish writes the content and puts the file in its place.
func (o *output) finish(content []byte) error {
	defer o.drop()
	if _, err := o.tmp.Write(content); err != nil {
		return fmt.Errorf("%s: %w", o.path, err)
	}
	if err := o.tmp.Sync(); err != nil {
		return fmt.Errorf("%s: %w", o.path, err)
	}
	name := o.tmp.Name()
	if err := o.tmp.Close(); err != nil {
		return fmt.Errorf("%s: %w", o.path, err)
	}
	if !o.force {
		// A link never replaces; file systems without links get the check alone.
		switch err := os.Link(name, o.path); {
		case err == nil:
			return syncDir(o.path)
		case errors.Is(err, fs.ErrExist):
			return fmt.Errorf("%s is there already: name another file, or replace it with --force", o.path)
		}
		if _, err := os.Lstat(o.path); err == nil {
			return fmt.Errorf("%s is there already: name another file, or replace it with --force", o.path)
		}
	}
	if err := os.Rename(name, o.path); err != nil {
		return err
	}
	return syncDir(o.path)
}

// drop removes what was not finished. After finish it does nothing.
func (o *output) drop() {
	if o == nil {
		return
	}
	o.tmp.Close()
	os.Remove(o.tmp.Name())
}

// syncDir makes a new name durable. Systems that cannot sync folders are left alone.
func syncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}

// outputFlags are the flags of a command that writes a file, or to standard output.
func outputFlags(c *cobra.Command, file *string, force *bool) {
	c.Flags().StringVarP(file, "output", "o", "-", "the `file`, or - for standard output")
	c.Flags().BoolVar(force, "force", false, "replace the file if it is there")
}

// emit writes a finished text to a file, saying what it is, or to standard output as it is.
func (a *app) emit(file string, force bool, text []byte, what string) error {
	if file == "-" {
		_, err := a.out.Write(text)
		return err
	}
	out, err := begin(file, 0o600, force)
	if err != nil {
		return err
	}
	if err := out.finish(text); err != nil {
		return err
	}
	if a.json {
		return a.put(map[string]string{"file": file})
	}
	a.printer().line(fmt.Sprintf("%s written to %s.", what, safe(filepath.Clean(file))))
	return nil
}

// begins reports whether a file begins with a text.
func begins(path, text string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, len(text))
	n, _ := f.Read(b)
	return bytes.Equal(b[:n], []byte(text))
}
