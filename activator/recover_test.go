package activator_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/recovery"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// secretsOf splits the office's keys and reads the pages again.
func (o *office) secretsOf() ([]byte, []string) {
	o.t.Helper()
	made, err := o.BackupKeys(context.Background(), 2, 3, func(*activator.KeyShares) error { return nil })
	if err != nil {
		o.t.Fatal(err)
	}
	var r recovery.Reader
	for _, page := range made.Pages[1:] {
		if err := r.Page(page); err != nil {
			o.t.Fatal(err)
		}
	}
	secrets, err := recovery.Combine(r.Shares()...)
	if err != nil {
		o.t.Fatal(err)
	}
	return secrets, made.Pages
}

// The drill: keys from shares, the journal from its backup, the days after it lost.
func TestRecoverAfterRestore(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	before := o.license(1)
	m := o.machine(before, 7)
	m.activate(1, activator.Decision{})
	secrets, _ := o.secretsOf()
	file := filepath.Join(t.TempDir(), "desk.backup")
	if err := o.Backup(ctx, file, 10); err != nil {
		t.Fatal(err)
	}
	o.later(3)
	lost := o.license(2)
	gone := o.machine(lost, 8)
	request := gone.request(1)
	answer := o.submit(request, activator.Decision{})
	gone.enter(request, answer.Answer, 1)
	o.desk.Close()

	o.dir, o.heads = filepath.Join(t.TempDir(), "new"), t.TempDir()
	setup := activator.Setup{Dir: o.dir, Operator: "anna", WorkFactor: 10, Passphrase: []byte(passphrase), Now: o.clock, Rand: o.rand()}
	if _, err := activator.RestoreKeys(ctx, secrets, file, setup); err != nil {
		t.Fatal(err)
	}
	o.open()
	o.verified()
	if _, err := o.License(ctx, lost.Number); err == nil {
		t.Fatal("the license of the lost days is known")
	}
	order := activator.Order{Customer: "Print Shop", Seats: 2}
	forged := codes.NewSerial(lost.Product, lost.Number, codes.LicenseKey{1, 2, 3}).Code()
	var foreign *activator.NotOursError
	if _, err := o.Recover(ctx, forged, order); !errors.As(err, &foreign) {
		t.Errorf("a forged serial number: have %v, want it refused", err)
	}
	if e := o.newest(journal.KindSerial); e.Verdict != journal.Refused || strings.Contains(e.Code, forged.String()) {
		t.Errorf("have entry %+v, want the refusal without the serial number", e)
	}
	if _, err := o.Recover(ctx, before.Serial, order); err == nil {
		t.Error("a license that is registered otherwise: have no error")
	}
	back, err := o.Recover(ctx, lost.Serial, order)
	if err != nil || back.Number != lost.Number || back.Existing {
		t.Fatalf("have %+v, %v", back, err)
	}
	if again, err := o.Recover(ctx, lost.Serial, order); err != nil || !again.Existing {
		t.Errorf("again: have %+v, %v", again, err)
	}
	m.o, gone.o = o, o
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "current")
	d := gone.deactivate(2, 0)
	o.want(o.submit(d, activator.Decision{}), "refused", "not genuine")
	if again := o.submit(request, activator.Decision{}); again.Answer != answer.Answer { // the same day, so the same answer
		t.Errorf("the lost request again: have %v, want %v", again.Answer, answer.Answer)
	}
	o.want(o.submit(d, activator.Decision{}), "ok", "current")
	o.verified()
}

// A share that is pasted into the desk's box is not in the journal, whole or in part.
func TestShareIsNotKept(t *testing.T) {
	o := newOffice(t)
	_, pages := o.secretsOf()
	ctx := context.Background()
	var lines []string
	for line := range strings.Lines(pages[0]) {
		if recovery.Contains(line) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	for _, text := range append([]string{pages[0]}, lines...) {
		out, err := o.Submit(ctx, text, activator.Decision{})
		if err != nil || out.Verdict != journal.Unreadable || !strings.Contains(out.Reason, "recovery share") {
			t.Fatalf("have %+v, %v", out, err)
		}
	}
	for e, err := range o.Entries(ctx, journal.Query{Kinds: []journal.Kind{journal.KindUnreadable}}) {
		if err != nil {
			t.Fatal(err)
		}
		kept := string(e.Leaf(nil))
		for _, p := range e.Personal {
			kept += p.Text
		}
		for _, line := range lines {
			if group := strings.Fields(line)[1][:13]; strings.Contains(kept, group) {
				t.Errorf("entry %v keeps %q", e.ID, group)
			}
		}
	}
}

// A license that is registered again is the one that it was, or it is refused, and nothing changes; no order becomes two.
func TestRecoverOnlyTheSame(t *testing.T) {
	o := newOffice(t)
	o.secondProduct("plate-maker")
	ctx := context.Background()
	some := &product.Grants{Definitions: []uint8{defRelease, defFeature}, Bits: map[uint8]uint32{defFeature: 3}}
	ls, err := o.Register(ctx,
		activator.Order{Product: "press-studio", Customer: "Print Shop", Order: "1", Seats: 2, Grants: some},
		activator.Order{Product: "press-studio", Customer: "Print Shop", Order: "2", Seats: 2})
	if err != nil {
		t.Fatal(err)
	}
	same := activator.Order{Customer: "Print Shop", Order: "1", Seats: 2, Grants: some}
	try := func(change func(*activator.Order)) error {
		order := same
		change(&order)
		_, err := o.Recover(ctx, ls[0].Serial, order)
		return err
	}
	if err := try(func(*activator.Order) {}); err != nil {
		t.Fatalf("the same: have %v, want it given back", err)
	}
	before, serials := o.entries(), 0
	for name, change := range map[string]func(*activator.Order){
		"another's order":  func(o *activator.Order) { o.Order = "2" },
		"another order":    func(o *activator.Order) { o.Order = "3" },
		"another customer": func(o *activator.Order) { o.Customer = "Copy Shop" },
		"more seats":       func(o *activator.Order) { o.Seats = 9 },
		"more grants":      func(o *activator.Order) { o.Grants = nil },
	} {
		if err := try(change); !errors.As(err, new(*activator.UsageError)) {
			t.Errorf("%s: have %v, want a usage error", name, err)
		}
	}
	if err := try(func(o *activator.Order) { o.Product = "plate-maker" }); !errors.As(err, new(*activator.NotOursError)) {
		t.Errorf("another product: have %v, want it refused", err)
	} else {
		serials++ // what is not ours stands in the journal
	}
	if have := o.entries(); have != before+serials {
		t.Errorf("entries: have %d, want %d", have, before+serials)
	}
	sold, err := o.License(ctx, ls[0].Number)
	if err != nil || sold.Seats != 2 || sold.Order != "1" || sold.Grants.String() != ls[0].Grants.String() {
		t.Errorf("license: have %+v, %v, want it as it was", sold, err)
	}
	if _, err := o.Erase(ctx, activator.Erasure{License: ls[0].Number, Reason: "asked for"}); err != nil {
		t.Fatal(err)
	}
	if err := try(func(*activator.Order) {}); err != nil {
		t.Errorf("the same, its customer erased: have %v, want it given back", err)
	}
	request := o.machine(&ls[0], 7).request(defRelease)
	if _, err := o.Recover(ctx, request, same); !errors.As(err, new(*activator.UsageError)) {
		t.Errorf("a request: have %v, want a usage error", err)
	}
}
