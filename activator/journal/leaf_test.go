package journal

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/codes"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

// full has every field set and every effect.
func full() Entry {
	l, uid := codes.LicenseNumber(0x0a1b2c3d), codes.UID{1, 2, 3}
	return Entry{
		At: time.Date(2026, 11, 22, 14, 3, 7, 120_000_999, time.UTC), Kind: KindRequest, Verdict: OK,
		Operator: "anna \"the\" ä\x00\xff", Desk: "front", Via: "terminal", Intent: [16]byte{15: 1}, Batch: "orders", Line: 17,
		Product: uid, License: l, Definition: 1, Machine: true, Fingerprint: 0x1234567, Random: 0x89abcdef,
		State: "current", Code: "R1111\n\\", Checks: []Check{{"genuine", Passed, ""}, {"seats", Overridden, "seat 4 of 3"}},
		Answer: "A1111", Detail: strings.Repeat("line\n", 3),
		Personal: []Personal{{Field: "customer", Salt: [16]byte{1}, Text: "Ada"}, {Field: "reason", Redacted: true, Hash: [32]byte{9}}},
		Effects: []Effect{
			Claim{l, ScopeAnswer, AnswerKey(0x1234567, 0x89abcdef, 1), []byte("A1111")}, Claim{l, ScopeRefund, []byte{0}, nil},
			Mark{l, ScopeSeen, []byte{1, 2}}, TakeSeat{l, 0x1234567, 4, 3, "override"}, FreeSeat{l, 0},
			SetLicense{true, l, uid, 3, Live, "PO-17", "1,2", 4}, SetLicense{false, l, uid, 0, Refunded, "", "", 0},
			AddPool{uid, []codes.LicenseNumber{1, 0xffffffff}}, Erase{"customer", "front \"desk\"", []Run{{3, 3}, {5, 9}}},
		},
	}
}

const fullLeaf = `manual-activator/1 journal entry
at 2026-11-22T14:03:07.120000Z
kind request
verdict ok
operator "anna \"the\" ä\x00\xff"
desk "front"
via "terminal"
intent 00000000000000000000000000000001
batch "orders" 17
product 01020300000000000000000000000000
license 0a1b2c3d
definition 1
machine 1234567 89abcdef
state "current"
code "R1111\x0a\\"
check "passed" "genuine" ""
check "overridden" "seats" "seat 4 of 3"
answer "A1111"
detail "line\x0aline\x0aline\x0a"
personal customer c540dfe0bf44263e2dca1f3b590e42a74f766bef696f485ca6faf86b40897398
personal reason 0900000000000000000000000000000000000000000000000000000000000000
claim 1 0123456789abcdef01 "A1111"
claim 5 00 ""
mark 6 0102
take 1234567 4 3 "override"
free 0000000
set new 01020300000000000000000000000000 3 live 4 "PO-17" "1,2"
set old 01020300000000000000000000000000 0 refunded 0 "" ""
pool 01020300000000000000000000000000 00000001 ffffffff
erase customer "front \"desk\"" 3 5-9
`

func TestLeafFull(t *testing.T) {
	e := full()
	if err := e.Valid(); err != nil {
		t.Fatal(err)
	}
	if have := string(e.Leaf(nil)); have != fullLeaf {
		t.Errorf("leaf: have\n%s\nwant\n%s", have, fullLeaf)
	}
	least := Entry{At: time.Unix(0, 0), Kind: KindLog, Verdict: OK}
	want := "manual-activator/1 journal entry\nat 1970-01-01T00:00:00.000000Z\nkind log\nverdict ok\n"
	if have := string(least.Leaf(nil)); have != want {
		t.Errorf("least leaf: have\n%s\nwant\n%s", have, want)
	}
}

// parsedBack is what ParseLeaf gives of an entry: no id, no personal texts, no time below microseconds.
func parsedBack(e Entry) Entry {
	e.ID, e.At = 0, e.At.UTC().Truncate(time.Microsecond)
	e.Personal = append([]Personal(nil), e.Personal...)
	for i := range e.Personal {
		p := &e.Personal[i]
		*p = Personal{Field: p.Field, Redacted: true, Hash: p.Sum()}
	}
	return e
}

func TestLeafBack(t *testing.T) {
	e := full()
	have, err := ParseLeaf(e.Leaf(nil))
	if want := parsedBack(e); err != nil || !reflect.DeepEqual(have, want) {
		t.Errorf("have %+v, %v\nwant %+v", have, err, want)
	}
}

