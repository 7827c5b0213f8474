package journal

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/codes"
)

var update = flag.Bool("update", false, "write the files under testdata/proof anew")

// memoryLog is a log in memory: its leaves, and the head over all of them.
type memoryLog struct{ leaves [][]byte }

func (m memoryLog) Leaves(from, to uint64, yield func([]byte) error) error {
	for i := from; i < min(to, uint64(len(m.leaves))); i++ {
		if err := yield(m.leaves[i]); err != nil {
			return err
		}
	}
	return nil
}

func (m memoryLog) Roots(from, to uint64, yield func([]byte) error) error {
	for n := from; n < to && (n+1)*SubtreeLeaves <= uint64(len(m.leaves)); n++ {
		root := m.frontier(n*SubtreeLeaves, (n+1)*SubtreeLeaves)
		h := root.Root()
		if err := yield(h[:]); err != nil {
			return err
		}
	}
	return nil
}

func (m memoryLog) frontier(from, to uint64) (f Frontier) {
	for _, l := range m.leaves[from:to] {
		f.Add(l)
	}
	return f
}

const testOrigin = "example.com/journal"

func (m memoryLog) head(t testing.TB, size int, by note.Signer) Head {
	t.Helper()
	f := m.frontier(0, uint64(size))
	h, err := SignHead(0, testOrigin, f.Size, f.Root(), by)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func proofKey(t testing.TB, seed byte) (note.Signer, string) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)), "example/journal")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return s, vkey
}

func keyList(t testing.TB, vkey string) note.Verifiers {
	t.Helper()
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return note.VerifierList(v)
}

// testLog is a log of n entries; those from the second on have two personal texts.
func testLog(n int) (m memoryLog, es []Entry) {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	es = append(es, Entry{At: at, Kind: KindLog, Verdict: OK, Operator: "anna", Desk: "front", Via: "command"})
	for i := 1; i < n; i++ {
		l := codes.LicenseNumber(0x0a000000 + i)
		es = append(es, Entry{At: at.Add(time.Duration(i) * time.Minute), Kind: KindRefund, Verdict: OK, Operator: "anna", Desk: "front", Via: "command",
			Product: codes.UID{1, 2, 3}, License: l, Checks: []Check{{"seats", Passed, "no machine holds a seat"}},
			Personal: []Personal{{Field: "reference", Salt: [16]byte{1, byte(i)}, Text: fmt.Sprint("case ", 1000+i)}, {Field: "reason", Salt: [16]byte{2, byte(i)}, Text: "annoyed"}},
			Effects:  []Effect{Claim{License: l, Scope: ScopeRefund, Key: []byte("refund")}}})
	}
	for i := range es {
		m.leaves = append(m.leaves, es[i].Leaf(nil))
	}
	return m, es
}

// TestProofEverywhere proves every entry of logs of many sizes, and of none but its own place.
func TestProofEverywhere(t *testing.T) {
	sign, vkey := proofKey(t, 1)
	keys := keyList(t, vkey)
	all, es := testLog(3*SubtreeLeaves + 70)
	for _, size := range []int{1, 2, 3, 255, 256, 257, 300, 511, 512, 700, 768, 769, len(all.leaves)} {
		m := memoryLog{all.leaves[:size]}
		head := m.head(t, size, sign)
		for i := 0; i < size; i += 1 + i%5 {
			p, err := Prove(head, uint64(i), m)
			if err != nil {
				t.Fatalf("entry %d of %d: %v", i, size, err)
			}
			if i > 0 {
				p.Personal = es[i].Personal[:1]
			}
			back, err := ParseProof(p.Text())
			if err != nil {
				t.Fatalf("entry %d of %d: %v", i, size, err)
			}
			e, h, err := back.Check(keys)
			if err != nil || h.Size != uint64(size) || e.ID.Index() != uint64(i) || e.License != es[i].License {
				t.Fatalf("entry %d of %d: have %v under %d entries, %v", i, size, e.ID, h.Size, err)
			}
			if i > 0 && (e.Personal[0].Text != es[i].Personal[0].Text || !e.Personal[1].Redacted || e.Personal[1].Text != "") {
				t.Errorf("entry %d: have %+v, want the first text opened, and only that", i, e.Personal)
			}
			back.Index = uint64((i + 1) % size)
			if _, _, err := back.Check(keys); err == nil && size > 1 {
				t.Errorf("entry %d of %d: its proof holds for entry %d", i, size, back.Index)
			}
		}
		if _, err := Prove(head, uint64(size), m); err == nil {
			t.Errorf("proved entry %d of %d", size, size)
		}
	}
}

