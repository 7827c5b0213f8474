package activator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// An Erasure says whose personal texts are erased, by exactly one of its first four fields, and why.
type Erasure struct {
	License  codes.LicenseNumber // of all entries of this license
	Customer string              // of all entries of the licenses that this customer has or had; capitals do not count
	Before   time.Time           // of all entries before this time
	Entry    *journal.EntryID    // of this one, and of those that say the same: by which another desk took it over, or that it took over
	Reason   string              // kept in the journal as a personal text of its own
}

// Erased is what an erasure takes, or took, away. It has none of the texts.
type Erased struct {
	Entries  []journal.EntryID     // that record it; none where there was nothing to erase
	Texts    int                   // how many
	Of       int                   // of how many entries
	Fields   map[string]int        // how many of each field
	Licenses []codes.LicenseNumber // of an erasure by license or customer

	effects []journal.Effect
}

// PlanErasure says what Erase would take away, so that it can be asked about. It changes nothing.
func (s *Session) PlanErasure(ctx context.Context, e Erasure) (*Erased, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	if err := s.may(ActErase); err != nil {
		return nil, err
	}
	p := &erasing{origins: map[journal.LogID]string{}, runs: map[erasingKey][]journal.Run{}, chain: map[journal.LogID]journal.Run{}, out: &Erased{Fields: map[string]int{}}}
	if err := s.planErasure(ctx, e, p); err != nil {
		return nil, err
	}
	p.close()
	return p.out, nil
}

func (e Erasure) check() error {
	n := 0
	for _, given := range []bool{e.License != 0, e.Customer != "", !e.Before.IsZero(), e.Entry != nil} {
		if given {
			n++
		}
	}
	if n != 1 {
		return usagef("erasing needs one of: a license, a customer, a day, an entry; have %d of them", n)
	}
	if strings.TrimSpace(e.Reason) == "" {
		return usagef("erasing needs a reason, which the journal keeps")
	}
	return nil
}

// scope says what an erasure was of, without a personal text.
func (e Erasure) scope(licenses []codes.LicenseNumber) string {
	switch {
	case e.License != 0:
		return fmt.Sprintf("license %v", e.License)
	case e.Customer != "":
		return fmt.Sprintf("licenses of a customer (%d)", len(licenses))
	case e.Entry != nil:
		return fmt.Sprintf("entry %v", *e.Entry)
	}
	return "entries before " + e.Before.UTC().Format("2006-01-02 15:04:05 UTC")
}

// Erase erases personal texts for ever and records that, without the texts: in the journal the hashes stay, so every
// proof stays valid. It also cleans the store's files of what was deleted; an error of that comes beside the
// result, and calling Erase again cleans again.
func (s *Session) Erase(ctx context.Context, e Erasure) (*Erased, error) {
	e.Reason = strings.TrimSpace(e.Reason)
	var out *Erased
	for range attempts {
		seen, err := s.erasureFacts(ctx, e)
		if err != nil {
			return nil, err
		}
		if out, err = s.PlanErasure(ctx, e); err != nil {
			return nil, err
		}
		if out.Texts == 0 {
			break
		}
		switch out.Entries, err = s.recordErasure(ctx, e, out, seen); {
		case isRace(err):
			out = nil
			continue
		case err != nil:
			return nil, err
		}
		break
	}
	if out == nil {
		return nil, errors.New("other desks changed these licenses meanwhile: try again")
	}
	if s.desk.readOnly != nil {
		return out, s.desk.readOnly
	}
	return out, s.desk.store.Clean(ctx)
}

// erasureFacts remembers where the journal stands before texts are looked for, so that one that comes later is noticed.
func (s *Session) erasureFacts(ctx context.Context, e Erasure) (*journal.Facts, error) {
	l := e.License
	if e.Entry != nil {
		one, err := s.desk.store.Entry(ctx, *e.Entry)
		if err != nil {
			return nil, err
		}
		l = one.License
	}
	if l == 0 {
		return nil, nil
	}
	return s.desk.store.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{l}})
}

func (s *Session) recordErasure(ctx context.Context, e Erasure, out *Erased, seen *journal.Facts) ([]journal.EntryID, error) {
	var fields []string
	for _, f := range slices.Sorted(maps.Keys(out.Fields)) {
		fields = append(fields, fmt.Sprintf("%s %d", f, out.Fields[f]))
	}
	entry := s.stamp(journal.Entry{At: s.desk.now(), Kind: journal.KindRedact, Verdict: journal.OK, License: e.License,
		Detail:   fmt.Sprintf("%s: %d texts of %d entries (%s)", e.scope(out.Licenses), out.Texts, out.Of, strings.Join(fields, ", ")),
		Personal: []journal.Personal{{Field: "reason", Salt: s.desk.salt(), Text: e.Reason}}}, s.desk.salt())
	var es []journal.Entry
	for part := range slices.Chunk(out.effects, erasesPerEntry) {
		entry.Effects = part
		es = append(es, entry)
		entry.Intent, entry.Personal = s.desk.salt(), nil
	}
	return s.appendAll(ctx, seen, es...)
}

// erasesPerEntry keeps the leaf of an entry, whose effects have up to journal.MaxRuns runs, within its limit.
const erasesPerEntry = 1
