package journal

import (
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A leaf is lines of "name value", each ended by a line feed, in this order; what is zero or empty is left out, but
// for the first four lines. Numbers are decimal without leading zeros, bytes are lower-case hexadecimal, texts are
// quoted: between double quotes, with \" \\ and \xNN for each byte of a character that is not to be shown as it is
// (see hidden), and for bytes that are not UTF-8.
//
//	manual-activator/1 journal entry
//	at 2026-11-22T14:03:07.120000Z
//	kind request
//	verdict ok
//	operator "anna"
//	desk "front"
//	via "terminal"
//	intent 00112233445566778899aabbccddeeff
//	batch "orders" 17
//	product 00112233445566778899aabbccddeeff
//	license 0a1b2c3d
//	definition 1
//	machine 1234567 89abcdef                  fingerprint, random
//	state "current"
//	code "R1111..."
//	check "passed" "genuine" "under the serial number's key"
//	answer "A1111..."
//	detail "..."
//	personal customer 0123...                 field, SHA-256(salt ‖ text), 64 digits
//	claim 1 0123456789abcdef01 "A1111..."      scope, key, value
//	mark 6 0011223344556677                   scope, key
//	take 1234567 1 3 ""                       fingerprint, slot, limit, excess
//	free 1234567
//	set new 00112233445566778899aabbccddeeff 3 live 1 "PO-17" "1,2"   product, seats, state, release, order, grants
//	set old ...
//	pool 00112233445566778899aabbccddeeff 0a1b2c3d 01020304 ...
//	erase customer "ORIGIN" 17 20-29          field, log, entries
//	merge "ORIGIN" 0 17 0123...               log, first, size, tree hash
//	restate "ORIGIN" 16                       log, entry
//
// Effects from claim to set are of the entry's license. Checks, personal fields and effects are in the entry's order.
const leafBegin = "manual-activator/1 journal entry\n"

// Leaf appends the entry's canonical encoding to dst. The entry must be Valid. Its ID is no part of it.
func (e *Entry) Leaf(dst []byte) []byte {
	w := leafWriter{dst}
	w.b = append(w.b, leafBegin...)
	w.b = append(w.b, "at "...)
	w.b = appendTime(w.b, e.At)
	w.b = append(w.b, "\nkind "...)
	w.b = append(w.b, e.Kind...)
	w.b = append(w.b, "\nverdict "...)
	w.b = append(w.b, e.Verdict...)
	w.b = append(w.b, '\n')
	w.text("operator ", e.Operator)
	w.text("desk ", e.Desk)
	w.text("via ", e.Via)
	if e.Intent != [16]byte{} {
		w.bytes("intent ", e.Intent[:]).end()
	}
	if e.Batch != "" {
		w.name("batch ").quote(e.Batch).space().number(int64(e.Line)).end()
	}
	if e.Product != [16]byte{} {
		w.bytes("product ", e.Product[:]).end()
	}
	if e.License != 0 {
		w.name("license ").hex(uint32(e.License), 8).end()
	}
	if e.Definition != 0 {
		w.name("definition ").number(int64(e.Definition)).end()
	}
	if e.Machine {
		w.name("machine ").hex(uint32(e.Fingerprint), 7).space().hex(e.Random, 8).end()
	}
	w.text("state ", e.State)
	w.text("code ", e.Code)
	for i := range e.Checks {
		c := &e.Checks[i]
		w.name("check ").quote(c.Result).space().quote(c.Name).space().quote(c.Detail).end()
	}
	w.text("answer ", e.Answer)
	w.text("detail ", e.Detail)
	for i := range e.Personal {
		p := &e.Personal[i]
		sum := p.Sum()
		w.name("personal ").name(p.Field).bytes(" ", sum[:]).end()
	}
	for _, f := range e.Effects {
		w.effect(f)
	}
	return w.b
}

func (w *leafWriter) effect(f Effect) {
	switch f := f.(type) {
	case Claim:
		w.name("claim ").number(int64(f.Scope)).bytes(" ", f.Key).space().quoteBytes(f.Value).end()
	case Mark:
		w.name("mark ").number(int64(f.Scope)).bytes(" ", f.Key).end()
	case TakeSeat:
		w.name("take ").hex(uint32(f.Fingerprint), 7).space().number(int64(f.Slot)).space().number(int64(f.Limit)).
			space().quote(f.Excess).end()
	case FreeSeat:
		w.name("free ").hex(uint32(f.Fingerprint), 7).end()
	case SetLicense:
		how := "set old "
		if f.New {
			how = "set new "
		}
		w.bytes(how, f.Product[:]).space().number(int64(f.Seats)).space().name(f.State).space().
			number(int64(f.Release)).space().quote(f.Order).space().quote(f.Grants).end()
	case AddPool:
		w.bytes("pool ", f.Product[:])
		for _, n := range f.Numbers {
			w.space().hex(uint32(n), 8)
		}
		w.end()
	case Erase:
		w.name("erase ").name(f.Field).space().quote(f.Origin)
		for _, r := range f.Runs {
			if w.space().number(int64(r.First)); r.Last != r.First {
				w.name("-").number(int64(r.Last))
			}
		}
		w.end()
	case MergeLog:
		w.name("merge ").quote(f.Origin).space().number(int64(f.First)).space().number(int64(f.Size)).bytes(" ", f.Hash[:]).end()
	case Restate:
		w.name("restate ").quote(f.Origin).space().number(int64(f.Index)).end()
	default:
		panic("journal: an effect of a type that is not ours")
	}
}

// leafWriter appends pieces of lines.
type leafWriter struct{ b []byte }

func (w *leafWriter) name(s string) *leafWriter { w.b = append(w.b, s...); return w }
func (w *leafWriter) space() *leafWriter        { w.b = append(w.b, ' '); return w }
func (w *leafWriter) end()                      { w.b = append(w.b, '\n') }

func (w *leafWriter) number(n int64) *leafWriter {
	w.b = strconv.AppendInt(w.b, n, 10)
	return w
}

func (w *leafWriter) bytes(name string, v []byte) *leafWriter {
	w.b = append(w.b, name...)
	w.b = hex.AppendEncode(w.b, v)
	return w
}

func (w *leafWriter) hex(v uint32, digits int) *leafWriter {
	const alphabet = "0123456789abcdef"
	for i := digits - 1; i >= 0; i-- {
		w.b = append(w.b, alphabet[v>>(4*i)&15])
	}
	return w
}

// text writes a whole line, unless the text is empty.
func (w *leafWriter) text(name, s string) {
	if s != "" {
		w.name(name).quote(s).end()
	}
}

// hidden reports whether a character above ASCII is written as an escape: a terminal or an editor might act on it
// rather than show it. They are the controls of ISO 6429, and what turns the direction of reading, joins, or has no
// width. The list is part of the format, so it does not follow Unicode.
func hidden(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r < 0xa0, r == 0xad, r == 0x61c, r == 0x180e, r == 0xfeff, r >= 0xe0000 && r < 0xe0080:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r >= 0xfff9 && r <= 0xfffb:
		return true
	}
	return false
}

