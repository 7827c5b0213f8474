package thirdparty

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Key is a vendor's journal key, as it is published.
type Key struct {
	name   string
	id     [4]byte
	public ed25519.PublicKey
}

// ParseKey reads NAME+ID+KEY.
func ParseKey(s string) (Key, error) {
	name, rest, ok1 := strings.Cut(s, "+")
	id, key, ok2 := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(key)
	if !ok1 || !ok2 || err != nil || len(raw) != 33 || raw[0] != 1 {
		return Key{}, errors.New("key: want NAME+ID+KEY of Ed25519")
	}
	k := Key{name: name, public: raw[1:]}
	sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
	copy(k.id[:], sum[:])
	if hex.EncodeToString(k.id[:]) != id {
		return Key{}, fmt.Errorf("key: its id is %s, its name and key give %x", id, k.id)
	}
	return k, nil
}

// Checkpoint is a signed head.
type Checkpoint struct {
	Origin string
	Size   uint64
	Hash   [32]byte
}

// ParseCheckpoint reads a checkpoint and verifies its signature.
func ParseCheckpoint(text string, k Key) (c Checkpoint, err error) {
	signed, sigs, found := strings.Cut(text, "\n\n")
	if !found {
		return c, errors.New("checkpoint: no signature")
	}
	signed += "\n"
	lines := strings.Split(signed, "\n")
	if len(lines) != 4 {
		return c, errors.New("checkpoint: want three lines")
	}
	hash, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(hash) != 32 {
		return c, errors.New("checkpoint: bad hash")
	}
	c.Origin, c.Hash = lines[0], [32]byte(hash)
	if c.Size, err = number(lines[1]); err != nil {
		return c, err
	}
	if !strings.HasSuffix(sigs, "\n") {
		return c, errors.New("checkpoint: cut off")
	}
	for _, line := range strings.Split(strings.TrimSuffix(sigs, "\n"), "\n") {
		f := strings.Split(line, " ")
		if len(f) != 3 || f[0] != "\u2014" {
			return c, errors.New("checkpoint: bad signature line")
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(f[2])
		if err != nil {
			return c, errors.New("checkpoint: bad signature line")
		}
		if f[1] != k.name || len(raw) != 4+ed25519.SignatureSize || [4]byte(raw[:4]) != k.id {
			continue
		}
		if !ed25519.Verify(k.public, []byte(signed), raw[4:]) {
			return c, errors.New("checkpoint: the signature is wrong")
		}
		return c, nil
	}
	return c, errors.New("checkpoint: not signed by this key")
}

func number(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return 0, fmt.Errorf("have %q, want a number", s)
	}
	return n, nil
}

func leafHash(leaf []byte) [32]byte { return sha256.Sum256(append([]byte{0}, leaf...)) }

func node(left, right [32]byte) [32]byte {
	return sha256.Sum256(bytes.Join([][]byte{{1}, left[:], right[:]}, nil))
}

// Included checks an inclusion path.
func Included(h [32]byte, index uint64, path [][32]byte, c Checkpoint) bool {
	if index >= c.Size {
		return false
	}
	lo, hi := index, c.Size-1
	for _, p := range path {
		if hi == 0 {
			return false
		}
		if lo%2 == 1 || lo == hi {
			h = node(p, h)
			for lo%2 == 0 && lo != 0 {
				lo, hi = lo/2, hi/2
			}
		} else {
			h = node(h, p)
		}
		lo, hi = lo/2, hi/2
	}
	return hi == 0 && h == c.Hash
}

// Continues checks a consistency path.
func Continues(older, newer Checkpoint, path [][32]byte) bool {
	if older.Origin != newer.Origin || older.Size == 0 || older.Size > newer.Size {
		return false
	}
	if older.Size == newer.Size {
		return len(path) == 0 && older.Hash == newer.Hash
	}
	if older.Size&(older.Size-1) == 0 {
		path = append([][32]byte{older.Hash}, path...)
	}
	if len(path) == 0 {
		return false
	}
	lo, hi := older.Size-1, newer.Size-1
	for lo%2 == 1 {
		lo, hi = lo/2, hi/2
	}
	a, b := path[0], path[0]
	for _, p := range path[1:] {
		if hi == 0 {
			return false
		}
		if lo%2 == 1 || lo == hi {
			a, b = node(p, a), node(p, b)
			for lo%2 == 0 && lo != 0 {
				lo, hi = lo/2, hi/2
			}
		} else {
			b = node(b, p)
		}
		lo, hi = lo/2, hi/2
	}
	return hi == 0 && a == older.Hash && b == newer.Hash
}

// Entry is what a proof of an entry shows.
type Entry struct {
	Index  uint64
	Under  Checkpoint
	Leaf   string
	Lines  [][2]string       // name and values of every line but the first
	Opened map[string]string // personal texts, by field
}