func TestConsistencyEverywhere(t *testing.T) {
	sign, vkey := proofKey(t, 1)
	keys := keyList(t, vkey)
	m, _ := testLog(600)
	forged := memoryLog{append([][]byte{[]byte("other")}, m.leaves[1:]...)}
	for _, size := range []int{1, 2, 200, 256, 300, 512, 600} {
		head := m.head(t, size, sign)
		for _, old := range []int{1, 2, 3, 100, 256, 257, 512, 599, 600} {
			c, err := ProveConsistency(head, uint64(old), m)
			if old > size {
				if err == nil {
					t.Errorf("from %d to %d: proved", old, size)
				}
				continue
			}
			if err != nil {
				t.Fatalf("from %d to %d: %v", old, size, err)
			}
			back, err := ParseConsistency(c.Text())
			if err != nil {
				t.Fatal(err)
			}
			if h, err := back.Check(m.head(t, old, sign), keys); err != nil || h.Size != uint64(size) {
				t.Errorf("from %d to %d: have %d, %v", old, size, h.Size, err)
			}
			if _, err := back.Check(forged.head(t, old, sign), keys); err == nil {
				t.Errorf("from %d to %d: holds for another log", old, size)
			}
			if old > 1 {
				if _, err := back.Check(m.head(t, old-1, sign), keys); err == nil {
					t.Errorf("from %d to %d: holds from %d", old, size, old-1)
				}
			}
		}
	}
}

// sample is a proof with a path and both texts, and a proof of consistency.
func sample(t testing.TB) (p *Proof, c *Consistency, old Head, vkey string) {
	t.Helper()
	sign, vkey := proofKey(t, 7)
	m, es := testLog(7)
	head := m.head(t, 7, sign)
	p, err := Prove(head, 4, m)
	if err != nil {
		t.Fatal(err)
	}
	p.Personal = es[4].Personal[:1]
	if c, err = ProveConsistency(head, 3, m); err != nil {
		t.Fatal(err)
	}
	return p, c, m.head(t, 3, sign), vkey
}

// TestProofMangled changes every byte of both proofs: whatever is still read does not hold, unless it is the same.
func TestProofMangled(t *testing.T) {
	p, c, old, vkey := sample(t)
	keys := keyList(t, vkey)
	check := func(text []byte) bool {
		if q, err := ParseProof(text); err == nil {
			_, _, err := q.Check(keys)
			return err == nil
		}
		if q, err := ParseConsistency(text); err == nil {
			_, err := q.Check(old, keys)
			return err == nil
		}
		return false
	}
	for _, text := range [][]byte{p.Text(), c.Text()} {
		if !check(text) {
			t.Fatal("as it was made: have refused")
		}
		for i := range text {
			for _, b := range []byte{text[i] ^ 1, text[i] ^ 0x20, '\n', '0', '"'} {
				if b == text[i] {
					continue
				}
				m := bytes.Clone(text)
				m[i] = b
				if check(m) {
					t.Errorf("byte %d changed from %q to %q: still holds", i, text[i], b)
				}
			}
			if check(text[:i]) {
				t.Errorf("cut at byte %d: still holds", i)
			}
		}
		lines := bytes.SplitAfter(text, []byte("\n"))
		for i := range lines {
			for _, m := range [][][]byte{
				append(append([][]byte{}, lines[:i]...), lines[i+1:]...),
				append(append([][]byte{}, lines[:i+1]...), lines[i:]...),
			} {
				// An opened text may be withheld, and a checkpoint may have further signatures.
				free := bytes.HasPrefix(lines[i], []byte("personal reference 01")) || bytes.HasPrefix(lines[i], []byte("— "))
				if joined := bytes.Join(m, nil); !bytes.Equal(joined, text) && check(joined) && !free {
					t.Errorf("line %d dropped or doubled: still holds", i+1)
				}
			}
		}
	}
}

