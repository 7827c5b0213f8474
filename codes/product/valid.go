package product

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/manual-activator/manual-activator/codes"
)

// Bounds of what a product file, a profile or a license file may say.
const (
	MaxShelfLife  = 3650      // days; 0 stands for an answer that waits forever
	MaxTrialDays  = 3650      // of a built-in trial, and of a trial-days answer
	MaxTrialHours = 87600     // likewise
	MaxTrialRuns  = 1_000_000 // likewise
	MaxTolerance  = 1000      // sum of weights
	MaxWeight     = 100       // of one kind of hardware
	MaxSeats      = 1_000_000 // of one license
	MaxName       = 200       // bytes of a name, a menu, a bit's name
	MaxText       = 4096      // bytes of a description, a customer's name, an order
)

const (
	maxEpoch  = 15        // an epoch has 4 bits in a license number
	maxKinds  = 64        // kinds of hardware with a weight
	maxRoster = 4_000_000 // entries of the roster, and of the sunset list
)

// CheckID reports whether id can name a product: 1 to 64 lower-case letters,
// digits and single dashes, beginning and ending with a letter or digit.
func CheckID(id string) error {
	ok := len(id) >= 1 && len(id) <= 64 && !strings.HasPrefix(id, "-") && !strings.HasSuffix(id, "-") && !strings.Contains(id, "--")
	for _, r := range id {
		ok = ok && (r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z')
	}
	if !ok {
		return fmt.Errorf("product id %q: expected 1 to 64 lower-case letters, digits and single dashes, such as press-studio", clip(id))
	}
	return nil
}

// CheckName reports whether s can be a name that people read: 1 to [MaxName]
// bytes of UTF-8, without control characters and other invisible ones.
func CheckName(s string) error {
	if s == "" || len(s) > MaxName {
		return fmt.Errorf("found %d bytes: expected a name of 1 to %d", len(s), MaxName)
	}
	return oneLine(s)
}

// oneLine reports whether s is text without characters that cannot be seen.
func oneLine(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s is not UTF-8 text", quote(clip(s)))
	}
	if i := strings.IndexFunc(s, hidden); i >= 0 {
		return fmt.Errorf("%s holds a character that cannot be seen", quote(clip(s)))
	}
	return nil
}

// Valid reports the first thing in p that no profile may say; a mistake in the
// definitions ([Check]) is one.
func (p *Profile) Valid() error {
	switch {
	case p.UID == (codes.UID{}):
		return fmt.Errorf("the product's uid is zero")
	case p.SignedOn == 0 || p.SignedOn > codes.MaxDay:
		return fmt.Errorf("the day of signing is missing")
	case p.Serial == 0 || p.Serial > 1<<63-1:
		return fmt.Errorf("serial %d: exports count from 1", p.Serial)
	case len(p.Roster) > maxRoster || len(p.Sunset) > maxRoster:
		return fmt.Errorf("roster of %d and sunset list of %d: at most %d fit", len(p.Roster), len(p.Sunset), maxRoster)
	}
	if err := CheckName(p.Vendor); err != nil {
		return fmt.Errorf("the vendor's name: %w", err)
	}
	if err := CheckName(p.Name); err != nil {
		return fmt.Errorf("the product's name: %w", err)
	}
	if err := CheckID(p.ID); err != nil {
		return err
	}
	if _, err := ParseAnchor(p.Anchor); err != nil {
		return err
	}
	if err := p.validKeys(); err != nil {
		return err
	}
	if err := CheckReleases(p.Release, p.Releases); err != nil {
		return err
	}
	if err := p.Trial.Valid(); err != nil {
		return err
	}
	if err := p.Policy.Valid(); err != nil {
		return err
	}
	if err := p.ordered(); err != nil {
		return err
	}
	for _, problem := range Check(p.Definitions) {
		if problem.Severity == Mistake {
			return problem
		}
	}
	return nil
}

