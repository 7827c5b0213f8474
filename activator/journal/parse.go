package journal

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/manual-activator/manual-activator/codes"
)

// ParseLeaf reads what [Entry.Leaf] writes, and nothing else: what is read is written again and compared. Personal
// texts are not in the leaf; they come back as Redacted, with their Hash.
func ParseLeaf(leaf []byte) (Entry, error) {
	if len(leaf) > MaxLeaf {
		return Entry{}, fmt.Errorf("leaf: %d bytes long, at most %d are allowed", len(leaf), MaxLeaf)
	}
	r := leafReader{in: string(leaf)} // one allocation; the texts are parts of it
	e, err := r.entry()
	if err != nil {
		return Entry{}, err
	}
	if err := e.Valid(); err != nil {
		return Entry{}, fmt.Errorf("leaf: %w", err)
	}
	buf := leafBuffers.Get().(*[]byte)
	defer leafBuffers.Put(buf)
	again := e.Leaf((*buf)[:0])
	if *buf = again; !bytes.Equal(again, leaf) {
		n := 0
		for n < len(again) && n < len(leaf) && again[n] == leaf[n] {
			n++
		}
		return Entry{}, fmt.Errorf("leaf: not in its canonical form at line %d", 1+bytes.Count(leaf[:n], []byte{'\n'}))
	}
	return e, nil
}

var leafBuffers = sync.Pool{New: func() any { return new([]byte) }}

// leafReader goes through the lines. Its methods take a piece of the current line; the first that does not fit sets
// bad, and all later ones return zero values. Where it is, it keeps in numbers: a string that is cut anew at each step
// costs the garbage collector more than the step.
type leafReader struct {
	in    string // all lines
	begin int    // of the current line
	at    int    // what is next in the current line
	end   int    // of the current line: its line feed, or -1 before the first
	n     int    // number of the current line
	bad   string // what was expected
}

// next begins the next line if its name is as given.
func (r *leafReader) next(name string) bool {
	from, rest := r.end+1, r.behind()
	if r.bad != "" || len(rest) <= len(name) || rest[:len(name)] != name || rest[len(name)] != ' ' {
		return false
	}
	r.n++
	r.begin = from
	n := strings.IndexByte(rest, '\n')
	if n < 0 {
		r.bad = "a line feed"
		return false
	}
	r.at, r.end = from+len(name), from+n
	return true
}

func (r *leafReader) fail(want string) {
	if r.bad == "" {
		r.bad = want
	}
	r.at = r.end
}

// name returns the name of the current line.
func (r *leafReader) name() string {
	name, _, _ := strings.Cut(r.in[r.begin:], " ")
	return name
}

// left returns what is left of the current line, behind what follows it.
func (r *leafReader) left() string   { return r.in[r.at:r.end] }
func (r *leafReader) behind() string { return r.in[r.end+1:] }

// word takes a space and what stands up to the next one.
func (r *leafReader) word() string {
	rest := r.left()
	if len(rest) == 0 || rest[0] != ' ' {
		r.fail("a space and a value")
		return ""
	}
	rest = rest[1:]
	if end := strings.IndexByte(rest, ' '); end >= 0 {
		rest = rest[:end]
	}
	r.at += 1 + len(rest)
	return rest
}

func (r *leafReader) number(bits int) int64 {
	w := r.word()
	if len(w) == 1 && w[0]-'0' < 10 {
		return int64(w[0] - '0')
	}
	n, err := strconv.ParseUint(w, 10, bits)
	if err != nil {
		r.fail("a number")
		return 0
	}
	return int64(n)
}

