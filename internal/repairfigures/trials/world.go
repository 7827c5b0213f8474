// Package trials tries codes.Repair with a registry of real keys and random
// slips. The figures in docs/format.md and the tests of package codes come
// from here.
package trials

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/manual-activator/manual-activator/codes"
)

// World is a vendor with a registry of licenses, and one customer.
type World struct {
	rnd      *rand.Rand
	uid      codes.UID
	numbers  []codes.LicenseNumber
	licenses map[codes.LicenseNumber]*license
	roster   map[codes.Vouch]bool
	waiting  []codes.Terms // of the customer's outstanding requests, day and parameter open
	keys     []*codes.Tagger
	// Trials counts the calls of Genuine.
	Trials int
}

// license is what the desk has on a license: two keys it may be in.
type license struct {
	key  codes.LicenseKey
	tags []*codes.Tagger
}

// Releases of the product; a request may be made by any of them.
var releases = []uint16{1, 2}

const typeRelease = 1

// NewWorld makes a registry of n licenses from a seed.
func NewWorld(seed uint64, n int) *World {
	w := &World{
		rnd:      rand.New(rand.NewPCG(seed, 0x6d616e75616c)),
		licenses: make(map[codes.LicenseNumber]*license, n),
		roster:   make(map[codes.Vouch]bool, n),
	}
	w.fill(w.uid[:])
	secret := make([]byte, 32)
	w.fill(secret)
	master := codes.NewMaster(secret)
	for len(w.numbers) < n {
		l := codes.NewLicenseNumber(0, 0, w.rnd.Uint32()>>8)
		if w.licenses[l] != nil {
			continue
		}
		k := master.LicenseKey(w.uid, l)
		lk := k.Stretch(w.uid, l)
		after := lk.After(codes.Terms{UID: w.uid, License: l}, 1)
		w.licenses[l] = &license{k, []*codes.Tagger{lk.Tagger(), after.Tagger()}}
		w.roster[lk.Vouch(w.uid, l)] = true
		w.numbers = append(w.numbers, l)
	}
	for range 8 {
		l := w.anyLicense()
		w.waiting = append(w.waiting, codes.Terms{
			UID: w.uid, License: l, Release: 1, Definition: 1, Type: typeRelease,
			Fingerprint: w.fingerprint(), Random: w.rnd.Uint32() | 1,
		})
		w.keys = append(w.keys, w.licenses[l].key.Stretch(w.uid, l).Tagger())
	}
	return w
}

func (w *World) fill(b []byte) {
	for len(b) > 0 {
		var x [8]byte
		binary.BigEndian.PutUint64(x[:], w.rnd.Uint64())
		b = b[copy(b, x[:]):]
	}
}

func (w *World) anyLicense() codes.LicenseNumber { return w.numbers[w.rnd.IntN(len(w.numbers))] }

func (w *World) fingerprint() codes.Fingerprint {
	return codes.Fingerprint(w.rnd.Uint32()) & codes.MaxFingerprint
}

// Code is a genuine random code of a kind.
func (w *World) Code(k codes.Kind) codes.Code {
	l := w.anyLicense()
	switch k {
	case codes.KindActivation:
		i := w.rnd.IntN(len(w.waiting))
		t := w.waiting[i]
		t.Day, t.Parameter = codes.Day(w.rnd.IntN(int(codes.MaxDay)+1)), w.rnd.Uint32()
		return codes.Answer{Day: t.Day, Parameter: t.Parameter, Tag: w.keys[i].AnswerTag(t)}.Code()
	case codes.KindSerial:
		return codes.NewSerial(w.uid, l, w.licenses[l].key).Code()
	}
	s := codes.Statement{
		Kind: k, Random: max(1, w.rnd.Uint32()), Fingerprint: w.fingerprint(), License: l,
		Definition: uint8(1 + w.rnd.IntN(255)), Status: uint8(w.rnd.IntN(4)),
	}
	tags := w.licenses[l].tags
	s.Tag = tags[w.rnd.IntN(len(tags))].StatementTag(w.uid, releases[w.rnd.IntN(len(releases))], typeRelease, s)
	return s.Code()
}

// Known implements [codes.Judge].
func (w *World) Known(numbers []codes.LicenseNumber) []bool {
	out := make([]bool, len(numbers))
	for i, l := range numbers {
		out[i] = w.licenses[l] != nil
	}
	return out
}

// Genuine implements [codes.Judge]: as the desk for R and D, as the customer's
// side for A and S.
func (w *World) Genuine(c codes.Code) bool {
	w.Trials++
	switch c.Kind() {
	case codes.KindActivation:
		a := c.Answer()
		for i, t := range w.waiting {
			t.Day, t.Parameter = a.Day, a.Parameter
			if codes.EqualTags(w.keys[i].AnswerTag(t), a.Tag) {
				return true
			}
		}
		return false
	case codes.KindSerial:
		s := c.Serial()
		return s.BelongsTo(w.uid) && w.roster[s.Key.Stretch(w.uid, s.License).Vouch(w.uid, s.License)]
	}
	s := c.Statement()
	l := w.licenses[s.License]
	if l == nil {
		return false
	}
	for _, t := range l.tags {
		for _, v := range releases {
			if codes.EqualTags(t.StatementTag(w.uid, v, typeRelease, s), s.Tag) {
				return true
			}
		}
	}
	return false
}
