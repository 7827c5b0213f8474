package fingerprint

import (
	"cmp"
	"slices"
	"strings"
)

// CollectorVersion is the version of the rules by which this package names
// components. It is part of the label of the fold, so that a machine read by
// other rules gets another fingerprint knowingly, not by accident.
const CollectorVersion = 1

// Reason says why an instance does not count. The empty reason means that it
// counts.
type Reason string

// The reasons this version gives. A profile may hold others; they exclude just
// the same.
const (
	Counts     Reason = ""
	Virtual    Reason = "virtual"    // bridge, bond, tunnel, container or VPN adapter, loop device, ...
	Removable  Reason = "removable"  // USB, dock, memory card, external drive
	Bluetooth  Reason = "bluetooth"  // a network over Bluetooth
	Disabled   Reason = "disabled"   // switched off in the device manager
	Randomized Reason = "randomized" // the address was drawn or set by software and the hardware's own is unknown
	Junk       Reason = "junk"       // a placeholder such as "To Be Filled By O.E.M." or all zeros
	Unused     Reason = "unused"     // real hardware of a sort that is not looked at, such as InfiniBand
)

// Instance is one piece of hardware of a component: one network card, one drive.
type Instance struct {
	// ID is the raw identifier in normal form (see [NewInstance]). It stays on
	// the machine. It may be empty for an instance that does not count.
	ID string
	// Label is what people call it: "eth0 (virtio)", "Samsung SSD 980". It takes
	// no part in the fold or in a comparison.
	Label string
	// Excluded is empty for an instance that counts, else why it does not.
	Excluded Reason
}

// Counts reports whether the instance takes part in the fold and in comparisons.
func (i Instance) Counts() bool { return i.Excluded == Counts && i.ID != "" }

// Component is all that was found of one kind. A component with no instances
// was read and there was nothing; a component that could not be read is not in
// the profile at all, and a note says so.
type Component struct {
	Kind Kind
	// Other is the word of a kind this version does not know; empty unless Kind
	// is Unknown.
	Other     string
	Instances []Instance
}

// Word returns the component's kind as it stands in the JSON form, also for
// kinds this version does not know.
func (c Component) Word() string {
	if c.Kind == Unknown && c.Other != "" {
		return c.Other
	}
	return c.Kind.String()
}

// IDs returns the identifiers that count, sorted, each once.
func (c Component) IDs() []string {
	var ids []string
	for _, i := range c.Instances {
		if i.Counts() {
			ids = append(ids, i.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Note is a remark of a probe: what it could not read, left out, or chose.
type Note struct {
	Probe string // the word of the kind, or the name of the probe
	Text  string // a sentence for support, without raw identifiers
}

// Profile is the hardware profile of a machine. Make one with [Collect], [Parse]
// or [New]; these keep it in canonical order, and Tidy puts one made by hand
// into it.
type Profile struct {
	// Version is the version of the collector's rules, 1 to 255.
	Version int
	// Hashed is nil in a profile with raw identifiers, as [Collect] makes it; see
	// [Profile.Hash].
	Hashed     *Hashing
	Components []Component
	Notes      []Note
}

// New returns a tidy profile of these components, by this version's rules.
func New(components ...Component) *Profile {
	p := &Profile{Version: CollectorVersion, Components: components}
	p.Tidy()
	return p
}

// Component returns what was found of a kind, and whether the kind was read.
func (p *Profile) Component(k Kind) (Component, bool) {
	for _, c := range p.Components {
		if c.Kind == k && k != Unknown {
			return c, true
		}
	}
	return Component{}, false
}

// Tidy brings the profile into canonical form: identifiers normalized, junk
// marked, components of the same kind merged, everything sorted, duplicates
// folded into one. It is idempotent, and the order in which things were found
// leaves no trace.
func (p *Profile) Tidy() {
	byWord := make(map[string]int, len(p.Components))
	var merged []Component
	for _, c := range p.Components {
		c.Kind, c.Other = properKind(c)
		at, seen := byWord[c.Word()]
		if !seen {
			at = len(merged)
			byWord[c.Word()] = at
			merged = append(merged, Component{Kind: c.Kind, Other: c.Other})
		}
		for _, i := range c.Instances {
			if p.Hashed != nil {
				i = p.Hashed.tidy(i)
			} else {
				i = tidyInstance(c.Kind, i)
			}
			merged[at].Instances = append(merged[at].Instances, i)
		}
	}
	for n := range merged {
		merged[n].Instances = foldDuplicates(merged[n].Instances)
	}
	slices.SortFunc(merged, func(a, b Component) int {
		return cmp.Or(cmp.Compare(a.Kind-1, b.Kind-1), strings.Compare(a.Other, b.Other)) // Unknown (0) last
	})
	p.Components = merged
	for n := range p.Notes {
		p.Notes[n] = Note{Probe: clip(tidy(p.Notes[n].Probe)), Text: clip(tidy(p.Notes[n].Text))}
	}
	slices.SortFunc(p.Notes, func(a, b Note) int {
		return cmp.Or(strings.Compare(a.Probe, b.Probe), strings.Compare(a.Text, b.Text))
	})
	p.Notes = slices.Compact(p.Notes)
}

// properKind returns the kind and foreign word under which a component is kept.
func properKind(c Component) (Kind, string) {
	if c.Kind != Unknown && int(c.Kind) < len(kinds) {
		return c.Kind, ""
	}
	if k, known := KindOf(c.Other); known {
		return k, ""
	}
	other := strings.ToLower(clip(tidy(c.Other)))
	if other == "" {
		other = Unknown.String()
	}
	return Unknown, other
}

// foldDuplicates sorts instances and keeps one of those that differ in their
// label alone. What counts sorts before what does not.
func foldDuplicates(in []Instance) []Instance {
	slices.SortFunc(in, func(a, b Instance) int {
		return cmp.Or(strings.Compare(string(a.Excluded), string(b.Excluded)),
			strings.Compare(a.ID, b.ID), strings.Compare(a.Label, b.Label))
	})
	return slices.CompactFunc(in, func(a, b Instance) bool {
		return a.Excluded == b.Excluded && a.ID == b.ID && (a.ID != "" || a.Label == b.Label)
	})
}

// Changed returns the known kinds in which the profile differs from an older
// one of, supposedly, the same machine: the sets of identifiers that count are
// not the same. A kind that could not be read on one side does not count as
// changed. [Status] makes the status byte of a request code of it, and [Compare]
// says more.
func (p *Profile) Changed(old *Profile) []Kind {
	return Compare(old, p, nil, false).Kinds()
}
