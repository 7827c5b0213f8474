package activator

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Prove makes the proof of an entry for somebody who has nothing else than the vendor's public key. The personal texts
// of the fields in open are in it, with their salts; of the others it has the hashes.
func (s *Session) Prove(ctx context.Context, id journal.EntryID, open ...string) (*journal.Proof, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	e, err := s.desk.store.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := s.desk.store.Prove(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, field := range open {
		i := slices.IndexFunc(e.Personal, func(x journal.Personal) bool { return x.Field == field })
		switch {
		case i < 0 && len(e.Personal) == 0:
			return nil, usagef("entry %v has no personal texts: %q cannot be opened", id, field)
		case i < 0:
			return nil, usagef("entry %v has no %q: it has %s", id, field, strings.Join(fields(&e), ", "))
		case e.Personal[i].Redacted:
			return nil, usagef("the %s of entry %v was erased: nobody can open it any more", field, id)
		}
	}
	for _, x := range e.Personal {
		if slices.Contains(open, x.Field) {
			p.Personal = append(p.Personal, x)
		}
	}
	return p, nil
}

// fields names the personal texts of an entry.
func fields(e *journal.Entry) (names []string) {
	for _, p := range e.Personal {
		names = append(names, p.Field)
	}
	return names
}

// ProveConsistency makes the proof that the journal continues a checkpoint that was kept, for somebody who has it too.
// A journal that does not is [*journal.TamperedError].
func (s *Session) ProveConsistency(ctx context.Context, known journal.Head) (*journal.Consistency, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	return s.desk.store.ProveConsistency(ctx, known)
}

// A Receipt says in words what an entry decided, and proves it.
type Receipt struct {
	Entry journal.Entry
	Text  string         // for reading; nothing but the proof is worth something to somebody else
	Proof *journal.Proof // with the texts that the words have too
}

// Receipt makes the receipt of an accepted confirmation or of a refund. A repeat has that of the first one. Of
// the personal texts it has those in open alone.
func (s *Session) Receipt(ctx context.Context, id journal.EntryID, open ...string) (*Receipt, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	e, err := s.desk.store.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if e.Kind != journal.KindConfirmation && e.Kind != journal.KindRefund || e.Verdict != journal.OK && e.Verdict != journal.Repeat {
		return nil, usagef("entry %v is no accepted confirmation and no refund: there is no receipt of it; `activator journal prove %v` proves it", id, id)
	}
	if e.Verdict == journal.Repeat {
		if e, err = s.first(ctx, e); err != nil {
			return nil, err
		}
	}
	r := &Receipt{Entry: e}
	if r.Proof, err = s.Prove(ctx, e.ID, open...); err != nil {
		return nil, err
	}
	l, err := s.License(ctx, e.License)
	if err != nil {
		return nil, err
	}
	said := e
	said.Personal = r.Proof.Personal
	r.Text = receiptText(said, l, s.productName(e.Product))
	return r, nil
}

// first finds the entry that a repeat repeats.
func (s *Session) first(ctx context.Context, e journal.Entry) (journal.Entry, error) {
	q := journal.Query{License: e.License, Kinds: []journal.Kind{e.Kind}, Verdicts: []journal.Verdict{journal.OK}}
	head, err := s.desk.store.Head(ctx)
	if err != nil {
		return e, err
	}
	var elsewhere *journal.Entry // taken over from another desk, or of a log before the own one
	for f, err := range s.desk.store.Entries(ctx, q) {
		if err != nil {
			return f, err
		}
		if f.Code != e.Code {
			continue
		}
		if _, taken := f.Restates(); f.ID.Log() == head.Log && !taken {
			return f, nil
		}
		if elsewhere == nil {
			elsewhere = &f
		}
	}
	if elsewhere != nil {
		return *elsewhere, nil
	}
	return e, fmt.Errorf("entry %v repeats an entry that is not there: verify the journal", e.ID)
}
