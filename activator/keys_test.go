package activator_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/codes/product"
)

// ring opens the keyring of the office's folder by itself.
func (o *office) ring() *keyring.Keyring {
	o.t.Helper()
	k, err := keyring.Open(o.dir, []byte(passphrase))
	if err != nil {
		o.t.Fatal(err)
	}
	return k
}

func (o *office) verified() {
	o.t.Helper()
	if _, err := o.Verify(context.Background()); err != nil {
		o.t.Errorf("verify: %v", err)
	}
}

// newest is the newest entry about the keyring.
func (o *office) newest(kind journal.Kind) journal.Entry {
	o.t.Helper()
	for e, err := range o.Entries(context.Background(), journal.Query{Newest: true, Kinds: []journal.Kind{kind}, Limit: 1}) {
		if err != nil {
			o.t.Fatal(err)
		}
		return e
	}
	o.t.Fatalf("no entry of kind %s", kind)
	return journal.Entry{}
}

func (o *office) smallPool() {
	o.t.Helper()
	path := filepath.Join(o.dir, "products", "press-studio.toml")
	b, err := os.ReadFile(path)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(b), "pool = 10000", "pool = 5", 1)), 0o600); err != nil {
		o.t.Fatal(err)
	}
	o.desk.Close()
	o.open()
}

func (o *office) export(anchor string) *product.Profile {
	o.t.Helper()
	signed, _, err := o.Export(context.Background(), "press-studio")
	if err != nil {
		o.t.Fatal(err)
	}
	v, err := product.ParseAnchor(anchor)
	if err != nil {
		o.t.Fatal(err)
	}
	p, err := product.Open(signed, v)
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

// A rotation changes what is made from then on, and nothing of before.
func TestRotateKeys(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.smallPool()
	before, err := o.desk.Keys()
	if err != nil {
		t.Fatal(err)
	}
	first := before.Epochs[0]
	old := o.license(1)
	o.export(first.Anchor) // draws five numbers of epoch 0
	sold := o.license(1)   // one of them
	m := o.machine(old, 7)
	m.activate(1, activator.Decision{})
	o.later(3)
	done, err := o.RotateKeys(ctx, "once a year")
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Keys.Epochs) != 2 || done.Keys.Epochs[1].State != keyring.Current {
		t.Errorf("have %+v", done.Keys.Epochs)
	}
	second := done.Keys.Epochs[1]
	e := o.newest(journal.KindKey)
	if e.ID != done.Entry || activator.SayKeys(&e) != "keys rotated: epoch 1 begins" || len(e.Personal) != 1 || e.Personal[0].Text != "once a year" {
		t.Errorf("have %+v", e)
	}
	o.verified()

	fresh := o.license(1)
	if old.Number.Epoch() != 0 || sold.Number.Epoch() != 0 || fresh.Number.Epoch() != 1 || fresh.Vouched {
		t.Errorf("have %v, %v and %v, want the last one alone of epoch 1, and not vouched for yet", old.Number, sold.Number, fresh.Number)
	}
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "")
	o.machine(fresh, 8).activate(1, activator.Decision{})
	for _, anchor := range []string{first.Anchor, second.Anchor} { // programs in the field, and new ones
		p := o.export(anchor)
		if p.Anchor != second.Anchor || len(p.Keys) != 2 || len(p.Refused) > 0 {
			t.Errorf("have anchor %s, keys %v, refused %v", p.Anchor, p.Keys, p.Refused)
		}
		if want := []product.FormerSigner{{Anchor: first.Anchor, Until: p.SignedOn}}; !slices.Equal(p.Signers, want) {
			t.Errorf("have former signers %v, want %v", p.Signers, want)
		}
		if len(p.Roster) != 3+5 { // three sold, five of epoch 1; the rest of epoch 0 is not sold any more
			t.Errorf("have a roster of %d, want 8", len(p.Roster))
		}
		file, err := o.LicenseFile(fresh)
		if err != nil {
			t.Fatal(err)
		}
		v, err := product.ParseAnchor(anchor)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := product.OpenLicense(file, v); err != nil {
			t.Errorf("license file: %v", err)
		}
	}
	if next := o.license(1); next.Number.Epoch() != 1 || !next.Vouched {
		t.Errorf("have %v, vouched %v, want one of epoch 1 from the pool", next.Number, next.Vouched)
	}
	o.verified()
	o.desk.Close()
	o.open()
	o.verified()
}

