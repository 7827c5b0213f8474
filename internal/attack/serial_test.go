package attack

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector"
)

// A forger with the program and the format's document invents serial numbers: a free
// license number, or one that was sold, with a key of his own and a checksum that is
// right. Then he could answer his own requests. The program knows that nobody vouches
// for such a license; the desk knows no such number, or another key.
func TestInventedSerial(t *testing.T) {
	v := newVendor(t, nil)
	sold := v.sell(studio, 1)
	uid := v.product(studio).UID
	var key codes.LicenseKey
	rand.Read(key[:])
	near := sold.Serial.Serial().Key
	near[10] ^= 1
	for name, serial := range map[string]codes.Serial{
		"a free number":           codes.NewSerial(uid, sold.Number^1, key),
		"a sold number":           codes.NewSerial(uid, sold.Number, key),
		"a key one bit away":      codes.NewSerial(uid, sold.Number, near),
		"an epoch that never was": codes.NewSerial(uid, codes.NewLicenseNumber(15, 0, 77), key),
		"number zero's neighbor":  codes.NewSerial(uid, 1, key),
	} {
		t.Run(name, func(t *testing.T) {
			v.T = t
			p := v.program(studio, 1)
			_, err := p.client().EnterSerial(serial.Code().String())
			if have := protector.ReasonOf(err); have != protector.ReasonNotVouched {
				t.Errorf("serial: have reason %q (%v), want %q", have, err, protector.ReasonNotVouched)
			}
			if _, err := p.client().Request(release, protector.RequestOptions{}); protector.ReasonOf(err) != protector.ReasonNoLicense {
				t.Errorf("request: have %v, want that no license is known", err)
			}
			f := v.forger(studio, serial)
			request := f.states(codes.KindRequest, release, f.key, nil)
			p.refuses(f.answers(request, f.key, nil).String(), protector.ReasonNoLicense)
			want := "license"
			if serial.License == sold.Number {
				want = "genuine"
			}
			v.refuses(request.String(), want, true)
			v.refuses(f.states(codes.KindConfirmation, deactivate, f.key, nil).String(), want, true)
			r, err := v.Read(context.Background(), serial.Code().String(), activator.Decision{})
			if err != nil || r.Verdict != journal.Refused {
				t.Errorf("the desk on the serial: have %v, %v, want it refused", r.Verdict, err)
			}
		})
	}
}

// The same forger signs a license file for his invention, with a key of his own, or
// puts another license into one that he bought. The program takes the vendor's
// signature only.
func TestInventedLicenseFile(t *testing.T) {
	v := newVendor(t, nil)
	bought := v.sell(studio, 1)
	real, err := v.LicenseFile(bought)
	v.must(err)
	p := v.program(studio, 1)
	anchor, err := product.ParseAnchor(p.anchor)
	v.must(err)
	l, err := product.OpenLicense(real, anchor)
	v.must(err)

	skey, _, err := note.GenerateKey(rand.Reader, anchor.Name()) // under the vendor's name
	v.must(err)
	signer, err := note.NewSigner(skey)
	v.must(err)
	l.Number ^= 1
	foreign, err := product.SignLicense(l, signer)
	v.must(err)
	grafted := strings.Replace(string(foreign), string(foreign[strings.LastIndex(string(foreign), "\n\n"):]), string(real[strings.LastIndex(string(real), "\n\n"):]), 1)
	more := strings.Replace(string(real), "seats 1", "seats 9", 1)
	if more == string(real) {
		t.Fatal("the license file has no line `seats 1`")
	}
	for name, file := range map[string]string{
		"signed by another key": string(foreign), "with the signature of a real one": grafted, "with more seats": more,
		"unsigned": string(l.Canonical()), "empty": "",
	} {
		if _, err := p.client().EnterLicenseFile([]byte(file)); protector.ReasonOf(err) != protector.ReasonLicenseFile {
			t.Errorf("license file %s: have %v, want reason %q", name, err, protector.ReasonLicenseFile)
		}
	}
	if _, err := p.client().EnterLicenseFile(real); err != nil {
		t.Errorf("the real license file: have %v, want it taken", err)
	}
}

