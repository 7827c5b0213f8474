package activator_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// joined makes the vendor folder of one more desk, which works apart.
func (o *office) joined(name string, registry uint8) *office {
	o.t.Helper()
	other := &office{t: o.t, dir: o.t.TempDir(), heads: o.t.TempDir(), now: o.now}
	err := activator.Join(context.Background(), activator.Setup{
		Dir: other.dir, Desk: name, Operator: "the one at " + name, Registry: registry, Apart: true,
		Passphrase: []byte(passphrase), Now: other.clock, Rand: rand.Reader,
	}, o.dir)
	if err != nil {
		o.t.Fatal(err)
	}
	other.open()
	other.Session = other.desk.Session(activator.Operator{Name: "the one at " + name}, "test")
	return other
}

// merge brings in another desk's journal, and then demands that there is nothing more to bring in, and that what is there
// now verifies.
func (o *office) merge(other *office) *activator.Merged {
	o.t.Helper()
	m, err := o.Merge(context.Background(), other.dir)
	if err != nil {
		o.t.Fatal(err)
	}
	again, err := o.Merge(context.Background(), other.dir)
	if err != nil || again.Entry != 0 || len(again.Logs) != 0 || again.TakenOver != 0 || len(again.Collisions) != 0 {
		o.t.Fatalf("merged once more: have %+v, %v, want nothing new", again, err)
	}
	if _, err := o.Verify(context.Background()); err != nil {
		o.t.Fatal(err)
	}
	return m
}

// TestThreeDesksAnswerOneRequest: three desks that do not know of each other answer one request, and bring in what the
// others did, in each order, directly and by way of another desk. Whatever the machine typed is known everywhere then,
// the machine has one seat, and every answer beside the first one was told.
func TestThreeDesksAnswerOneRequest(t *testing.T) {
	names := []string{"a", "b", "c"}
	for order, all := range map[string][][]uint32{
		"ab ac": {{3, 5, 7}}, "ac ab cb": {{3, 0, 3}}, "bc ab": {{0, 0, 0}, {3, 5, 7}}, "cb ba ac": {{3, 5, 7}},
	} {
		for _, terms := range all { // what each grants: more days than the usual
			t.Run(fmt.Sprint(order, terms), func(t *testing.T) {
				a := newOffice(t)
				l := a.license(1)
				r := a.machine(l, 7).request(defDays)
				desks := map[string]*office{"a": a, "b": a.joined("b", 1), "c": a.joined("c", 2)}
				desks["b"].merge(a)
				desks["c"].merge(a)
				given, wantGiven := map[string]codes.Code{}, map[uint32]bool{}
				for i, n := range names {
					d := desks[n]
					d.now = d.now.Add(time.Duration(len(names)-i) * time.Hour) // c is the first
					out := d.submit(r, activator.Decision{Parameter: days(terms[i])})
					d.want(out, "ok", "current")
					given[out.Answer.String()] = out.Answer
					wantGiven[terms[i]] = true
				}
				if len(given) != len(wantGiven) {
					t.Fatalf("have %d answers, want %d", len(given), len(wantGiven))
				}
				told := map[string]bool{}
				merge := func(pair string) *activator.Merged {
					m := desks[pair[:1]].merge(desks[pair[1:]])
					for _, c := range m.Collisions {
						if c.Kind != "answer" || c.License != l.Number || c.Second.Entry.At.Before(c.First.Entry.At) {
							t.Errorf("%s: have %+v, want an answer given twice, the earlier one first", pair, c)
						}
						told[pair[:1]+" "+c.Sentence] = true
					}
					return m
				}
				for pair := range strings.FieldsSeq(order) {
					merge(pair)
				}
				all := "ab bc ca ba cb ac"
				for pair := range strings.FieldsSeq(all + " " + all) {
					merge(pair)
				}
				for pair := range strings.FieldsSeq(all) {
					if m := merge(pair); m.TakenOver != 0 || len(m.Collisions) != 0 {
						t.Errorf("%s, when all know all: have %+v, want nothing taken over", pair, m)
					}
				}
				for _, n := range names {
					have, want := map[string]int{}, map[string]int{"seats": 1, "answers": len(given)}
					collided := 0
					for s := range told {
						if strings.HasPrefix(s, n+" ") {
							collided++
						}
					}
					if len(given) == 1 && collided > 0 || len(given) > 1 && collided < len(given)-1 {
						t.Errorf("desk %s: have %d told of %d answers", n, collided, len(given))
					}
					have["seats"] = desks[n].taken(l)
					for _, answer := range given {
						m := a.machine(l, 7)
						m.enterDays(r, answer)
						out, err := desks[n].Read(t.Context(), m.request(defFeature).String(), activator.Decision{})
						if err != nil {
							t.Fatal(err)
						}
						if out.State != activator.NotGenuine {
							have["answers"]++
						}
					}
					if !maps.Equal(have, want) {
						t.Errorf("desk %s: have %v, want %v", n, have, want)
					}
				}
			})
		}
	}
}

// days is a parameter; nil for 0, the usual one.
func days(n uint32) *uint32 {
	if n == 0 {
		return nil
	}
	return &n
}

// enterDays takes an answer to a request for more days.
func (m *machine) enterDays(request, answer codes.Code) { m.enter(request, answer, defDays) }

