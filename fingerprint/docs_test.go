package fingerprint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// document returns docs/profile.md and the blocks it shows, by their names.
func document(t *testing.T) (text string, blocks map[string]string) {
	t.Helper()
	b, err := os.ReadFile("../docs/profile.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks = map[string]string{}
	for _, e := range regexp.MustCompile("(?s)<!-- example: (\\w+) -->\n```\n(.*?)```\n").FindAllStringSubmatch(string(b), -1) {
		blocks[e[1]] = e[2]
	}
	return string(b), blocks
}

// The bytes that docs/profile.md shows are those that the recorded machine folds.
func TestDocumentFold(t *testing.T) {
	text, blocks := document(t)
	m := regexp.MustCompile("(?s)`testdata/machines/([a-z-]+\\.json)` .*?`([0-9a-f]{7})`.*?these (\\d+) bytes").FindStringSubmatch(text)
	u := regexp.MustCompile(`(?m)^uid ([0-9a-f]{32})$`).FindStringSubmatch(blocks["profile"])
	if m == nil || u == nil {
		t.Fatal("the document shows no machine, fingerprint and uid")
	}
	uid, err := hex.DecodeString(u[1])
	if err != nil {
		t.Fatal(err)
	}
	var message []byte
	for line := range strings.Lines(blocks["fold"]) {
		digits, _, _ := strings.Cut(strings.TrimSpace(line), "   ")
		b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		message = append(message, b...)
	}
	if have := fmt.Sprint(len(message)); have != m[3] {
		t.Errorf("have %s bytes shown, want the %s that the text names", have, m[3])
	}
	mac := hmac.New(sha256.New, uid)
	mac.Write(message)
	if have := fmt.Sprintf("%07x", binary.BigEndian.Uint32(mac.Sum(nil))>>6); have != m[2] {
		t.Errorf("the bytes shown: have fingerprint %s, want %s", have, m[2])
	}
	p, err := Load("../testdata/machines/" + m[1])
	if err != nil {
		t.Fatal(err)
	}
	fp, err := p.Fold([16]byte(uid))
	if err != nil {
		t.Fatal(err)
	}
	if have := fmt.Sprintf("%07x", fp); have != m[2] {
		t.Errorf("%s: have fingerprint %s, want %s as in the document", m[1], have, m[2])
	}
}

// The normal forms that docs/profile.md shows.
func TestDocumentNormalForms(t *testing.T) {
	text, _ := document(t)
	rows := regexp.MustCompile("(?m)^\\| `(mac|cpu|system drive)` \\| `(.*)` \\| `(.*)` \\|$").FindAllStringSubmatch(text, -1)
	if len(rows) < 5 {
		t.Fatalf("have %d normal forms in the document, want 5 or more", len(rows))
	}
	for _, row := range rows {
		kind, _ := KindOf(row[1])
		i := NewInstance(kind, row[2], "", Counts)
		if i.ID != row[3] || !i.Counts() {
			t.Errorf("%s %q: have %q (%s), want %q as in the document", kind, row[2], i.ID, i.Excluded, row[3])
		}
	}
}

// The placeholders that docs/profile.md lists are all there are.
func TestDocumentPlaceholders(t *testing.T) {
	_, blocks := document(t)
	if have, want := strings.Fields(blocks["placeholders"]), slices.Sorted(maps.Keys(placeholders)); !slices.Equal(have, want) {
		t.Errorf("placeholders: have %q\nwant %q", have, want)
	}
	have, want := strings.Fields(blocks["shared"]), slices.Sorted(slices.Values(sharedMACs))
	if !slices.Equal(have, want) {
		t.Errorf("beginnings of MAC addresses: have %q\nwant %q", have, want)
	}
}
