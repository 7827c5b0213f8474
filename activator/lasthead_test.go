package activator_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// A former journal that is put back is noticed by the computer that saw more.
func TestFormerJournalPutBack(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	path := filepath.Join(o.dir, "journal.db")
	o.desk.Close()
	former, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	o.open()
	d := m.deactivate(2, 0)
	o.want(o.submit(d, activator.Decision{}), "ok", "")
	o.desk.Close()
	for _, name := range []string{path + "-wal", path + "-shm"} {
		os.Remove(name)
	}
	if err := os.WriteFile(path, former, 0o600); err != nil {
		t.Fatal(err)
	}
	o.open()
	var cut *journal.TamperedError
	if _, err := o.Submit(ctx, d.String(), activator.Decision{}); !errors.As(err, &cut) || !strings.Contains(err.Error(), "former copy was put back") || !strings.Contains(cut.First.String(), "its end was cut off") {
		t.Fatalf("confirmation again on a former journal: have %v, want it refused, as one that was cut back", err)
	}
	if _, err := o.Read(ctx, d.String(), activator.Decision{}); err == nil {
		t.Fatal("reading on a former journal: have no error, want one")
	}
	var tampered *journal.TamperedError
	if _, err := o.Verify(ctx); !errors.As(err, &tampered) {
		t.Fatalf("verify: have %v, want a TamperedError", err)
	}
	if err := os.RemoveAll(o.heads); err != nil { // another computer cannot tell
		t.Fatal(err)
	}
	o.desk.Close()
	o.open()
	o.want(o.submit(d, activator.Decision{}), "ok", "")
}