// TestLeafMangled changes every byte, drops and doubles every line and cuts at every length: what is still read must
// be exactly what was written.
func TestLeafMangled(t *testing.T) {
	leaf := []byte(fullLeaf)
	try := func(b []byte) {
		if e, err := ParseLeaf(b); err == nil && !bytes.Equal(e.Leaf(nil), b) {
			t.Errorf("read, and written otherwise:\n%s", b)
		}
	}
	for i := range leaf {
		for _, c := range []byte{0, ' ', '\n', '"', '\\', '0', 'A', 'z', leaf[i] ^ 1} {
			b := bytes.Clone(leaf)
			b[i] = c
			try(b)
		}
		if _, err := ParseLeaf(leaf[:i]); err == nil && !(i > 0 && leaf[i-1] == '\n') {
			t.Errorf("read a leaf cut at %d of %d", i, len(leaf))
		}
	}
	lines := bytes.SplitAfter(leaf, []byte{'\n'})
	for i := range lines[:len(lines)-1] {
		double := bytes.Join(append(append([][]byte{}, lines[:i+1]...), lines[i:]...), nil)
		try(double)
		if i < 19 && i != 15 && i != 16 { // all but checks, personal texts and effects are there once
			if _, err := ParseLeaf(double); err == nil {
				t.Errorf("read line %d twice", i+1)
			}
		}
	}
	for _, bad := range []string{
		"", "manual-activator/2 journal entry\n", fullLeaf + "x", fullLeaf + "\n", strings.Replace(fullLeaf, "definition 1", "definition 01", 1),
		strings.Replace(fullLeaf, "definition 1", "definition 0", 1), strings.Replace(fullLeaf, `\x0a`, `\x0A`, 1), strings.Replace(fullLeaf, `ä`, `\xc3\xa4`, 1),
		strings.Replace(fullLeaf, ".120000Z", ".12Z", 1), strings.Replace(fullLeaf, "set old", "set odd", 1), strings.Replace(fullLeaf, "free 0000000", "free 8000000", 1),
		strings.Replace(fullLeaf, "\nmark", "\nmind", 1), strings.Replace(fullLeaf, "personal reason", "personal customer", 1),
		strings.Replace(fullLeaf, "5-9", "5-5", 1), strings.Replace(fullLeaf, "5-9", "4-9", 1), strings.Replace(fullLeaf, "5-9", "9-5", 1),
	} {
		if _, err := ParseLeaf([]byte(bad)); err == nil {
			t.Errorf("read a bad leaf:\n%s", bad)
		}
	}
}

func TestLeafAny(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	key := rapid.SliceOfN(rapid.Byte(), 1, 64)
	rapid.Check(t, func(t *rapid.T) {
		l := codes.LicenseNumber(rapid.Uint32Min(1).Draw(t, "license"))
		e := Entry{At: time.UnixMicro(rapid.Int64Range(-1<<50, 1<<55).Draw(t, "at")), Kind: KindOther, Verdict: Refused, License: l,
			Operator: text.Draw(t, "operator"), Code: ShortText(text.Draw(t, "code")), Detail: text.Draw(t, "detail")}
		if len(e.Code) > MaxCode {
			t.Fatalf("short text has %d bytes", len(e.Code))
		}
		var value []byte
		if v := text.Draw(t, "value"); v != "" && len(v) <= 512 {
			value = []byte(v)
		}
		e.Effects = []Effect{Claim{l, 1, key.Draw(t, "key"), value}, SetLicense{Number: l, Product: codes.UID{1}, State: Live, Order: text.Draw(t, "order")}}
		have, err := ParseLeaf(e.Leaf(nil))
		if want := parsedBack(e); err != nil || !reflect.DeepEqual(have, want) {
			t.Fatalf("have %+v, %v\nwant %+v", have, err, want)
		}
	})
}

func FuzzLeaf(f *testing.F) {
	f.Add([]byte(fullLeaf))
	f.Add([]byte("manual-activator/1 journal entry\nat 1970-01-01T00:00:00.000000Z\nkind log\nverdict ok\n"))
	f.Fuzz(func(t *testing.T, leaf []byte) {
		e, err := ParseLeaf(leaf)
		if err != nil {
			if err.Error() == "" || len(err.Error()) > 1000 {
				t.Errorf("error: have %q", err)
			}
			return
		}
		if again := e.Leaf(nil); !bytes.Equal(again, leaf) {
			t.Errorf("have\n%s\nwritten again\n%s", leaf, again)
		}
	})
}

