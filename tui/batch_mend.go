package tui

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// rows are those without an answer that can be mended, while a file runs those of the run
// before it.
func (b *batchRoom) rows() []*badRow {
	switch {
	case b.run == nil:
		return nil
	case b.run.running:
		return b.run.before
	}
	return b.run.bad
}

// place says where a row stands and what is beside it; empty for no row.
func (r *badRow) place() string {
	if r == nil {
		return ""
	}
	at := fmt.Sprintf("line %d of %s", r.Row.Line, r.file)
	if with := r.carried(); with != "" {
		at += ": " + with
	}
	return at
}

// mended counts the rows that were taken to the desk and recorded there.
func (b *batchRoom) mended() (n int) {
	for _, r := range b.rows() {
		if r.mended != nil {
			n++
		}
	}
	return n
}

// leaving says what leaving the file would lose; empty for nothing.
func (b *batchRoom) leaving() string {
	loose, drafts := 0, 0
	for _, r := range b.rows() {
		if r.mended != r.saved {
			loose++
		}
		if r.draft != "" {
			drafts++
		}
	}
	var all []string
	if loose > 0 {
		all = append(all, fmt.Sprintf("%s in the journal, and in no file yet: ctrl+s in F8 saves.", plural(loose, "mended row is", "mended rows are")))
	}
	if drafts > 0 {
		all = append(all, plural(drafts, "row was changed at the desk and is not recorded.", "rows were changed at the desk and are not recorded."))
	}
	return strings.Join(all, " ")
}

// another goes back to the choice of a file, after a question where that would lose
// something. What was run stays in the journal.
func (b *batchRoom) another() tea.Cmd {
	if b.underway() {
		return b.s.say("First this file: esc ends it after what is being recorded.")
	}
	leave := func() tea.Cmd {
		b.run, b.list = nil, list{}
		return b.look()
	}
	lost := b.leaving()
	if lost == "" {
		return leave()
	}
	f := &form{title: "Leave " + filepath.Base(b.run.in) + "?", text: []string{lost}, yes: "Another file", danger: true}
	f.do = func(*form) (tea.Cmd, string) { return leave(), "" }
	return b.s.open(f.begin(b.s))
}

// mend takes a row to the desk, where a slip has its proposals and a refusal what can
// be done about it. What is recorded there is a submission of its own.
func (b *batchRoom) mend(row *badRow) tea.Cmd {
	if row.good() {
		return b.s.tell(openEntryMsg{row.mended.Entry})
	}
	text := row.Row.Text
	if c := row.Code(); row.draft != "" || row.typed != "" {
		text = cmp.Or(row.draft, row.typed) // as the desk left it
	} else if !c.IsZero() {
		text = c.String()
	}
	if strings.TrimSpace(text) == "" {
		return b.s.say("There is no code in this row.")
	}
	return b.s.tell(takeCodeMsg{text: text, ref: row.Row.Decision.Reference, row: row})
}

// save writes the rows that were mended beside their file: each as it came, and as it
// was recorded.
func (b *batchRoom) save() tea.Cmd {
	if b.mended() == 0 {
		return b.s.say("No row was mended: enter takes one to the desk.")
	}
	rows, recorded, save := mendedRows(b.rows()), map[*mending]*activator.Outcome{}, b.s.cfg.Save
	for _, r := range b.rows() {
		recorded[r.mending] = r.mended
	}
	name := filepath.Join(filepath.Dir(b.run.in), strings.TrimSuffix(filepath.Base(b.run.in), filepath.Ext(b.run.in))+"-mended.csv")
	return b.s.do("saving", func(context.Context) any {
		path, err := save(name, func(w io.Writer) error { return csv.NewWriter(w).WriteAll(rows) })
		return rowsSavedMsg{savedMsg{path, err}, recorded}
	})
}

// mendedRows is a table of the rows that the desk mended: the columns of their file with
// the code as it was recorded, what a file of answers has behind them, and the row as it
// came.
func mendedRows(all []*badRow) [][]string {
	var head []string // of the columns of the file; every row has the same
	var rows [][]string
	for _, x := range all {
		o := x.mended
		if o == nil {
			continue
		}
		row, names, code := []string{}, []string{}, false
		for _, c := range x.cells {
			if names = append(names, cell(c.Column)); c.Code {
				code, c.Text = true, x.typed
			}
			row = append(row, cell(c.Text))
		}
		if !code {
			names, row = append(names, "code"), append(row, cell(x.typed))
		}
		answer, digits, until := "", "", ""
		if a := o.Answer; !a.IsZero() {
			answer, until = a.String(), o.Day.String()
			if a.Kind() != codes.KindSigned {
				digits = a.Digits()
			}
		}
		head = append(names, "line", "verdict", "reason", "activation_code", "activation_code_digits", "valid_until", "entry", "as_it_came")
		rows = append(rows, append(row, fmt.Sprint(x.Row.Line), string(o.Verdict), cell(withoutFlags(o.Reason)), answer, digits, until, o.Entry.String(), cell(journal.ShortText(x.Row.Text))))
	}
	return append([][]string{head}, rows...)
}
