package activator

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"filippo.io/age"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
)

// A backup is a tar archive of the vendor folder, encrypted by age under the
// passphrase: the standard `age -d` opens it too. Keyring, journal and products
// are in it, so one file brings a desk back.

// backupName are the files that a backup holds, and nothing else.
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
	if _, err := d.keys(); err != nil { // a wrong passphrase would make a backup that nobody can open
		return err
	}
	recipient, err := age.NewScryptRecipient(string(pass))
	if err != nil {
		return err
	}
	recipient.SetWorkFactor(workFactor)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: expected no such file yet: a backup never overwrites one", path)
	}
	if err != nil {
		return err
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(path)
		}
	}()
	e := journal.Entry{At: d.now(), Kind: journal.KindBackup, Verdict: journal.OK, Detail: filepath.Base(path)}
	if _, err := s.append(ctx, nil, nil, s.sign(e, d.salt())); err != nil {
		return err
	}
	w, err := age.Encrypt(f, recipient)
	if err != nil {
		return err
	}
	if err := d.archive(ctx, w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Sync()
}

// archive writes the files of the vendor folder as a tar stream.
func (d *Desk) archive(ctx context.Context, w io.Writer) error {
	tmp, err := os.MkdirTemp(d.dir, "backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
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

// unpack writes the files of a decrypted backup into an empty folder.
func unpack(r io.Reader, dir string) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the backup is damaged: %w", err)
		}
		if h.Typeflag != tar.TypeReg || !backupName.MatchString(h.Name) {
			return fmt.Errorf("the backup holds %q, which no backup of this program does", h.Name)
		}
		if err := writeNew(filepath.Join(dir, filepath.FromSlash(h.Name)), t); err != nil {
			return err
		}
	}
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

// Restored says what a restored backup holds.
type Restored struct {
	Products []string  // the files of the catalogue
	Entries  uint64    // of the log that the backup was made of
	Last     time.Time // when its last entry was decided; what happened later is not in it
	Head     journal.Head
	Origin   string // of the new log that the desk writes from now on
}

// Restore makes a vendor folder of a backup, in a folder that is empty or absent.
// The journal is verified before anything is put there. What happened after the
// backup was made is lost, so the folder opens a new log: two entries must never
// have one number. Licenses that were drawn ahead before are not handed out any
// more, since the lost end may have sold them.
func Restore(ctx context.Context, path string, s Setup) (out *Restored, err error) {
	if err := emptyFolder(s.Dir); err != nil {
		return nil, err
	}
	parent := filepath.Dir(filepath.Clean(s.Dir))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(parent, ".restore-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	identity, err := age.NewScryptIdentity(string(s.Passphrase))
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(maxBackupWorkFactor)
	r, err := age.Decrypt(f, identity)
	var wrong *age.NoIdentityMatchError
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%s: %w for this backup", path, keyring.ErrPassphrase)
	case err != nil:
		return nil, fmt.Errorf("%s is no backup of this program, or is damaged: %w", path, err)
	}
	if err := unpack(r, tmp); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if out, err = s.reopen(ctx, tmp); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := os.Remove(s.Dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return out, os.Rename(tmp, s.Dir)
}

// reopen verifies an unpacked vendor folder and opens its new log.
func (s Setup) reopen(ctx context.Context, dir string) (out *Restored, err error) {
	d, err := Open(ctx, Config{Dir: dir, Unlock: func() ([]byte, error) { return slices.Clone(s.Passphrase), nil }, Now: s.Now, Rand: s.Rand})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	session := d.Session(Operator{Name: s.Operator}, "restore")
	if _, err := session.Verify(ctx); err != nil {
		return nil, err
	}
	out = &Restored{}
	if out.Head, err = d.store.Head(ctx); err != nil {
		return nil, err
	}
	out.Entries = out.Head.Size
	for e, err := range d.store.Entries(ctx, journal.Query{Newest: true, Limit: 1}) {
		if err != nil {
			return nil, err
		}
		out.Last = e.At
	}
	for _, p := range d.catalog.Products() {
		out.Products = append(out.Products, p.ID)
	}
	id := d.salt()
	out.Origin = logOrigin(id)
	if err := d.store.OpenLog(ctx, out.Origin); err != nil {
		return nil, err
	}
	k, err := d.keys()
	if err != nil {
		return nil, err
	}
	_, err = session.append(ctx, nil, nil, session.sign(journal.Entry{
		At: d.now(), Kind: journal.KindLog, Verdict: journal.OK,
		Detail: fmt.Sprintf("opened with %s after a backup of %s was restored, which ended with %d entries", k.JournalVerifier(), out.Head.Origin, out.Head.Size),
	}, d.salt()))
	return out, err
}