// plain are the bytes that stand in a quoted text as they are: most of most texts.
var plain = func() (p [256]bool) {
	for c := 0x20; c < 0x7f; c++ {
		p[c] = c != '"' && c != '\\'
	}
	return p
}()

func (w *leafWriter) quote(s string) *leafWriter      { return quote(w, s) }
func (w *leafWriter) quoteBytes(b []byte) *leafWriter { return quote(w, b) }

func quote[T string | []byte](w *leafWriter, s T) *leafWriter {
	const alphabet = "0123456789abcdef"
	w.b = append(w.b, '"')
	from := 0 // what is not yet copied
	for i := 0; i < len(s); {
		c, size := s[i], 1
		if plain[c] {
			i++
			continue
		}
		escaped := true
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
			size, escaped = n, hidden(r) || r == utf8.RuneError && n == 1
		}
		switch {
		case c == '"' || c == '\\':
			w.b = append(append(w.b, s[from:i]...), '\\', c)
			from = i + 1
		case escaped:
			w.b = append(w.b, s[from:i]...)
			for _, b := range []byte(s[i : i+size]) {
				w.b = append(w.b, '\\', 'x', alphabet[b>>4], alphabet[b&15])
			}
			from = i + size
		}
		i += size
	}
	w.b = append(append(w.b, s[from:]...), '"')
	return w
}

// unquote reads a quoted text at the begin of b. It takes more than quote writes; the caller compares.
func unquote(b string) (s, rest string, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return "", b, false
	}
	b = b[1:]
	end := strings.IndexByte(b, '"')
	if end >= 0 && strings.IndexByte(b[:end], '\\') < 0 {
		return b[:end], b[end+1:], true
	}
	var text []byte
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return string(text), b[i+1:], true
		case c == '\\' && i+1 < len(b) && b[i+1] != 'x':
			i++
			text = append(text, b[i])
		case c == '\\':
			if i+3 >= len(b) {
				return "", b, false
			}
			v, err := strconv.ParseUint(b[i+2:i+4], 16, 8)
			if err != nil {
				return "", b, false
			}
			text = append(text, byte(v))
			i += 3
		default:
			text = append(text, c)
		}
	}
	return "", b, false
}

// Quoted returns a text as it stands inside the quotes of a leaf: for stores that search leaves.
func Quoted(s string) []byte {
	w := leafWriter{}
	w.quote(s)
	return w.b[1 : len(w.b)-1]
}
