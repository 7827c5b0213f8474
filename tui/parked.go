package tui

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Parked is a request that waits for a seat. It names no customer: the code leads to
// the license, and that to the customer.
type Parked struct {
	Code      string    `json:"code"`               // as it stood in the box
	Hardware  string    `json:"hardware,omitempty"` // the hardware profile code that came with it
	Reference string    `json:"reference,omitempty"`
	By        string    `json:"by"` // the operator
	At        time.Time `json:"at"`
}

// Shelf keeps parked requests, for every operator of a vendor folder.
type Shelf interface {
	// All lists them, the oldest first. What cannot be read is an error beside the rest.
	All(ctx context.Context) ([]Parked, error)
	// Put keeps one; the same code again replaces it.
	Put(ctx context.Context, p Parked) error
	// Take removes one. It is no error when it is gone already.
	Take(ctx context.Context, p Parked) error
}

// folderShelf keeps each parked request in a file of its own, so that several desks
// can work on one folder.
type folderShelf struct{ dir string }

func (s folderShelf) path(p Parked) string {
	sum := sha256.Sum256([]byte(p.Code))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:12])+".json")
}

// maxParked bounds a file of the shelf, in bytes.
const maxParked = 64 << 10

func (s folderShelf) All(context.Context) ([]Parked, error) {
	files, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Parked
	var bad []error
	for _, f := range files {
		if filepath.Ext(f.Name()) != ".json" {
			continue
		}
		p, err := readParked(filepath.Join(s.dir, f.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // another desk answered it just now
		case err != nil:
			bad = append(bad, err)
		default:
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, func(a, b Parked) int { return a.At.Compare(b.At) })
	return all, errors.Join(bad...)
}

func readParked(path string) (Parked, error) {
	var p Parked
	st, err := os.Stat(path)
	if err != nil {
		return p, err
	}
	if st.Size() > maxParked {
		return p, fmt.Errorf("parked request %s: have %d bytes, want at most %d: remove the file", path, st.Size(), maxParked)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(b, &p); err != nil || strings.TrimSpace(p.Code) == "" {
		return p, fmt.Errorf("parked request %s: expected a code in JSON, found something else: remove the file", path)
	}
	return p, nil
}

func (s folderShelf) Put(_ context.Context, p Parked) (err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, "new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), s.path(p))
}

func (s folderShelf) Take(_ context.Context, p Parked) error {
	if err := os.Remove(s.path(p)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