// textsLeft are the personal texts in a desk's journal that have a word in them, with their entries.
func (o *office) textsLeft(word string) (left []string) {
	o.t.Helper()
	for e, err := range o.Entries(context.Background(), journal.Query{}) {
		if err != nil {
			o.t.Fatal(err)
		}
		for _, p := range e.Personal {
			if !p.Redacted && strings.Contains(p.Text, word) {
				left = append(left, fmt.Sprintf("%v %s", e.ID, p.Field))
			}
		}
	}
	return left
}

// filesWith are the files of the vendor folder that have a word in them.
func (o *office) filesWith(word string) (names []string) {
	o.t.Helper()
	err := filepath.WalkDir(o.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(word)) {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return names
}

// entriesWith are the entries that have a personal text, own ones last.
func (o *office) entriesWith(text string) (ids []journal.EntryID) {
	o.t.Helper()
	for e, err := range o.Entries(context.Background(), journal.Query{}) {
		if err != nil {
			o.t.Fatal(err)
		}
		if slices.ContainsFunc(e.Personal, func(p journal.Personal) bool { return p.Text == text }) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// TestErasureReachesCopies: what a merge took over stands in two entries, and an erasure takes both.
func TestErasureReachesCopies(t *testing.T) {
	for name, erasure := range map[string]func(o *office, l codes.LicenseNumber) activator.Erasure{
		"entry that was brought in": func(o *office, _ codes.LicenseNumber) activator.Erasure {
			return activator.Erasure{Entry: &o.entriesWith("Wilma Secret")[0]}
		},
		"entry that takes it over": func(o *office, _ codes.LicenseNumber) activator.Erasure {
			return activator.Erasure{Entry: &o.entriesWith("Wilma Secret")[1]}
		},
		"license": func(_ *office, l codes.LicenseNumber) activator.Erasure { return activator.Erasure{License: l} },
		"customer": func(*office, codes.LicenseNumber) activator.Erasure {
			return activator.Erasure{Customer: "wilma secret"}
		},
		"day": func(o *office, _ codes.LicenseNumber) activator.Erasure { return activator.Erasure{Before: o.now} },
	} {
		t.Run(name, func(t *testing.T) {
			a := newOffice(t)
			b := a.joined("b", 1)
			b.license(1)
			ls, err := b.Register(t.Context(), activator.Order{Product: "press-studio", Customer: "Wilma Secret", Seats: 1})
			if err != nil {
				t.Fatal(err)
			}
			b.license(1)
			b.now = b.now.Add(1e9)
			b.machine(&ls[0], 7).activate(defRelease, activator.Decision{Reference: "case 1"})
			a.now = a.now.AddDate(0, 0, 1)
			a.merge(b)
			if ids := a.entriesWith("Wilma Secret"); len(ids) != 2 || ids[0].Log() == ids[1].Log() {
				t.Fatalf("have the name in %v, want it in two entries", ids)
			}
			e := erasure(a, ls[0].Number)
			e.Reason = "asked for"
			plan, err := a.PlanErasure(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			done, err := a.Erase(t.Context(), e)
			if err != nil || done.Texts != plan.Texts || done.Texts < 2 {
				t.Fatalf("have %+v, %v, want both texts, as planned: %+v", done, err, plan)
			}
			if left := a.textsLeft("Wilma"); left != nil {
				t.Errorf("have %v left, want nothing", left)
			}
			if e.Before.IsZero() && len(a.entriesWith("Print Shop")) != 4 {
				t.Errorf("have %v of another customer, want four entries", a.entriesWith("Print Shop"))
			}
			if _, err := a.Verify(t.Context()); err != nil {
				t.Error(err)
			}
			b.merge(a) // and the desk that had it from the beginning
			if left := b.textsLeft("Wilma"); left != nil {
				t.Errorf("at the other desk: have %v left, want nothing", left)
			}
		})
	}
}

// TestErasureReachesThirdDesk: a text that three desks have is erased at one of them, and is gone at each of them as soon
// as it knows, directly or by way of another; it does not come back with what a desk brought in that does not know yet.
func TestErasureReachesThirdDesk(t *testing.T) {
	for _, order := range []string{"ca ab bc cb ba", "cb ba ca"} {
		for _, by := range []string{"a", "b", "c"} {
			t.Run(order+" "+by, func(t *testing.T) {
				a := newOffice(t)
				desks := map[string]*office{"a": a, "b": a.joined("b", 1), "c": a.joined("c", 2)}
				if _, err := a.Register(t.Context(), activator.Order{Product: "press-studio", Customer: "Wilma Secret", Seats: 1}); err != nil {
					t.Fatal(err)
				}
				desks["b"].merge(a)
				desks["c"].merge(desks["b"])
				if n := len(desks["c"].entriesWith("Wilma Secret")); n != 3 {
					t.Fatalf("have the name in %d entries, want 3", n)
				}
				ids := desks[by].entriesWith("Wilma Secret")
				if _, err := desks[by].Erase(t.Context(), activator.Erasure{Entry: &ids[len(ids)-1], Reason: "asked for"}); err != nil {
					t.Fatal(err)
				}
				knows := map[string]bool{by: true}
				for pair := range strings.FieldsSeq(order + " ab bc ca ba cb ac") {
					to, from := pair[:1], pair[1:]
					desks[to].merge(desks[from])
					knows[to] = knows[to] || knows[from]
					if left := append(desks[to].textsLeft("Wilma"), desks[to].filesWith("Wilma")...); knows[to] && left != nil {
						t.Errorf("after %s, desk %s: have %v left, want nothing", pair, to, left)
					}
				}
			})
		}
	}
}
