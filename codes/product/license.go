package product

import (
	"fmt"

	"github.com/manual-activator/manual-activator/codes"
)

// License is what a license file (NAME.license) says. It carries the license
// key: whoever holds the file holds the license, as with a serial number.
type License struct {
	UID      codes.UID           // of the product
	Product  string              // its id, such as "press-studio"
	Customer string              // any text
	Order    string              // the vendor's order number, any text
	Number   codes.LicenseNumber // never 0
	Key      codes.LicenseKey
	Seats    int // 1 to 1000000
	Grants   Grants
	Release  uint16 // the product's release when the file was made, from 1
	Test     bool   // of a test product
	SignedOn codes.Day
}

// Canonical returns the text that is signed.
func (l *License) Canonical() []byte {
	var w writer
	w.line(licenseLine)
	w.field("product", l.Product)
	w.field("uid", l.UID.String())
	w.field("customer", quote(l.Customer))
	w.field("order", quote(l.Order))
	w.field("serial", codes.NewSerial(l.UID, l.Number, l.Key).Code().String())
	w.field("seats", fmt.Sprint(l.Seats))
	w.field("grants", l.Grants.String())
	w.field("release", fmt.Sprint(l.Release))
	w.field("test", yesNo(l.Test))
	w.field("signed", l.SignedOn.String())
	return w.Bytes()
}

// parseLicense reads the text of a license file.
func parseLicense(text []byte) (*License, error) {
	r := newReader(text)
	r.first(licenseLine)
	var l License
	l.Product = r.word("product")
	l.UID = r.uid("uid")
	l.Customer = r.quoted("customer")
	l.Order = r.quoted("order")
	serial := r.serial("serial")
	l.Number, l.Key = serial.License, serial.Key
	l.Seats = int(r.number("seats", MaxSeats))
	l.Grants = r.grants("grants")
	l.Release = uint16(r.number("release", 1<<16-1))
	l.Test = r.yesNo("test")
	l.SignedOn = r.day("signed")
	if err := r.end(); err != nil {
		return nil, err
	}
	if !serial.BelongsTo(l.UID) {
		return nil, fmt.Errorf("the serial number belongs to another product than uid %s", l.UID)
	}
	if err := l.valid(); err != nil {
		return nil, err
	}
	return &l, nil
}

// valid reports the first thing that no license file may say.
func (l *License) valid() error {
	switch {
	case l.UID == (codes.UID{}):
		return fmt.Errorf("the product's uid is zero")
	case l.Number == 0:
		return fmt.Errorf("the license number is zero")
	case len(l.Customer) > MaxText:
		return fmt.Errorf("the customer's name has %d bytes, at most %d fit", len(l.Customer), MaxText)
	case len(l.Order) > MaxText:
		return fmt.Errorf("the order has %d bytes, at most %d fit", len(l.Order), MaxText)
	case l.Seats < 1 || l.Seats > MaxSeats:
		return fmt.Errorf("%d seats: expected 1 to %d", l.Seats, MaxSeats)
	case l.Release == 0:
		return fmt.Errorf("release 0: releases count from 1")
	case l.SignedOn == 0 || l.SignedOn > codes.MaxDay:
		return fmt.Errorf("the day of signing is missing")
	}
	if err := CheckID(l.Product); err != nil {
		return err
	}
	return l.Grants.valid()
}
