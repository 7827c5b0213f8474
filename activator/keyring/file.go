package keyring

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// The files of a keyring inside the vendor folder.
const (
	IdentityFile = "identity.age" // one operator's identity, under a passphrase
	KeysFile     = "keyring.age"  // the root secrets, to the operators' identities
)

const maxFile = 1 << 20 // bytes; a keyring has about a thousand

// Files returns the names of the files of a keyring inside the vendor folder,
// for backup and restore.
func Files() []string { return []string{IdentityFile, KeysFile} }

// free reports a file of a keyring that is in the folder already.
func free(dir string) error {
	var there, missing []string
	for _, name := range Files() {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); err == nil {
			there = append(there, path)
		} else {
			missing = append(missing, name)
		}
	}
	switch {
	case len(there) == 0:
		return nil
	case len(missing) == 0:
		return fail(ErrExists, "%s already exists: it is never overwritten", there[0])
	}
	return fail(ErrExists, "%s already exists, without %s: restore that one from a backup, or, if none was ever in use here, move the file away", there[0], missing[0])
}

// readSecret reads a file that only its owner may read. A link is refused: what
// it points at may be anybody's.
func readSecret(path string) ([]byte, error) {
	before, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(ErrMissing, "%s does not exist: make a keyring with activator init, or restore a backup", path)
	}
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, fail(ErrNotRegular, "%s is a %s: expected a regular file", path, kindOf(before.Mode()))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat() // of what was opened, not of what the name meant a moment ago
	if err != nil {
		return nil, err
	}
	if !os.SameFile(before, info) {
		return nil, fail(ErrNotRegular, "%s was replaced while it was opened: try again", path)
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return nil, fail(ErrExposed, "%s can be read or written by others (mode %04o): run chmod 600 %q, and think about who may have read it", path, mode, path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxFile {
		return nil, fail(ErrDamaged, "%s has more than %d bytes: it is not a keyring", path, maxFile)
	}
	return b, nil
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "symbolic link"
	case m.IsDir():
		return "folder"
	}
	return "special file"
}

// createSecret writes a new file with mode 0600, whole or not at all: a
// temporary file is synced, then gets its name, which must be free.
func createSecret(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	err = os.Link(f.Name(), path) // fails if the name is taken
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = renameNew(f.Name(), path) // a file system without hard links
	}
	if errors.Is(err, fs.ErrExist) {
		return fail(ErrExists, "%s already exists: it is never overwritten", path)
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}

// renameNew gives a file a name that must be free.
func renameNew(from, to string) error {
	claim, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := claim.Close(); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return errors.Join(err, os.Remove(to)) // the empty claim, which is ours
	}
	return nil
}

// syncDir makes a new name durable. Windows has no such thing.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
