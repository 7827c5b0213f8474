package protector

import (
	"bytes"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// memory is a disk for models: quick, and easy to damage.
type memory map[string][]byte

func (m memory) read(name string) ([]byte, error) {
	data, ok := m[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return bytes.Clone(data), nil
}

func (m memory) list(dir string) ([]string, error) {
	var names []string
	for name := range m {
		if filepath.Dir(name) == dir {
			names = append(names, filepath.Base(name))
		}
	}
	return names, nil
}

func (m memory) replace(name string, data []byte, _ bool) error {
	m[name] = bytes.Clone(data)
	return nil
}

func (m memory) rename(from, to string) error {
	m[to] = m[from]
	delete(m, from)
	return nil
}

func (m memory) remove(name string) error {
	delete(m, name)
	return nil
}

// identity is not to be had: models have no product that asks for it.
func (m memory) identity(name string) (string, error) { return "", fs.ErrInvalid }

func (m memory) lock(string, bool, time.Duration) (func(), error) { return func() {}, nil }

func (m *model) damage(t *rapid.T) {
	names := slices.Sorted(maps.Keys(m.disk))
	name := rapid.SampledFrom(names).Draw(t, "file")
	data := m.disk[name]
	switch rapid.SampledFrom([]string{"cut", "flip", "empty", "garbage", "gone"}).Draw(t, "how") {
	case "cut":
		m.disk[name] = data[:rapid.IntRange(0, max(len(data)-1, 0)).Draw(t, "at")]
	case "flip":
		if len(data) > 0 {
			flipped := bytes.Clone(data)
			flipped[rapid.IntRange(0, len(data)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			m.disk[name] = flipped
		}
	case "empty":
		m.disk[name] = nil
	case "garbage":
		m.disk[name] = rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "garbage")
	case "gone":
		delete(m.disk, name)
	}
}

func (m *model) backup(t *rapid.T) { m.backups = append(m.backups, maps.Clone(m.disk)) }

func (m *model) restore(t *rapid.T, place int) {
	if len(m.backups) == 0 {
		t.Skip("no backup")
	}
	b := m.backups[rapid.IntRange(0, len(m.backups)-1).Draw(t, "backup")]
	part := [...]string{"/first/", "/second/"}
	for name, data := range b {
		if place < 0 || strings.Contains(name, part[place]) {
			m.disk[name] = bytes.Clone(data)
		}
	}
	if place < 0 {
		maps.DeleteFunc(m.disk, func(name string, _ []byte) bool { return b[name] == nil })
	}
}

func (m *model) wipe(*rapid.T) {
	clear(m.disk)
	m.open()
}
