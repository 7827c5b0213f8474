// Command repairfigures prints the table of repair figures in docs/format.md:
// how often the right code is the only proposal, by kind of slip.
//
//	go run ./internal/repairfigures -trials 10000
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/repairfigures/trials"
)

func main() {
	n := flag.Int("trials", 10000, "trials for each line and kind")
	registered := flag.Int("licenses", 10000, "licenses in the registry")
	seed := flag.Uint64("seed", 1, "seed of the registry and the slips")
	kinds := flag.String("kinds", "RDAS", "letters of the kinds to try")
	only := flag.String("only", "", "only scenarios whose name contains this")
	flag.Parse()

	w := trials.NewWorld(*seed, *registered)
	fmt.Printf("| form | slip | kind | only proposal | among several | none | wrong only | tag trials at most |\n")
	fmt.Printf("|---|---|---|---|---|---|---|---|\n")
	failed := false
	for _, s := range trials.Scenarios() {
		if !strings.Contains(s.Name, *only) {
			continue
		}
		for _, letter := range *kinds {
			if !strings.ContainsRune(s.Kinds, letter) {
				continue
			}
			r := w.Run(s, codes.Kind(letter), *n)
			fmt.Printf("| %s | %s | %c | %.2f %% | %d | %d | %d | %d |\n", s.Form, s.Name, letter,
				100*r.Share(), r.Among, r.None, r.Wrong, r.MostTags)
			if r.Share() < s.Least || r.Wrong > 0 {
				failed = true
				fmt.Fprintf(os.Stderr, "below %.1f %%: %s, %c: first miss %s\n", 100*s.Least, s.Name, letter, r.FirstMiss)
			}
		}
	}
	if failed {
		os.Exit(1)
	}
}
