package activator

import (
	"fmt"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// License is a registered license as the desk shows it.
type License struct {
	Number     codes.LicenseNumber
	Product    codes.UID
	Customer   string // empty once it was erased
	Order      string
	Seats      int
	Taken      int // seats that machines hold
	State      string
	Grants     product.Grants
	Registered time.Time
	Entry      journal.EntryID // of the newest entry that set it

	// Serial is the serial number, made again from the keys; zero where the
	// keyring was not asked. It is a secret of the customer.
	Serial codes.Code
	// Existing is set by Register when the order was registered before.
	Existing bool
	// Alike is set by Register when a new license has an order that differs from one
	// registered before by capitals alone: that order.
	Alike string
	// Vouched is set by Register when the license came from the pool, so that
	// profiles exported before it know it.
	Vouched bool
	// PoolLeft is set by Register: how many licenses of the product are drawn ahead
	// and not sold yet. When they run low, export the product again.
	PoolLeft int
}

// newLicense makes the desk's view of a stored license.
func newLicense(l *journal.License, taken int) (License, error) {
	var w workspace
	err := w.readLicense(l, taken)
	return w.license, err
}

// readLicense makes the view that newLicense returns. Its grants are parsed where they are
// others than those of the license before; nobody changes them.
func (w *workspace) readLicense(l *journal.License, taken int) (err error) {
	if w.grantsText != l.Grants {
		w.grantsText = ""
		if w.grants, err = product.ParseGrants(l.Grants); err != nil {
			return fmt.Errorf("journal: grants of license %v: %w", l.Number, err)
		}
		w.grantsText = l.Grants
	}
	w.license = License{
		Number: l.Number, Product: l.Product, Customer: l.Customer, Order: l.Order, Seats: l.Seats, Taken: taken,
		State: l.State, Grants: w.grants, Registered: l.Registered, Entry: l.Entry,
	}
	return nil
}

// effect is the license as the journal sets it.
func (l *License) effect() journal.SetLicense {
	return journal.SetLicense{
		Number: l.Number, Product: l.Product, Seats: l.Seats, State: l.State, Order: l.Order,
		Grants: l.Grants.String(), Release: l.Grants.Release,
	}
}
