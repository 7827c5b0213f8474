package product

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// The first lines of the artifacts: what it is, and in which version.
const (
	profileLine = "manual-activator/1 product profile"
	licenseLine = "manual-activator/1 license"
)

// writer collects the lines of a canonical text.
type writer struct{ bytes.Buffer }

func (w *writer) line(s string) {
	w.WriteString(s)
	w.WriteByte('\n')
}

func (w *writer) field(name, value string) {
	w.WriteString(name)
	w.WriteByte(' ')
	w.line(value)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// list writes values separated by spaces, or "none".
func list[T uint8 | uint16](values []T) string {
	if len(values) == 0 {
		return "none"
	}
	var b []byte
	for i, v := range values {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return string(b)
}

// reader takes a canonical text apart, line by line. Its error sticks: callers
// read all fields and ask once, with end.
type reader struct {
	rest string
	at   int
	err  error
}

func newReader(text []byte) *reader { return &reader{rest: string(text)} }

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("line %d: %s", r.at, fmt.Sprintf(format, args...))
	}
}

// next returns the next line without its end.
func (r *reader) next() string {
	if r.err != nil {
		return ""
	}
	r.at++
	line, rest, ok := strings.Cut(r.rest, "\n")
	if !ok {
		r.fail("the text ends early")
		return ""
	}
	r.rest = rest
	return line
}

// first reads the line that says what the text is.
func (r *reader) first(want string) {
	if line := r.next(); r.err == nil && line != want {
		r.fail("expected %q, found %q", want, clip(line))
	}
}

// starts reports whether the next line begins with the word.
func (r *reader) starts(word string) bool {
	return r.err == nil && strings.HasPrefix(r.rest, word+" ")
}

// field returns the value of the next line, which must have this name.
func (r *reader) field(name string) string {
	line := r.next()
	if r.err != nil {
		return ""
	}
	got, value, ok := strings.Cut(line, " ")
	if !ok || got != name || value == "" {
		r.fail("expected %q and a value, found a line %q", name, clip(got))
		return ""
	}
	return value
}

func (r *reader) word(name string) string {
	v := r.field(name)
	if strings.ContainsAny(v, " \"") {
		r.fail("%s: expected one word, found %q", name, clip(v))
		return ""
	}
	return v
}

func (r *reader) quoted(name string) string {
	v := r.field(name)
	if r.err != nil {
		return ""
	}
	s, err := unquote(v)
	if err != nil {
		r.fail("%s: %v", name, clip(err.Error()))
	}
	return s
}

// number reads a decimal number up to most.
func (r *reader) number(name string, most uint64) uint64 {
	return r.parseNumber(name, r.field(name), most)
}

func (r *reader) parseNumber(name, text string, most uint64) uint64 {
	if r.err != nil {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > most {
		r.fail("%s: expected a number from 0 to %d, found %q", name, most, clip(text))
		return 0
	}
	return n
}

// numbers reads exactly count numbers up to most, separated by single spaces.
func (r *reader) numbers(name string, count int, most uint64) []uint64 {
	parts := strings.SplitN(r.field(name), " ", count+1)
	if r.err == nil && len(parts) != count {
		r.fail("%s: expected %d numbers", name, count)
	}
	out := make([]uint64, count)
	for i := range out {
		if r.err != nil {
			break
		}
		out[i] = r.parseNumber(name, parts[i], most)
	}
	return out
}

// readList reads what list writes.
func readList[T uint8 | uint16](r *reader, name string) []T {
	text := r.field(name)
	if r.err != nil || text == "none" {
		return nil
	}
	var out []T
	for part := range strings.SplitSeq(text, " ") {
		if len(out) == 1024 {
			r.fail("%s: more than 1024 numbers", name)
			return nil
		}
		out = append(out, T(r.parseNumber(name, part, uint64(^T(0)))))
		if r.err != nil {
			return nil
		}
	}
	return out
}

func (r *reader) yesNo(name string) bool {
	v := r.field(name)
	if v != "yes" && v != "no" {
		r.fail("%s: expected yes or no, found %q", name, clip(v))
	}
	return v == "yes"
}

func (r *reader) uid(name string) codes.UID {
	v := r.field(name)
	if r.err != nil {
		return codes.UID{}
	}
	uid, err := codes.ParseUID(v)
	if err != nil {
		r.fail("%s: %v", name, err)
	}
	return uid
}

func (r *reader) day(name string) codes.Day {
	v := r.field(name)
	if r.err != nil {
		return 0
	}
	d, err := codes.ParseDay(v)
	if err != nil {
		r.fail("%s: %v", name, err)
	}
	return d
}

func (r *reader) serial(name string) codes.Serial {
	v := r.field(name)
	if r.err != nil {
		return codes.Serial{}
	}
	c, err := codes.Parse(clip(v))
	if err != nil {
		r.fail("%s: not a serial number", name) // err may quote a part of the secret
		return codes.Serial{}
	}
	if c.Kind() != codes.KindSerial {
		r.fail("%s: expected a serial number, found a %s", name, c.Kind())
		return codes.Serial{}
	}
	return c.Serial()
}

func (r *reader) grants(name string) Grants {
	v := r.field(name)
	if r.err != nil {
		return Grants{}
	}
	g, err := ParseGrants(v)
	if err != nil {
		r.fail("%v", err)
	}
	return g
}

func (r *reader) bytes64(name, text string, out []byte) {
	if r.err != nil {
		return
	}
	if base64.StdEncoding.DecodedLen(len(text)) < len(out) || len(text) != base64.StdEncoding.EncodedLen(len(out)) {
		r.fail("%s: expected %d bytes in base64, found %q", name, len(out), clip(text))
		return
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != len(out) {
		r.fail("%s: expected %d bytes in base64, found %q", name, len(out), clip(text))
		return
	}
	copy(out, b)
}

func (r *reader) bytesHex(name, text string, out []byte) {
	if r.err != nil {
		return
	}
	if len(text) != 2*len(out) {
		r.fail("%s: expected %d hex digits, found %q", name, 2*len(out), clip(text))
		return
	}
	if _, err := hex.Decode(out, []byte(text)); err != nil {
		r.fail("%s: expected %d hex digits, found %q", name, 2*len(out), clip(text))
	}
}

// end reports the first error; text that is left is one.
func (r *reader) end() error {
	if r.err == nil && r.rest != "" {
		r.at++
		line, _, _ := strings.Cut(r.rest, "\n")
		r.fail("expected the end, found %q", clip(line))
	}
	return r.err
}

// clip shortens what is shown in an error.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
