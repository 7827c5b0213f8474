package catalog

import (
	"os"
	"regexp"
	"testing"
)

// The examples of docs/products.md are product files.
func TestExamplesOfTheDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/products.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)<!-- example: (\\w+) -->\n```toml\n(.*?)```").FindAllSubmatch(text, -1)
	if have, want := len(examples), 5; have != want {
		t.Fatalf("examples: have %d, want %d", have, want)
	}
	uids := map[string]bool{}
	for _, e := range examples {
		p, err := Parse("products/"+string(e[1])+".toml", e[2])
		if err != nil {
			t.Errorf("%s: have %v, want no mistakes", e[1], err)
			continue
		}
		if uids[p.UID.String()] {
			t.Errorf("%s: have the uid of another example", e[1])
		}
		uids[p.UID.String()] = true
	}
}