func TestProofRefused(t *testing.T) {
	p, _, old, vkey := sample(t)
	keys := keyList(t, vkey)
	_, other := proofKey(t, 9)
	if _, _, err := p.Check(keyList(t, other)); err == nil || !strings.Contains(err.Error(), "not signed by a key that is trusted here") {
		t.Errorf("another key: have %v", err)
	}
	for want, alter := range map[string]func(*Proof){
		"was changed: the entry has the hash": func(p *Proof) { p.Personal[0].Text = "case 9999" },
		"or its salt":                         func(p *Proof) { p.Personal[0].Salt[3] ^= 1 },
		"which is not in the entry":           func(p *Proof) { p.Personal[0].Field = "customer" },
		"out of order":                        func(p *Proof) { p.Personal = append(p.Personal, p.Personal[0]) },
		"has 3 entries only":                  func(p *Proof) { p.Checkpoint = old.Checkpoint },
		"the index or the path was changed":   func(p *Proof) { p.Path = p.Path[1:] },
	} {
		q := *p
		q.Personal = append([]Personal(nil), p.Personal...)
		alter(&q)
		if _, _, err := q.Check(keys); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("have %v, want %q", err, want)
		}
	}
	crlf := bytes.ReplaceAll(p.Text(), []byte("\n"), []byte("\r\n"))
	if _, err := ParseProof(crlf); err == nil || !strings.Contains(err.Error(), "line ends were changed") {
		t.Errorf("carriage returns: have %v", err)
	}
}

// TestUnprovable asks for proofs of a log in which somebody changed something: it must be said, not handed out.
func TestUnprovable(t *testing.T) {
	sign, _ := proofKey(t, 1)
	m, _ := testLog(600)
	head := m.head(t, 600, sign)
	changed := memoryLog{append([][]byte(nil), m.leaves...)}
	changed.leaves[300] = m.leaves[301]
	short := memoryLog{m.leaves[:520]}
	for _, x := range []memoryLog{changed, short} {
		if _, err := Prove(head, 300, x); err == nil || !strings.Contains(err.Error(), "verify it") {
			t.Errorf("have %v, want an error that says to verify", err)
		}
	}
}

// TestSampleFiles keeps the examples of docs/journal.md as they are: a format that others read.
func TestSampleFiles(t *testing.T) {
	p, c, old, vkey := sample(t)
	for name, want := range map[string][]byte{
		"entry.proof": p.Text(), "consistency.proof": c.Text(), "old.checkpoint": old.Checkpoint, "key": []byte(vkey + "\n"),
	} {
		path := filepath.Join("testdata", "proof", name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s: have %q, %v\nwant %q", path, have, err, want)
		}
	}
}

func FuzzProof(f *testing.F) {
	p, c, old, vkey := sample(f)
	keys := keyList(f, vkey)
	f.Add(p.Text())
	f.Add(c.Text())
	f.Fuzz(func(t *testing.T, text []byte) {
		if q, err := ParseProof(text); err == nil {
			if !bytes.Equal(q.Text(), text) {
				t.Errorf("read, and written otherwise:\n%s", text)
			}
			q.Check(keys)
		}
		if q, err := ParseConsistency(text); err == nil {
			if !bytes.Equal(q.Text(), text) {
				t.Errorf("read, and written otherwise:\n%s", text)
			}
			q.Check(old, keys)
		}
	})
}

// TestCheckpointOneForm: base64 of a signature may be written in several ways; one is taken.
func TestCheckpointOneForm(t *testing.T) {
	_, _, old, vkey := sample(t)
	at := bytes.LastIndexByte(old.Checkpoint, ' ') + 1
	sig, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(old.Checkpoint[at:])))
	if err != nil || len(sig) != 4+64 {
		t.Fatalf("signature: have %d bytes, %v, want 68", len(sig), err)
	}
	bent := []byte(base64.StdEncoding.EncodeToString(sig))
	bent[len(bent)-2]++ // 68 bytes leave 4 bits unused
	if _, err := ParseCheckpoint(append(append(bytes.Clone(old.Checkpoint[:at]), bent...), '\n'), keyList(t, vkey)); err == nil {
		t.Error("took a signature in a second form")
	}
}

// TestProofOneForm: a proof has one form, else two files would differ that say the same.
func TestProofOneForm(t *testing.T) {
	p, c, _, _ := sample(t)
	for change, text := range map[string][]byte{"index 4|index 04": p.Text(), "case 1004|case\\x201004": p.Text(), "old 3|old 03": c.Text()} {
		from, to, _ := strings.Cut(change, "|")
		bent := strings.Replace(string(text), from, to, 1)
		if bent == string(text) {
			t.Fatalf("%q is not in the sample", from)
		}
		_, err1 := ParseProof([]byte(bent))
		_, err2 := ParseConsistency([]byte(bent))
		if err1 == nil || err2 == nil {
			t.Errorf("%s: have it read, want it refused", to)
		}
	}
}
