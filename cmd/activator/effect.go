package main

import (
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// effect says in words what follows from an entry.
func effect(f journal.Effect) string {
	switch f := f.(type) {
	case journal.Claim:
		return "counts once: " + claimed(f.Scope, f.Key)
	case journal.Mark:
		return "noted: " + claimed(f.Scope, f.Key)
	case journal.TakeSeat:
		s := fmt.Sprintf("seat %d of %d is taken by %v", f.Slot, f.Limit, f.Fingerprint)
		if f.Excess != "" {
			s += " (" + f.Excess + ")"
		}
		return s
	case journal.FreeSeat:
		return fmt.Sprintf("the seat of %v is free", f.Fingerprint)
	case journal.SetLicense:
		s := fmt.Sprintf("license %v: %s, %s, bought %s", f.Number, f.State, plural(f.Seats, "seat"), f.Grants)
		if f.Order != "" {
			s += ", order " + f.Order
		}
		return s
	case journal.AddPool:
		return plural(len(f.Numbers), "license number") + " drawn ahead"
	case journal.Erase:
		return fmt.Sprintf("%s erased in %s of the log %s", f.Field, runs(f.Runs), f.Origin)
	case journal.MergeLog:
		return fmt.Sprintf("%s of the log %s are here from now on", runs([]journal.Run{{First: f.First, Last: f.Size - 1}}), f.Origin)
	case journal.Restate:
		return fmt.Sprintf("takes over entry %d of the log %s", f.Index, f.Origin)
	}
	return "something that this program has no words for"
}

// claimed says what a claim or a mark is about.
func claimed(scope journal.Scope, key []byte) string {
	switch scope {
	case journal.ScopeAnswer:
		if f, random, revision, ok := journal.ParseAnswerKey(key); ok {
			return fmt.Sprintf("answer %d to the request %08x of machine %v", revision, random, f)
		}
	case journal.ScopeConfirmation:
		if f, random, ok := journal.ParseConfirmationKey(key); ok {
			return fmt.Sprintf("the confirmation code %08x of machine %v", random, f)
		}
	case journal.ScopeRefund:
		return "the refund of this license"
	case journal.ScopeClosed:
		return fmt.Sprintf("the give-back of activation %x", key)
	case journal.ScopeSeen:
		return fmt.Sprintf("activation %x was seen in use", key)
	case journal.ScopeGone:
		return fmt.Sprintf("%x was declared gone", key)
	}
	return fmt.Sprintf("%v %x", scope, key)
}

// runs names the entries of runs, the first ones of many.
func runs(all []journal.Run) string {
	const most = 10
	var b strings.Builder
	for i, r := range all[:min(most, len(all))] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, r.First)
		if r.Last != r.First {
			fmt.Fprintf(&b, " to %d", r.Last)
		}
	}
	if len(all) > most {
		fmt.Fprintf(&b, " and %d more runs", len(all)-most)
	}
	if len(all) == 1 && all[0].First == all[0].Last {
		return "entry " + b.String()
	}
	return "entries " + b.String()
}
