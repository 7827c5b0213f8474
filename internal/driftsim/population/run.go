package population

import (
	"slices"

	"github.com/manual-activator/manual-activator/fingerprint"
)

// Policy is a policy to measure.
type Policy struct {
	Name            string
	Weights         fingerprint.Weights
	Tolerance, Desk int
}

// Policies are the default and some others.
func Policies() []Policy {
	return []Policy{
		{"3 and 6, the default", nil, 3, 6},
		{"3 and 5", nil, 3, 5},
		{"2 and 5", nil, 2, 5},
		{"0 and 2", nil, 0, 2},
		{"5 and 8, drive and cards 4", fingerprint.Weights{"mac": {4, 1, 4}, "system drive": {4, 2, 4}}, 5, 8},
	}
}

// Rate counts how often something was so.
type Rate struct{ Hits, Of int }

// Add counts one more case.
func (r *Rate) Add(hit bool) {
	r.Of++
	if hit {
		r.Hits++
	}
}

// Share is hits by cases, 0 to 1.
func (r Rate) Share() float64 {
	if r.Of == 0 {
		return 0
	}
	return float64(r.Hits) / float64(r.Of)
}

// Figures is what a policy comes to.
type Figures struct {
	// False "another machine": after so many years without a new activation, the
	// program asks again; and the desk takes the machine for another one.
	Asks, Refused map[int]*Rate
	// False "same machine": a state copied to a machine of the same model, or to
	// any other, stays active by itself; or passes at the desk.
	TwinActive, TwinDesk   Rate
	OtherActive, OtherDesk Rate
	// The same of machines of the model, if the sum alone decided.
	SumActive, SumDesk Rate
}

// Years are the ages at which machines are looked at.
var Years = []int{1, 3, 5}

// Run measures policies on n machines. Every policy sees the same machines and the
// same changes.
func Run(seed uint64, n int, policies []Policy) []*Figures {
	m := NewMaker(seed)
	all := make([]*Figures, len(policies))
	for i := range all {
		all[i] = &Figures{Asks: map[int]*Rate{}, Refused: map[int]*Rate{}}
		for _, y := range Years {
			all[i].Asks[y], all[i].Refused[y] = new(Rate), new(Rate)
		}
	}
	// judge holds a pair against every policy; most have the same weights.
	judge := func(a, b *fingerprint.Profile, each func(f *Figures, j fingerprint.Judgment)) {
		usual := fingerprint.Compare(a, b, nil, false)
		for i, p := range policies {
			c := usual
			if p.Weights != nil {
				c = fingerprint.Compare(a, b, p.Weights, false)
			}
			each(all[i], c.Judge(p.Tolerance, p.Desk))
		}
	}
	for range n {
		x := m.New()
		first := x.Profile()
		for year := 1; year <= Years[len(Years)-1]; year++ {
			m.Year(x)
			if !slices.Contains(Years, year) {
				continue
			}
			judge(first, x.Profile(), func(f *Figures, j fingerprint.Judgment) {
				f.Asks[year].Add(j.Verdict != fingerprint.SameMachine)
				f.Refused[year].Add(j.Verdict == fingerprint.AnotherMachine)
			})
		}
		judge(first, m.Of(x.Sort, x.Model).Profile(), func(f *Figures, j fingerprint.Judgment) {
			f.TwinActive.Add(j.Verdict == fingerprint.SameMachine)
			f.TwinDesk.Add(j.Verdict != fingerprint.AnotherMachine)
			f.SumActive.Add(j.Sum <= j.Tolerance)
			f.SumDesk.Add(j.Sum <= j.DeskTolerance)
		})
		judge(first, m.New().Profile(), func(f *Figures, j fingerprint.Judgment) {
			f.OtherActive.Add(j.Verdict == fingerprint.SameMachine)
			f.OtherDesk.Add(j.Verdict != fingerprint.AnotherMachine)
		})
	}
	return all
}

// Unnoticed counts how often a replaced part has the hash of the part before it,
// with hashes of so many bits.
func Unnoticed(seed uint64, n, bits int) (Rate, error) {
	m := NewMaker(seed)
	var r Rate
	uid := [16]byte{1}
	profile := func(address string) (*fingerprint.Profile, error) {
		return fingerprint.New(fingerprint.Component{Kind: fingerprint.MAC,
			Instances: []fingerprint.Instance{{ID: address}}}).Hash(uid, bits)
	}
	last, err := profile(m.address())
	if err != nil {
		return r, err
	}
	for range n {
		next, err := profile(m.address())
		if err != nil {
			return r, err
		}
		r.Add(fingerprint.Compare(last, next, nil, false).Sum == 0)
		last = next
	}
	return r, nil
}
