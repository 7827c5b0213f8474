package journal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A proof is a text in three parts, with an empty line between them: the place, the leaf, the checkpoint.
//
//	manual-activator/1 journal proof
//	index 17
//	path BASE64                                a hash of the inclusion path (RFC 6962), lowest first; none in a log of one entry
//	personal customer SALT "Print Shop"        a text that was opened: field, salt in hexadecimal, text as in a leaf
//
//	manual-activator/1 journal entry
//	...
//
//	ORIGIN
//	...
//
// Neither a leaf nor the text of a checkpoint has an empty line, so the first two end the first two parts.
const proofBegin = "manual-activator/1 journal proof\n"

// MaxProof is how long a proof may be, in bytes.
const MaxProof = MaxLeaf + 1<<20

// Proof shows to somebody who has nothing else than the vendor's public key that an entry is in the journal.
type Proof struct {
	Index      uint64           // of the entry in its log
	Path       tlog.RecordProof // the inclusion path, lowest first
	Personal   []Personal       // the texts that were opened, with their salts; in the order of the leaf
	Leaf       []byte
	Checkpoint []byte // the signed head of the log
}

// Text returns the proof as it is written to a file.
func (p *Proof) Text() []byte {
	w := leafWriter{}
	w.name(proofBegin).name("index ").number(int64(p.Index)).end()
	w.path(p.Path)
	for i := range p.Personal {
		x := &p.Personal[i]
		w.name("personal ").name(x.Field).bytes(" ", x.Salt[:]).space().quote(x.Text).end()
	}
	w.end()
	w.b = append(w.b, p.Leaf...)
	w.end()
	return append(w.b, p.Checkpoint...)
}

func (w *leafWriter) path(hashes []tlog.Hash) {
	for _, h := range hashes {
		w.name("path ").name(base64.StdEncoding.EncodeToString(h[:])).end()
	}
}

// ParseProof reads what [Proof.Text] writes, and nothing else. It judges nothing: that is Check's.
func ParseProof(text []byte) (*Proof, error) {
	if len(text) > MaxProof {
		return nil, fmt.Errorf("proof: %d bytes long, at most %d are allowed", len(text), MaxProof)
	}
	r, rest, err := openProof(text, proofBegin)
	if err != nil {
		return nil, err
	}
	p := &Proof{}
	if !r.next("index") {
		r.fail("a line index")
	}
	p.Index = uint64(r.number(indexBits))
	p.Path = r.path()
	for r.next("personal") {
		x := Personal{Field: r.word()}
		r.bytes(x.Salt[:])
		x.Text = r.quoted()
		p.Personal = append(p.Personal, x)
	}
	if err := r.close(); err != nil {
		return nil, err
	}
	leaf, checkpoint, found := bytes.Cut(rest, []byte("\n\n"))
	if !found {
		return nil, errors.New("proof: it ends before its checkpoint")
	}
	p.Leaf = append(bytes.Clone(leaf), '\n')
	p.Checkpoint = bytes.Clone(checkpoint)
	if !bytes.Equal(p.Text(), text) {
		return nil, errors.New("proof: not in its canonical form")
	}
	return p, nil
}

// openProof begins to read a proof's first part. rest is what follows it.
func openProof(text []byte, begin string) (r *leafReader, rest []byte, err error) {
	if bytes.IndexByte(text, '\r') >= 0 {
		return nil, nil, errors.New("proof: it has carriage returns: its line ends were changed on the way; send it as a file")
	}
	end := bytes.Index(text, []byte("\n\n"))
	if end < 0 || !strings.HasPrefix(string(text[:end+1]), begin) {
		return nil, nil, fmt.Errorf("proof: begins with %.40q, want the line %q and what follows it", text, strings.TrimSpace(begin))
	}
	return &leafReader{in: string(text[:end+1]), end: len(begin) - 1, n: 1}, text[end+2:], nil
}

// path takes the lines of a path.
func (r *leafReader) path() (hashes []tlog.Hash) {
	for r.next("path") {
		h, err := tlog.ParseHash(r.word())
		if err != nil || len(hashes) == 2*indexBits {
			r.fail("a hash in base64")
			return nil
		}
		hashes = append(hashes, h)
	}
	return hashes
}

// close ends the reading of a proof's first part.
func (r *leafReader) close() error {
	if r.bad != "" {
		return fmt.Errorf("proof: line %d (%s): want %s", r.n, r.name(), r.bad)
	}
	if rest := r.behind(); rest != "" {
		line, _, _ := strings.Cut(rest, "\n")
		return fmt.Errorf("proof: line %d is %.40q, which is unknown or out of place here", r.n+1, line)
	}
	return nil
}

// Check verifies the proof by one of the keys, and nothing else: the checkpoint's signature, the entry's place under
// it, and the texts that were opened. The entry has these; other personal texts are Redacted. It is as good as the
// way by which the key came: a key that came with the proof proves nothing.
func (p *Proof) Check(keys note.Verifiers) (Entry, Head, error) {
	head, err := ParseCheckpoint(p.Checkpoint, keys)
	if err != nil {
		return Entry{}, Head{}, fmt.Errorf("proof: %w", err)
	}
	if p.Index >= head.Size {
		return Entry{}, Head{}, fmt.Errorf("proof: of entry %d, its checkpoint has %d entries only", p.Index, head.Size)
	}
	if err := tlog.CheckRecord(p.Path, int64(head.Size), head.Hash, int64(p.Index), tlog.RecordHash(p.Leaf)); err != nil {
		return Entry{}, Head{}, fmt.Errorf("proof: the entry is not entry %d of the log %q: the entry, the index or the path was changed", p.Index, head.Origin)
	}
	e, err := ParseLeaf(p.Leaf)
	if err != nil {
		return Entry{}, Head{}, fmt.Errorf("proof: entry %d is in the log and cannot be read: %w", p.Index, err)
	}
	e.ID = NewEntryID(0, p.Index)
	last := -1
	for i := range p.Personal {
		at, err := e.open(&p.Personal[i])
		if err != nil {
			return Entry{}, Head{}, err
		}
		if at <= last {
			return Entry{}, Head{}, fmt.Errorf("proof: its text %q is out of order", p.Personal[i].Field)
		}
		last = at
	}
	return e, head, nil
}

// open puts an opened text into the entry, if it is what the leaf has the hash of.
func (e *Entry) open(x *Personal) (at int, err error) {
	for i := range e.Personal {
		p := &e.Personal[i]
		if p.Field != x.Field {
			continue
		}
		if PersonalHash(x.Salt[:], x.Text) != p.Hash {
			return 0, fmt.Errorf("proof: its text %q or its salt was changed: the entry has the hash of another one", x.Field)
		}
		p.Salt, p.Text, p.Redacted = x.Salt, x.Text, false
		return i, nil
	}
	return 0, fmt.Errorf("proof: has a text %q, which is not in the entry", x.Field)
}
