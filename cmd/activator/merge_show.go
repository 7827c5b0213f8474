package main

import "github.com/manual-activator/manual-activator/activator"

// broughtJSON is what a merge brought in, and what followed, for programs.
type broughtJSON struct {
	Logs       []broughtLogJSON `json:"logs"`
	TakenOver  int              `json:"taken_over"` // entries that follow
	Licenses   int              `json:"licenses"`   // that those are about
	Registered int              `json:"registered"` // of these, new here
	Collisions int              `json:"collisions"`
	Told       []string         `json:"collided_in,omitempty"` // entries
}

type broughtLogJSON struct {
	Origin string `json:"origin"`
	Desk   string `json:"desk"`
	First  string `json:"first"` // entries, as they are called here
	Last   string `json:"last"`
	Size   uint64 `json:"size"` // of the log up to there
	Hash   string `json:"hash"` // its tree hash, as in a checkpoint
}

func newBroughtJSON(b *activator.Brought) *broughtJSON {
	j := &broughtJSON{Logs: []broughtLogJSON{}, TakenOver: b.TakenOver, Licenses: b.Licenses, Registered: b.Registered, Collisions: b.Collisions}
	for _, l := range b.Logs {
		j.Logs = append(j.Logs, broughtLogJSON{l.Origin, l.Desk, l.First.String(), l.Last.String(), l.Size, l.Hash.String()})
	}
	for _, id := range b.Told {
		j.Told = append(j.Told, id.String())
	}
	return j
}

// brought writes what a merge's entry brought in.
func (p *printer) brought(b *activator.Brought) {
	for _, l := range b.Logs {
		came, head := activator.SayBrought(l)
		p.field("brought in", came)
		p.field("its head", head)
	}
	taken, collided := activator.SayFollowed(b)
	p.field("taken over", taken)
	p.field("collided", collided)
}
