package fingerprint

import "encoding/json"

// judgmentJSON is the JSON form of a judgment:
//
//	{
//	  "verdict": "same", "sum": 3, "tolerance": 3, "desk_tolerance": 6, "moved": false,
//	  "components": [
//	    {"kind": "mac", "change": "changed", "weight": 3, "parts": [
//	      {"label": "enp3s0 (pci)", "change": "gone"},
//	      {"label": "enp4s0 (pci)", "change": "new"}
//	    ]}
//	  ],
//	  "sentence": "The same machine: network card replaced; ..."
//	}
type judgmentJSON struct {
	Verdict       Verdict        `json:"verdict"`
	Sum           int            `json:"sum"`
	Tolerance     int            `json:"tolerance"`
	DeskTolerance int            `json:"desk_tolerance"`
	Moved         bool           `json:"moved"`
	Reason        string         `json:"reason,omitempty"`
	Components    []comparedJSON `json:"components"`
	Sentence      string         `json:"sentence"`
}

type comparedJSON struct {
	Kind   string     `json:"kind"`
	Change Change     `json:"change"`
	Weight int        `json:"weight"`
	Parts  []partJSON `json:"parts"`
}

type partJSON struct {
	Label  string `json:"label"`
	Change Change `json:"change"`
}

// MarshalJSON writes the judgment without any identifier: verdict, sum,
// tolerances, and for each kind its change, what it counts and its parts.
func (j Judgment) MarshalJSON() ([]byte, error) {
	out := judgmentJSON{
		Verdict: j.Verdict, Sum: j.Sum, Tolerance: j.Tolerance, DeskTolerance: j.DeskTolerance, Moved: j.Moved,
		Reason: j.Reason, Components: make([]comparedJSON, len(j.Components)), Sentence: j.Sentence(),
	}
	for n, c := range j.Components {
		parts := make([]partJSON, len(c.Parts))
		for m, p := range c.Parts {
			parts[m] = partJSON{Label: p.Label, Change: p.Change}
		}
		out.Components[n] = comparedJSON{Kind: c.Word(), Change: c.Change, Weight: c.Weight, Parts: parts}
	}
	return json.Marshal(out)
}
