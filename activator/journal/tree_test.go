package journal

import (
	"bytes"
	"encoding/binary"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// hashes is the plain storage that golang.org/x/mod/sumdb/tlog itself works on.
type hashes []tlog.Hash

func (h hashes) ReadHashes(at []int64) (out []tlog.Hash, err error) {
	for _, i := range at {
		out = append(out, h[i])
	}
	return out, nil
}

// TestFrontier compares the frontier with tlog at every size, and every stored subtree with tlog's hash at its place.
func TestFrontier(t *testing.T) {
	var all hashes
	var f Frontier
	for n := range uint64(3*SubtreeLeaves + 5) {
		record := binary.BigEndian.AppendUint64(nil, n)
		more, err := tlog.StoredHashes(int64(n), record, all)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, more...)
		root, full := f.Add(record)
		if want := (n+1)%SubtreeLeaves == 0; full != want {
			t.Fatalf("entry %d: have full %v, want %v", n, full, want)
		}
		if full {
			at := tlog.StoredHashIndex(subtreeLevel, int64(f.Size/SubtreeLeaves-1))
			if root != all[at] {
				t.Errorf("subtree %d: have %v, want %v", f.Size/SubtreeLeaves-1, root, all[at])
			}
		}
		want, err := tlog.TreeHash(int64(n+1), all)
		if err != nil {
			t.Fatal(err)
		}
		if f.Root() != want {
			t.Fatalf("size %d: have %v, want %v", n+1, f.Root(), want)
		}
		again, err := ParseFrontier(f.Size, f.Bytes())
		if err != nil || again.Root() != want {
			t.Fatalf("size %d: read back: have %v, %v, want %v", n+1, again.Root(), err, want)
		}
		if n%7 == 0 {
			f = again
		}
	}
	if empty, err := tlog.TreeHash(0, all); err != nil || new(Frontier).Root() != empty {
		t.Errorf("empty tree: have %v, want %v, %v", new(Frontier).Root(), empty, err)
	}
	if _, err := ParseFrontier(3, make([]byte, 32)); err == nil {
		t.Error("a frontier of one hash for 3 leaves was read")
	}
}

func TestCheckpoint(t *testing.T) {
	skey, vkey, err := note.GenerateKey(bytes.NewReader(make([]byte, 64)), "test/key")
	if err != nil {
		t.Fatal(err)
	}
	sign, _ := note.NewSigner(skey)
	verify, _ := note.NewVerifier(vkey)
	keys := note.VerifierList(verify)
	want, err := SignHead(3, "desk.example/journal 1", 12345, tlog.Hash{1, 2}, sign)
	if err != nil {
		t.Fatal(err)
	}
	have, err := ParseCheckpoint(want.Checkpoint, keys)
	if want.Log = 0; err != nil || have.Origin != want.Origin || have.Size != want.Size || have.Hash != want.Hash || !bytes.Equal(have.Checkpoint, want.Checkpoint) {
		t.Errorf("have %+v, %v\nwant %+v", have, err, want)
	}
	if h, err := CheckpointHash(want.Checkpoint); err != nil || h != want.Hash {
		t.Errorf("hash: have %v, %v, want %v", h, err, want.Hash)
	}
	for i := range want.Checkpoint {
		for bit := range 8 {
			b := bytes.Clone(want.Checkpoint)
			b[i] ^= 1 << bit
			if _, err := ParseCheckpoint(b, keys); err == nil {
				t.Errorf("byte %d, bit %d changed: have no error", i, bit)
			}
		}
		if _, err := ParseCheckpoint(want.Checkpoint[:i], keys); err == nil {
			t.Errorf("cut at %d: have no error", i)
		}
	}
	for _, text := range []string{"o\n1\n", "o\n01\n" + tlog.Hash{}.String() + "\n", "o\n1\nxx\n", " o\n1\n" + tlog.Hash{}.String() + "\n", "o\n1\n" + tlog.Hash{}.String() + "\nmore\n"} {
		msg, err := note.Sign(&note.Note{Text: text}, sign)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseCheckpoint(msg, keys); err == nil {
			t.Errorf("a signed text that is no checkpoint was read: %q", text)
		}
	}
	if _, err := SignHead(0, "two\nlines", 1, tlog.Hash{}, sign); err == nil {
		t.Error("an origin of two lines was signed")
	}
}

func TestEntryID(t *testing.T) {
	for text, id := range map[string]EntryID{"0": 0, "17": 17, "2/17": NewEntryID(2, 17), "8388607/1099511627775": NewEntryID(1<<23-1, MaxIndex)} {
		if have, err := ParseEntryID(text); err != nil || have != id || id.String() != text {
			t.Errorf("%s: have %d, %v, %s, want %d", text, have, err, id, id)
		}
	}
	for _, bad := range []string{"", "-1", "017", "0/1", "1/", "/1", "1/2/3", "8388608/0", "1099511627776", "0x1", " 1"} {
		if have, err := ParseEntryID(bad); err == nil {
			t.Errorf("%q: have %v, want an error", bad, have)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Ada Müller-Søn GmbH, ada": "ada|gmbh|müller|søn", "PO-2024/17": "17|2024|po", " ;; ": "", "日本語": "日本語",
	} {
		var have string
		for i, w := range Words(text) {
			if i > 0 {
				have += "|"
			}
			have += w
		}
		if have != want {
			t.Errorf("%q: have %q, want %q", text, have, want)
		}
	}
}
