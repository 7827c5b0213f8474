package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/batch"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/spf13/cobra"
)

// importColumns are the columns of a file of orders, in any order.
var importColumns = []string{"product", "customer", "order", "seats", "grants"}

const importChunk = 1000 // orders registered at once

func (a *app) licenseImportCmd() *cobra.Command {
	var file string
	var force bool
	c := &cobra.Command{
		Use:   "import IN.csv -o OUT.csv",
		Short: "register licenses in bulk",
		Long: `import registers one license per row. The first row names the columns: product
and customer, and optionally order, seats and grants, in any order. Grants are
separated by spaces, as "1 7:bits=0x3 release=4".

The whole file is checked before anything is registered: with a mistake in it,
nothing is, and all mistakes are shown with their lines. The output has the same
rows with two more columns, license and serial, and appears when all rows are
done.

Rows with an order number can be imported again, after an interruption too: they
give the same licenses.`,
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
		in, err := a.orders(args[0])
		if err != nil {
			return err
		}
		defer in.Close()
		im := &imports{a: a, name: args[0], in: in}
		err = a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			im.s = s
			if err := im.check(cmd.Context()); err != nil {
				return err
			}
			return im.run(cmd.Context(), file, force)
		})
		if im.s == nil { // the folder could not be opened, which is no reason to find the file's mistakes one day later
			return im.without(cmd.Context(), err)
		}
		return err
	}
	return c
}

// orders opens a file of orders that can be read twice; a pipe is kept in a file first.
func (a *app) orders(path string) (*os.File, error) {
	if path != "-" {
		f, err := a.open(path)
		if err != nil {
			return nil, err
		}
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return f, nil
		} else if err == nil && info.IsDir() {
			f.Close()
			return nil, fmt.Errorf("%s is a folder: expected a file of orders", path)
		}
		defer f.Close()
		return spooled(&interruptible{ctx: a.ctx, r: f})
	}
	return spooled(a.input())
}

// spooled keeps an input in a file that has no name any more where the system can. What
// does not begin as a text does is not kept: it may have no end.
func spooled(r io.Reader) (*os.File, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, _ := b.Peek(b.Size()) // its error comes with the next read
	if _, _, err := batch.Decode(bytes.NewReader(head)); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "activator-orders-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name())
	if _, err := io.Copy(f, b); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// imports is one import: the file is read once to look for mistakes, and once to register
// its orders.
type imports struct {
	a       *app
	s       *activator.Session // nil where the vendor folder could not be opened
	name    string
	in      *os.File
	head    []string       // the names of the columns as they stand
	at      map[string]int // the columns that can be told, by their names
	unclear bool           // the first row has mistakes, so what another one means is not known
	// As the file is written, so that the output can be written like it.
	comma  rune
	told   bool // by a line before the columns
	marked bool

	hashes   []uint64 // of the orders' numbers, to find those that stand twice
	existing int
	unnamed  int // rows without an order number
	alike    int // orders that differ from another by capitals alone
	loose    int // licenses that no exported profile vouches for
	rows     int
}

// run registers the orders and writes the output.
func (im *imports) run(ctx context.Context, file string, force bool) error {
	a := im.a
	var out *output
	w := io.Writer(a.out)
	if file != "-" {
		var err error
		if out, err = begin(file, 0o600, force); err != nil {
			return err
		}
		defer out.drop()
		w = out.tmp
	}
	before := ""
	if im.marked {
		before = "\ufeff"
	}
	if im.told {
		before += batch.SeparatorLine(byte(im.comma)) + "\n"
	}
	if _, err := io.WriteString(w, before); err != nil {
		return err
	}
	table, split := csv.NewWriter(w), byte(';')
	if table.Comma = im.comma; im.comma != ',' {
		split = ','
	}
	names := productNames(im.s)
	_ = table.Write(append(slices.Clone(importColumns), "license", "serial")) // its error shows with Flush
	err := im.chunks(func(rows []ordered) error {
		if err := ctx.Err(); err != nil {
			return errors.New("interrupted")
		}
		orders := make([]activator.Order, len(rows))
		for i, x := range rows {
			if len(x.wrong) > 0 {
				return fmt.Errorf("%s changed while it was read: line %d: %w", im.name, x.line, x.wrong)
			}
			orders[i] = x.order
		}
		ls, err := im.s.Register(context.WithoutCancel(ctx), orders...)
		if err != nil {
			return err
		}
		for i := range ls {
			l := &ls[i]
			_ = table.Write(noFormulas([]string{
				productName(l.Product, names), l.Customer, l.Order, strconv.Itoa(l.Seats), l.Grants.String(),
				l.Number.String(), l.Serial.String(),
			}, split))
			im.count(l)
		}
		table.Flush()
		return table.Error()
	})
	if err == nil && out != nil {
		err = out.finish(nil)
	}
	if err != nil && im.rows > im.existing {
		err = fmt.Errorf("%w; %s registered, without the output: import the same file again, and rows with an order number give the same licenses", err, plural(im.rows-im.existing, "license"))
	}
	if err != nil {
		return err
	}
	return im.say(file)
}

func (im *imports) count(l *activator.License) {
	im.rows++
	if l.Existing {
		im.existing++
	}
	if l.Order == "" {
		im.unnamed++
	}
	if l.Alike != "" {
		if im.alike++; im.alike <= shownMistakes {
			im.a.say("activator: hint: %s", sayAlike(l))
		}
	}
	if !l.Vouched {
		im.loose++
	}
}

// say says what was done.
func (im *imports) say(file string) error {
	a := im.a
	a.unvouched(im.loose, im.rows)
	if im.alike > shownMistakes {
		a.say("activator: hint: and %d more such orders", im.alike-shownMistakes)
	}
	if im.unnamed > 0 {
		have, them := fmt.Sprintf("%d rows have", im.unnamed), "them"
		if im.unnamed == 1 {
			have, them = "1 row has", "it"
		}
		a.say("activator: hint: %s no order number: importing %s again would register %s again", have, them, them)
	}
	if file == "-" {
		return nil
	}
	if a.json {
		return a.put(map[string]any{
			"verdict": journal.OK, "rows": im.rows, "registered": im.rows - im.existing, "known_before": im.existing, "file": file,
		})
	}
	p := a.printer()
	words := plural(im.rows-im.existing, "license") + " registered"
	if im.existing == im.rows {
		words = "All of these licenses were registered before"
	}
	p.title(words)
	p.blank()
	if im.existing > 0 {
		p.field("known before", plural(im.existing, "license"))
	}
	p.field("serial numbers", file)
	return nil
}
