// Package mailtext reads mails as they travel: raw, as a mail program saves them (.eml).
// In these a code may be broken by the line ends of quoted-printable, stand in base64, or
// between the tags of HTML.
package mailtext

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"unicode"
)

// A Mail is what of a raw mail people read.
type Mail struct {
	From, Subject string
	Text          string // all its parts, but for HTML that says the same as plain text beside it
	Headers       string // the other headers, a line each: forms on web pages put codes there
	Deleted       bool   // its mail program does not show it any more: it waits to be swept out of the file

	encoded bool // raw, it is something else than people read
}

// Read reads a raw mail. It reports false where the text is none.
func Read(text []byte) (Mail, bool) {
	text = bytes.TrimLeft(text, " \t\r\n")
	if inner := withoutLength(text); len(inner) < len(text) {
		text = inner
		if i := bytes.LastIndex(text, []byte("<?xml")); i >= 0 && bytes.Contains(text[i:], []byte("<plist")) {
			text = text[:i] // what Apple Mail notes about the mail
		}
	}
	msg, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil && Begins(text) {
		msg, err = mail.ReadMessage(bytes.NewReader(headersOnly(text)))
	}
	if err != nil {
		return Mail{}, false
	}
	m := Mail{From: decoded(msg.Header.Get("From")), Subject: decoded(msg.Header.Get("Subject"))}
	m.Deleted = deleted(msg.Header.Get("X-Mozilla-Status"))
	for _, name := range slices.Sorted(maps.Keys(msg.Header)) {
		if name != "From" && name != "Subject" {
			m.Headers += strings.Join(msg.Header[name], "\n") + "\n"
		}
	}
	var b strings.Builder
	m.readable(&b, msg.Body, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), 0)
	m.Text = b.String()
	return m, true
}

// Plain is a text as people read it: where it is a raw mail, or several as in an mbox,
// whose parts are encoded, their subjects and texts; else the text as it is. The line ends
// may be those of a terminal's paste.
func Plain(text string) string {
	lines := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	var out []string
	encoded := false
	for _, part := range split(lines) {
		if Begins([]byte(part)) {
			if m, ok := Read([]byte(part)); ok && m.encoded {
				part, encoded = m.Subject+"\n\n"+m.Text, true
			}
		}
		out = append(out, part)
	}
	if !encoded {
		return text
	}
	return strings.Join(out, "\n\n")
}

// decoded is a header's text.
func decoded(s string) string {
	d := mime.WordDecoder{CharsetReader: charset}
	s = utf8Of(s)
	if t, err := d.DecodeHeader(s); err == nil {
		s = t
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
}

// maxDepth bounds parts within parts.
const maxDepth = 8

// readable writes what of a body people read. Where it comes as plain text and as
// HTML, the plain text is enough, unless the HTML says more. What cannot be decoded is taken as far as it goes.
func (m *Mail) readable(w *strings.Builder, r io.Reader, contentType, encoding string, depth int) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		m.encoded = true
		r = quotedprintable.NewReader(r)
	case "base64":
		m.encoded = true
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || strings.HasPrefix(kind, "multipart/") && params["boundary"] == "" {
		kind = "text/plain"
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && depth < maxDepth:
		parts := multipart.NewReader(r, params["boundary"])
		before := w.Len()
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return
			}
			var part strings.Builder
			m.readable(&part, p, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), depth+1)
			if kind != "multipart/alternative" || w.Len() == before || says(part.String(), w.String()[before:]) {
				w.WriteString(part.String())
			}
		}
	case kind == "message/rfc822" && depth < maxDepth:
		if msg, err := mail.ReadMessage(r); err == nil {
			subject := decoded(msg.Header.Get("Subject"))
			m.encoded = m.encoded || subject != msg.Header.Get("Subject")
			fmt.Fprintf(w, "%s\n\n", subject)
			m.readable(w, msg.Body, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), depth+1)
		}
	case kind == "text/html":
		m.encoded = true
		w.WriteString(untagged(textOf(all(r), params["charset"])))
	case strings.HasPrefix(kind, "text/"):
		m.write(w, all(r), params["charset"])
	case strings.HasPrefix(kind, "image/"), strings.HasPrefix(kind, "audio/"), strings.HasPrefix(kind, "video/"), strings.HasPrefix(kind, "font/"),
		strings.HasPrefix(kind, "message/"), strings.HasPrefix(kind, "multipart/"):
	default:
		m.file(w, all(r), params, depth)
	}
}

// all is what a part has, as far as it can be decoded.
func all(r io.Reader) []byte {
	b, _ := io.ReadAll(r)
	return b
}

// write writes a text.
func (m *Mail) write(w *strings.Builder, part []byte, charset string) {
	text := textOf(part, charset)
	m.encoded = m.encoded || text != string(part)
	w.WriteString(text)
	w.WriteString("\n")
}

// file writes what a file beside a mail says, if it is a text: mail programs call many of
// them no more than a stream of bytes, and tables in a text what spreadsheets have.
func (m *Mail) file(w *strings.Builder, part []byte, params map[string]string, depth int) {
	if !isText(part) {
		return
	}
	m.encoded = true
	name := strings.ToLower(params["name"])
	switch inner := bytes.TrimLeft(part, " \t\r\n"); {
	case Begins(part) && depth < maxDepth:
		m.readable(w, bytes.NewReader(inner), "message/rfc822", "", depth)
	case strings.HasSuffix(name, ".html"), strings.HasSuffix(name, ".htm"):
		w.WriteString(untagged(textOf(part, params["charset"])))
	default:
		m.write(w, part, params["charset"])
	}
}

// says reports whether a text has words, of a code's length, that another does not have:
// the plain text of a mail may say no more than that the mail is HTML.
func says(text, other string) bool {
	const group = 6 // of a code
	squeezed := strings.Join(words(other), "")
	for _, word := range words(text) {
		if len(word) >= group && !strings.Contains(squeezed, word) {
			return true
		}
	}
	return false
}

// words are the runs of letters and digits of a text.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// untagged is the text of HTML, roughly: codes stand in it as they were typed.
func untagged(s string) string {
	var b strings.Builder
	for {
		text, rest, more := strings.Cut(s, "<")
		b.WriteString(strings.ReplaceAll(html.UnescapeString(text), "\u00a0", " "))
		if !more {
			return b.String()
		}
		if hidden, ok := strings.CutPrefix(rest, "!--"); ok { // a comment, with tags in it for one program or another
			_, s, _ = strings.Cut(hidden, "-->")
			continue
		}
		tag, rest, _ := strings.Cut(rest, ">")
		switch name := strings.ToLower(strings.Trim(tag, "/ ")); {
		case strings.HasPrefix(name, "style"), strings.HasPrefix(name, "script"):
			if !strings.HasPrefix(tag, "/") {
				if i := strings.Index(strings.ToLower(rest), "</"+name[:5]); i >= 0 {
					rest = rest[i:]
				}
			}
		case strings.HasPrefix(name, "b") && name != "b" && !strings.HasPrefix(name, "bdi"), strings.HasPrefix(name, "p"), strings.HasPrefix(name, "div"), strings.HasPrefix(name, "t"), strings.HasPrefix(name, "li"), strings.HasPrefix(name, "h"):
			b.WriteByte('\n')
		}
		s = rest
	}
}
