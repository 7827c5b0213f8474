package activator_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// secondProduct puts another product into the vendor folder.
func (o *office) secondProduct(name string) {
	o.t.Helper()
	path := filepath.Join(o.dir, "products", name+".toml")
	if err := os.WriteFile(path, catalog.Sample(codes.UID{1, 2, 3}), 0o600); err != nil {
		o.t.Fatal(err)
	}
	o.desk.Close()
	o.open()
}

// License numbers are unique among all products, drawn ahead or sold.
func TestPoolsOfTwoProducts(t *testing.T) {
	o := newOffice(t)
	o.secondProduct("plate-maker")
	ctx := context.Background()
	for _, name := range []string{"press-studio", "plate-maker", "press-studio"} {
		if _, p, err := o.Export(ctx, name); err != nil || len(p.Roster) != 10000 {
			t.Fatalf("export of %s: have %d vouches, %v, want 10000", name, len(p.Roster), err)
		}
	}
	ls, err := o.Register(ctx, activator.Order{Product: "plate-maker", Customer: "A"}, activator.Order{Product: "press-studio", Customer: "B"})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range ls {
		if !l.Vouched || l.PoolLeft != 9999 {
			t.Errorf("license of %v: have vouched %v and %d left, want true and 9999", l.Product, l.Vouched, l.PoolLeft)
		}
	}
	if _, err := o.Verify(ctx); err != nil {
		t.Fatal(err)
	}
}

// Orders of two products are registered together or not at all.
func TestRegisterAllOrNone(t *testing.T) {
	o := newOffice(t)
	o.secondProduct("plate-maker")
	ctx := context.Background()
	if _, err := o.Register(ctx, activator.Order{Product: "plate-maker", Customer: "Other", Order: "7"}); err != nil {
		t.Fatal(err)
	}
	before := o.entries()
	var usage *activator.UsageError
	for range 4 { // products come in no order
		_, err := o.Register(ctx,
			activator.Order{Product: "press-studio", Customer: "New"},
			activator.Order{Product: "plate-maker", Customer: "Not the same", Order: "7"})
		var taken *activator.OrderError
		if !errors.As(err, &usage) || !errors.As(err, &taken) || taken.License.Customer != "Other" {
			t.Fatalf("order of another customer: have %v, want a usage error with the license that has it", err)
		}
		if have := o.entries(); have != before {
			t.Fatalf("entries: have %d, want %d", have, before)
		}
	}
	_, err := o.Register(ctx, activator.Order{Product: "press-studio", Customer: "A", Order: "9"}, activator.Order{Product: "press-studio", Customer: "A", Order: "9"})
	if !errors.As(err, &usage) {
		t.Fatalf("one order twice: have %v, want a usage error", err)
	}
}

// Orders that differ by capitals alone are two, and each new one says so: of the same
// call, and of before as far as one is all small or all capital.
func TestOrdersAlike(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	order := func(numbers ...string) []activator.Order {
		var all []activator.Order
		for _, n := range numbers {
			all = append(all, activator.Order{Product: "press-studio", Customer: "Miller", Order: n})
		}
		return all
	}
	for _, step := range []struct{ orders, alike []string }{
		{[]string{"A-17", "Order 1", "4711", "", ""}, []string{"", "", "", "", ""}},
		{[]string{"a-17"}, []string{"A-17"}},
		{[]string{"A-17", "4711"}, []string{"", ""}}, // known
		{[]string{"order 1"}, []string{""}},          // neither all small nor all capital before
		{[]string{"ORDER 1"}, []string{"order 1"}},
		{[]string{"New b", "NEW B", "new c"}, []string{"", "New b", ""}},
		{[]string{"Straße"}, []string{""}},
	} {
		ls, err := o.Register(ctx, order(step.orders...)...)
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range ls {
			if l.Alike != step.alike[i] {
				t.Errorf("%q: have %q alike, want %q", step.orders[i], l.Alike, step.alike[i])
			}
		}
	}
}

// All that is wrong with an order is said at once, each under its field.
func TestCheckOrdersSaysAll(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	if _, err := o.Register(ctx, activator.Order{Product: "press-studio", Customer: "A", Order: "1"}); err != nil {
		t.Fatal(err)
	}
	long, all := strings.Repeat("x", 201), &product.Grants{Definitions: []uint8{99}}
	for _, c := range []struct {
		order activator.Order
		want  []string // the fields
	}{
		{activator.Order{Product: "press-studio", Customer: "A", Order: "1"}, nil},
		{activator.Order{Product: "press-studio", Customer: "B", Order: "1"}, []string{"order"}},
		{activator.Order{Product: "nothing", Seats: -1}, []string{"product", "seats", "customer"}},
		{activator.Order{Product: "press-studio", Seats: product.MaxSeats + 1, Grants: all, Customer: long, Order: "a\tb"}, []string{"grants", "seats", "customer", "order"}},
		{activator.Order{Product: "press-studio", Customer: "A\x1b[m", Order: long}, []string{"customer", "order"}},
	} {
		wrong, err := o.CheckOrders(ctx, activator.Order{Product: "press-studio", Customer: "C"}, c.order)
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, m := range wrong[1] {
			have = append(have, m.Field)
			if !strings.Contains(m.Err.Error(), m.Field) {
				t.Errorf("%+v: have %q, want the field %s named in it", c.order, m.Err, m.Field)
			}
		}
		if !slices.Equal(have, c.want) || len(wrong[0]) > 0 {
			t.Errorf("%+v: have %v (%v), want %v", c.order, have, wrong, c.want)
		}
		var all activator.OrderMistakes
		if _, err := o.Register(ctx, c.order); c.want != nil && (err == nil || c.want[0] != "order" && (!errors.As(err, &all) || len(all) != len(c.want))) {
			t.Errorf("register %+v: have %v, want %v", c.order, err, c.want)
		}
	}
}
