package keyring

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strconv"
	"strings"

	"filippo.io/age"
)

const (
	// DefaultWorkFactor is the base-2 logarithm of the scrypt work for a new
	// identity.age: about 0.3 s and 135 MiB to unlock.
	DefaultWorkFactor = 17
	// MinWorkFactor is the least that Create accepts; it is meant for tests.
	MinWorkFactor = 10
	// MaxWorkFactor is the most that Create and Open accept: about 3 s and 1 GiB.
	// A file that asks for more is a trap or a mistake.
	MaxWorkFactor = 20
)

// sealIdentity encrypts an operator's identity with the passphrase.
func sealIdentity(id *age.X25519Identity, passphrase []byte, workFactor int) ([]byte, error) {
	r, err := age.NewScryptRecipient(string(passphrase))
	if err != nil {
		return nil, err
	}
	r.SetWorkFactor(workFactor)
	defer debug.FreeOSMemory() // scrypt's memory, at once
	text := fmt.Sprintf("# manual-activator/1 operator identity\n# public key: %s\n%s\n", id.Recipient(), id)
	return seal([]byte(text), r)
}

// openIdentity decrypts what sealIdentity wrote. path is for errors.
func openIdentity(path string, file, passphrase []byte) (*age.X25519Identity, error) {
	if err := checkWork(path, file); err != nil {
		return nil, err
	}
	if len(passphrase) == 0 {
		return nil, fail(ErrPassphrase, "the passphrase is empty")
	}
	s, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		return nil, err
	}
	s.SetMaxWorkFactor(MaxWorkFactor)
	defer debug.FreeOSMemory() // scrypt's memory, at once
	text, err := unseal(file, s)
	switch {
	case errors.Is(err, age.ErrIncorrectIdentity):
		return nil, fail(ErrPassphrase, "wrong passphrase for %s (if you are sure of it, the file's first lines are damaged: restore a backup)", path)
	case err != nil:
		return nil, fail(ErrDamaged, "%s is damaged (%v): restore a backup", path, err)
	}
	defer clear(text)
	ids, err := age.ParseIdentities(bytes.NewReader(text)) // its errors may quote the secret
	if err != nil || len(ids) != 1 {
		return nil, fail(ErrDamaged, "%s does not hold one X25519 identity: restore a backup", path)
	}
	id, ok := ids[0].(*age.X25519Identity)
	if !ok {
		return nil, fail(ErrDamaged, "%s does not hold one X25519 identity: restore a backup", path)
	}
	return id, nil
}

// checkWork reads the work factor off the header before any work is done.
func checkWork(path string, file []byte) error {
	head := string(file[:min(len(file), 512)])
	lines := strings.SplitN(head, "\n", 3)
	if lines[0] != "age-encryption.org/v1" || len(lines) < 3 {
		return fail(ErrDamaged, "%s is damaged (it does not begin as an age file does): restore a backup", path)
	}
	parts := strings.Split(lines[1], " ")
	if len(parts) != 4 || parts[0] != "->" || parts[1] != "scrypt" {
		return fail(ErrDamaged, "%s is damaged (it is not encrypted with a passphrase): restore a backup", path)
	}
	n, err := strconv.Atoi(parts[3])
	if err != nil {
		return fail(ErrDamaged, "%s is damaged (its work factor is no number): restore a backup", path)
	}
	if n > MaxWorkFactor {
		return fail(ErrWorkFactor, "%s asks for scrypt work of 2^%d, at most 2^%d is done: it was not made here; restore a backup", path, n, MaxWorkFactor)
	}
	return nil
}

// openContents decrypts and reads keyring.age.
func openContents(path string, file []byte, id *age.X25519Identity) (*contents, error) {
	text, err := unseal(file, id)
	switch {
	case errors.Is(err, age.ErrIncorrectIdentity):
		return nil, fail(ErrMismatch, "%s is not encrypted to the identity in %s: the two files belong to different keyrings, or one is damaged: restore both from one backup", path, IdentityFile)
	case err != nil:
		return nil, fail(ErrDamaged, "%s is damaged (%v): restore a backup", path, err)
	}
	defer clear(text)
	c, err := parse(text)
	if err != nil {
		return nil, fail(ErrDamaged, "%s: %v: restore a backup, or use the version that wrote it", path, err)
	}
	return c, nil
}

func seal(text []byte, recipients ...age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, recipients...)
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

func unseal(file []byte, id age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(file), id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
