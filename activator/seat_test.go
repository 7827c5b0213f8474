package activator_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
)

// A longer trial takes a seat, as everything does. A deactivation of its own frees it.
func TestTrialHoldsASeat(t *testing.T) {
	o := newOffice(t)
	file := filepath.Join(o.dir, "products", "press-studio.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "\n[[definition]]\nid = 20\ntype = \"deactivate\"\nname = \"End the trial\"\nrequires = [5]\n"...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	o.open()
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defDays, activator.Decision{})
	o.wantTaken(l, 1)
	if out := o.submit(o.machine(l, 8).request(1), activator.Decision{}); failed(out) != "seat" {
		t.Fatalf("another machine: have %q failed, want seat", failed(out))
	}
	o.want(o.submit(m.deactivate(20, 0), activator.Decision{}), "ok", "current")
	o.wantTaken(l, 0)
	o.want(o.submit(o.machine(l, 8).request(1), activator.Decision{}), "ok", "current")
}
