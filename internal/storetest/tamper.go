package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// table is what the tamper test knows of a table that every store has: its key, and its columns by how to change one.
type table struct {
	name string
	key  string
	ints []string
	text []string
	blob []string
}

var tables = []table{
	{"logs", "id", []string{"id", "own", "size"}, []string{"origin"}, []string{"frontier", "checkpoint"}},
	{"journal", "id", []string{"id", "at", "license", "fingerprint", "line"}, []string{"kind", "verdict", "operator", "state", "batch"},
		[]string{"product", "intent", "leaf"}},
	{"merges", "log, first", []string{"log", "first", "size", "entry"}, nil, nil},
	{"subtrees", "log, n", []string{"log", "n"}, nil, []string{"hash"}},
	{"personal", "entry, field", []string{"entry"}, []string{"field", "value"}, []string{"salt"}},
	{"licenses", "number", []string{"number", "seats", "release", "customer", "registered", "entry"}, []string{"state", "order_key", "grants"}, []string{"product"}},
	{"claims", "license, scope, key", []string{"license", "scope", "entry"}, nil, []string{"key", "value"}},
	{"seats", "license, fingerprint", []string{"license", "fingerprint", "slot", "seat_limit", "entry"}, []string{"excess"}, nil},
	{"pool", "number", []string{"number", "entry", "place"}, nil, []string{"product"}},
	{"words", "word, license", []string{"license"}, []string{"word"}, nil},
}

// Tampered returns the tables that the tamper test changes, with their columns, so that a store can compare them with
// those that it has.
func Tampered() map[string][]string {
	all := map[string][]string{}
	for _, tab := range tables {
		all[tab.name] = slices.Concat(tab.ints, tab.text, tab.blob)
	}
	return all
}

