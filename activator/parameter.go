package activator

import (
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// parameter is the 32 bits that an answer to d carries, by the definition's type:
//
//	release       0, or the last day of a provisional release
//	expire-on     the last day
//	trial types   the amount: days, hours or starts
//	feature       the number, or the bits
//	choice        bit i for the i-th leaf
//	composite     0, or the last day: of its leaves of type expire-on, else of its releases
//	recover       today
//	all others    0
//
// Its errors are a [*UsageError]: the operator's words do not fit.
func (d *Decision) parameter(def *product.Definition, define definer, now time.Time) (uint32, error) {
	if d.Choose != nil && def.Type != product.Choice {
		return 0, usage(sayNoChoice(def.Name, def.Type))
	}
	given := d.Parameter
	switch def.Type {
	case product.Release:
		if given == nil || *given == 0 {
			return 0, nil
		}
		return lastDayFrom(def, *given, now)
	case product.ExpireOn:
		if given == nil {
			return 0, usage(sayNeedsDay(def.Name))
		}
		return lastDayFrom(def, *given, now)
	case product.Recover:
		today, err := codes.DayOf(now)
		if err != nil {
			return 0, usage(sayClockWrong(err))
		}
		if given != nil {
			return 0, usage(sayTakesToday(def.Name))
		}
		return uint32(today), nil
	case product.Choice:
		return d.leaves(def)
	case product.Composite:
		return d.compositeDay(def, define, now)
	case product.TrialDays, product.TrialHours, product.TrialRuns, product.Feature:
		if given == nil {
			return def.Parameter.Default, nil
		}
		if !def.Parameter.Allows(*given) {
			return 0, usage(sayValueRange(def.Name, *given, def.Parameter.Least, def.Parameter.Most))
		}
		return *given, nil
	}
	if given != nil && *given != 0 {
		return 0, usage(sayTakesNoValue(def, *given))
	}
	return 0, nil
}

// compositeDay is the parameter of a composite: a day for those of its leaves that
// have one. An expire-on leaf makes no sense without.
func (d *Decision) compositeDay(def *product.Definition, define definer, now time.Time) (uint32, error) {
	takes, needs := false, false
	for _, id := range def.Leaves {
		leaf, _ := define(id)
		takes = takes || takesDay(leaf.Type)
		needs = needs || leaf.Type == product.ExpireOn
	}
	switch {
	case d.Parameter != nil && *d.Parameter != 0 && takes:
		return lastDayFrom(def, *d.Parameter, now)
	case d.Parameter != nil && *d.Parameter != 0:
		return 0, usage(sayPartsTakeNoDay(def, *d.Parameter))
	case needs:
		return 0, usage(sayNeedsDay(def.Name))
	}
	return 0, nil
}

// takesDay reports whether the parameter of a type is a last day.
func takesDay(t product.Type) bool { return t == product.Release || t == product.ExpireOn }

// lastDayFrom takes a parameter as the last day of what is granted.
func lastDayFrom(def *product.Definition, value uint32, now time.Time) (uint32, error) {
	if value > uint32(codes.MaxDay) {
		return 0, usage(sayDayTooLate(def.Name, value))
	}
	if day := codes.Day(value); !now.Before(day.End()) {
		return 0, usage(sayDayOver(def.Name, day))
	}
	return value, nil
}

// leaves turns the chosen ids, or a parameter's bits, into the bits of a choice.
func (d *Decision) leaves(def *product.Definition) (uint32, error) {
	var bits uint32
	if d.Parameter != nil {
		bits = *d.Parameter
		if len(def.Leaves) < 32 && bits>>len(def.Leaves) != 0 {
			return 0, usage(sayChoiceTooWide(def.Name, bits, len(def.Leaves)))
		}
	}
	for _, id := range d.Choose {
		i := slices.Index(def.Leaves, id)
		if i < 0 {
			return 0, usage(sayNotInChoice(def.Name, id, def.Leaves))
		}
		bits |= 1 << i
	}
	if bits == 0 {
		return 0, usage(sayNeedsChoice(def.Name, def.Leaves[0]))
	}
	return bits, nil
}
