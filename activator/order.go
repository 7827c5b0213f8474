package activator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes/product"
)

// An Order is what a customer bought.
type Order struct {
	Product  string          // name or uid of a product
	Customer string          // 1 to 200 characters
	Order    string          // unique within the product: the same order again is the same license; empty for none
	Seats    int             // 1 to [product.MaxSeats]; 0 for the product's default
	Grants   *product.Grants // nil for the product's default
}

const (
	maxSeats    = product.MaxSeats
	maxCustomer = 200
)

// An OrderMistake is one thing that is wrong with an order.
type OrderMistake struct {
	Field string // "product", "customer", "order", "seats" or "grants"
	Err   error  // its sentence names the field
}

// OrderMistakes is all that is wrong with an order.
type OrderMistakes []OrderMistake

// Error has the sentences of all of them.
func (m OrderMistakes) Error() string {
	said := make([]string, len(m))
	for i, x := range m {
		said[i] = x.Err.Error()
	}
	return strings.Join(said, "; ")
}

// Unwrap is the errors of all of them.
func (m OrderMistakes) Unwrap() []error {
	errs := make([]error, len(m))
	for i, x := range m {
		errs[i] = x.Err
	}
	return errs
}

// CheckOrders says which orders could not be registered, each by its place with all that
// is wrong with it, and registers none: what their fields hold, and what other licenses
// have the same order. Orders that stand twice among them are not noticed. It needs no
// keys.
func (s *Session) CheckOrders(ctx context.Context, orders ...Order) (map[int]OrderMistakes, error) {
	if err := s.may(ActRegister); err != nil {
		return nil, err
	}
	wrong := map[int]OrderMistakes{}
	ls := make([]License, len(orders))
	var w journal.Wanted
	for i, o := range orders {
		p, g, err := s.desk.complete(&o)
		if m := (OrderMistakes)(nil); errors.As(err, &m) {
			wrong[i] = m
			continue
		}
		ls[i] = License{Product: p.UID, Customer: o.Customer, Order: o.Order, Seats: o.Seats, Grants: g}
		if o.Order != "" {
			w.Orders = append(w.Orders, journal.OrderRef{Product: p.UID, Order: o.Order})
		}
	}
	facts, err := s.desk.store.Facts(ctx, w)
	if err != nil {
		return nil, err
	}
	for i := range ls {
		number, registered := facts.Orders[journal.OrderRef{Product: ls[i].Product, Order: ls[i].Order}]
		if !registered || ls[i].Order == "" {
			continue
		}
		var taken *OrderError
		switch err := s.existing(ctx, number, &ls[i]); {
		case errors.As(err, &taken):
			wrong[i] = OrderMistakes{{"order", err}}
		case err != nil:
			return nil, err
		}
	}
	return wrong, nil
}

// complete checks an order and fills in the product's defaults. Its error is an
// [OrderMistakes], with all that is wrong.
func (d *Desk) complete(o *Order) (*catalog.Product, product.Grants, error) {
	var wrong OrderMistakes
	mistake := func(field, format string, args ...any) {
		wrong = append(wrong, OrderMistake{field, usagef(format, args...)})
	}
	var g product.Grants
	p, err := d.Product(o.Product)
	if err != nil {
		wrong = append(wrong, OrderMistake{"product", err})
	} else {
		if o.Seats == 0 {
			o.Seats = p.Defaults.Seats
		}
		g = p.Defaults.Grants
		if o.Grants != nil {
			g = *o.Grants
		}
		if err := g.Check(p.Definitions); err != nil {
			mistake("grants", "%v", err) // it names the field
		}
	}
	if o.Seats < 0 || o.Seats > maxSeats || o.Seats == 0 && p != nil {
		mistake("seats", "seats: have %d, want 1 to %d", o.Seats, maxSeats)
	}
	switch n := len([]rune(o.Customer)); {
	case n == 0:
		mistake("customer", `customer: have "", want a name of 1 to %d characters`, maxCustomer)
	case n > maxCustomer:
		mistake("customer", "customer: have %d characters, want a name of 1 to %d", n, maxCustomer)
	case oneLine(o.Customer) != o.Customer:
		mistake("customer", "customer: have %q, want no control characters in it", o.Customer)
	}
	switch {
	case len(o.Order) > maxCustomer:
		mistake("order", "order: have %d bytes, want at most %d", len(o.Order), maxCustomer)
	case oneLine(o.Order) != o.Order:
		mistake("order", "order: have %q, want no control characters in it", o.Order)
	}
	if len(wrong) > 0 {
		return nil, g, wrong
	}
	return p, g, nil
}

// An OrderError says that an order is registered already, for another customer or
// with other seats or grants. Nothing was registered.
type OrderError struct{ License License } // as it is registered

// Error says what the order has, and how to change that.
func (e *OrderError) Error() string {
	l := &e.License
	return fmt.Sprintf("order %q is registered already as license %v for %q with %d seats and grants %q; to change that, use `license change`",
		l.Order, l.Number, l.Customer, l.Seats, l.Grants)
}

// Unwrap makes it a [UsageError]: the operator's own words do not fit.
func (e *OrderError) Unwrap() error { return &UsageError{e.Error()} }
