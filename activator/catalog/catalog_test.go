package catalog

import (
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

func TestSample(t *testing.T) {
	uid := codes.UID{0xaa, 15: 0xbb}
	p, err := Parse("products/press-studio.toml", Sample(uid))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range p.Notes {
		t.Log(n)
	}
	b, err := Parse("products/new.toml", Blank("new", uid))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", b)
}
