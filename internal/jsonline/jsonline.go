// Package jsonline writes JSON that is fit for a terminal. JSON may hold any character
// but the control characters of ASCII as it is, so a customer's name could still turn
// the reading direction around or, by one of the 32 controls above ASCII, repaint the
// screen. Here everything that does not print is written as an escape; what a reader
// gets out of it is the same.
package jsonline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoder writes JSON values, one after the other, each with a line feed.
type Encoder struct {
	w    io.Writer
	text bytes.Buffer
	json *json.Encoder
}

// NewEncoder returns an encoder that indents by this, or not if it is empty.
func NewEncoder(w io.Writer, indent string) *Encoder {
	e := &Encoder{w: w}
	e.json = json.NewEncoder(&e.text)
	e.json.SetEscapeHTML(false)
	e.json.SetIndent("", indent)
	return e
}

// Encode writes one value in one call of Write.
func (e *Encoder) Encode(v any) error {
	e.text.Reset()
	if err := e.json.Encode(v); err != nil {
		return err
	}
	_, err := e.w.Write(visible(e.text.Bytes()))
	return err
}

// visible writes what does not print as escapes. Only strings hold any of it, besides
// line feeds.
func visible(text []byte) []byte {
	if !bytes.ContainsFunc(text, hidden) {
		return text
	}
	out := make([]byte, 0, len(text)+16)
	for _, r := range string(text) {
		switch {
		case !hidden(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, "\\u%04x\\u%04x", high, low)
		default:
			out = fmt.Appendf(out, "\\u%04x", r)
		}
	}
	return out
}

// hidden reports whether a terminal might act on r rather than show it.
func hidden(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
}
