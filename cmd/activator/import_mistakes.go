package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
)

const (
	shownMistakes = 20 // bounds how many different mistakes of a file are printed,
	shownRows     = 5  // and for how many rows each
)

// mistakes is what is wrong with a file, in the order of its lines. A sentence that holds
// for many rows hides no other.
type mistakes struct {
	name  string // of the file
	head  string // the line above them
	shown []mistake
	known map[string]int // how often a sentence was said
	more  int            // rows with other sentences, for which there is no room
	usage bool           // not of form alone: the desk found some, or two rows have one order
}

type mistake struct {
	line int
	say  string
}

func (m *mistakes) add(line int, say string) {
	n := m.known[say]
	switch {
	case n == 0 && len(m.known) == shownMistakes:
		m.more++
		return
	case n == 0 && m.known == nil:
		m.known = map[string]int{}
	}
	if m.known[say]++; n < shownRows {
		m.shown = append(m.shown, mistake{line, say})
	}
}

func (m *mistakes) err() error {
	if len(m.shown) == 0 {
		return nil
	}
	slices.SortStableFunc(m.shown, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	var b strings.Builder
	b.WriteString(m.head)
	count := map[string]int{}
	for _, x := range m.shown {
		fmt.Fprintf(&b, "\n%s:%d: %s", m.name, x.line, x.say)
		count[x.say]++
	}
	for _, x := range m.shown {
		if more := m.known[x.say] - count[x.say]; more > 0 {
			fmt.Fprintf(&b, "\n%s: in %s: %s", m.name, plural(more, "more row"), x.say)
			count[x.say] = m.known[x.say] // once
		}
	}
	if m.more > 0 {
		fmt.Fprintf(&b, "\n%s: and %s of other kinds", m.name, plural(m.more, "more mistake"))
	}
	if m.usage {
		return &usageError{text: b.String()}
	}
	return errors.New(b.String())
}

// without adds the mistakes of the file to the error for which there is no desk to ask.
func (im *imports) without(ctx context.Context, err error) error {
	if wrong := im.check(ctx); wrong != nil {
		return fmt.Errorf("%w\n%s", err, wrong.Error()) // the exit status is that of the folder
	}
	return err
}

// check looks for all mistakes of the file: those of its form, orders that could not be
// registered, as far as there is a desk that knows, and orders that stand twice.
func (im *imports) check(ctx context.Context) error {
	m := &mistakes{name: im.name, head: "nothing was registered:"}
	if im.s == nil {
		m.head = "the file has mistakes, too (those that only the vendor folder tells are not among them):"
	}
	err := im.chunks(func(rows []ordered) error {
		var wrong map[int]activator.OrderMistakes
		if im.s != nil {
			orders := make([]activator.Order, len(rows))
			for i := range rows {
				orders[i] = rows[i].order
			}
			var err error
			if wrong, err = im.s.CheckOrders(ctx, orders...); err != nil {
				return err
			}
		}
		for i := range rows {
			x := &rows[i]
			for _, w := range x.wrong {
				m.add(x.line, w.Err.Error())
			}
			for _, w := range wrong[i] {
				if im.tellsMore(w, x) {
					m.usage = true
					m.add(x.line, w.Err.Error())
				}
			}
			if x.order.Order != "" && x.order.Product != "" {
				im.hashes = append(im.hashes, im.hash(&x.order))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := im.twice(m); err != nil {
		return err
	}
	return m.err()
}

// tellsMore reports whether a mistake that the desk found in a row says more than what was found
// in the row as it stands: not of a field that was wrong already, or is no column.
func (im *imports) tellsMore(w activator.OrderMistake, x *ordered) bool {
	var taken *activator.OrderError
	if (im.unclear || len(x.wrong) > 0) && errors.As(w.Err, &taken) {
		return false // perhaps it is another only because not all of the row could be read
	}
	for _, known := range x.wrong {
		if known.Field == "" || known.Field == w.Field {
			return false
		}
	}
	_, column := im.at[w.Field]
	return column
}
