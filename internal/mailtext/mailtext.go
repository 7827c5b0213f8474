// Package mailtext reads mails as they travel: raw, as a mail program saves them (.eml).
// In these a code may be broken by the line ends of quoted-printable, stand in base64, or
// between the tags of HTML.
package mailtext

import (
	"bytes"
	"encoding/base64"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"unicode"
)

// A Mail is what of a raw mail people read.
type Mail struct {
	From, Subject string
	Text          string // all its parts, but for HTML that says the same as plain text beside it

	encoded bool // raw, it is something else than people read
}

// headers are those with which a raw mail may begin, in small letters.
var headers = []string{"received:", "return-path:", "from:", "to:", "subject:", "date:", "message-id:", "mime-version:", "delivered-to:", "content-type:", "content-transfer-encoding:", "x-"}

// Begins reports whether a text begins as a raw mail does: with a header.
func Begins(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	line, _, _ := bytes.Cut(text[:min(len(text), 100)], []byte("\n"))
	lower := strings.ToLower(string(line))
	for _, h := range headers {
		if strings.HasPrefix(lower, h) {
			return true
		}
	}
	return false
}

// Read reads a raw mail. It reports false where the text is none.
func Read(text []byte) (Mail, bool) {
	msg, err := mail.ReadMessage(bytes.NewReader(bytes.TrimLeft(text, " \t\r\n")))
	if err != nil {
		return Mail{}, false
	}
	m := Mail{From: decoded(msg.Header.Get("From")), Subject: decoded(msg.Header.Get("Subject"))}
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

// split cuts an mbox into its mails, without the lines that divide them. Anything else
// is one piece.
func split(text string) []string {
	rest, box := strings.CutPrefix(text, "From ")
	if !box {
		return []string{text}
	}
	var mails []string
	for _, m := range strings.Split(rest, "\n\nFrom ") {
		_, m, _ = strings.Cut(m, "\n")
		mails = append(mails, m)
	}
	return mails
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
			m.readable(w, msg.Body, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), depth+1)
		}
	case kind == "text/html":
		m.encoded = true
		var b strings.Builder
		r, _ = narrow(r, params["charset"])
		_, _ = io.Copy(&b, r)
		w.WriteString(untagged(b.String()))
	case strings.HasPrefix(kind, "text/"):
		r, other := narrow(r, params["charset"])
		m.encoded = m.encoded || other
		_, _ = io.Copy(w, r)
		w.WriteString("\n")
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
