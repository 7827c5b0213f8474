// Command driftsim prints the tables of docs/fingerprint.md: how often a policy
// takes a machine for another one, or another one for it, over the years; and how
// often a hash of some width hides a change.
//
//	go run ./internal/driftsim
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/internal/driftsim/population"
)

// machines is the size of the population whose figures stand in the document.
const machines = 5000

func main() {
	n := flag.Int("machines", machines, "machines in the population")
	seed := flag.Uint64("seed", 1, "seed of the machines and of what happens to them")
	flag.Parse()
	if err := tables(os.Stdout, *seed, *n); err != nil {
		fmt.Fprintln(os.Stderr, "driftsim:", err)
		os.Exit(1)
	}
}

func tables(w io.Writer, seed uint64, n int) error {
	policies := population.Policies()
	life(w, policies)
	all := population.Run(seed, n, policies)
	fmt.Fprintln(w, "| tolerances | the program asks again within 1 / 3 / 5 years | the desk is in doubt, 1 / 3 / 5 years |")
	fmt.Fprintln(w, "|---|---|---|")
	for i, f := range all {
		fmt.Fprintf(w, "| %s | %s | %s |\n", policies[i].Name, years(f.Asks), years(f.Refused))
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| tolerances | a copy on the same model stays active | passes at the desk | a copy on any machine stays active | passes at the desk | same model, by the sum alone: stays active | passes at the desk |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|")
	for i, f := range all {
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s |\n", policies[i].Name,
			share(f.TwinActive), share(f.TwinDesk), share(f.OtherActive), share(f.OtherDesk), share(f.SumActive), share(f.SumDesk))
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "| bits of a hash | a replaced part looks the same | expected |")
	fmt.Fprintln(w, "|---|---|---|")
	for _, bits := range []int{8, 12, 16, 24} {
		r, err := population.Unnoticed(seed, n, bits)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %d | %d of %d | %.2f |\n", bits, r.Hits, r.Of, float64(r.Of)/float64(uint64(1)<<bits))
	}
	return nil
}

// life prints the worked table of single cases.
func life(w io.Writer, policies []population.Policy) {
	fmt.Fprint(w, "| what happened | sum |")
	for _, p := range policies {
		fmt.Fprintf(w, " %s |", p.Name)
	}
	fmt.Fprintf(w, "\n|---%s|\n", strings.Repeat("|---", 1+len(policies)))
	for _, c := range population.Cases() {
		sum := fingerprint.Compare(c.Earlier, c.Later, nil, false).Sum
		fmt.Fprintf(w, "| %s | %d |", c.Name, sum)
		for _, p := range policies {
			fmt.Fprintf(w, " %s |", words[fingerprint.Compare(c.Earlier, c.Later, p.Weights, false).Judge(p.Tolerance, p.Desk).Verdict])
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// words are the verdicts in the worked table.
var words = map[fingerprint.Verdict]string{
	fingerprint.SameMachine: "active", fingerprint.SameForDesk: "asks", fingerprint.AnotherMachine: "doubt", fingerprint.NotClear: "not clear",
}

func years(rates map[int]*population.Rate) string {
	text := ""
	for n, y := range population.Years {
		if n > 0 {
			text += " / "
		}
		text += share(*rates[y])
	}
	return text
}

func share(r population.Rate) string { return fmt.Sprintf("%.2f %%", 100*r.Share()) }
