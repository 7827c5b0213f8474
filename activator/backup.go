package activator

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
)

// backupName are the files of the vendor folder that a backup holds, and nothing else:
// keyring, journal and products are in it, so one file brings a desk back.
var backupName = regexp.MustCompile(`^(activator\.toml|identity\.age|keyring\.age|journal\.db|products/[a-z0-9][a-z0-9-]*\.toml|replies/[a-z0-9-]+\.txt)$`)

// backupWorkFactor is the cost of a backup's passphrase, log2: about a second.
const backupWorkFactor = 18

// maxBackupWorkFactor bounds what a file may ask of the machine that reads it.
const maxBackupWorkFactor = 20

// Backup writes the vendor folder to one new encrypted file while the desk goes
// on working. That a backup was made is journaled first, so it is in the backup.
// workFactor 0 is the default. It refuses to overwrite, and leaves nothing behind
// when it fails.
func (s *Session) Backup(ctx context.Context, path string, workFactor int) (err error) {
	if err := s.may(ActExport); err != nil {
		return err
	}
	d := s.desk
	if workFactor == 0 {
		workFactor = backupWorkFactor
	}
	pass, err := d.unlock()
	if err != nil {
		return err
	}
	defer clear(pass)
	k, err := d.keys()
	if err != nil { // a wrong passphrase would make a backup that nobody can open
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: expected no such file yet: a backup never overwrites one", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-") // readable by its owner only
	if err != nil {
		return err
	}
	defer func() {
		f.Close()
		os.Remove(f.Name())
	}()
	e := journal.Entry{At: d.now(), Kind: journal.KindBackup, Verdict: journal.OK, Detail: filepath.Base(path)}
	if _, err := s.append(ctx, nil, nil, s.stamp(e, d.salt())); err != nil {
		return err
	}
	if err := writeBackup(f, k, pass, workFactor, d.rand, d.now(), func(w io.Writer) error { return d.archive(ctx, w) }); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); !errors.Is(err, errors.ErrUnsupported) && !os.IsPermission(err) {
		return err // nil, or somebody was quicker
	}
	return os.Rename(f.Name(), path) // a file system without links
}

// archive writes the files of the vendor folder as a tar stream.
func (d *Desk) archive(ctx context.Context, w io.Writer) error {
	tmp, err := os.MkdirTemp(d.dir, "backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	unlock, err := keyring.Lock(d.dir) // files and journal are of one moment
	if err != nil {
		return err
	}
	defer unlock()
	snapshot := filepath.Join(tmp, journalFile)
	if err := d.store.Backup(ctx, snapshot); err != nil {
		return err
	}
	t := tar.NewWriter(w)
	add := func(name, path string) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		h := &tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: d.now().Truncate(time.Second), Typeflag: tar.TypeReg}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		_, err = io.Copy(t, f)
		return err
	}
	for _, name := range []string{settingsFile, "identity.age", "keyring.age"} {
		if err := add(name, filepath.Join(d.dir, name)); err != nil {
			return err
		}
	}
	for _, folder := range []string{productsDir, repliesDir} {
		files, err := filepath.Glob(filepath.Join(d.dir, folder, "*"))
		if err != nil {
			return err
		}
		for _, path := range files {
			name := folder + "/" + filepath.Base(path)
			if !backupName.MatchString(name) {
				continue // a file that this program does not read
			}
			if err := add(name, path); err != nil {
				return err
			}
		}
	}
	if err := add(journalFile, snapshot); err != nil {
		return err
	}
	return t.Close()
}

// writeNew writes a new file, durably.
func writeNew(path string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(f, r); err == nil {
		err = f.Sync()
	}
	if err2 := f.Close(); err == nil {
		err = err2
	}
	return err
}
