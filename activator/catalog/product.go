package catalog

import (
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// Product is what a product file says, complete with defaults.
type Product struct {
	ID       string    // the name of the file, such as "press-studio"
	Path     string    // of the file, as it was given
	UID      codes.UID // random, never reused
	Name     string    // for people
	Release  uint16    // the current release, from 1
	Releases []uint16  // the earlier ones that are still in the field, ascending
	Test     bool      // a recorded machine may stand in for the real one
	Pool     int       // licenses to draw ahead, 0 to 1000000
	Trial    product.Trial
	Policy   product.Policy
	Limits   Limits
	Defaults Defaults
	// Definitions in the order of their ids.
	Definitions []product.Definition
	// Notes say what is no mistake, and what a person should know.
	Notes []Mistake
	// Digest is the SHA-256 of the file.
	Digest [sha256.Size]byte
}

// Limits are what a license may have in a period before an operator must give a
// reason. 0 is none.
type Limits struct {
	Reactivations int // reactivations of the license
	Reissues      int // answers to one machine that lost its state
	Gone          int // machines declared gone without proof
	PeriodDays    int // the period, from 1
	NotGenuine    int // codes in a day that name the license and are not genuine, before tries stop
}

// DefaultLimits are the limits of a product that names none.
func DefaultLimits() Limits {
	return Limits{Reactivations: 5, Reissues: 3, Gone: 2, PeriodDays: 365, NotGenuine: 50}
}

// Defaults are what a new license has if the order does not say otherwise.
type Defaults struct {
	Seats  int // from 1
	Grants product.Grants
}

// Definition returns the definition with the given id.
func (p *Product) Definition(id uint8) (product.Definition, bool) {
	for _, d := range p.Definitions {
		if d.ID == id {
			return d, true
		}
	}
	return product.Definition{}, false
}

// AllReleases returns every release that may be in the field, the current one
// first, then the others from new to old, behind what is in b.
func (p *Product) AllReleases(b []uint16) []uint16 {
	b = append(b, p.Release)
	for _, r := range slices.Backward(p.Releases) {
		b = append(b, r)
	}
	return b
}

// Weigh returns the sum of the weights of the hardware kinds that changed by
// the status byte of a request code.
func (p *Product) Weigh(status uint8) int {
	sum := 0
	for _, k := range fingerprint.KindsOf(status) {
		sum += p.Policy.Weight(k.String())[0]
	}
	return sum
}

// Profile returns the part of the product profile that the file determines. The
// caller adds vendor, anchor, keys, roster, sunset list, day of signing and
// serial, then signs it. It shares nothing with p.
func (p *Product) Profile() *product.Profile {
	out := &product.Profile{
		UID: p.UID, ID: p.ID, Name: p.Name, Release: p.Release, Releases: append(slices.Clone(p.Releases), p.Release),
		Trial: p.Trial, Policy: p.Policy, Test: p.Test,
	}
	out.Policy.Weights = nil
	for kind, w := range p.Policy.Weights {
		if out.Policy.Weights == nil {
			out.Policy.Weights = make(map[string][3]int)
		}
		out.Policy.Weights[kind] = w
	}
	for _, d := range p.Definitions {
		out.Definitions = append(out.Definitions, d.Clone())
	}
	return out
}

// kindOf returns the word of a hardware kind, in whatever way it is spelled:
// "system drive", "system-drive", "System_Drive".
func kindOf(word string) (string, bool) {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == ' ' || r == '-' || r == '_' {
				return -1
			}
			return r
		}, strings.ToLower(s))
	}
	for _, k := range fingerprint.Kinds() {
		if plain(k.String()) == plain(word) {
			return k.String(), true
		}
	}
	return "", false
}

func kindWords() []string {
	var words []string
	for _, k := range fingerprint.Kinds() {
		words = append(words, strings.ReplaceAll(k.String(), " ", "-"))
	}
	return words
}
