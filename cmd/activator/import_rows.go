package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes/product"
)

// scan reads the file and calls take for every order with its line. All mistakes come
// at once.
func (im *imports) scan(take func(line int, o activator.Order) error) error {
	if _, err := im.in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := csv.NewReader(im.in)
	r.ReuseRecord = true
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s is empty: expected a first row with the columns %s", im.name, strings.Join(importColumns, ", "))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", im.name, err)
	}
	at, err := im.columns(head)
	if err != nil {
		return err
	}
	width, rows := len(head), 0
	var mistakes mistakes
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var bad *csv.ParseError
			if errors.As(err, &bad) && errors.Is(err, csv.ErrFieldCount) {
				mistakes.add("%s:%d: %d fields, want %d as in the first row", im.name, bad.Line, len(row), width)
				continue
			}
			mistakes.add("%s: %v", im.name, err)
			break
		}
		cell := func(column string) string {
			if i, ok := at[column]; ok {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		line, _ := r.FieldPos(0)
		o, err := newOrder(cell)
		if err != nil {
			mistakes.add("%s:%d: %v", im.name, line, err)
			continue
		}
		rows++
		if err := take(line, o); err != nil {
			return err
		}
	}
	if err := mistakes.err(); err != nil {
		return err
	}
	if rows == 0 {
		return fmt.Errorf("%s has no rows below its first one", im.name)
	}
	return nil
}

// columns finds the columns of a file of orders.
func (im *imports) columns(head []string) (map[string]int, error) {
	at := map[string]int{}
	var wrong []string
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		switch _, twice := at[h]; {
		case twice:
			wrong = append(wrong, fmt.Sprintf("%s:1: the column %q is there twice", im.name, h))
		case !slices.Contains(importColumns, h):
			wrong = append(wrong, fmt.Sprintf("%s:1: unknown column %q; known are %s", im.name, h, strings.Join(importColumns, ", ")))
		}
		at[h] = i
	}
	for _, need := range importColumns[:2] {
		if _, ok := at[need]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s:1: the column %q is missing", im.name, need))
		}
	}
	if len(wrong) > 0 {
		return nil, errors.New(strings.Join(wrong, "\n"))
	}
	return at, nil
}

// mistakes keeps the first mistakes of a file and counts the others.
type mistakes struct {
	shown []string
	more  int
}

func (m *mistakes) add(format string, args ...any) {
	if len(m.shown) == shownMistakes {
		m.more++
		return
	}
	m.shown = append(m.shown, fmt.Sprintf(format, args...))
}

func (m *mistakes) err() error {
	if len(m.shown) == 0 {
		return nil
	}
	if m.more > 0 {
		m.shown = append(m.shown, fmt.Sprintf("and %d more", m.more))
	}
	return errors.New("nothing was registered:\n" + strings.Join(m.shown, "\n"))
}

func newOrder(cell func(string) string) (activator.Order, error) {
	o := activator.Order{Product: strings.Clone(cell("product")), Customer: strings.Clone(cell("customer")), Order: strings.Clone(cell("order"))}
	if o.Product == "" || o.Customer == "" {
		return o, errors.New("product and customer must not be empty")
	}
	if s := cell("seats"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return o, fmt.Errorf("seats: have %q, want a number from 1", s)
		}
		o.Seats = n
	}
	if g := cell("grants"); g != "" {
		grants, err := product.ParseGrants(g)
		if err != nil {
			return o, err
		}
		o.Grants = &grants
	}
	return o, nil
}

// chunks calls take for a thousand orders at a time, with their lines.
func (im *imports) chunks(take func(lines []int, orders []activator.Order) error) error {
	var lines []int
	var orders []activator.Order
	flush := func() error {
		defer func() { lines, orders = lines[:0], orders[:0] }()
		if len(orders) == 0 {
			return nil
		}
		return take(lines, orders)
	}
	err := im.scan(func(line int, o activator.Order) error {
		lines, orders = append(lines, line), append(orders, o)
		if len(orders) < importChunk {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
