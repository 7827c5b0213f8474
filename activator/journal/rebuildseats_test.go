package journal

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/codes"
)

// TestSeating compares the seats of a license with a plain map, also where they are so many that they are found by maps.
func TestSeating(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s seating
		model := map[codes.Fingerprint]SeatRow{}
		machines := codes.Fingerprint(rapid.SampledFrom([]uint32{6, 60}).Draw(t, "machines"))
		take := func(t *rapid.T) {
			r := SeatRow{Fingerprint: codes.Fingerprint(rapid.Uint32Range(1, uint32(machines)).Draw(t, "machine")), Slot: rapid.IntRange(1, int(machines)).Draw(t, "slot")}
			free := s.machine(r.Fingerprint) < 0 && s.slot(r.Slot) < 0
			want := true
			for _, m := range model {
				want = want && m.Fingerprint != r.Fingerprint && m.Slot != r.Slot
			}
			if free != want {
				t.Fatalf("machine %v, seat %d: have free %v, want %v", r.Fingerprint, r.Slot, free, want)
			}
			if free {
				s.add(r)
				model[r.Fingerprint] = r
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"take": take, "take too": take, "and take": take,
			"free": func(t *rapid.T) {
				f := codes.Fingerprint(rapid.Uint32Range(1, uint32(machines)).Draw(t, "machine"))
				want, there := model[f]
				i := s.machine(f)
				if i >= 0 != there || there && s.rows[i] != want {
					t.Fatalf("machine %v: have place %d, want %+v, %v", f, i, want, there)
				}
				if there {
					s.remove(i)
					delete(model, f)
				}
			},
			"": func(t *rapid.T) {
				if len(s.rows) != len(model) {
					t.Fatalf("have %d seats, want %d", len(s.rows), len(model))
				}
				for _, want := range model {
					if i := s.slot(want.Slot); i < 0 || s.rows[i] != want {
						t.Fatalf("seat %d: have place %d of %+v, want %+v", want.Slot, i, s.rows, want)
					}
				}
				if mapped := s.byMachine != nil; len(s.rows) > fewSeats && !mapped || mapped && (len(s.byMachine) != len(s.rows) || len(s.bySlot) != len(s.rows)) {
					t.Fatalf("%d seats: have maps of %d and %d", len(s.rows), len(s.byMachine), len(s.bySlot))
				}
			},
		})
	})
}

// BenchmarkSeatsOfALicense rebuilds the seats of one license that many machines take. What a seat costs must not depend on
// how many there are.
func BenchmarkSeatsOfALicense(b *testing.B) {
	for _, n := range []int{10, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e := Entry{At: time.Unix(1, 0), License: 1, Effects: make([]Effect, 1)}
			for b.Loop() {
				books := newBooks()
				e.Effects[0] = SetLicense{Number: 1, New: true, Product: codes.UID{1}, Seats: n, State: Live}
				books.apply(1, &e, func(why string) { b.Fatal(why) })
				for i := range n {
					e.Effects[0] = TakeSeat{License: 1, Fingerprint: codes.Fingerprint(i), Slot: i + 1, Limit: n}
					books.apply(EntryID(2+i), &e, func(why string) { b.Fatal(why) })
				}
				for i := range n {
					e.Effects[0] = FreeSeat{License: 1, Fingerprint: codes.Fingerprint(i)}
					books.apply(EntryID(2+n+i), &e, func(why string) { b.Fatal(why) })
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/seat")
		})
	}
}
