package main

import (
	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// licenseJSON is a license for programs.
type licenseJSON struct {
	Verdict      journal.Verdict     `json:"verdict,omitempty"` // of license add: ok, or repeat for an order known before
	License      codes.LicenseNumber `json:"license"`
	Serial       string              `json:"serial,omitempty"`
	SerialDigits string              `json:"serial_digits,omitempty"`
	Product      string              `json:"product"`
	Customer     string              `json:"customer"`
	Order        string              `json:"order"`
	Alike        string              `json:"alike_order,omitempty"` // of license add: registered before, differs by capitals alone
	Seats        int                 `json:"seats"`
	Taken        *int                `json:"seats_taken,omitempty"`
	State        string              `json:"state"`
	Grants       string              `json:"grants"`
	Registered   string              `json:"registered"` // RFC 3339, UTC
	Vouched      *bool               `json:"vouched,omitempty"`
	File         string              `json:"license_file,omitempty"` // written by license add
	Machines     []activator.Machine `json:"machines,omitzero"`      // of license show
	History      []entryJSON         `json:"history,omitzero"`
	Collisions   []string            `json:"collisions,omitempty"` // what two desks did that may be done once
}

func newLicenseJSON(l *activator.License, names map[codes.UID]string) licenseJSON {
	j := licenseJSON{
		Verdict: journal.OK, License: l.Number, Product: productName(l.Product, names), Customer: l.Customer, Order: l.Order,
		Seats: l.Seats, Taken: &l.Taken, State: l.State, Grants: l.Grants.String(), Registered: stamp(l.Registered),
	}
	j.Alike = l.Alike
	if l.Existing {
		j.Verdict = journal.Repeat
	}
	if !l.Serial.IsZero() {
		j.Serial, j.SerialDigits = l.Serial.String(), l.Serial.Digits()
	}
	if l.Vouched || l.Entry == 0 || !l.Existing {
		j.Vouched = &l.Vouched
	}
	return j
}

func storedJSON(l journal.License, names map[codes.UID]string) licenseJSON {
	return licenseJSON{
		License: l.Number, Product: productName(l.Product, names), Customer: l.Customer, Order: l.Order, Seats: l.Seats,
		State: l.State, Grants: l.Grants, Registered: stamp(l.Registered),
	}
}

func productName(uid codes.UID, names map[codes.UID]string) string {
	if n := names[uid]; n != "" {
		return n
	}
	return uid.String()
}