// The journal's key hands over to the next one: whoever has the first public key can
// follow, and nobody else can sign over.
func TestHandover(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	trusted, err := o.desk.Keys()
	if err != nil {
		t.Fatal(err)
	}
	key := trusted.Epochs[0].JournalVerifier
	for range 3 {
		if _, err := o.RotateKeys(ctx, ""); err != nil {
			t.Fatal(err)
		}
		o.license(1)
	}
	head, err := o.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range o.Entries(ctx, journal.Query{Kinds: []journal.Kind{journal.KindKey}}) {
		if err != nil {
			t.Fatal(err)
		}
		v, err := note.NewVerifier(key)
		if err != nil {
			t.Fatal(err)
		}
		h, err := journal.ParseHandover(e.Handover(), v)
		if err != nil || h.Origin != head.Origin {
			t.Fatalf("entry %v: have %+v, %v", e.ID, h, err)
		}
		key = h.Next
	}
	v, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := journal.ParseCheckpoint(head.Checkpoint, note.VerifierList(v)); err != nil {
		t.Errorf("the head is not signed by the key at the end of the chain: %v", err)
	}
}

func TestRevokeEpoch(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.smallPool()
	first := o.ring().Anchor()
	l := o.license(2)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	request := m.request(1)
	if _, err := o.RevokeEpoch(ctx, 0, "stolen"); err == nil || !strings.Contains(err.Error(), "is the current one: begin a new one first") {
		t.Fatalf("revoking the current epoch: have %v", err)
	}
	if _, err := o.RotateKeys(ctx, "stolen"); err != nil {
		t.Fatal(err)
	}
	moved, err := o.Reissue(ctx, l.Number, "keys stolen")
	if err != nil {
		t.Fatal(err)
	}
	other := o.license(1)
	if _, err := o.RevokeEpoch(ctx, 0, "stolen"); err != nil {
		t.Fatal(err)
	}
	o.verified()
	left := o.machine(l, 9).request(1)
	for _, code := range []string{request.String(), left.String(), m.deactivate(2, 0).String(), l.Serial.String()} {
		r, err := o.Read(ctx, code, activator.Decision{})
		if err != nil || r.Verdict != journal.Refused || !strings.Contains(r.Reason, "keys of epoch 0, which were revoked") {
			t.Errorf("%.6s...: have %v, %v, want it refused for its keys", code, r, err)
		}
	}
	if revoked, err := o.KeysRevoked(l.Number); err != nil || !revoked {
		t.Errorf("KeysRevoked: have %v, %v", revoked, err)
	}
	p := o.export(o.ring().Anchor())
	if !slices.Equal(p.Refused, []uint8{0}) || len(p.Signers) > 0 || len(p.Keys) != 1 || len(p.Sunset) > 0 {
		t.Errorf("have refused %v, signers %v, keys %v, sunset %v", p.Refused, p.Signers, p.Keys, p.Sunset)
	}
	if len(p.Roster) != 2+5 {
		t.Errorf("have a roster of %d, want 7: nothing of epoch 0", len(p.Roster))
	}
	signed, _, err := o.Export(ctx, "press-studio")
	if err != nil {
		t.Fatal(err)
	}
	v, err := product.ParseAnchor(first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := product.Open(signed, v); !errors.Is(err, product.ErrForeignKey) {
		t.Errorf("under the revoked key: have %v, want ErrForeignKey", err)
	}
	o.machine(moved, 7).activate(1, activator.Decision{})
	o.machine(other, 7).activate(1, activator.Decision{})
}

func TestReissue(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	ls, err := o.Register(ctx, activator.Order{Product: "press-studio", Customer: "Print Shop", Order: "4711", Seats: 3})
	if err != nil {
		t.Fatal(err)
	}
	l := &ls[0]
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	for _, reason := range []string{"", " "} {
		if _, err := o.Reissue(ctx, l.Number, reason); err == nil {
			t.Errorf("reason %q: have no error", reason)
		}
	}
	fresh, err := o.Reissue(ctx, l.Number, "the serial number leaked")
	if err != nil {
		t.Fatal(err)
	}
	if e := o.newest(journal.KindChange); len(e.Personal) != 1 || e.Personal[0].Text != "the serial number leaked" {
		t.Errorf("entry of the reissue: have texts %+v, want the reason", e.Personal)
	}
	have, err := o.License(ctx, fresh.Number)
	if err != nil {
		t.Fatal(err)
	}
	if have.Customer != "Print Shop" || have.Order != "4711" || have.Seats != 3 || have.Taken != 0 || have.State != journal.Live || have.Grants.String() != l.Grants.String() {
		t.Errorf("have %+v", have)
	}
	if old, err := o.License(ctx, l.Number); err != nil || old.State != journal.Revoked || old.Order != "" {
		t.Errorf("former license: have %+v, %v", old, err)
	}
	again, err := o.Register(ctx, activator.Order{Product: "press-studio", Customer: "Print Shop", Order: "4711", Seats: 3})
	if err != nil || !again[0].Existing || again[0].Number != fresh.Number {
		t.Errorf("the same order: have %+v, %v, want the new license", again, err)
	}
	if _, err := o.Reissue(ctx, l.Number, "again"); err == nil || !strings.Contains(err.Error(), "is revoked") {
		t.Errorf("a second time: have %v", err)
	}
	o.want(o.submit(m.request(6), activator.Decision{}), "refused", "")
	o.verified()
}

// The new passphrase opens the desk, the old one does not; a reason is not asked for.
func TestChangePassphrase(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	if _, err := o.ChangePassphrase(ctx, []byte("another"), 10); err != nil {
		t.Fatal(err)
	}
	o.license(1) // the desk that changed it goes on
	if e := o.newest(journal.KindKey); activator.SayKeys(&e) != "passphrase changed" {
		t.Errorf("have %q", e.Detail)
	}
	if _, err := keyring.Open(o.dir, []byte(passphrase)); !errors.Is(err, keyring.ErrPassphrase) {
		t.Errorf("old passphrase: have %v, want ErrPassphrase", err)
	}
	if _, err := keyring.Open(o.dir, []byte("another")); err != nil {
		t.Error(err)
	}
	o.verified()
}

func TestKeysNeedTheRight(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	s := o.desk.Session(activator.Operator{Name: "ben", Only: []activator.Action{activator.ActRead, activator.ActIssue, activator.ActRegister, activator.ActExport}}, "test")
	_, err1 := s.RotateKeys(ctx, "")
	_, err2 := s.RevokeEpoch(ctx, 0, "")
	_, err3 := s.ChangePassphrase(ctx, []byte("x"), 10)
	_, err4 := s.Reissue(ctx, o.license(1).Number, "x")
	for i, err := range []error{err1, err2, err3, err4} {
		var forbidden *activator.ForbiddenError
		if !errors.As(err, &forbidden) {
			t.Errorf("action %d: have %v, want it forbidden", i+1, err)
		}
	}
}

// A license is issued anew under the current epoch, from the numbers that programs know already.
func TestReissueAfterRotation(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	old := o.license(1)
	if _, err := o.RotateKeys(ctx, "stolen"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Export(ctx, "press-studio"); err != nil {
		t.Fatal(err)
	}
	fresh, err := o.Reissue(ctx, old.Number, "stolen")
	if err != nil {
		t.Fatal(err)
	}
	if fresh.Number.Epoch() != 1 || !fresh.Vouched {
		t.Errorf("have %v of epoch %d, vouched for: %v; want epoch 1, vouched for", fresh.Number, fresh.Number.Epoch(), fresh.Vouched)
	}
}
