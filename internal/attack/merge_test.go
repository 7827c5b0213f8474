package attack

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// A journal comes on a stick, to be brought in as another desk's.

// apart makes one more desk of the vendor that works apart, with a license sold there, and closes it. It returns its
// folder.
func (v *vendor) apart(desk string, registry uint8) string {
	v.Helper()
	ctx := context.Background()
	dir := filepath.Join(v.TempDir(), desk)
	v.must(activator.Join(ctx, activator.Setup{
		Dir: dir, Desk: desk, Operator: "bert", Registry: registry, Apart: true, Passphrase: []byte(passphrase), Now: v.clock, Rand: rand.Reader,
	}, v.dir))
	v.goesOn(dir)
	return dir
}

// goesOn sells a license at another desk of the vendor, on a computer of its own.
func (v *vendor) goesOn(dir string) {
	v.Helper()
	c := v.config()
	c.Dir, c.Heads = dir, v.TempDir()
	d, err := activator.Open(context.Background(), c)
	v.must(err)
	_, err = d.Session(activator.Operator{Name: "bert"}, "test").Register(context.Background(), activator.Order{Product: studio, Customer: "Laptop Ltd", Seats: 2})
	v.must(errors.Join(err, d.Close()))
}

// bringsNothing demands that a journal is refused, and that nothing of it is here.
func (v *vendor) bringsNothing(name, path string) error {
	v.Helper()
	ctx := context.Background()
	before, err := v.Head(ctx)
	v.must(err)
	out, refused := v.Merge(ctx, path)
	if refused == nil {
		v.Errorf("%s: have it brought in (%+v), want it refused", name, out)
	}
	after, err := v.Head(ctx)
	v.must(err)
	if after.Size != before.Size {
		v.Errorf("%s: have %d entries, want %d as before", name, after.Size, before.Size)
	}
	for l, err := range v.Licenses(ctx, journal.LicenseQuery{}) {
		v.must(err)
		if l.Customer == "Laptop Ltd" {
			v.Errorf("%s: have license %v of the other desk, want none", name, l.Number)
		}
	}
	return refused
}

// Somebody changes the journal of another desk on its way, or makes one without the vendor's keys: licenses that were
// never sold, seats that were never bought. Nothing of it is brought in; the journal as its desk wrote it is.
func TestOtherJournalChangedOnItsWay(t *testing.T) {
	v := newVendor(t, nil)
	v.profile(studio)
	dir := v.apart("laptop", 1)
	foreign := filepath.Join(t.TempDir(), "foreign")
	v.must(activator.Init(context.Background(), activator.Setup{
		Dir: foreign, Vendor: "Example Vendor", Desk: "laptop", Operator: "bert", WorkFactor: 10, Passphrase: []byte(passphrase), Now: v.clock, Rand: rand.Reader,
	}))
	v.bringsNothing("a journal of other keys", foreign)
	for name, change := range map[string]string{
		"a leaf":                   `UPDATE journal SET leaf = CAST(replace(CAST(leaf AS TEXT), 'operator "bert"', 'operator "anna"') AS BLOB) WHERE kind = 'license'`,
		"seats in the leaf":        `UPDATE journal SET leaf = CAST(replace(CAST(leaf AS TEXT), ' 2 live ', ' 9 live ') AS BLOB) WHERE kind = 'license'`,
		"a personal text":          `UPDATE personal SET value = 'Laptop Ltd and friends' WHERE field = 'customer'`,
		"a license":                `UPDATE licenses SET seats = 99`,
		"the last entry taken out": `DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)`,
		"one entry more":           `UPDATE logs SET size = size + 1 WHERE id = 0`,
		"a trigger that waits":     `CREATE TRIGGER wait AFTER INSERT ON journal BEGIN DELETE FROM seats; END`,
		"a view for a table":       `CREATE VIEW more AS SELECT * FROM licenses`,
	} {
		path := filepath.Join(v.saved(dir), "journal.db")
		tamper(t, path, change)
		v.bringsNothing(name, path)
	}
	out, err := v.Merge(context.Background(), dir)
	if err != nil || len(out.Logs) != 1 || len(out.Collisions) != 0 {
		t.Fatalf("as its desk wrote it: have %+v, %v, want it brought in", out, err)
	}
	if _, err := v.Verify(context.Background()); err != nil {
		t.Errorf("verify: have %v, want no error", err)
	}
}

// tamper changes a journal's file past its triggers.
func tamper(t *testing.T, path, change string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
	if err != nil {
		t.Fatal(err)
	}
	var drop, restore []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		drop, restore = append(drop, "DROP TRIGGER "+name), append(restore, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, text := range append(append(drop, change), restore...) {
		if res, err := db.Exec(text); err != nil {
			t.Fatalf("%s: %v", text, err)
		} else if n, _ := res.RowsAffected(); text == change && n == 0 && change[:6] != "CREATE" {
			t.Fatalf("%s: changed nothing", text)
		}
	}
}

// A thief has a copy of the vendor folder with its passphrase. He sells licenses, as a desk that works apart, or as the
// vendor's own. When the vendor gave up the stolen keys, no entry that they sign is believed any more; and a journal that
// went on from a copy of the own one never is.
func TestJournalOfAThief(t *testing.T) {
	v := newVendor(t, nil)
	ctx := context.Background()
	v.profile(studio)
	v.must(v.desk.Close())
	copied := v.saved(v.dir)
	for _, name := range []string{"identity.age", "keyring.age"} {
		v.must(os.Chmod(filepath.Join(copied, name), 0o600))
	}
	v.goesOn(copied)
	v.open()
	apart := v.apart("thief", 5)
	v.sell(studio, 1)
	var fork *activator.ForkError
	if err := v.bringsNothing("a journal that went on from a copy", copied); !errors.As(err, &fork) {
		t.Errorf("a journal that went on from a copy: have %v, want a ForkError", err)
	}
	_, err := v.RotateKeys(ctx, "stolen")
	v.must(err)
	_, err = v.RevokeEpoch(ctx, 0, "stolen")
	v.must(err)
	v.bringsNothing("a journal of stolen keys that were given up", apart)
}
