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
	kinds := flag.String("kinds", "RAS", "letters of the kinds to try")
	only := flag.String("only", "", "only scenarios whose name contains this")
	flag.Parse()

	w := trials.NewWorld(*seed, *registered)
	columns := strings.Split(*kinds, "")
	fmt.Printf("| form | slip | only proposal: %s | among several | none | wrong only | tag trials, worst: %s |\n",
		strings.Join(columns, " | "), strings.Join(columns, " | "))
	fmt.Println(strings.Repeat("|---", 5+2*len(columns)) + "|")
	failed := false
	for _, s := range trials.Scenarios() {
		if strings.Contains(s.Name, *only) {
			failed = row(w, s, *kinds, *n) || failed
		}
	}
	if failed {
		os.Exit(1)
	}
}

// row prints the figures of one scenario and reports whether they fall short of
// the promise.
func row(w *trials.World, s trials.Scenario, kinds string, n int) (failed bool) {
	var shares, worst []string
	var sum trials.Result
	for _, letter := range kinds {
		if !strings.ContainsRune(s.Kinds, letter) {
			shares, worst = append(shares, "–"), append(worst, "–")
			continue
		}
		r := w.Run(s, codes.Kind(letter), n)
		shares = append(shares, fmt.Sprintf("%.2f %%", 100*r.Share()))
		worst = append(worst, fmt.Sprint(r.MostTags))
		sum.Among, sum.None, sum.Wrong = sum.Among+r.Among, sum.None+r.None, sum.Wrong+r.Wrong
		if r.Share() < s.Least || r.Wrong > 0 {
			failed = true
			fmt.Fprintf(os.Stderr, "below %.1f %%: %s, %c: first miss %s\n", 100*s.Least, s.Name, letter, r.FirstMiss)
		}
	}
	fmt.Printf("| %s | %s | %s | %d | %d | %d | %s |\n", s.Form, s.Name, strings.Join(shares, " | "),
		sum.Among, sum.None, sum.Wrong, strings.Join(worst, " | "))
	return failed
}