// CheckEntry checks the proof of an entry.
func CheckEntry(file string, k Key) (e Entry, err error) {
	head, rest, ok1 := strings.Cut(file, "\n\n")
	leaf, checkpoint, ok2 := strings.Cut(rest, "\n\n")
	if !ok1 || !ok2 {
		return e, errors.New("proof: want three parts")
	}
	e.Leaf = leaf + "\n"
	if e.Under, err = ParseCheckpoint(checkpoint, k); err != nil {
		return e, err
	}
	lines := strings.Split(head, "\n")
	if lines[0] != "manual-activator/1 journal proof" || len(lines) < 2 {
		return e, errors.New("proof: of another kind")
	}
	index, found := strings.CutPrefix(lines[1], "index ")
	if !found {
		return e, errors.New("proof: no index")
	}
	if e.Index, err = number(index); err != nil {
		return e, err
	}
	path, lines, err := takePath(lines[2:])
	if err != nil {
		return e, err
	}
	if !Included(leafHash([]byte(e.Leaf)), e.Index, path, e.Under) {
		return e, errors.New("proof: the path does not lead to the checkpoint")
	}
	if err := e.read(); err != nil {
		return e, err
	}
	return e, e.openAll(lines)
}

func takePath(lines []string) (path [][32]byte, rest []string, err error) {
	for len(lines) > 0 {
		p, found := strings.CutPrefix(lines[0], "path ")
		if !found {
			break
		}
		h, err := base64.StdEncoding.Strict().DecodeString(p)
		if err != nil || len(h) != 32 {
			return nil, nil, errors.New("proof: bad hash")
		}
		path, lines = append(path, [32]byte(h)), lines[1:]
	}
	return path, lines, nil
}

// read splits the leaf into its lines.
func (e *Entry) read() error {
	lines := strings.Split(strings.TrimSuffix(e.Leaf, "\n"), "\n")
	if lines[0] != "manual-activator/1 journal entry" {
		return errors.New("leaf: of another version")
	}
	for _, l := range lines[1:] {
		name, values, found := strings.Cut(l, " ")
		if !found {
			return fmt.Errorf("leaf: bad line %q", l)
		}
		e.Lines = append(e.Lines, [2]string{name, values})
	}
	return nil
}

func (e *Entry) openAll(lines []string) error {
	e.Opened = map[string]string{}
	for _, l := range lines {
		f := strings.SplitN(l, " ", 4)
		if len(f) != 4 || f[0] != "personal" {
			return fmt.Errorf("proof: bad line %q", l)
		}
		salt, err := hex.DecodeString(f[2])
		if err != nil || len(salt) != 16 {
			return errors.New("proof: bad salt")
		}
		text, err := unquote(f[3])
		if err != nil {
			return err
		}
		sum := sha256.Sum256(append(salt, text...))
		found := false
		for _, l := range e.Lines {
			found = found || l == [2]string{"personal", f[1] + " " + hex.EncodeToString(sum[:])}
		}
		if !found {
			return fmt.Errorf("proof: the entry does not have this %s", f[1])
		}
		e.Opened[f[1]] = text
	}
	return nil
}

// unquote reads a text of a leaf.
func unquote(s string) (string, error) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", fmt.Errorf("have %q, want a text between quotes", s)
	}
	var b strings.Builder
	for s = s[1 : len(s)-1]; s != ""; s = s[1:] {
		switch {
		case s[0] == '"':
			return "", errors.New("a quote within a text")
		case s[0] != '\\':
			b.WriteByte(s[0])
		case len(s) >= 2 && (s[1] == '"' || s[1] == '\\'):
			b.WriteByte(s[1])
			s = s[1:]
		case len(s) >= 4 && s[1] == 'x':
			c, err := hex.DecodeString(s[2:4])
			if err != nil {
				return "", err
			}
			b.WriteByte(c[0])
			s = s[3:]
		default:
			return "", errors.New("a bad backslash")
		}
	}
	return b.String(), nil
}

// CheckConsistency checks the proof that a log continues a checkpoint that was kept.
func CheckConsistency(file, kept string, k Key) (newer Checkpoint, err error) {
	older, err := ParseCheckpoint(kept, k)
	if err != nil {
		return newer, err
	}
	head, checkpoint, _ := strings.Cut(file, "\n\n")
	if newer, err = ParseCheckpoint(checkpoint, k); err != nil {
		return newer, err
	}
	lines := strings.Split(head, "\n")
	if len(lines) < 2 || lines[0] != "manual-activator/1 journal consistency" || lines[1] != fmt.Sprint("old ", older.Size) {
		return newer, errors.New("proof: of another kind, or from another size")
	}
	path, rest, err := takePath(lines[2:])
	if err != nil || len(rest) > 0 {
		return newer, errors.New("proof: bad line")
	}
	if !Continues(older, newer, path) {
		return newer, errors.New("proof: the newer checkpoint does not continue the older one")
	}
	return newer, nil
}
