package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes/product"
)

// importColumns are the columns of a file of orders, in any order.
var importColumns = []string{"product", "customer", "order", "seats", "grants"}

// shownMistakes bounds how many mistakes of a file are printed.
const shownMistakes = 20

func (a *app) licenseImportCmd() *cobra.Command {
	var file string
	var force bool
	c := &cobra.Command{
		Use:   "import IN.csv -o OUT.csv",
		Short: "register licenses in bulk",
		Long: `import registers one license per row, all or none. The first row names the
columns: product and customer, and optionally order, seats and grants, in any
order. Grants are separated by spaces, as "1 7:bits=0x3 release=4".

The output has the same rows with two more columns, license and serial. Rows
with an order number can be imported again: they give the same licenses.`,
		Args: args(1, 1, "the file of orders, or - for standard input"),
	}
	c.Flags().StringVarP(&file, "output", "o", "", "the `file` for the result, or - for standard output; required")
	c.Flags().BoolVar(&force, "force", false, "replace the output if it is there")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if file == "" {
			return &usageError{text: "-o is missing: the file for the serial numbers", cmd: cmd}
		}
		if file == "-" && a.json {
			return &usageError{text: "--json and -o - both want standard output", cmd: cmd}
		}
		in := a.in
		if args[0] != "-" {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			in = f
		}
		orders, err := readOrders(in, args[0])
		if err != nil {
			return err
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			return a.importOrders(cmd.Context(), s, orders, file, force)
		})
	}
	return c
}

// readOrders reads a file of orders; all its mistakes come at once.
func readOrders(in io.Reader, name string) ([]activator.Order, error) {
	r := csv.NewReader(in)
	r.ReuseRecord = true
	head, err := r.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("%s is empty: expected a first row with the columns %s", name, strings.Join(importColumns, ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	at := map[string]int{}
	var mistakes []string
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		switch _, twice := at[h]; {
		case twice:
			mistakes = append(mistakes, fmt.Sprintf("%s:1: the column %q is there twice", name, h))
		case !slices.Contains(importColumns, h):
			mistakes = append(mistakes, fmt.Sprintf("%s:1: unknown column %q; known are %s", name, h, strings.Join(importColumns, ", ")))
		}
		at[h] = i
	}
	for _, need := range importColumns[:2] {
		if _, ok := at[need]; !ok {
			mistakes = append(mistakes, fmt.Sprintf("%s:1: the column %q is missing", name, need))
		}
	}
	if len(mistakes) > 0 {
		return nil, errors.New(strings.Join(mistakes, "\n"))
	}
	var orders []activator.Order
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			var bad *csv.ParseError
			if errors.As(err, &bad) && errors.Is(err, csv.ErrFieldCount) {
				mistakes = append(mistakes, fmt.Sprintf("%s:%d: %d fields, want %d as in the first row", name, bad.Line, len(row), len(head)))
				continue
			}
			mistakes = append(mistakes, fmt.Sprintf("%s: %v", name, err))
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
			mistakes = append(mistakes, fmt.Sprintf("%s:%d: %v", name, line, err))
			continue
		}
		orders = append(orders, o)
	}
	if n := len(mistakes); n > shownMistakes {
		mistakes = append(mistakes[:shownMistakes], fmt.Sprintf("and %d more", n-shownMistakes))
	}
	switch {
	case len(mistakes) > 0:
		return nil, errors.New("nothing was registered:\n" + strings.Join(mistakes, "\n"))
	case len(orders) == 0:
		return nil, fmt.Errorf("%s has no rows below its first one", name)
	}
	return orders, nil
}

func newOrder(cell func(string) string) (activator.Order, error) {
	o := activator.Order{Product: cell("product"), Customer: cell("customer"), Order: cell("order")}
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

func (a *app) importOrders(ctx context.Context, s *activator.Session, orders []activator.Order, file string, force bool) error {
	var out *output
	if file != "-" {
		var err error
		if out, err = begin(file, 0o600, force); err != nil {
			return err
		}
		defer out.drop()
	}
	ls, err := s.Register(ctx, orders...)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	names := productNames(s)
	existing, unordered := 0, 0
	_ = w.Write(append(slices.Clone(importColumns), "license", "serial")) // a buffer takes everything
	for _, l := range ls {
		_ = w.Write([]string{
			productName(l.Product, names), l.Customer, l.Order, strconv.Itoa(l.Seats), l.Grants.String(),
			l.Number.String(), l.Serial.String(),
		})
		if l.Existing {
			existing++
		}
		if l.Order == "" {
			unordered++
		}
	}
	w.Flush()
	if out == nil {
		_, err = a.out.Write(b.Bytes())
	} else {
		err = out.finish(b.Bytes())
	}
	if err != nil {
		return fmt.Errorf("the licenses are registered, the output is not written: import again with other output: %w", err)
	}
	a.unvouched(ls)
	if unordered > 0 {
		a.say("activator: hint: %d rows have no order number: importing them again would register them again", unordered)
	}
	if file == "-" {
		return nil
	}
	if a.json {
		return a.put(map[string]any{
			"verdict": journal.OK, "rows": len(ls), "registered": len(ls) - existing, "known_before": existing, "file": file,
		})
	}
	p := a.printer()
	words := plural(len(ls)-existing, "license") + " registered"
	if existing == len(ls) {
		words = "All of these licenses were registered before"
	}
	p.title(words)
	p.blank()
	if existing > 0 {
		p.field("known before", plural(existing, "license"))
	}
	p.field("serial numbers", file)
	return nil
}