func TestValidRefuses(t *testing.T) {
	l := codes.LicenseNumber(1)
	for want, change := range map[string]func(*Entry){
		"time":                      func(e *Entry) { e.At = time.Time{} },
		"kind":                      func(e *Entry) { e.Kind = "Request" },
		"verdict":                   func(e *Entry) { e.Verdict = "" },
		"line":                      func(e *Entry) { e.Batch = "" },
		"26 bits":                   func(e *Entry) { e.Fingerprint = 1 << 26 },
		"without Machine":           func(e *Entry) { e.Machine = false },
		"detail is":                 func(e *Entry) { e.Detail = strings.Repeat("x", MaxDetail+1) },
		"operator is":               func(e *Entry) { e.Operator = strings.Repeat("x", MaxText+1) },
		"the result":                func(e *Entry) { e.Checks[0].Result = "good" },
		"twice":                     func(e *Entry) { e.Personal[1].Field = "customer" },
		"redacted and has a text":   func(e *Entry) { e.Personal[1].Text = "x" },
		"personal field is":         func(e *Entry) { e.Personal[1].Field = "Reason" },
		"is of license":             func(e *Entry) { e.Effects[0] = FreeSeat{License: l} },
		"a scope from 1":            func(e *Entry) { e.Effects[0] = Mark{e.License, 0, []byte{1}} },
		"1 to 64 bytes":             func(e *Entry) { e.Effects[0] = Claim{e.License, 1, nil, nil} },
		"value is":                  func(e *Entry) { e.Effects[0] = Claim{e.License, 1, []byte{1}, make([]byte, 513)} },
		"above the limit":           func(e *Entry) { e.Effects[0] = TakeSeat{e.License, 1, 2, 1, ""} },
		"a slot from 1":             func(e *Entry) { e.Effects[0] = TakeSeat{e.License, 1, 0, 1, ""} },
		"state is":                  func(e *Entry) { e.Effects[0] = SetLicense{Number: e.License, Product: e.Product} },
		"has no product":            func(e *Entry) { e.Effects[0] = SetLicense{Number: e.License, State: Live} },
		"has the number 0":          func(e *Entry) { e.Effects[0] = AddPool{e.Product, []codes.LicenseNumber{0}} },
		"1 to 100000":               func(e *Entry) { e.Effects[0] = Erase{"reason", "o", nil} },
		"an entry between two":      func(e *Entry) { e.Effects[0] = Erase{"reason", "o", []Run{{1, 2}, {3, 3}}} },
		"log origin":                func(e *Entry) { e.Effects[0] = Erase{"reason", "", []Run{{1, 2}}} },
		"want a word":               func(e *Entry) { e.Effects[0] = Erase{"Reason", "o", []Run{{1, 2}}} },
		"not one of this package's": func(e *Entry) { e.Effects[0] = nil },
	} {
		e := full()
		change(&e)
		if err := e.Valid(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("have %v, want an error with %q", err, want)
		}
	}
}

func BenchmarkLeaf(b *testing.B) {
	e := full()
	buf := e.Leaf(nil)
	b.ReportAllocs()
	for b.Loop() {
		buf = e.Leaf(buf[:0])
	}
}

func BenchmarkParseLeaf(b *testing.B) {
	b.ReportAllocs()
	leaf := []byte(fullLeaf)
	for b.Loop() {
		if _, err := ParseLeaf(leaf); err != nil {
			b.Fatal(err)
		}
	}
}

// What an Encoder made is the leaf, and stays it whatever is encoded next.
func TestEncoder(t *testing.T) {
	var w Encoder
	var es []Entry
	for line := range 300 {
		e := Entry{At: time.Date(2026, 11, 22, 9, 0, line, 0, time.UTC), Kind: KindRequest, Verdict: OK, Operator: "anna", Desk: "front", Via: "batch", Batch: "orders", Line: line, Code: strings.Repeat("X", line)}
		if have := e.Encoded(); have != nil {
			t.Fatalf("an entry that nobody encoded: have the leaf %q, want none", have)
		}
		if err := w.Encode(&e); err != nil {
			t.Fatal(err)
		}
		es = append(es, e)
	}
	for i := range es {
		if have, want := string(es[i].Encoded()), string(es[i].Leaf(nil)); have != want {
			t.Errorf("entry %d: have the leaf %q, want %q", i, have, want)
		}
	}
	bad := Entry{Kind: "No Word"}
	if err := w.Encode(&bad); err == nil || bad.Encoded() != nil {
		t.Errorf("an entry that is not valid: have %v and the leaf %q, want an error and none", err, bad.Encoded())
	}
}
