package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Whatever follows from an entry is said in words.
func TestEffectsAreSaid(t *testing.T) {
	key := journal.AnswerKey(0x0123456, 0x89abcdef, 2)
	said := map[string]bool{}
	for _, test := range []struct {
		effect journal.Effect
		want   string
	}{
		{journal.Claim{Scope: journal.ScopeAnswer, Key: key}, "counts once: answer 2 to the request 89abcdef of machine 0123456"},
		{journal.Claim{Scope: journal.ScopeConfirmation, Key: key[:8]}, "counts once: the confirmation code 89abcdef of machine 0123456"},
		{journal.Claim{Scope: journal.ScopeRefund, Key: []byte("refund")}, "counts once: the refund of this license"},
		{journal.Claim{Scope: journal.ScopeClosed, Key: []byte{0xab}}, "counts once: the give-back of activation ab"},
		{journal.Mark{Scope: journal.ScopeSeen, Key: []byte{0xab}}, "noted: activation ab was seen in use"},
		{journal.Mark{Scope: journal.ScopeGone, Key: []byte{0xab}}, "noted: ab was declared gone"},
		{journal.TakeSeat{Fingerprint: 0x0123456, Slot: 1, Limit: 2}, "seat 1 of 2 is taken by 0123456"},
		{journal.FreeSeat{Fingerprint: 0x0123456}, "the seat of 0123456 is free"},
		{journal.SetLicense{Number: 0x42, State: journal.Live, Seats: 2, Grants: "all", Order: "7"}, "license 00000042: live, 2 seats, bought all, order 7"},
		{journal.AddPool{Numbers: nil}, "0 license numbers drawn ahead"},
		{journal.Erase{Field: "customer", Origin: "o", Runs: []journal.Run{{First: 1, Last: 3}, {First: 5, Last: 5}}}, "customer erased in entries 1 to 3, 5 of the log o"},
		{journal.MergeLog{Origin: "o", First: 3, Size: 7}, "entries 3 to 6 of the log o are here from now on"},
		{journal.Restate{Origin: "o", Index: 3}, "takes over entry 3 of the log o"},
	} {
		if have := effect(test.effect); have != test.want {
			t.Errorf("%T: have %q, want %q", test.effect, have, test.want)
		}
		said[strings.TrimPrefix(fmt.Sprintf("%T", test.effect), "journal.")] = true
	}
	source, err := os.ReadFile("../../activator/journal/effects.go")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`(?m)^func \((\w+)\) effect\(\)`).FindAllSubmatch(source, -1)
	if len(all) < 9 {
		t.Fatalf("effects: have %d in the source, want at least 9", len(all))
	}
	for _, name := range all {
		if !said[string(name[1])] {
			t.Errorf("effect %s: have no words for it, want some, and a line in this test", name[1])
		}
	}
}
