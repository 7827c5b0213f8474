package batch

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
)

// mails finds the codes in mails, one after another as in an mbox, or in a text
// without any mail. Each code is a row, once per mail: quoted threads repeat them.
// Lines of the rows count the codes.
type mails struct {
	lines lines
	held  []byte // a line that belongs to what comes next
	blank bool   // the line before was empty
	inBox bool
	done  bool
	queue []*record
	count int
}

func newMails(b *bufio.Reader) *mails {
	head, _ := b.Peek(5) // what is wrong with the input shows when it is read
	return &mails{lines: lines{r: b}, inBox: bytes.HasPrefix(head, []byte("From ")), blank: true}
}

func (m *mails) next() (*record, error) {
	for len(m.queue) == 0 {
		if m.done {
			return nil, io.EOF
		}
		text, cut, err := m.piece()
		if err != nil {
			return nil, err
		}
		m.search(text, cut)
	}
	r := m.queue[0]
	m.queue = m.queue[1:]
	m.count++
	r.line = m.count
	return r, nil
}

// piece reads one mail, or some of a text without mails; cut says that it has more
// than is searched.
func (m *mails) piece() (text []byte, cut bool, err error) {
	var b bytes.Buffer
	most := maxMail
	if m.held != nil {
		b.Write(m.held)
		b.WriteByte('\n')
		m.held = nil
	}
	for {
		line, err := m.lines.next()
		if errors.Is(err, io.EOF) {
			m.done = true
			return b.Bytes(), cut, nil
		}
		if err != nil {
			return nil, false, err
		}
		begins := m.inBox && m.blank && bytes.HasPrefix(line, []byte("From "))
		m.blank = len(line) == 0
		if begins && b.Len() > 0 {
			m.held = bytes.Clone(line)
			return b.Bytes(), cut, nil
		}
		if b.Len() == 0 && !m.inBox && recognize(line) != Text && m.lines.n == 1 {
			most = maxPart
		}
		cut = cut || m.lines.rest != nil
		if b.Len()+len(line) > most {
			if most == maxMail {
				cut = true
				continue
			}
			if m.blank || b.Len() > 2*maxPart {
				return b.Bytes(), cut, nil
			}
		}
		b.Write(line)
		b.WriteByte('\n')
		if most == maxMail && !m.inBox && m.lines.n > 1 && !m.mail(b.Bytes()) {
			most = maxPart
		}
	}
}

// mail reports whether a text begins as a mail does.
func (m *mails) mail(text []byte) bool { return recognize(text) == Text }

// search queues the codes of a mail or a text.
func (m *mails) search(text []byte, cut bool) {
	from, subject, body := "", "", string(text)
	if m.inBox {
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
	}
	if m.mail(text) {
		if msg, err := mail.ReadMessage(bytes.NewReader(text)); err == nil {
			from, subject = decoded(msg.Header.Get("From")), decoded(msg.Header.Get("Subject"))
			var b strings.Builder
			readable(&b, msg.Body, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), 0)
			body = subject + "\n\n" + b.String()
		}
	}
	for _, f := range activator.CodesIn(body) {
		m.queue = append(m.queue, &record{fields: []string{body[f.Start:f.End], from, subject}})
	}
	if cut {
		m.queue = append(m.queue, &record{fields: []string{"", from, subject}, mistake: "this mail is too long: only its beginning was searched for codes"})
	}
}

// decoded is a header's text.
func decoded(s string) string {
	d := mime.WordDecoder{}
	if t, err := d.DecodeHeader(s); err == nil {
		s = t
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
}

// maxDepth bounds parts within parts.
const maxDepth = 8

// readable writes what of a body people read. Where it comes as plain text and as
// HTML, the plain text is enough. What cannot be decoded is taken as far as it goes.
func readable(w *strings.Builder, r io.Reader, contentType, encoding string, depth int) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && depth < maxDepth:
		parts := multipart.NewReader(r, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return
			}
			before := w.Len()
			readable(w, p, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), depth+1)
			if kind == "multipart/alternative" && w.Len() > before {
				return
			}
		}
	case kind == "message/rfc822" && depth < maxDepth:
		if msg, err := mail.ReadMessage(r); err == nil {
			readable(w, msg.Body, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), depth+1)
		}
	case kind == "text/html":
		var b strings.Builder
		_, _ = io.Copy(&b, r)
		w.WriteString(untagged(b.String()))
	case strings.HasPrefix(kind, "text/"):
		_, _ = io.Copy(w, r)
		w.WriteString("\n")
	}
}

// untagged is the text of HTML, roughly: codes stand in it as they were typed.
func untagged(s string) string {
	var b strings.Builder
	for {
		text, rest, more := strings.Cut(s, "<")
		b.WriteString(strings.ReplaceAll(text, "&nbsp;", " "))
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
