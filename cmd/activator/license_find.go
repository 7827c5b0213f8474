package main

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

func (a *app) licenseFindCmd() *cobra.Command {
	limit := 0
	c := &cobra.Command{
		Use: "find TEXT", Short: "find licenses by customer, order, number, machine or any code",
		Long: `find looks for licenses by words of the customer, the order or the license
number, by the fingerprint of a machine (7 hex digits) or words of its name,
and by any code: a serial number, a request, an answer that was given, a
confirmation, also inside a mail.`,
		Args: args(1, -1, "what to look for"),
	}
	c.Flags().IntVar(&limit, "limit", 0, "at most so `many`; 0 for all")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		text, err := a.text(args)
		if err != nil {
			return err
		}
		if text = strings.TrimSpace(text); text == "" {
			return &usageError{text: "missing: what to look for", cmd: cmd}
		}
		if limit < 0 {
			return &usageError{text: "--limit: want 0 or more", cmd: cmd}
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			return a.listLicenses(firstOf(limit, find(cmd.Context(), s, text)), productNames(s))
		})
	}
	return c
}

// find finds licenses by what is known of them.
func find(ctx context.Context, s *activator.Session, text string) iter.Seq2[journal.License, error] {
	return func(yield func(journal.License, error) bool) {
		numbers, err := byCode(ctx, s, text)
		if err == nil && len(numbers) == 0 {
			numbers, err = byMachine(ctx, s, text)
		}
		if err != nil {
			yield(journal.License{}, err)
			return
		}
		told := map[codes.LicenseNumber]bool{}
		tell := func(ls iter.Seq2[journal.License, error], fits func(codes.LicenseNumber) bool) bool {
			for l, err := range ls {
				if err == nil && (told[l.Number] || !fits(l.Number)) {
					continue
				}
				told[l.Number] = true
				if !yield(l, err) || err != nil {
					return false
				}
			}
			return true
		}
		for _, n := range numbers {
			// The number is a word of the license.
			if !tell(s.Licenses(ctx, journal.LicenseQuery{Words: n.String()}), func(m codes.LicenseNumber) bool { return m == n }) {
				return
			}
		}
		tell(s.Licenses(ctx, journal.LicenseQuery{Words: text}), func(codes.LicenseNumber) bool { return true })
	}
}

// byCode finds the licenses of the codes in a text.
func byCode(ctx context.Context, s *activator.Session, text string) ([]codes.LicenseNumber, error) {
	var all []codes.Code
	if c, err := codes.Parse(text); err == nil {
		all = append(all, c)
	} else {
		for _, m := range activator.CodesIn(text) {
			if m.Err == nil {
				all = append(all, m.Code)
			}
		}
	}
	var numbers []codes.LicenseNumber
	for _, c := range all {
		switch c.Kind() {
		case codes.KindRequest, codes.KindConfirmation, codes.KindSerial:
			numbers = append(numbers, c.License())
		case codes.KindActivation, codes.KindSigned: // it names no license: the journal knows whom it was given to
			more, err := inJournal(ctx, s, journal.Query{Text: c.String()}, func(e *journal.Entry) bool { return e.Answer == c.String() })
			if err != nil {
				return nil, err
			}
			numbers = append(numbers, more...)
		}
	}
	return numbers, nil
}

// byMachine finds the licenses of a machine, by its fingerprint or by words of its
// name.
func byMachine(ctx context.Context, s *activator.Session, text string) ([]codes.LicenseNumber, error) {
	if fingerprintWord.MatchString(text) {
		fp, err := codes.ParseFingerprint(text)
		if err != nil {
			return nil, nil // no machine has it
		}
		return inJournal(ctx, s, journal.Query{Fingerprint: &fp}, func(*journal.Entry) bool { return true })
	}
	words := journal.Words(text)
	return inJournal(ctx, s, journal.Query{Kinds: []journal.Kind{journal.KindChange}}, func(e *journal.Entry) bool {
		for _, p := range e.Personal {
			if e.Machine && !p.Redacted && p.Field == fieldMachine && beginWords(words, journal.Words(p.Text)) {
				return true
			}
		}
		return false
	})
}

// fieldMachine is the personal text that names a machine.
const fieldMachine = "machine"

// beginWords reports whether every word asked for begins a word that is there.
func beginWords(asked, there []string) bool {
	for _, a := range asked {
		if !slices.ContainsFunc(there, func(w string) bool { return strings.HasPrefix(w, a) }) {
			return false
		}
	}
	return len(asked) > 0
}

// inJournal finds the licenses of entries.
func inJournal(ctx context.Context, s *activator.Session, q journal.Query, fits func(*journal.Entry) bool) ([]codes.LicenseNumber, error) {
	var numbers []codes.LicenseNumber
	for e, err := range s.Entries(ctx, q) {
		if err != nil {
			return nil, err
		}
		if e.License != 0 && fits(&e) && !slices.Contains(numbers, e.License) {
			numbers = append(numbers, e.License)
		}
	}
	return numbers, nil
}

// firstOf ends a sequence after n; 0 is all of it.
func firstOf[T any](n int, all iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		count := 0
		for v, err := range all {
			if !yield(v, err) {
				return
			}
			if count++; count == n {
				return
			}
		}
	}
}