// victim makes a journal in which every table has rows, of more than two full subtrees, and returns its head.
func victim(t *testing.T, f Factory, dir string, sign journal.Signer, keys note.Verifiers, alter func([]journal.Entry)) journal.Head {
	t.Helper()
	h, err := makeVictim(f, dir, sign, keys, alter)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func makeVictim(f Factory, dir string, sign journal.Signer, keys note.Verifiers, alter func([]journal.Entry)) (h journal.Head, err error) {
	s, err := f.Create(dir, keys)
	if err != nil {
		return h, err
	}
	defer s.Close()
	draw := Entry(journal.KindPool)
	draw.Effects = []journal.Effect{journal.AddPool{Product: UID, Numbers: []codes.LicenseNumber{901, 907, 903, 905}}}
	es := []journal.Entry{Entry(journal.KindLog), draw}
	r := rand.New(rand.NewPCG(1, 2))
	for l := range codes.LicenseNumber(39) {
		es = append(es, Register(l+1, 4, fmt.Sprint("PO-", int(l)), fmt.Sprint("Customer ", int(l))))
	}
	es = append(es, Register(40, 4, "", "Customer 39"))
	for i := range 600 {
		l, fp := codes.LicenseNumber(1+i%40), codes.Fingerprint(i)
		switch slot := 1 + i/40; {
		case slot <= 4:
			es = append(es, Request(l, fp, uint32(i)+1, slot, 4))
		case slot == 5:
			e := Request(l, fp, uint32(i)+1, slot, 4)
			e.Effects[1] = journal.TakeSeat{License: l, Fingerprint: fp, Slot: slot, Limit: 4, Excess: "override"}
			es = append(es, e)
		case slot < 10:
			es = append(es, Confirm(l, fp, uint32(i)+1, fmt.Sprint("RMA ", i)))
		default:
			e := Entry(journal.KindUnreadable)
			e.Intent, e.Code, e.Batch, e.Line = intent(r), "junk", "letters", i
			es = append(es, e)
		}
	}
	gone := Entry(journal.KindRedact)
	gone.Effects = []journal.Effect{journal.Erase{Field: journal.FieldCustomer, Origin: Origin, Runs: []journal.Run{{First: 3, Last: 3}}}}
	es = append(es, gone)
	if alter != nil {
		alter(es)
	}
	if _, err := s.Append(ctx, nil, es, sign); err != nil {
		return h, err
	}
	other := newOtherLog(sign, Entry(journal.KindLog), Register(41, 1, "PO-41", "Customer 41"), Request(41, 7, 7, 1, 1))
	if _, err := s.Merge(ctx, []journal.LogPart{other.part(0, 3)}, nil, other.takenOver(0, 3), sign); err != nil {
		return h, err
	}
	return s.Head(ctx)
}

// change says how one change is made, and what Verify must say, in part.
type change struct {
	name  string
	table string
	query string
	args  []any
	want  string  // in the first difference
	entry *uint64 // if not nil: the first difference must be of entries that may be this one
}

func tamper(t *testing.T, f Factory) {
	if f.Raw == nil {
		t.Skip("the store gives no access to its tables")
	}
	dir := t.TempDir()
	known := victim(t, f, dir, Signer(), nil, nil)
	s, err := f.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	Verify(t, s, known)
	s.Close()
	raw, err := f.Raw(dir)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, tab := range tables {
		if rows[tab.name], err = raw.Count(tab.name); err != nil || rows[tab.name] == 0 {
			t.Fatalf("table %s: have %d rows, %v, want some", tab.name, rows[tab.name], err)
		}
	}
	fixed := fixedChanges(raw)
	var each []change
	for _, tab := range tables {
		each = append(each, tab.changes(raw)...)
	}
	raw.Close()
	run := func(c change) bool {
		to := t.TempDir()
		if err := f.Copy(dir, to); err != nil {
			t.Fatal(err)
		}
		raw, err := f.Raw(to)
		if err != nil {
			t.Fatal(err)
		}
		n, err := raw.Exec(c.query, c.args...)
		if err := raw.Close(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if err != nil || n == 0 {
			t.Logf("%s: cannot be done: %d rows, %v", c.name, n, err)
			return false
		}
		wantFound(t, f, to, c, known)
		return true
	}
	for _, c := range fixed {
		if !run(c) {
			t.Errorf("%s: was not done", c.name)
		}
	}
	r := random(t)
	for _, c := range each { // each column once at least, and the removal of a row
		done := false
		for try := 0; try < 10 && !done; try++ {
			c := c
			c.args = []any{r.IntN(rows[c.table])}
			c.name = fmt.Sprintf("%s, row %d", c.name, c.args[0])
			done = run(c)
		}
		if !done {
			t.Errorf("%s: no row could be changed", c.name)
		}
	}
	randomly(t, r, raw, rows, f.SlowCopy, run)
	forge(t, r, f, known)
}

// wantFound verifies, and for changed entries does so again after another append, which must not cover them up.
func wantFound(t *testing.T, f Factory, dir string, c change, known ...journal.Head) {
	t.Helper()
	s, err := f.Open(dir)
	if err != nil {
		return // so damaged that it is not opened at all
	}
	defer s.Close()
	_, err = journal.Verify(ctx, s, Verifiers(), known...)
	var tampered *journal.TamperedError
	if !errors.As(err, &tampered) {
		t.Errorf("%s: have %v, want *TamperedError", c.name, err)
		return
	}
	if have := tampered.First.String(); !strings.Contains(have, c.want) {
		t.Errorf("%s: have %s\nwant %q in it", c.name, have, c.want)
	}
	if d := tampered.First; d.Where == "" || d.What == "" || c.entry != nil && (!d.Known || d.Entry.Index() > *c.entry) {
		t.Errorf("%s: have %v, want a place, not after entry %d", c.name, d, *c.entry)
	}
	if testing.Verbose() {
		t.Logf("%s: %v", c.name, tampered.First)
	}
	if strings.HasPrefix(c.name, "journal") {
		s.Append(ctx, nil, []journal.Entry{Entry(journal.KindBackup)}, Signer()) // must not cover it up
		if _, err := journal.Verify(ctx, s, Verifiers(), known...); !errors.As(err, &tampered) {
			t.Errorf("%s: after another append: have %v, want *TamperedError", c.name, err)
		}
	}
}

// changes returns one change for each column of a table, and the removal of a row. The query takes the row's number.
func (tab table) changes(raw Raw) (cs []change) {
	one := fmt.Sprintf(" WHERE (%s) = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET $1)", tab.key, tab.key, tab.name, tab.key)
	set := func(column, value string) {
		cs = append(cs, change{name: tab.name + "." + column, table: tab.name, query: "UPDATE " + tab.name + " SET " + column + " = " + value + one})
	}
	for _, c := range tab.ints {
		set(c, "coalesce("+c+", 0) + 100000")
	}
	for _, c := range tab.text {
		set(c, "coalesce("+c+", '') || 'x'")
	}
	for _, c := range tab.blob {
		last := fmt.Sprintf("CASE WHEN substr(%s, length(%s)) = %s THEN %s ELSE %s END", c, c, raw.Bytes("5a"), raw.Bytes("5b"), raw.Bytes("5a"))
		set(c, fmt.Sprintf("CASE WHEN length(%s) > 0 THEN %s ELSE %s END", c, raw.Joined("substr("+c+", 1, length("+c+") - 1) || "+last), raw.Bytes("5a")))
	}
	return append(cs, change{name: tab.name + ", row removed", table: tab.name, query: "DELETE FROM " + tab.name + one})
}

func fixedChanges(raw Raw) []change {
	leaf := func(from, to string) string { return "UPDATE journal SET leaf = " + raw.Replaced("leaf", from, to) }
	list := []struct {
		name, query string
		args        []any
		want        string
	}{
		{"journal, an entry's verdict", "UPDATE journal SET verdict = 'refused' WHERE id = 300", nil, "entry 300: column Verdict is refused, its entry says ok"},
		{"journal, an entry's text", leaf("seat 3 of", "seat 4 of") + " WHERE id = 150", nil, "entries 0 to 255: do not give their stored subtree hash"},
		{"journal, an entry's effect", leaf("take", "free") + " WHERE id = 150", nil, "entry 150: leaf:"},
		{"journal, an entry at the end", leaf("junk", "jest") + " WHERE id = 641", nil, "entries 640 to 643: do not give their stored hash"},
		{"journal, two entries exchanged", "UPDATE journal SET leaf = (SELECT j.leaf FROM journal j WHERE j.id = 401 - journal.id) WHERE id IN (200, 201)", nil, "entry 200"},
		{"journal, an entry removed", "DELETE FROM journal WHERE id = 17", nil, "entry 17: missing"},
		{"journal, the first entry removed", "DELETE FROM journal WHERE id = 0", nil, "entry 0: missing"},
		{"journal, the last entries removed", "DELETE FROM journal WHERE id > 600", nil, "entries 601 to 645: missing: cut off at the end"},
		{"journal, an entry inserted at the end", "INSERT INTO journal SELECT 646, at, kind, verdict, operator, state, product, license, fingerprint, NULL, NULL, NULL, leaf FROM journal WHERE id = 60", nil, "entry 646: stands behind the signed head"},
		{"journal, an entry moved", "UPDATE journal SET id = 9000 WHERE id = 640", nil, "entry 640: missing"},
		{"claims, one more", "INSERT INTO claims VALUES (1, 2, " + raw.Bytes("0000000700000008") + ", " + raw.Bytes("") + ", 60)", nil, "confirmation of license 00000001: no entry claims"},
		{"claims, freed", "DELETE FROM claims WHERE license = 1 AND scope = 2", nil, "claims it, its row is missing"},
		{"seats, one more", "INSERT INTO seats VALUES (1, 99, 9, 4, 'override', 60)", nil, "seat 9 of license 00000001: no entry gives it"},
		{"seats, an excess that is there and empty", "UPDATE seats SET excess = '' WHERE license = 1 AND slot = 4", nil, "Excess is \"(empty)\", its entry says \"\""},
		{"licenses, more seats", "UPDATE licenses SET seats = 40 WHERE number = 7", nil, "license 00000007: Seats is 40, its entry says 4"},
		{"licenses, state", "UPDATE licenses SET state = 'revoked' WHERE number = 7", nil, "license 00000007: State is \"revoked\", its entry says \"live\""},
		{"licenses, an order that is there and empty", "UPDATE licenses SET order_key = '' WHERE number = 40", nil, "license 00000028: Order is \"(empty)\", its entry says \"\""},
		{"licenses, a product with a byte too many", "UPDATE licenses SET product = " + raw.Joined("product || "+raw.Bytes("00")) + " WHERE number = 7", nil, "license 00000007: Product is"},
		{"licenses, one more", "INSERT INTO licenses SELECT 777, product, seats, state, NULL, grants, release, 0, registered, entry FROM licenses WHERE number = 7", nil, "license 00000309: no entry registers it"},
		{"licenses, a number out of its range", "UPDATE licenses SET customer = -1 WHERE number = 7", nil, "its row is missing"},
		{"merges, a number out of its range", "UPDATE merges SET first = -1", nil, "table merges: a row cannot be read"},
		{"pool, order", "UPDATE pool SET place = 3 - place", nil, "in the pool of product"},
		{"pool, one more", "INSERT INTO pool SELECT 999, product, entry, 9 FROM pool WHERE number = 901", nil, "no entry puts it there"},
		{"pool, a product with a byte too many", "UPDATE pool SET product = " + raw.Joined("product || "+raw.Bytes("00")) + " WHERE number = 901", nil, "in the pool of product"},
		{"journal, a batch that is there and empty", "UPDATE journal SET batch = '' WHERE id = 60", nil, "entry 60: column Batch is"},
		{"journal, a license that is there and 0", "UPDATE journal SET license = 0 WHERE id = 0", nil, "entry 0: column License is"},
		{"journal, a machine that is there and -1", "UPDATE journal SET fingerprint = -1 WHERE id = 0", nil, "entry 0: column Fingerprint is"},
		{"journal, a line that is there and -1", "UPDATE journal SET line = -1 WHERE id = 0", nil, "entry 0: column Line is"},
		{"journal, a product that is there and 0", "UPDATE journal SET product = " + raw.Bytes("00000000000000000000000000000000") + " WHERE id = 0", nil, "entry 0: column Product is"},
		{"journal, an intent that is there and 0", "UPDATE journal SET intent = " + raw.Bytes("00000000000000000000000000000000") + " WHERE id = 0", nil, "entry 0: column Intent is"},
		{"personal, text", "UPDATE personal SET value = 'Somebody else' WHERE entry = 10", nil, "entry 10: its personal text \"customer\" or its salt was changed"},
		{"personal, a text taken away", "DELETE FROM personal WHERE entry = 10", nil, "entry 10: its personal text \"customer\" is missing, and no entry says that it was erased"},
		{"personal, an erased text put back", "INSERT INTO personal VALUES (3, 'customer', " + raw.Bytes("01020000000000000000000000000000") + ", 'Customer 1')", nil, "entry 3: its personal text \"customer\" was erased by entry 642, and is there"},
		{"merges, a row taken away", "DELETE FROM merges", nil, "entry 643: brings in entries 1/0 to 1/2, its row in the table of merges is missing"},
		{"merges, one more", "INSERT INTO merges VALUES (0, 100, 101, 643)", nil, "entry 100: was brought in, and no entry takes it over"},
		{"journal, an entry brought in that is otherwise", leaf("front", "xront") + " WHERE id = 1099511627777", nil, "entry 644: takes over entry 1/1, and is not what that one recorded"},
		{"journal, an entry brought in taken out", "DELETE FROM journal WHERE id = 1099511627778", nil, "entry 1/2: missing"},
		{"personal, text of an entry brought in", "UPDATE personal SET value = 'Somebody else' WHERE entry = 1099511627777", nil, "entry 1/1: its personal text \"customer\" or its salt was changed"},
		{"words, one more", "INSERT INTO words VALUES ('zorro', 1)", nil, "word \"zorro\" of license 00000001"},
	}
	var cs []change
	for _, l := range list {
		cs = append(cs, change{name: l.name, query: l.query, args: l.args, want: l.want})
	}
	return cs
}
