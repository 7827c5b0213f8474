package exchange

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator/journal"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

// TestModel lets customers and a vendor live for a while. What must be true is kept in
// plain maps (truth_test.go), what the desk must say follows from them and from the
// documents (oracle_test.go); neither asks the desk's or the program's own rules.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "exchange-model-")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		w := newWorld(rt, dir)
		defer w.desk.Close()
		w.sell()
		w.install()
		actions := map[string]func(*rapid.T){"": func(*rapid.T) {
			for _, l := range w.licenses {
				w.checkActive(l)
			}
		}}
		one := func(do func(*installation)) func() { return func() { do(w.some()) } }
		for name, a := range map[string]struct {
			weight int
			do     func()
		}{
			"sell": {1, w.sell}, "install": {2, w.install}, "ask": {6, one(w.ask)}, "ask wrongly": {1, one(w.askWrongly)},
			"type": {3, one(w.typeNewest)}, "type old": {1, one(w.typeOld)}, "check in": {2, one(w.handIn)},
			"give back": {3, one(w.giveBack)}, "read late": {2, w.readLate}, "replay": {1, w.replay},
			"ask closed": {1, w.askAgain}, "clone": {1, w.clone}, "wipe": {1, one(w.wipe)}, "gone": {2, w.gone},
			"come back": {2, w.comeBack}, "refund": {1, w.refund}, "standing": {1, w.standing},
			"amend": {1, w.amend}, "later": {2, w.later},
		} {
			for i := range a.weight {
				actions[fmt.Sprint(name, " ", i)] = func(*rapid.T) { a.do() }
			}
		}
		rt.Repeat(actions)
		w.later()
		for _, l := range w.licenses {
			w.checkSeats(l)
		}
		if _, err := w.session.Verify(context.Background()); err != nil {
			var tampered *journal.TamperedError
			rt.Fatalf("verify at the end: have %v (tampered: %v), want no error", err, errors.As(err, &tampered))
		}
	})
}