// validKeys reports what is wrong with the former signers and refused epochs.
func (p *Profile) validKeys() error {
	if len(p.Signers) > MaxSigners {
		return fmt.Errorf("%d former signers: at most %d fit", len(p.Signers), MaxSigners)
	}
	for i, s := range p.Signers {
		if _, err := ParseAnchor(s.Anchor); err != nil {
			return err
		}
		switch {
		case s.Anchor == p.Anchor:
			return fmt.Errorf("a former signer is the key that signs the profile")
		case s.Until == 0 || s.Until > codes.MaxDay:
			return fmt.Errorf("the last day of a former signer is missing")
		case i > 0 && p.Signers[i-1].Anchor >= s.Anchor:
			return fmt.Errorf("former signers must stand in the order of their anchors, each once")
		}
	}
	for i, e := range p.Refused {
		switch {
		case e > maxEpoch:
			return fmt.Errorf("refused key epoch %d: expected 0 to %d", e, maxEpoch)
		case i > 0 && p.Refused[i-1] >= e:
			return fmt.Errorf("refused key epochs must ascend: %d stands before %d", p.Refused[i-1], e)
		}
		if _, ok := p.Key(e); ok {
			return fmt.Errorf("key %d is of a key epoch that is refused", e)
		}
	}
	return nil
}

// CheckReleases reports whether releases are ascending from 1 and end in the
// current one.
func CheckReleases(current uint16, releases []uint16) error {
	if current == 0 {
		return fmt.Errorf("release 0: releases count from 1")
	}
	if len(releases) > 1024 {
		return fmt.Errorf("%d releases: at most 1024 fit", len(releases))
	}
	for i, v := range releases {
		if v == 0 {
			return fmt.Errorf("release 0: releases count from 1")
		}
		if i > 0 && releases[i-1] >= v {
			return fmt.Errorf("releases must ascend: %d stands before %d", releases[i-1], v)
		}
	}
	if len(releases) == 0 || releases[len(releases)-1] != current {
		return fmt.Errorf("the current release %d must be the last of the releases (%s)", current, list(releases))
	}
	return nil
}

// Valid reports an amount that is out of range.
func (t Trial) Valid() error {
	for _, f := range []struct {
		name        string
		value, most int
	}{{"days", t.Days, MaxTrialDays}, {"hours", t.Hours, MaxTrialHours}, {"runs", t.Runs, MaxTrialRuns}} {
		if f.value < 0 || f.value > f.most {
			return fmt.Errorf("trial %s %d: expected 0 to %d", f.name, f.value, f.most)
		}
	}
	return nil
}

// Valid reports a number that is out of range.
func (p Policy) Valid() error {
	if p.Tolerance < 0 || p.DeskTolerance < p.Tolerance || p.DeskTolerance > MaxTolerance {
		return fmt.Errorf("tolerance %d and desk tolerance %d: expected 0 <= tolerance <= desk tolerance <= %d", p.Tolerance, p.DeskTolerance, MaxTolerance)
	}
	if len(p.Weights) > maxKinds {
		return fmt.Errorf("%d weights: at most %d fit", len(p.Weights), maxKinds)
	}
	for _, kind := range slices.Sorted(maps.Keys(p.Weights)) {
		if !kindWord(kind) {
			return fmt.Errorf("weight of %q: expected a kind of hardware in lower-case words, such as \"system drive\"", clip(kind))
		}
		for _, v := range p.Weights[kind] {
			if v < 0 || v > MaxWeight {
				return fmt.Errorf("weight of %q: %d: expected 0 to %d", kind, v, MaxWeight)
			}
		}
	}
	return nil
}

// kindWord reports whether s consists of lower-case letters, digits and dashes
// in words separated by single spaces.
func kindWord(s string) bool {
	if len(s) > 40 || s != strings.Join(strings.Fields(s), " ") || s == "" {
		return false
	}
	for _, r := range s {
		if r != ' ' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}

// ordered reports a list that is not in the order of [Profile.Normalize].
func (p *Profile) ordered() error {
	for i := 1; i < len(p.Definitions); i++ {
		if p.Definitions[i-1].ID > p.Definitions[i].ID {
			return fmt.Errorf("definitions must stand in the order of their ids: %d before %d", p.Definitions[i-1].ID, p.Definitions[i].ID)
		}
	}
	for i := 1; i < len(p.Keys); i++ {
		if p.Keys[i-1].ID >= p.Keys[i].ID {
			return fmt.Errorf("keys must stand in the order of their ids, each once: %d before %d", p.Keys[i-1].ID, p.Keys[i].ID)
		}
	}
	for i := 1; i < len(p.Roster); i++ {
		if compareVouch(p.Roster[i-1], p.Roster[i]) >= 0 {
			return fmt.Errorf("the roster must ascend, each vouch once: entries %d and %d", i, i+1)
		}
	}
	for i := 1; i < len(p.Sunset); i++ {
		if compareHash(p.Sunset[i-1], p.Sunset[i]) >= 0 {
			return fmt.Errorf("the sunset list must ascend, each hash once: entries %d and %d", i, i+1)
		}
	}
	return nil
}
