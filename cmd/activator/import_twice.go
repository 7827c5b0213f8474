package main

import (
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/manual-activator/manual-activator/activator"
)

// Orders that stand twice in a file are found by 8 bytes a row: where two rows have the
// same hash, the file is read once more to see whether they are the same order.

var orderSeed = maphash.MakeSeed()

// hash is the hash of an order's product and number.
func (im *imports) hash(o *activator.Order) uint64 {
	return maphash.String(orderSeed, o.Product+"\x00"+o.Order)
}

// twice adds the orders that stand twice to the mistakes.
func (im *imports) twice(m *mistakes) error {
	slices.Sort(im.hashes)
	suspect := map[uint64]bool{}
	for i := 1; i < len(im.hashes) && len(suspect) < 1000; i++ {
		if im.hashes[i-1] == im.hashes[i] {
			suspect[im.hashes[i]] = true
		}
	}
	im.hashes = nil
	if len(suspect) == 0 {
		return nil
	}
	first := map[string]int{}
	return im.scan(func(x ordered) error {
		o := &x.order
		if o.Order == "" || o.Product == "" || !suspect[im.hash(o)] {
			return nil
		}
		key := o.Product + "\x00" + o.Order
		if before, twice := first[key]; twice {
			m.usage = true
			m.add(x.line, fmt.Sprintf("order %q stands twice, in lines %d and %d: give each order once", o.Order, before, x.line))
		} else {
			first[key] = x.line
		}
		return nil
	})
}
