package tui

import (
	"context"
	"encoding/csv"
	"io"
	"maps"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/formula"
)

// filter is which entries of the journal show.
type filter struct {
	kind     journal.Kind
	verdict  journal.Verdict
	operator string
	product  codes.UID
	name     string // of the product
	from, to string // days, both included
}

// collisions is the kind by which the filter asks for what two desks did though it may be done once. No entry has it.
const collisions journal.Kind = "collision"

func (f filter) empty() bool { return f == filter{} }

// String says it in words.
func (f filter) String() string {
	var all []string
	for _, s := range []string{string(f.kind), string(f.verdict), f.name} {
		if s != "" {
			all = append(all, s)
		}
	}
	if f.operator != "" {
		all = append(all, "by "+f.operator)
	}
	if f.from != "" {
		all = append(all, "from "+f.from)
	}
	if f.to != "" {
		all = append(all, "to "+f.to)
	}
	return strings.Join(all, ", ")
}

// query is the filter for the store, with what the store can find of a text by
// index; the rest of the text is left to be looked for.
func (f filter) query(text string) (journal.Query, string) {
	q := journal.Query{Operator: f.operator, Product: f.product}
	if f.kind != "" {
		q.Kinds = []journal.Kind{f.kind}
	}
	if f.verdict != "" {
		q.Verdicts = []journal.Verdict{f.verdict}
	}
	if t, err := time.Parse(time.DateOnly, f.from); err == nil {
		q.From = t
	}
	if t, err := time.Parse(time.DateOnly, f.to); err == nil {
		q.To = t.AddDate(0, 0, 1)
	}
	if n, err := codes.ParseLicenseNumber(text); err == nil {
		q.License = n
		return q, ""
	}
	if fp, err := codes.ParseFingerprint(text); err == nil {
		q.Fingerprint = &fp
		return q, ""
	}
	if c, err := codes.Parse(text); err == nil && (c.Kind() == codes.KindRequest || c.Kind() == codes.KindConfirmation) {
		q.Text = c.String()
		return q, ""
	}
	return q, strings.ToLower(text)
}

var (
	filterKinds = []journal.Kind{
		"", journal.KindRequest, journal.KindConfirmation, journal.KindRefund, journal.KindGone, journal.KindLicense,
		journal.KindChange, journal.KindUnreadable, journal.KindOther, journal.KindSerial, journal.KindProduct,
		journal.KindPool, journal.KindKey, journal.KindMerge, collisions, journal.KindBackup, journal.KindBatch, journal.KindRedact, journal.KindLog,
	}
	filterVerdicts = []journal.Verdict{"", journal.OK, journal.Repeat, journal.Refused, journal.Unreadable}
)

// form asks for a filter.
func (f filter) form(s *shared, take func(filter) tea.Cmd) *form {
	kind := options("Kind", "What was recorded.")
	for i, k := range filterKinds {
		kind.options = append(kind.options, orAll(string(k)))
		if k == f.kind {
			kind.pick = i
		}
	}
	verdict := options("Verdict", "")
	for i, v := range filterVerdicts {
		verdict.options = append(verdict.options, orAll(string(v)))
		if v == f.verdict {
			verdict.pick = i
		}
	}
	product := options("Product", "", "all")
	uids := []codes.UID{{}}
	for i, p := range s.office.Products() {
		product.options, uids = append(product.options, p.Name), append(uids, p.UID)
		if p.UID == f.product {
			product.pick = i + 1
		}
	}
	d := &form{title: "Which entries?", yes: "Show them", items: []*item{
		kind, verdict, text("Operator", "all", "The name as the journal has it."), product,
		text("From", "the beginning", "A day as "+sayDay+" (UTC)."), text("To", "today", "A day, included."),
	}}
	d.items[2].field.set(f.operator)
	d.items[4].field.set(f.from)
	d.items[5].field.set(f.to)
	d.do = func(d *form) (tea.Cmd, string) {
		n := filter{
			kind: filterKinds[kind.pick], verdict: filterVerdicts[verdict.pick], operator: d.value(2),
			product: uids[product.pick], from: d.value(4), to: d.value(5),
		}
		if product.pick > 0 {
			n.name = product.value()
		}
		for i, day := range []*string{&n.from, &n.to} {
			if *day == "" {
				continue
			}
			iso, err := isoDay(*day)
			if err != nil {
				return d.about(4+i, err.Error())
			}
			*day = iso
		}
		return take(n), ""
	}
	return d.begin(s)
}

func orAll(s string) string {
	if s == "" {
		return "all"
	}
	return s
}

// exporting may take its time.
const exporting = "exporting the journal"

// export writes what the journal shows, every page of it, to a file.
func (j *journalRoom) export() tea.Cmd {
	office, save := j.s.office, j.s.cfg.Save
	q, text := j.filter.query(strings.TrimSpace(j.find.value()))
	q.Newest = true
	names := maps.Clone(j.s.products)
	file := "journal-" + j.s.cfg.Now().UTC().Format("2006-01-02") + ".csv"
	return j.s.do(exporting, func(ctx context.Context) any {
		path, err := save(file, func(w io.Writer) error {
			c := csv.NewWriter(w)
			_ = c.Write([]string{"entry", "time", "kind", "verdict", "operator", "desk", "product", "license", "fingerprint", "state", "code", "activation_code", "texts"}) // Error says it
			var followed map[codes.LicenseNumber]bool
			if text != "" {
				var err error
				if followed, err = licensesOf(ctx, office, text); err != nil {
					return err
				}
			}
			for e, err := range entriesOf(ctx, office, q) {
				if err != nil {
					return err
				}
				if text != "" && !followed[e.License] && !mentions(&e, text) {
					continue
				}
				license, machine := "", ""
				if e.License != 0 {
					license = e.License.String()
				}
				if e.Machine {
					machine = e.Fingerprint.String()
				}
				product := names[e.Product]
				_ = c.Write([]string{e.ID.String(), e.At.UTC().Format(time.RFC3339), string(e.Kind), string(e.Verdict), cell(e.Operator), cell(e.Desk), cell(product), license, machine, e.State, cell(e.Code), e.Answer, cell(strings.Join(append(activator.Collided(&e), textsOf(&e)...), " · "))})
			}
			c.Flush()
			return c.Error()
		})
		return savedMsg{path, err}
	})
}

// cell keeps a text from being taken for a formula by a spreadsheet.
func cell(s string) string { return formula.Guard(clean(s), ';') }
