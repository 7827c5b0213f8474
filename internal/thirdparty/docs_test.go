package thirdparty

import (
	"os"
	"strings"
	"testing"
)

// examples are the blocks of docs/journal.md between lines of three backquotes.
func examples(t *testing.T) (proof, key, consistency, kept string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/journal.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(page), "```\n")
	if len(parts) != 9 {
		t.Fatalf("docs/journal.md: have %d parts, want 4 examples", len(parts))
	}
	return parts[1], strings.TrimSpace(parts[3]), parts[5], parts[7]
}

// TestExamples checks the examples of the page by what the page says.
func TestExamples(t *testing.T) {
	proof, key, consistency, kept := examples(t)
	k, err := ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	e, err := CheckEntry(proof, k)
	if err != nil {
		t.Fatal(err)
	}
	if e.Index != 4 || e.Under.Size != 7 || e.Opened["reference"] != "case 1004" || len(e.Opened) != 1 {
		t.Errorf("have entry %d of %d, opened %q; want 4 of 7, the reference", e.Index, e.Under.Size, e.Opened)
	}
	if newer, err := CheckConsistency(consistency, kept, k); err != nil || newer.Size != 7 {
		t.Errorf("have %d entries, %v, want 7", newer.Size, err)
	}
	for name, have := range map[string]string{"entry.proof": proof, "key": key + "\n", "consistency.proof": consistency, "old.checkpoint": kept} {
		want, err := os.ReadFile("../../activator/journal/testdata/proof/" + name)
		if err != nil || have != string(want) {
			t.Errorf("docs/journal.md: have %q, want testdata/proof/%s: %v", have, name, err)
		}
	}
	for _, change := range []string{"case 1004|case 1005", "operator \"anna\"|operator \"ben\"", "index 4|index 5", "\n7\n|\n8\n", "kind refund|kind gone"} {
		from, to, _ := strings.Cut(change, "|")
		forged := strings.Replace(proof, from, to, 1)
		if forged == proof {
			t.Fatalf("%q is not in the example", from)
		}
		if _, err := CheckEntry(forged, k); err == nil {
			t.Errorf("%s: have it accepted", change)
		}
	}
}