func (r *leafReader) hex(digits int) uint32 {
	w := r.word()
	var v uint32
	for i := range len(w) {
		d, ok := hexDigit(w[i])
		if !ok {
			digits = -1
		}
		v = v<<4 | uint32(d)
	}
	if len(w) != digits {
		r.fail("lower-case hexadecimal digits")
		return 0
	}
	return v
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// bytes takes exactly as many bytes as dst has.
func (r *leafReader) bytes(dst []byte) {
	w := r.word()
	if len(w) != 2*len(dst) {
		r.fail("twice as many hexadecimal digits as it has bytes")
		return
	}
	for i := range dst {
		hi, ok1 := hexDigit(w[2*i])
		lo, ok2 := hexDigit(w[2*i+1])
		if !ok1 || !ok2 {
			r.fail("lower-case hexadecimal digits")
			return
		}
		dst[i] = hi<<4 | lo
	}
}

// slice takes as many bytes as there are in the word.
func (r *leafReader) slice() []byte {
	at := r.at
	b := make([]byte, len(r.word())/2)
	if r.bad == "" {
		r.at = at
		r.bytes(b)
	}
	return b
}

func (r *leafReader) quoted() string {
	line := r.left()
	if len(line) == 0 || line[0] != ' ' {
		r.fail("a space and a quoted text")
		return ""
	}
	s, rest, ok := unquote(line[1:])
	if !ok {
		r.fail("a quoted text")
		return ""
	}
	r.at = r.end - len(rest)
	return s
}

// text takes a line of one text, if it is there.
func (r *leafReader) text(name string) (s string) {
	if r.next(name) {
		s = r.quoted()
	}
	return s
}

func (r *leafReader) entry() (e Entry, err error) {
	if !strings.HasPrefix(r.in, leafBegin) {
		return e, fmt.Errorf("leaf: begins with %.40q, want %q: made by a newer version, or no leaf", r.in, leafBegin)
	}
	r.end = len(leafBegin) - 1
	r.n = 1
	if r.next("at") {
		var ok bool
		if e.At, ok = parseTime(r.word()); !ok {
			r.fail("a time like " + timeForm)
		}
	}
	if r.next("kind") {
		e.Kind = Kind(r.word())
	}
	if r.next("verdict") {
		e.Verdict = Verdict(r.word())
	}
	e.Operator = r.text("operator")
	e.Desk = r.text("desk")
	e.Via = r.text("via")
	if r.next("intent") {
		r.bytes(e.Intent[:])
	}
	if r.next("batch") {
		e.Batch, e.Line = r.quoted(), int(r.number(31))
	}
	if r.next("product") {
		r.bytes(e.Product[:])
	}
	if r.next("license") {
		e.License = codes.LicenseNumber(r.hex(8))
	}
	if r.next("definition") {
		e.Definition = uint8(r.number(8))
	}
	if r.next("machine") {
		e.Machine = true
		e.Fingerprint, e.Random = codes.Fingerprint(r.hex(7)), r.hex(8)
	}
	e.State = r.text("state")
	e.Code = r.text("code")
	for r.next("check") {
		if e.Checks == nil {
			e.Checks = make([]Check, 0, 4)
		}
		e.Checks = append(e.Checks, Check{Result: r.quoted(), Name: r.quoted(), Detail: r.quoted()})
	}
	e.Answer = r.text("answer")
	e.Detail = r.text("detail")
	for r.next("personal") {
		p := Personal{Field: r.word(), Redacted: true}
		r.bytes(p.Hash[:])
		e.Personal = append(e.Personal, p)
	}
	for {
		f, ok := r.effect(e.License)
		if !ok {
			break
		}
		if e.Effects == nil {
			e.Effects = make([]Effect, 0, 2)
		}
		e.Effects = append(e.Effects, f)
	}
	if r.bad != "" {
		return Entry{}, fmt.Errorf("leaf: line %d (%s): want %s", r.n, r.name(), r.bad)
	}
	if rest := r.behind(); rest != "" {
		line, _, _ := strings.Cut(rest, "\n")
		return Entry{}, fmt.Errorf("leaf: line %d is %.40q, which is unknown or out of place here: changed, or made by a newer version", r.n+1, line)
	}
	return e, nil
}

func (r *leafReader) effect(l codes.LicenseNumber) (Effect, bool) {
	switch {
	case r.next("claim"):
		f := Claim{License: l, Scope: Scope(r.number(8)), Key: r.slice()}
		if v := r.quoted(); v != "" {
			f.Value = []byte(v)
		}
		return f, true
	case r.next("mark"):
		return Mark{License: l, Scope: Scope(r.number(8)), Key: r.slice()}, true
	case r.next("take"):
		return TakeSeat{License: l, Fingerprint: codes.Fingerprint(r.hex(7)), Slot: int(r.number(31)),
			Limit: int(r.number(31)), Excess: r.quoted()}, true
	case r.next("free"):
		return FreeSeat{License: l, Fingerprint: codes.Fingerprint(r.hex(7))}, true
	case r.next("set"):
		f := SetLicense{Number: l, New: r.word() == "new"}
		r.bytes(f.Product[:])
		f.Seats, f.State, f.Release = int(r.number(31)), r.word(), uint16(r.number(16))
		f.Order, f.Grants = r.quoted(), r.quoted()
		return f, true
	case r.next("pool"):
		var f AddPool
		r.bytes(f.Product[:])
		for r.bad == "" && r.at < r.end {
			f.Numbers = append(f.Numbers, codes.LicenseNumber(r.hex(8)))
		}
		return f, true
	case r.next("erase"):
		f := Erase{Field: r.word(), Origin: r.quoted()}
		for r.bad == "" && r.at < r.end {
			f.Runs = append(f.Runs, r.run())
		}
		return f, true
	case r.next("merge"):
		f := MergeLog{Origin: r.quoted(), First: uint64(r.number(indexBits)), Size: uint64(r.number(indexBits + 1))}
		r.bytes(f.Hash[:])
		return f, true
	case r.next("restate"):
		return Restate{Origin: r.quoted(), Index: uint64(r.number(indexBits))}, true
	}
	return nil, false
}

// run takes an entry's index, or two with a dash between them.
func (r *leafReader) run() Run {
	first, last, found := strings.Cut(r.word(), "-")
	if !found {
		last = first
	}
	a, err1 := strconv.ParseUint(first, 10, indexBits)
	b, err2 := strconv.ParseUint(last, 10, indexBits)
	if err1 != nil || err2 != nil {
		r.fail("an entry's index, or a run like 20-29")
	}
	return Run{a, b}
}
