package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/internal/mailtext"
	"github.com/manual-activator/manual-activator/internal/regular"
	"github.com/manual-activator/manual-activator/protector"
)

// folder is where the program keeps its own: the pinned keys and the product used
// last.
func (a *app) folder() (string, error) {
	if a.state != "" {
		return filepath.Abs(a.state)
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("no folder for the user's configuration (%w): give one with --state", err)
	}
	return filepath.Join(config, "manual-activator", "protector"), nil
}

// client opens the product on this machine.
func (a *app) client() (*protector.Client, error) {
	folder, err := a.folder()
	if err != nil {
		return nil, err
	}
	file, err := a.product(folder)
	if err != nil {
		return nil, err
	}
	profile, err := a.read(file, product.MaxProfile)
	if err != nil {
		return nil, err
	}
	trust, err := a.anchor(folder, profile)
	if err != nil {
		return nil, err
	}
	config := protector.Config{Profile: profile, Anchor: trust, Dir: a.state, Now: now}
	if a.machineFile != "" {
		if config.Machine, err = a.recorded(profile, trust); err != nil {
			return nil, err
		}
	}
	client, err := protector.Open(config)
	if err != nil {
		return nil, err
	}
	a.remember(folder, file)
	return client, nil
}

// productUID is the uid of the product in use, by its signed profile.
func (a *app) productUID() ([16]byte, error) {
	folder, err := a.folder()
	if err != nil {
		return [16]byte{}, err
	}
	file, err := a.product(folder)
	if err != nil {
		return [16]byte{}, err
	}
	profile, err := a.read(file, product.MaxProfile)
	if err != nil {
		return [16]byte{}, err
	}
	p, err := product.OpenUnpinned(profile)
	if err != nil {
		return [16]byte{}, err
	}
	return p.UID, nil
}

// with opens the client for one command and says what it noticed.
func (a *app) with(act func(*protector.Client) error) error {
	client, err := a.client()
	if err != nil {
		return err
	}
	err = act(client)
	if e := client.Close(); err == nil {
		err = e
	}
	for _, n := range client.Notes() {
		fmt.Fprintf(a.stderr, "protector: note: %s\n", plain(n.Text))
	}
	return err
}

// product returns the file of the product profile.
func (a *app) product(folder string) (string, error) {
	if a.productFile != "" {
		return a.productFile, nil
	}
	if file := os.Getenv("PROTECTOR_PRODUCT"); file != "" {
		return file, nil
	}
	last, err := os.ReadFile(filepath.Join(folder, "product"))
	if file := strings.TrimSuffix(string(last), "\n"); err == nil && filepath.IsAbs(file) {
		return file, nil
	}
	return "", &usageError{"which product? give its profile with --product FILE, or in PROTECTOR_PRODUCT"}
}

// remember keeps the product for the next command; failing to is no harm.
func (a *app) remember(folder, file string) {
	file, err := filepath.Abs(file)
	if err != nil {
		return
	}
	name := filepath.Join(folder, "product")
	if last, err := os.ReadFile(name); err == nil && string(last) == file+"\n" {
		return
	}
	if os.MkdirAll(folder, 0o700) == nil {
		_ = os.WriteFile(name, []byte(file+"\n"), 0o600)
	}
}

// anchor returns the trust anchor: the one built in, or the one of the first
// profile, which is pinned.
func (a *app) anchor(folder string, profile []byte) (string, error) {
	if anchor != "" {
		return anchor, nil
	}
	p, err := product.OpenUnpinned(profile)
	if err != nil {
		return "", &protector.Error{Reason: protector.ReasonProfile, Text: err.Error(), Err: err}
	}
	name := filepath.Join(folder, p.UID.String()+".anchor")
	data, err := os.ReadFile(name)
	switch {
	case err == nil:
		pinned := strings.TrimSuffix(string(data), "\n")
		if v, err := product.ParseAnchor(pinned); err != nil || !opens(profile, v) {
			return "", &protector.Error{Reason: protector.ReasonProfile, Text: fmt.Sprintf(
				"this product profile of %s is signed with another key than the first one (%s): it may be forged; ask the vendor, and if the key was changed, remove %s",
				plain(p.Name), name, name)}
		}
		return pinned, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("the pinned key of %s: %w", plain(p.Name), err)
	}
	if err := pin(name, p.Anchor); err != nil {
		return "", fmt.Errorf("the key of %s cannot be pinned: %w", plain(p.Name), err)
	}
	fmt.Fprintf(a.stderr, "protector: no trust anchor is built in: from now on the key of %s (%s) is trusted, as %s says\n", plain(p.Vendor), keyName(p.Anchor), name)
	return p.Anchor, nil
}

// opens reports whether a key signed the profile. The vendor may have a newer key by
// now: then both signed it.
func opens(profile []byte, v note.Verifier) bool {
	_, err := product.Open(profile, v)
	return err == nil
}

// pin writes the key of a product; one that is there stays.
func pin(name, anchor string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(name), "anchor-")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.WriteString(anchor + "\n")
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}

// keyName is the readable part of a verifier: name and hash. The key after them is
// base64 and may have a plus of its own.
func keyName(anchor string) string {
	parts := strings.SplitN(anchor, "+", 3)
	return strings.Join(parts[:min(2, len(parts))], "+")
}

// recorded returns the machine of --machine, which only test products take.
func (a *app) recorded(profile []byte, trust string) (func(context.Context) (*fingerprint.Profile, error), error) {
	v, err := product.ParseAnchor(trust)
	if err != nil {
		return nil, &protector.Error{Reason: protector.ReasonProfile, Text: err.Error(), Err: err}
	}
	p, err := product.Open(profile, v)
	if err != nil {
		return nil, &protector.Error{Reason: protector.ReasonProfile, Text: err.Error(), Err: err}
	}
	if !p.Test {
		return nil, &protector.Error{Reason: protector.ReasonTestOnly, Text: fmt.Sprintf("a recorded machine (--machine) is for test products only, and %s is none", plain(p.Name))}
	}
	machine, err := fingerprint.Load(a.machineFile)
	if err != nil {
		return nil, fmt.Errorf("the recorded machine: %w", err)
	}
	return func(context.Context) (*fingerprint.Profile, error) { return machine, nil }, nil
}

// read returns a whole file of at most a size; - is standard input.
func (a *app) read(name string, most int64) ([]byte, error) {
	r := a.stdin
	if name != "-" {
		f, err := regular.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s is larger than %d bytes: this cannot be the right file", name, most)
	}
	return data, nil
}

// maxText bounds a text with codes in it.
const maxText = 16 << 20

// code joins the arguments of a code, or reads it from standard input, where it may be
// in a raw mail.
func (a *app) code(args []string) (string, error) {
	if len(args) == 1 && args[0] == "-" {
		data, err := a.read("-", maxText)
		return mailtext.Plain(string(data)), err
	}
	return strings.Join(args, " "), nil
}
