package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/internal/driftsim/population"
)

// The tables of the document are those that this program prints.
func TestTablesAreInTheDocument(t *testing.T) {
	document, err := os.ReadFile("../../docs/fingerprint.md")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tables(&b, 1, machines); err != nil {
		t.Fatal(err)
	}
	found := 0
	for table := range strings.SplitSeq(strings.TrimSpace(b.String()), "\n\n") {
		found++
		if !strings.Contains(string(document), "\n"+table+"\n") {
			t.Errorf("docs/fingerprint.md has not this table: go run ./internal/driftsim prints it:\n%s", table)
		}
	}
	if found != 4 {
		t.Errorf("have %d tables, want 4", found)
	}
}

// Other seeds tell the same story as the one in the document.
func TestFiguresHoldForOtherSeeds(t *testing.T) {
	for seed := range uint64(3) {
		all := population.Run(10+seed, 500, population.Policies())
		usual, strict := all[0], all[3]
		for what, ok := range map[string]bool{
			"the default asks less than one in eight within three years": usual.Asks[3].Share() < 0.125,
			"strict asks more often than the default":                    strict.Asks[3].Share() > 2*usual.Asks[3].Share(),
			"more years, more changes":                                   usual.Asks[5].Share() > usual.Asks[1].Share(),
			"a copy on the same model passes nowhere":                    usual.TwinDesk.Share() == 0,
			"and would, by the sum alone":                                usual.SumDesk.Share() == 1 && usual.SumActive.Hits > 0,
			"a copy on any machine does not stay active":                 usual.OtherActive.Share() < 0.01,
			"strict forgives no copy":                                    strict.TwinActive.Hits+strict.OtherActive.Hits == 0,
		} {
			if !ok {
				t.Errorf("seed %d: have it otherwise, want: %s", 10+seed, what)
			}
		}
	}
}

func TestSameSeedSameFigures(t *testing.T) {
	var a, b bytes.Buffer
	if err := tables(&a, 7, 200); err != nil {
		t.Fatal(err)
	}
	if err := tables(&b, 7, 200); err != nil {
		t.Fatal(err)
	}
	if a.String() != b.String() {
		t.Errorf("have two outcomes of one seed:\n%s\n%s", a.String(), b.String())
	}
}
