package activator

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/age"

	"github.com/manual-activator/manual-activator/activator/keyring"
)

// A backup is a tar archive of two age files:
//
//	passphrase.age  an identity drawn for this backup, under the passphrase
//	backup.age      a tar archive of the vendor folder, to that identity and to the
//	                secrets of the current key epoch
//
// The passphrase opens it, and so do the shares of the keys, where the passphrase is
// lost. So does the standard tool:
//
//	tar xf FILE && age -d passphrase.age > id && age -d -i id backup.age | tar x
const (
	passphraseMember = "passphrase.age"
	backupMember     = "backup.age"
)

const (
	tarBlock      = 512
	maxPassMember = 64 << 10 // bytes of passphrase.age
)

// writeBackup writes a backup, whose inner archive fill writes.
func writeBackup(f *os.File, k *keyring.Keyring, pass []byte, workFactor int, rand io.Reader, now time.Time, fill func(io.Writer) error) error {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	sealed, err := sealWithPassphrase([]byte(id.String()+"\n"), pass, workFactor)
	if err != nil {
		return err
	}
	root, err := k.BackupRecipient(rand)
	if err != nil {
		return err
	}
	head := &tar.Header{Mode: 0o600, ModTime: now.Truncate(time.Second), Typeflag: tar.TypeReg, Format: tar.FormatGNU}
	outer := tar.NewWriter(f)
	head.Name, head.Size = passphraseMember, int64(len(sealed))
	if err := outer.WriteHeader(head); err != nil {
		return err
	}
	if _, err := outer.Write(sealed); err != nil {
		return err
	}
	if err := outer.Flush(); err != nil {
		return err
	}
	// The size of the second file is known when it is written: its header comes last.
	at, err := f.Seek(tarBlock, io.SeekCurrent)
	if err != nil {
		return err
	}
	w, err := age.Encrypt(f, id.Recipient(), root)
	if err != nil {
		return err
	}
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	end, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	var block bytes.Buffer
	head.Name, head.Size = backupMember, end-at
	if err := tar.NewWriter(&block).WriteHeader(head); err != nil {
		return err
	}
	if _, err := f.WriteAt(block.Bytes(), at-tarBlock); err != nil {
		return err
	}
	_, err = f.Write(make([]byte, -end&(tarBlock-1)+2*tarBlock))
	return err
}

func sealWithPassphrase(text, pass []byte, workFactor int) ([]byte, error) {
	to, err := age.NewScryptRecipient(string(pass))
	if err != nil {
		return nil, err
	}
	to.SetWorkFactor(workFactor)
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// openBackup opens a backup by the passphrase, or by a keyring where one is given, and
// returns its inner archive. path is for errors.
func openBackup(path string, f io.Reader, pass []byte, k *keyring.Keyring) (io.Reader, error) {
	noBackup := func(err error) error {
		return fmt.Errorf("%s is no backup of this program, or is damaged: %w", path, err)
	}
	outer := tar.NewReader(f)
	sealed, err := member(outer, passphraseMember)
	if err != nil {
		return nil, noBackup(err)
	}
	b, err := io.ReadAll(io.LimitReader(sealed, maxPassMember))
	if err != nil {
		return nil, noBackup(err)
	}
	var open []age.Identity
	if k != nil {
		open, err = k.BackupIdentities()
	} else {
		open, err = backupIdentity(path, b, pass)
	}
	if err != nil {
		return nil, err
	}
	inner, err := member(outer, backupMember)
	if err != nil {
		return nil, noBackup(err)
	}
	r, err := age.Decrypt(inner, open...)
	var wrong *age.NoIdentityMatchError
	switch {
	case errors.As(err, &wrong) && k != nil:
		return nil, fmt.Errorf("%s was not made with the keys in these shares (key epochs %s): newer shares or the backup's passphrase open it", path, epochsOf(k.List()))
	case err != nil:
		return nil, noBackup(err)
	}
	return r, nil
}

// member finds the next file of an archive, which must have this name.
func member(t *tar.Reader, name string) (io.Reader, error) {
	h, err := t.Next()
	switch {
	case err != nil:
		return nil, err
	case h.Name != name || h.Typeflag != tar.TypeReg:
		return nil, fmt.Errorf("expected %s in it, found %q", name, h.Name)
	}
	return t, nil
}

// backupIdentity opens passphrase.age.
func backupIdentity(path string, sealed, pass []byte) ([]age.Identity, error) {
	by, err := age.NewScryptIdentity(string(pass))
	if err != nil {
		return nil, err
	}
	by.SetMaxWorkFactor(maxBackupWorkFactor)
	r, err := age.Decrypt(bytes.NewReader(sealed), by)
	var wrong *age.NoIdentityMatchError
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%s: %w for this backup", path, keyring.ErrPassphrase)
	case err != nil:
		return nil, fmt.Errorf("%s is no backup of this program, or is damaged: %w", path, err)
	}
	text, err := io.ReadAll(io.LimitReader(r, maxPassMember))
	defer clear(text)
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", path, err)
	}
	ids, err := age.ParseIdentities(bytes.NewReader(text)) // its errors may quote the secret
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: its first file holds no identity", path)
	}
	return ids, nil
}
