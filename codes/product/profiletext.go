package product

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
)

// Canonical returns the text that is signed: lines "name value" in a fixed
// order, every field present. Lists of lines (weight, definition, key, signer, refused)
// may be empty; roster and sunset name their length and are followed by bare lines.
//
//	manual-activator/1 product profile
//	vendor "Example Vendor"
//	anchor example-vendor/profile+1c2d3e4f+AZ...
//	uid 00112233445566778899aabbccddeeff
//	id press-studio
//	name "Press Studio"
//	release 4
//	releases 3 4
//	trial 14 0 0                     days, hours, runs
//	tolerance 3 6                    tolerance, desk tolerance
//	invalidate-on-move no
//	reactivate-on-release no
//	weight 3 1 3 mac                 weight, partial, moved, kind; kinds ascending
//	definition 1 release
//	name "Release"
//	description "..."
//	menu "Help > Activate"
//	shelf-life 10
//	strength short
//	reusable no
//	requires none                    or ids: 1 4
//	parameter 0 0 0                  default, least, most
//	bit "color"                      one line for each bit, bit 0 first
//	leaves none
//	key 1 base64(32 bytes)
//	signer 2026-11-01 example-vendor/profile+5a6b7c8d+AZ...
//	refused 0                        a key epoch
//	test yes
//	signed 2026-11-22
//	serial 1
//	roster 2
//	base64(12 bytes)                 bytes ascending
//	base64(12 bytes)
//	sunset 1
//	hex(8 bytes)                     bytes ascending
func (p *Profile) Canonical() []byte {
	var w writer
	w.Grow(1024 + 512*len(p.Definitions) + 17*len(p.Roster) + 17*len(p.Sunset))
	w.line(profileLine)
	w.field("vendor", quote(p.Vendor))
	w.field("anchor", p.Anchor)
	w.field("uid", p.UID.String())
	w.field("id", p.ID)
	w.field("name", quote(p.Name))
	w.field("release", fmt.Sprint(p.Release))
	w.field("releases", list(p.Releases))
	w.field("trial", fmt.Sprintf("%d %d %d", p.Trial.Days, p.Trial.Hours, p.Trial.Runs))
	w.field("tolerance", fmt.Sprintf("%d %d", p.Policy.Tolerance, p.Policy.DeskTolerance))
	w.field("invalidate-on-move", yesNo(p.Policy.InvalidateOnMove))
	w.field("reactivate-on-release", yesNo(p.Policy.ReactivateOnRelease))
	for _, kind := range slices.Sorted(maps.Keys(p.Policy.Weights)) {
		v := p.Policy.Weights[kind]
		w.field("weight", fmt.Sprintf("%d %d %d %s", v[0], v[1], v[2], kind))
	}
	for _, d := range p.Definitions {
		w.definition(d)
	}
	for _, k := range p.Keys {
		w.field("key", fmt.Sprintf("%d %s", k.ID, base64.StdEncoding.EncodeToString(k.Key[:])))
	}
	for _, s := range p.Signers {
		w.field("signer", s.Until.String()+" "+s.Anchor)
	}
	for _, e := range p.Refused {
		w.field("refused", fmt.Sprint(e))
	}
	w.field("test", yesNo(p.Test))
	w.field("signed", p.SignedOn.String())
	w.field("serial", fmt.Sprint(p.Serial))
	w.field("roster", fmt.Sprint(len(p.Roster)))
	for _, v := range p.Roster {
		w.Write(base64.StdEncoding.AppendEncode(w.AvailableBuffer(), v[:]))
		w.WriteByte('\n')
	}
	w.field("sunset", fmt.Sprint(len(p.Sunset)))
	for _, h := range p.Sunset {
		w.Write(hex.AppendEncode(w.AvailableBuffer(), h[:]))
		w.WriteByte('\n')
	}
	return w.Bytes()
}

func (w *writer) definition(d Definition) {
	w.field("definition", fmt.Sprintf("%d %s", d.ID, d.Type))
	w.field("name", quote(d.Name))
	w.field("description", quote(d.Description))
	w.field("menu", quote(d.Menu))
	w.field("shelf-life", fmt.Sprint(d.ShelfLife))
	w.field("strength", d.Strength())
	w.field("reusable", yesNo(d.Reusable))
	w.field("requires", list(d.Requires))
	w.field("parameter", fmt.Sprintf("%d %d %d", d.Parameter.Default, d.Parameter.Least, d.Parameter.Most))
	for _, name := range d.Parameter.Bits {
		w.field("bit", quote(name))
	}
	w.field("leaves", list(d.Leaves))
}

// parseProfile reads the text of a product profile. It refuses a profile that
// is not valid, but not yet one that is not canonical.
func parseProfile(text []byte) (*Profile, error) {
	r := newReader(text)
	r.first(profileLine)
	var p Profile
	p.Vendor = r.quoted("vendor")
	p.Anchor = r.word("anchor")
	p.UID = r.uid("uid")
	p.ID = r.word("id")
	p.Name = r.quoted("name")
	p.Release = uint16(r.number("release", 1<<16-1))
	p.Releases = readList[uint16](r, "releases")
	trial := r.numbers("trial", 3, MaxTrialRuns)
	p.Trial = Trial{Days: int(trial[0]), Hours: int(trial[1]), Runs: int(trial[2])}
	tolerance := r.numbers("tolerance", 2, MaxTolerance)
	p.Policy.Tolerance, p.Policy.DeskTolerance = int(tolerance[0]), int(tolerance[1])
	p.Policy.InvalidateOnMove = r.yesNo("invalidate-on-move")
	p.Policy.ReactivateOnRelease = r.yesNo("reactivate-on-release")
	for r.starts("weight") {
		r.weight(&p.Policy)
	}
	for r.starts("definition") && len(p.Definitions) < 256 {
		p.Definitions = append(p.Definitions, r.definition())
	}
	for r.starts("key") && len(p.Keys) < 256 {
		p.Keys = append(p.Keys, r.key())
	}
	for r.starts("signer") && len(p.Signers) <= MaxSigners {
		p.Signers = append(p.Signers, r.signer())
	}
	for r.starts("refused") && len(p.Refused) <= maxEpoch+1 {
		p.Refused = append(p.Refused, uint8(r.number("refused", maxEpoch)))
	}
	p.Test = r.yesNo("test")
	p.SignedOn = r.day("signed")
	p.Serial = r.number("serial", 1<<63-1)
	for range r.number("roster", maxRoster) {
		var v [12]byte
		if r.bytes64("roster", r.next(), v[:]); r.err != nil {
			break
		}
		p.Roster = append(p.Roster, v)
	}
	for range r.number("sunset", maxRoster) {
		var h [8]byte
		if r.bytesHex("sunset", r.next(), h[:]); r.err != nil {
			break
		}
		p.Sunset = append(p.Sunset, h)
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	if err := p.Valid(); err != nil {
		return nil, err
	}
	return &p, nil
}
