package fingerprint

import (
	"fmt"
	"strings"
)

// Verdict is what a comparison comes to under a policy.
type Verdict string

// The verdicts.
const (
	SameMachine    Verdict = "same"    // up to the tolerance: the program stays active by itself
	SameForDesk    Verdict = "desk"    // above it, up to the desk's: the program asks, and the desk says yes
	AnotherMachine Verdict = "another" // above both
	NotClear       Verdict = "unclear" // nothing that identifies the machine could be compared
)

// Judgment is a comparison held against a policy's tolerances.
type Judgment struct {
	Comparison
	Tolerance     int // up to it the program stays active by itself
	DeskTolerance int // up to it the desk speaks of the same machine; not below Tolerance
	Verdict       Verdict
}

// Judge holds the comparison against the tolerances of a policy. A machine none of
// whose network cards and system drives is left is another one however little that
// counts: machines of one model share all the rest.
func (c Comparison) Judge(tolerance, deskTolerance int) Judgment {
	j := Judgment{Comparison: c, Tolerance: tolerance, DeskTolerance: max(tolerance, deskTolerance)}
	keeps, unread := c.KeepsUnique()
	switch {
	case c.Sum > j.DeskTolerance:
		j.Verdict = AnotherMachine
	case !c.Identified() || unread:
		j.Verdict = NotClear
	case !keeps:
		j.Verdict = AnotherMachine
	case c.Sum > tolerance:
		j.Verdict = SameForDesk
	default:
		j.Verdict = SameMachine
	}
	return j
}

// Phrase says in a few words what became of the component, such as "network card
// replaced"; empty when it is the same.
func (c Compared) Phrase() string {
	name := c.Name()
	switch c.Change {
	case Partial:
		return name + " " + verb(c.Parts) + ", others kept"
	case Changed:
		if c.Kind == Memory && len(c.Parts) == 2 && c.Parts[0].Label != "" && c.Parts[1].Label != "" {
			return fmt.Sprintf("memory %s instead of %s", c.Parts[1].Label, c.Parts[0].Label)
		}
		return name + " replaced"
	case Gone, Added:
		return name + " " + verb(c.Parts)
	case Unread:
		return name + " could not be read"
	}
	return ""
}

// verb says what happened to the instances that differ.
func verb(parts []Part) string {
	gone, added := false, false
	for _, p := range parts {
		gone = gone || p.Change == Gone
		added = added || p.Change == Added
	}
	switch {
	case gone && added:
		return "replaced"
	case gone:
		return "removed"
	}
	return "added"
}

// Changes lists what differs in one line, such as "network card replaced, memory
// 16 GB instead of 8 GB"; empty when nothing does.
func (c Comparison) Changes() string { return phrases(c.Differences()) }

func phrases(list []Compared) string {
	all := make([]string, len(list))
	for n, one := range list {
		all[n] = one.Phrase()
	}
	return strings.Join(all, ", ")
}

// Sentence says the verdict and its reasons in a sentence that an agent can read
// out to a customer.
func (j Judgment) Sentence() string {
	changes := j.Changes()
	if changes == "" {
		changes = "nothing has changed"
	}
	var s string
	switch j.Verdict {
	case SameMachine:
		s = "The same machine: " + changes
		if j.Sum > 0 {
			s += fmt.Sprintf("; %d, and up to %d the program stays active by itself", j.Sum, j.Tolerance)
		}
	case SameForDesk:
		s = fmt.Sprintf("The same machine: %s; %d of %d, it keeps its seat, and the program asks for activation again", changes, j.Sum, j.DeskTolerance)
	case AnotherMachine:
		s = fmt.Sprintf("Another machine: %s; %d, and %d would be allowed", changes, j.Sum, j.DeskTolerance)
		if j.Sum <= j.DeskTolerance {
			s = fmt.Sprintf("Another machine: %s; %d of %d, but no part is left that no other machine has", changes, j.Sum, j.DeskTolerance)
		}
	default:
		s = "Not clear: nothing that identified the machine could be found again, and not everything could be read"
		if j.Reason != "" {
			s = "Not clear: " + j.Reason
		}
	}
	if j.Moved {
		s += "; the state was moved here"
	}
	if unread := j.Unread(); len(unread) > 0 && j.Reason == "" {
		s += "; not counted: " + phrases(unread)
	}
	return s + "."
}