// A customer uses the serial number of a cheap product for a dear one of the same
// vendor, as it is or spelled anew for the other product. Every key and checksum
// covers the product's uid.
func TestSerialOfAnotherProduct(t *testing.T) {
	v := newVendor(t, nil)
	cheap := v.sell(lab, 1)
	p := v.program(studio, 1)
	serial := cheap.Serial.Serial()
	if _, err := p.client().EnterSerial(cheap.Serial.String()); protector.ReasonOf(err) != protector.ReasonOtherProduct {
		t.Errorf("serial of another product: have %v, want reason %q", err, protector.ReasonOtherProduct)
	}
	respelled := codes.NewSerial(v.product(studio).UID, serial.License, serial.Key)
	if _, err := p.client().EnterSerial(respelled.Code().String()); protector.ReasonOf(err) != protector.ReasonNotVouched {
		t.Errorf("serial spelled for this product: have %v, want reason %q", err, protector.ReasonNotVouched)
	}
	file, err := v.LicenseFile(cheap)
	v.must(err)
	if _, err := p.client().EnterLicenseFile(file); protector.ReasonOf(err) != protector.ReasonOtherProduct {
		t.Errorf("license file of another product: have %v, want reason %q", err, protector.ReasonOtherProduct)
	}
	f := v.forger(studio, serial) // states in the name of the dear product
	v.refuses(f.states(codes.KindRequest, release, f.key, nil).String(), "genuine", true)
}

// A customer goes on with a serial number after the vendor revoked it, because it
// stood in a forum, or after the refund. The desk answers nothing more, and a program
// with a newer profile stops.
func TestSerialOfARevokedLicense(t *testing.T) {
	v := newVendor(t, nil)
	for _, how := range []activator.Change{
		{Kind: activator.RevokeLicense, Reason: "in a forum"},
		{Kind: activator.RefundLicense, Reference: "R-1"},
	} {
		l := v.sell(studio, 2)
		p, other := v.licensed(l, 1), v.licensed(l, 2)
		p.activate(release)
		pending := other.request(release)
		if how.Kind == activator.RefundLicense {
			v.submit(p.deactivate().String(), activator.Decision{})
		}
		how.License = l.Number
		out, err := v.Change(context.Background(), how)
		v.must(err)
		if out.Verdict != journal.OK {
			t.Fatalf("%s: have %s (%s), want ok", how.Kind, out.Verdict, out.Reason)
		}
		v.refuses(pending.String(), "standing", true)
		p.profile = v.profile(studio) // the program's next version
		if p.active(release) {
			t.Errorf("%s: have the license active under a newer profile, want it withdrawn", how.Kind)
		}
		fresh := v.program(studio, 3)
		if _, err := fresh.client().EnterSerial(l.Serial.String()); protector.ReasonOf(err) != protector.ReasonWithdrawn {
			t.Errorf("%s: have %v for the serial in a new program, want reason %q", how.Kind, err, protector.ReasonWithdrawn)
		}
	}
}

// Whoever bought one license writes a script that answers the program's requests.
// Nothing stops him where the strength is short: docs/security.md says so. It is for
// his license alone, the desk counts no seat for it, and what his copy says later is
// known as never issued here.
func TestHolderOfASerialAnswersItself(t *testing.T) {
	v := newVendor(t, nil)
	l, other := v.sell(studio, 1), v.sell(studio, 1)
	p := v.licensed(l, 1)
	f := v.forger(studio, l.Serial.Serial())
	p.enter(f.answers(p.request(release), f.key, nil))
	if !p.active(release) {
		t.Fatal("have the answer of a script refused: docs/security.md says that nothing stops it")
	}
	if v.seats(l) != 0 {
		t.Errorf("seats: have %d, want 0", v.seats(l))
	}
	v.refuses(p.deactivate().String(), "genuine", true) // no refund for what was never issued
	neighbor := v.licensed(other, 1)
	neighbor.refuses(f.answers(neighbor.request(release), f.key, nil).String(), protector.ReasonNoMatch)
}
