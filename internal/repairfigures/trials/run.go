package trials

import "github.com/manual-activator/manual-activator/codes"

// Result counts how the trials of a scenario ended.
type Result struct {
	Trials     int
	Only       int // the right code was the only proposal
	Among      int // the right code was one of several
	None       int // no proposal at all
	Wrong      int // proposals, the right code not among them
	MostTags   int // calls of Genuine in the worst trial
	Candidates int // in all trials
	Cut        int // trials in which a limit left candidates out
	FirstMiss  string
}

// Share is the share of trials whose only proposal was the right code.
func (r Result) Share() float64 { return float64(r.Only) / float64(r.Trials) }

// Mangled is a genuine code of the kind and what the scenario made of it.
func (w *World) Mangled(s Scenario, k codes.Kind) (codes.Code, string) {
	c := w.Code(k)
	return c, s.apply(w.rnd, c, s.Form)
}

// Run tries the scenario n times with codes of the kind.
func (w *World) Run(s Scenario, k codes.Kind, n int) Result {
	res := Result{Trials: n}
	for range n {
		c, text := w.Mangled(s, k)
		got, stats := codes.RepairCount(text, WantFor(k), w)
		res.MostTags = max(res.MostTags, stats.Trials)
		res.Candidates += stats.Candidates
		if stats.Cut {
			res.Cut++
		}
		right := false
		for _, p := range got {
			right = right || p.Code == c
		}
		switch {
		case right && len(got) == 1:
			res.Only++
			continue
		case right:
			res.Among++
		case len(got) == 0:
			res.None++
		default:
			res.Wrong++
		}
		if res.FirstMiss == "" {
			res.FirstMiss = c.String() + " as " + text
		}
	}
	return res
}

// WantFor is what a reader of a kind asks for: the desk takes R and D into the
// same box, the customer's side asks for an A or an S.
func WantFor(k codes.Kind) []codes.Kind {
	if k == codes.KindRequest || k == codes.KindConfirmation {
		return []codes.Kind{codes.KindRequest, codes.KindConfirmation}
	}
	return []codes.Kind{k}
}
