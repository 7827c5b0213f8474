package fingerprint_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	fp "github.com/manual-activator/manual-activator/fingerprint"
	"pgregory.net/rapid"
)

func TestHashedProfileComparesLikeItsOriginal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, w := drawn(t, "a"), drawn(t, "b"), drawnWeights(t)
		want := fp.Compare(a, b, w, false)
		ha, err := a.Hash(uid, fp.FileBits)
		if err != nil {
			t.Fatal(err)
		}
		hb, err := b.Hash(uid, fp.CodeBits)
		if err != nil {
			t.Fatal(err)
		}
		for name, pair := range map[string][2]*fp.Profile{"both": {ha, hb}, "the first": {ha, b}, "the second": {a, hb}} {
			have := fp.Compare(pair[0], pair[1], w, false)
			if have.Sum != want.Sum || !slices.Equal(have.Kinds(), want.Kinds()) || len(have.Unread()) != len(want.Unread()) {
				t.Fatalf("%s hashed: have %d, %v, want %d, %v", name, have.Sum, have.Kinds(), want.Sum, want.Kinds())
			}
		}
	})
}

func TestHashedProfileHoldsNoIdentifier(t *testing.T) {
	for _, name := range []string{"workstation.json", "laptop-docked.json", "plant-controller.json"} {
		p := load(t, name)
		h, err := p.Hash(uid, fp.FileBits)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Components {
			for _, i := range c.Instances {
				if i.ID != "" && c.Kind != fp.Memory && strings.Contains(strings.ToUpper(string(data)), `"ID":"`+strings.ToUpper(i.ID)+`"`) {
					t.Errorf("%s: have the %v %q in the hashed profile, want only hashes", name, c.Kind, i.ID)
				}
			}
		}
		again, err := fp.Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if have, want := fmt.Sprint(again.Components, *again.Hashed), fmt.Sprint(h.Components, *h.Hashed); have != want {
			t.Errorf("%s: have %s after reading, want %s", name, have, want)
		}
		if again.Strength() != p.Strength() {
			t.Errorf("%s: have strength %v, want %v", name, again.Strength(), p.Strength())
		}
		if _, err := again.Fold(uid); !errors.Is(err, fp.ErrHashed) {
			t.Errorf("%s: fold: have %v, want %v", name, err, fp.ErrHashed)
		}
		if _, err := again.Hash([16]byte{1}, fp.FileBits); !errors.Is(err, fp.ErrHashed) {
			t.Errorf("%s: hashed for another product: have %v, want %v", name, err, fp.ErrHashed)
		}
		foreign, err := p.Hash([16]byte{1}, fp.FileBits)
		if err != nil {
			t.Fatal(err)
		}
		if j := fp.Compare(h, foreign, nil, false).Judge(3, 6); j.Verdict != fp.NotClear || j.Reason == "" || j.Sum != 0 {
			t.Errorf("%s: two products' hashes: have %q (%s), want %q with a reason", name, j.Verdict, j.Reason, fp.NotClear)
		}
	}
}

func TestHashRefusesWidths(t *testing.T) {
	for _, bits := range []int{-4, 0, 4, 10, 25, 28, 32} {
		if _, err := load(t, "workstation.json").Hash(uid, bits); err == nil {
			t.Errorf("%d bits: have no error, want one", bits)
		}
	}
	if _, err := load(t, "workstation.json").Hash([16]byte{}, 24); err == nil {
		t.Error("no product: have no error, want one")
	}
}
