package protector

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/manual-activator/manual-activator/internal/regular"
)

// disk is what the state needs of a file system; tests put their own in front to
// let it fail.
type disk interface {
	// read returns a file of at most maxRecord+1 bytes.
	read(name string) ([]byte, error)
	// list returns the names in a folder, none when there is no such folder.
	list(dir string) ([]string, error)
	// replace writes a file whole or not at all, and durably: when it returns
	// nil, a power cut loses nothing. The folder is made as needed; others may
	// look into an open one, never into the files.
	replace(name string, data []byte, open bool) error
	// rename moves a damaged file aside.
	rename(from, to string) error
	// remove removes a file.
	remove(name string) error
	// identity returns what tells a file from a copy of it; it stays while the
	// file is not written.
	identity(name string) (string, error)
	// lock waits for the lock file, for a while.
	lock(name string, open bool, wait time.Duration) (unlock func(), err error)
}

// osDisk is the real one.
type osDisk struct{}

func (osDisk) read(name string) ([]byte, error) {
	f, err := regular.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxRecord+1))
}

func (osDisk) list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

func (osDisk) replace(name string, data []byte, open bool) (err error) {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, folderMode(open)); err != nil {
		return err
	}
	temp := name + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	if _, err := f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		return err
	}
	return syncDir(dir)
}

// folderMode is that of a new folder. A user must see in the machine's folder that
// there is no copy of another user, or no deactivation could be called complete.
func folderMode(open bool) os.FileMode {
	if open {
		return 0o755
	}
	return 0o700
}

func (osDisk) remove(name string) error { return os.Remove(name) }

func (osDisk) rename(from, to string) error { return os.Rename(from, to) }

// syncDir makes a rename durable. Windows has no such call: there the rename is
// written through the journal of the file system.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// errLocked is returned when the lock could not be had in time.
var errLocked = errors.New("held by another process")

func (osDisk) lock(name string, open bool, wait time.Duration) (func(), error) {
	if err := os.MkdirAll(filepath.Dir(name), folderMode(open)); err != nil {
		return nil, err
	}
	// Whoever can open the file can hold the lock, so it is for its owner alone.
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	type result struct {
		unlock func()
		err    error
	}
	done := make(chan result)
	given := make(chan struct{})
	go func() {
		unlock, err := lockedfile.MutexAt(name).Lock()
		select {
		case done <- result{unlock, err}:
		case <-given: // nobody waits any more
			if err == nil {
				unlock()
			}
		}
	}()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case r := <-done:
		return r.unlock, r.err
	case <-timer.C:
		close(given)
		return nil, errLocked
	}
}
