package catalog

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

const (
	extension   = ".toml"
	maxFile     = 1 << 20   // bytes of a product file
	maxPool     = 1_000_000 // licenses drawn ahead
	defaultPool = 10_000

	defaultTolerance     = 3
	defaultDeskTolerance = 6
)

// Parse reads a product file. path gives the product its id, press-studio for
// products/press-studio.toml, and stands in the mistakes. The error is a
// *MistakesError with everything that is wrong.
func Parse(path string, text []byte) (*Product, error) {
	p, d := parse(path, text)
	if err := d.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// idOf is the id of the product whose file this is.
func idOf(file string) string { return strings.TrimSuffix(filepath.Base(file), extension) }

// parse returns what could be read, and the document with its mistakes.
func parse(file string, text []byte) (*Product, *document) {
	p := &Product{ID: idOf(file), Path: file, Digest: sha256.Sum256(text)}
	if len(text) > maxFile {
		d := &document{file: file}
		return p, d.stop(Mistake{Problem: fmt.Sprintf("the file has %d bytes, at most %d are read", len(text), maxFile), Remedy: "a product file is written by hand: look what this is"})
	}
	d, values := open(file, bytes.TrimPrefix(text, []byte("\uFEFF"))) // some editors put a mark there
	if d.whole {
		return p, d
	}
	if err := product.CheckID(p.ID); err != nil {
		d.found = append(d.found, Mistake{File: file, Problem: err.Error(), Remedy: "rename the file"})
	}
	t := &table{d: d, values: values}
	p.head(t)
	p.hardware(t.table("hardware"))
	p.rest(t)
	p.definitions(t)
	p.defaultGrants(t.d)
	t.done()
	return p, d
}

// head reads what stands above the tables.
func (p *Product) head(t *table) {
	const newUID = "activator product new draws one; never take that of another product"
	uid, ok := t.text("uid")
	if !ok && !t.d.bad[t.at.key("uid")] {
		t.missing("uid", "32 hex digits", newUID)
	}
	if ok {
		var err error
		p.UID, err = codes.ParseUID(uid)
		if err != nil || p.UID == (codes.UID{}) {
			p.UID = codes.UID{}
			t.mistake("uid", fmt.Sprintf("found %q: expected 32 hex digits, not all zero", clip(uid)), newUID)
		}
	}
	p.Name, ok = t.text("name")
	if !ok && !t.d.bad[t.at.key("name")] {
		t.missing("name", "the product's name", `write it as name = "Press Studio"`)
	} else if err := product.CheckName(p.Name); ok && err != nil {
		t.mistake("name", err.Error(), "write it as one line of plain text")
	}
	if p.Release = uint16(t.number("release", 1, 1<<16-1, 0)); p.Release == 0 && !t.d.bad[t.at.key("release")] {
		t.missing("release", "the number of the current release, from 1", "write release = 1 for the first one")
	}
	p.Releases = numbers[uint16](t, "releases")
	for i, v := range p.Releases {
		at := t.at.key("releases").element(i)
		switch {
		case t.d.bad[t.at.key("releases")] || p.Release == 0:
		case v >= p.Release:
			t.d.mistake(at, fmt.Sprintf("release %d is not before the current release %d", v, p.Release), "list the earlier releases only")
		case slices.Contains(p.Releases[:i], v):
			t.d.mistake(at, fmt.Sprintf("release %d is listed twice", v), "list it once")
		case i == 1000:
			t.d.mistake(at, "more than 1000 earlier releases", "list those that are still in the field")
		}
	}
	slices.Sort(p.Releases)
	p.Test = t.flag("test")
	p.Pool = int(t.number("pool", 0, maxPool, defaultPool))
}

// rest reads the small tables.
func (p *Product) rest(t *table) {
	trial := t.table("trial")
	p.Trial.Days = int(trial.number("days", 0, product.MaxTrialDays, 0))
	p.Trial.Hours = int(trial.number("hours", 0, product.MaxTrialHours, 0))
	p.Trial.Runs = int(trial.number("runs", 0, product.MaxTrialRuns, 0))
	trial.done()

	limits, l := t.table("limits"), DefaultLimits()
	p.Limits.Reactivations = int(limits.number("reactivations", 0, 10000, int64(l.Reactivations)))
	p.Limits.Reissues = int(limits.number("reissues", 0, 10000, int64(l.Reissues)))
	p.Limits.Gone = int(limits.number("gone", 0, 10000, int64(l.Gone)))
	p.Limits.PeriodDays = int(limits.number("period_days", 1, 3650, int64(l.PeriodDays)))
	p.Limits.NotGenuine = int(limits.number("not_genuine", 1, 1_000_000, int64(l.NotGenuine)))
	limits.done()

	defaults := t.table("defaults")
	p.Defaults.Seats = int(defaults.number("seats", 1, product.MaxSeats, 1))
	if items := defaults.texts("grants"); !t.d.bad[defaults.at.key("grants")] {
		g, err := product.ParseGrants(items...)
		if err != nil {
			defaults.mistake("grants", strings.TrimPrefix(err.Error(), "grants: "), `write grants = ["all"] or, for example, grants = ["1", "4:bits=0x7"]`)
		}
		p.Defaults.Grants = g
	}
	defaults.done()
}

// hardware reads how much a machine may change.
func (p *Product) hardware(t *table) {
	p.Policy.Tolerance = int(t.number("tolerance", 0, product.MaxTolerance, defaultTolerance))
	p.Policy.DeskTolerance = int(t.number("desk_tolerance", 0, product.MaxTolerance, max(defaultDeskTolerance, int64(p.Policy.Tolerance))))
	if p.Policy.DeskTolerance < p.Policy.Tolerance {
		t.mistake("desk_tolerance", fmt.Sprintf("%d is below tolerance %d: the desk would refuse what the program forgives", p.Policy.DeskTolerance, p.Policy.Tolerance), "raise it, or lower tolerance")
	}
	p.Policy.InvalidateOnMove = t.flag("invalidate_on_move")
	p.Policy.ReactivateOnRelease = t.flag("reactivate_on_release")
	weights := t.table("weights")
	for _, key := range slices.Sorted(maps.Keys(weights.values)) {
		p.weight(weights, key)
	}
	t.done()
}

// weight reads one line of [hardware.weights].
func (p *Product) weight(t *table, key string) {
	kind, ok := kindOf(key)
	if !ok {
		remedy := "known here: " + strings.Join(kindWords(), ", ")
		if near := nearest(key, kindWords()); near != "" {
			remedy = fmt.Sprintf("did you mean %s?", near)
		}
		delete(t.d.values, t.at.key(key)) // the key itself is meant
		t.mistake(key, fmt.Sprintf("unknown kind of hardware %q", clip(key)), remedy)
		return
	}
	list, ok := t.values[key].([]any)
	if !ok || len(list) != 3 {
		t.mistake(key, fmt.Sprintf("found %s: expected three numbers: weight, partial, moved", describe(t.values[key])), "write it as "+clip(key)+" = [3, 1, 3]")
		return
	}
	var w [3]int
	for i, v := range list {
		n, ok := t.inRange(t.at.key(key).element(i), v, 0, product.MaxWeight)
		if !ok {
			return
		}
		w[i] = int(n)
	}
	if _, twice := p.Policy.Weights[kind]; twice {
		t.mistake(key, fmt.Sprintf("%s has two weights", kind), "write it once")
		return
	}
	if p.Policy.Weights == nil {
		p.Policy.Weights = make(map[string][3]int)
	}
	if w[1] > w[0] || w[2] < w[0] {
		t.mistake(key, fmt.Sprintf("%s weighs %d, in part %d and moved %d: more changes would count less", kind, w[0], w[1], w[2]),
			"keep the second number at or below the first, and the third at or above it")
		return
	}
	p.Policy.Weights[kind] = w
}

// defaultGrants holds the default grants against the definitions.
func (p *Product) defaultGrants(d *document) {
	at := path("").key("defaults").key("grants")
	if d.bad[at] || d.bad[path("").key("definition")] {
		return
	}
	if err := p.Defaults.Grants.Check(p.Definitions); err != nil {
		d.mistake(at, strings.TrimPrefix(err.Error(), "grants: "), "name ids of definitions of this product")
	}
}
