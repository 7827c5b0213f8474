package recovery

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

func split(t testing.TB, secret []byte, need, count int) []*Share {
	t.Helper()
	all, err := Split(rand.Reader, secret, need, count)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var secret = []byte("a root secret of 32 bytes, and more of them, as they come with each epoch")

// Every selection of enough shares brings the secret back, in any order; fewer do not.
func TestAnyOfThem(t *testing.T) {
	for _, c := range []struct{ need, count int }{{1, 1}, {2, 2}, {2, 3}, {3, 5}, {5, 5}, {8, 16}, {16, 16}} {
		all := split(t, secret, c.need, c.count)
		rapid.Check(t, func(t *rapid.T) {
			some := rapid.Permutation(all).Draw(t, "shares")[:rapid.IntRange(1, c.count).Draw(t, "number")]
			have, err := Combine(some...)
			switch {
			case len(some) >= c.need && (err != nil || !bytes.Equal(have, secret)):
				t.Fatalf("%d of %d: have %q, %v", len(some), c.need, have, err)
			case len(some) < c.need && err == nil:
				t.Fatalf("%d of %d: have %q", len(some), c.need, have)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	a, b := split(t, secret, 3, 5), split(t, secret, 3, 5)
	for what, c := range map[string]struct {
		shares []*Share
		want   string
	}{
		"none":       {nil, "no shares were given"},
		"too few":    {[]*Share{a[4], a[1]}, fmt.Sprintf("2 of the 3 shares that are needed were given (2 and 5 of set %v): 1 more", a[0].Set)},
		"one twice":  {[]*Share{a[0], a[1], a[0]}, fmt.Sprintf("share 1 was given twice: another one of set %v is needed", a[0].Set)},
		"mixed sets": {[]*Share{a[0], a[1], b[2]}, fmt.Sprintf("share 1 is of set %v, share 3 of set %v: only shares of one set belong together", a[0].Set, b[0].Set)},
	} {
		if _, err := Combine(c.shares...); err == nil || err.Error() != c.want {
			t.Errorf("%s: have %v\nwant %s", what, err, c.want)
		}
	}
	for _, c := range []struct{ need, count int }{{0, 3}, {4, 3}, {1, 2}, {2, 17}, {0, 0}, {-1, -1}} {
		if _, err := Split(rand.Reader, secret, c.need, c.count); err == nil {
			t.Errorf("%d of %d: have no error", c.need, c.count)
		}
	}
	if _, err := Split(rand.Reader, nil, 1, 1); err == nil {
		t.Error("no secret: have no error")
	}
	for n := range 5 {
		if _, err := Split(bytes.NewReader(make([]byte, 32*n)), secret, 3, 5); err == nil || !strings.Contains(err.Error(), "draw the shares") {
			t.Errorf("%d bytes of randomness: have %v", 32*n, err)
		}
	}
}

// A share that was altered is named, also where its check characters were made again.
func TestAlteredShare(t *testing.T) {
	all := split(t, secret, 2, 3)
	whole, common := all[1].bytes(), all[1].common
	for i := range whole {
		for bit := range 8 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << bit
			s, err := newShare(b, common)
			if err == nil {
				_, err = Combine(all[0], s)
			}
			if err == nil {
				t.Fatalf("byte %d bit %d: have no error", i, bit)
			}
			if i >= 6 && !strings.HasPrefix(err.Error(), "share 2 is not as it was written") {
				t.Errorf("byte %d: have %v, want share 2 named", i, err)
			}
		}
	}
	for i := range common { // the set code changed, for all shares
		b := bytes.Clone(common)
		b[i] ^= 1
		if _, err := newShare(whole, b); err == nil {
			t.Errorf("byte %d of the set code: have no error", i)
		}
		forged := &Share{Set: all[1].Set, Number: 2, common: b, value: all[1].value}
		other := &Share{Set: all[0].Set, Number: 1, common: b, value: all[0].value}
		if have, err := Combine(forged, other); err == nil {
			t.Errorf("byte %d of the set code, past its check: have %q", i, have)
		}
	}
}

func TestContains(t *testing.T) {
	text := page(split(t, secret, 2, 3)[0])
	for line := range strings.Lines(text) {
		is := labeled.MatchString(strings.TrimSpace(line))
		if have := Contains("> " + line); have != is {
			t.Errorf("have %v for %q", have, line)
		}
		if is {
			bare := strings.Fields(line)[1]
			if !Contains(bare) || !Contains("B1 "+bare[:20]+"x"+bare[21:]) {
				t.Errorf("%q is not noticed without its label, or with a slip", line)
			}
		}
	}
	for _, other := range []string{"", "B1 is the room", "R62YJm-svywrZ-LLa1hL-bfVgei-Cme1vh", "hello there", "C4 x"} {
		if Contains(other) {
			t.Errorf("%q is taken for a share", other)
		}
	}
}

func TestNothingShowsShares(t *testing.T) {
	s := split(t, secret, 2, 3)[0]
	v := s.value()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if have := fmt.Sprintf(verb, s); strings.Contains(have, fmt.Sprintf("%x", v[:8])) || strings.Contains(have, fmt.Sprint(v[:4])) {
			t.Errorf("%s: have %s", verb, have)
		}
	}
}
