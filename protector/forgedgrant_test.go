package protector

import (
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// TestForgedSignedGrants: a customer with a script, who cannot sign an answer, writes
// into his state that one was accepted: without a proof, with that of something else, or
// with more than it says. The tag of the file is right, since he has the license key.
func TestForgedSignedGrants(t *testing.T) {
	w := signedWorld(t)
	c := w.licensed()
	w.activate(c, protectortest.Feature, protectortest.Answer{Parameter: 1})
	w.activate(c, protectortest.Release, protectortest.Answer{Parameter: uint32(codes.MaxDay) - 9000})
	w.activate(c, protectortest.Bundle, protectortest.Answer{})
	other := newWorld(t)
	other.vendor, other.profile = w.vendor, w.profile
	other.serial = w.vendor.Vouch(number + 1).Code().String()
	other.profile = w.vendor.Export()
	w.profile = other.profile
	other.activate(other.licensed(), protectortest.Unlimited, protectortest.Answer{})
	theirs, err := decodeRecord([]byte(other.readFile(other.file("first", licenseFile(number+1)))), w.vendor.Profile.UID, number+1)
	if err != nil {
		t.Fatal(err)
	}
	genuine := w.stored()
	byBundle, _ := genuine.held(protectortest.Feature)
	if byBundle.Proof == nil {
		t.Fatal("have no proof with what was accepted")
	}
	w.is(w.open(), protectortest.Feature, Active, ReasonActive)
	w.is(w.open(), protectortest.Release, Active, ReasonActive)

	unlimited := grant{Definition: protectortest.Unlimited, Type: product.Unlimited, Release: 1, Since: start.Unix()}
	for name, forge := range map[string]func(*record) uint8{
		"nothing was accepted": func(r *record) uint8 { r.hold(unlimited); return protectortest.Unlimited },
		"by another answer": func(r *record) uint8 {
			g := unlimited
			g.Proof = byBundle.Proof
			r.hold(g)
			return g.Definition
		},
		"of another license": func(r *record) uint8 {
			g, _ := theirs.held(protectortest.Unlimited)
			r.hold(g)
			return g.Definition
		},
		"another definition in the proof": func(r *record) uint8 {
			p := *byBundle.Proof
			p.Definition, p.Type = protectortest.Unlimited, uint8(product.Unlimited)
			g := unlimited
			g.Proof = &p
			r.hold(g)
			return g.Definition
		},
		"a last day taken away, or set": func(r *record) uint8 {
			g, _ := r.held(protectortest.Release)
			g.Parameter++
			r.hold(g)
			return g.Definition
		},
		"a newer release": func(r *record) uint8 {
			g, _ := r.held(protectortest.Release)
			g.Release++
			r.hold(g)
			return g.Definition
		},
		"another type": func(r *record) uint8 {
			g, _ := r.held(protectortest.Release)
			g.Type = product.Unlimited
			r.hold(g)
			return g.Definition
		},
	} {
		rec := genuine.clone()
		id := forge(rec)
		w.store(rec)
		w.is(w.open(), id, Inactive, ReasonStrength)
		if s := w.status(w.open()); s.Active(protectortest.Unlimited) {
			t.Errorf("%s: have no expiry switched off, want it inactive", name)
		}
	}
	// More than a value says, where the answer says it.
	w = signedWorld(t)
	w.activate(w.licensed(), protectortest.Feature, protectortest.Answer{Parameter: 1})
	rec := w.stored()
	g, _ := rec.held(protectortest.Feature)
	g.Parameter = 7
	rec.hold(g)
	w.store(rec)
	w.is(w.open(), protectortest.Feature, Inactive, ReasonStrength)
	g.Parameter = 1
	rec.hold(g)
	w.store(rec)
	w.is(w.open(), protectortest.Feature, Active, ReasonActive)
	w.vendor.Profile.Keys[0].ID++ // the key it was signed with is not the profile's
	w.profile = w.vendor.Export()
	w.is(w.open(), protectortest.Feature, Inactive, ReasonSigningKey)
}

// A vendor must not change what a definition is (its desk refuses to). Where it was done
// all the same, an answer to what the definition was activates nothing of what it is now.
func TestSignedGrantOfAnotherType(t *testing.T) {
	w := signedWorld(t)
	c := w.licensed()
	w.activate(c, protectortest.Unlimited, protectortest.Answer{})
	for i := range w.vendor.Profile.Definitions {
		if d := &w.vendor.Profile.Definitions[i]; d.ID == protectortest.Unlimited {
			d.Type = product.Release
		}
	}
	w.profile = w.vendor.Export()
	rec := w.stored()
	g, ok := rec.held(protectortest.Unlimited)
	if !ok || g.Proof == nil {
		t.Fatalf("have %+v, want what was accepted, with its proof", g)
	}
	g.Type = product.Release
	rec.hold(g)
	w.store(rec)
	w.is(w.open(), protectortest.Unlimited, Inactive, ReasonStrength)
}
