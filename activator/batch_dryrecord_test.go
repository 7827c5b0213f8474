package activator

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

func dryEffect(l codes.LicenseNumber) *rapid.Generator[journal.Effect] {
	return rapid.Custom(func(t *rapid.T) journal.Effect {
		key := func() []byte { return rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "bytes") }
		number := func() int { return rapid.IntRange(0, 1<<30).Draw(t, "number") }
		f := codes.Fingerprint(number() & (1<<26 - 1))
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			return journal.Claim{License: l, Scope: journal.Scope(number()), Key: key(), Value: key()}
		case 1:
			return journal.Mark{License: l, Scope: journal.Scope(number()), Key: key()}
		case 2:
			return journal.TakeSeat{License: l, Fingerprint: f, Slot: number(), Limit: number(), Excess: string(key())}
		case 3:
			return journal.FreeSeat{License: l, Fingerprint: f}
		}
		return journal.SetLicense{
			Number: l, New: number()%2 == 0, Product: codes.UID{byte(number())}, Seats: number(), Release: uint16(number()),
			State: string(key()), Order: string(key()), Grants: string(key()),
		}
	})
}

// What a dry run remembers of an entry is what it was, over many blocks, in the order of
// each license.
func TestDryRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d DryBooks
		want := map[codes.LicenseNumber][]journal.Entry{}
		ids := map[codes.LicenseNumber][]journal.EntryID{}
		few := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) journal.Entry {
			l := codes.LicenseNumber(rapid.IntRange(1, 3).Draw(t, "license"))
			e := journal.Entry{
				License: l, At: time.UnixMicro(rapid.Int64Range(0, 1<<50).Draw(t, "at")).UTC(),
				Effects: rapid.SliceOfN(dryEffect(l), 0, 4).Draw(t, "effects"),
			}
			if rapid.Bool().Draw(t, "not genuine") || len(e.Effects) == 0 {
				e.State = journal.StateNotGenuine
			}
			return e
		}), 1, 12).Draw(t, "entries")
		times := rapid.SampledFrom([]int{1, 400}).Draw(t, "times")
		for range times {
			for _, e := range few {
				id := journal.NewEntryID(1, d.count)
				d.add(&e, id)
				want[e.License], ids[e.License] = append(want[e.License], e), append(ids[e.License], id)
			}
		}
		if d.count != uint64(times*len(few)) {
			t.Fatalf("have %d entries, want %d", d.count, times*len(few))
		}
		for l, es := range want {
			at := d.newest[l]
			for i := len(es) - 1; i >= 0; i-- {
				have, id := d.record(at).entry(l)
				if len(have.Effects) == 0 {
					have.Effects = es[i].Effects
				}
				if es[i].License = 0; !reflect.DeepEqual(have, es[i]) || id != ids[l][i] {
					t.Fatalf("entry %d of license %v: have %v %+v, want %v %+v", i, l, id, have, ids[l][i], es[i])
				}
				at = d.record(at).before()
			}
			if at != 0 {
				t.Fatalf("license %v: have an entry before the first", l)
			}
		}
	})
}

// An entry may have more effects than a byte counts: a machine that was answered every week
// for years gives all of it back at once.
func TestDryRecordOfManyEffects(t *testing.T) {
	const l, many = 7, 300
	var d DryBooks
	var claims []journal.Effect
	for i := range many {
		claims = append(claims, journal.Claim{License: l, Scope: journal.ScopeClosed, Key: []byte{byte(i), byte(i >> 8)}, Value: []byte{1}})
	}
	d.add(&journal.Entry{License: l, Effects: claims}, 1)
	f := &journal.Facts{Licenses: map[codes.LicenseNumber]*journal.LicenseFacts{l: {Known: true}}}
	d.apply(f)
	if have := len(f.Licenses[l].Claims); have != many {
		t.Errorf("have %d claims, want %d", have, many)
	}
}
