package batch

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/mailtext"
)

// mails finds the codes in mails, one after another as in an mbox, or in a text
// without any mail. Each code is a row, once per mail: quoted threads repeat them.
// Lines of the rows count the codes.
type mails struct {
	lines lines
	held  []byte // what belongs to the next piece
	known bool   // whether it is loose
	loose bool   // a text without mails, of any size
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
	b.Write(m.held)
	m.held = nil
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
			m.hold(line)
			return b.Bytes(), cut, nil
		}
		cut = cut || m.lines.rest != nil
		switch {
		case m.loose && b.Len() > 0 && b.Len()+len(line) > maxPart:
			m.hold(line)
			return b.Bytes(), cut, nil
		case !m.loose && b.Len()+len(line) > maxMail:
			cut = true
			continue
		}
		b.Write(line)
		b.WriteByte('\n')
		if !m.known && len(bytes.TrimSpace(line)) > 0 {
			m.known, m.loose = true, !m.inBox && !m.mail(b.Bytes())
		}
	}
}

// hold keeps a line for the next piece.
func (m *mails) hold(line []byte) { m.held = append(bytes.Clone(line), '\n') }

// kept is how much of the end of a piece of a text is searched again with the next one: a
// code may go on there.
const kept = 4 << 10

// goesOn finds where the next piece begins that a text is searched in: within the last
// lines of this one, and in no code.
func goesOn(text string, found []codes.Match) int {
	at := max(0, len(text)-kept)
	if i := strings.IndexByte(text[at:], '\n'); at > 0 && i >= 0 && at+i+1 < len(text) {
		at += i + 1
	}
	for _, f := range found {
		if f.Start < at && at < f.End {
			at = f.Start
		}
	}
	return at
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
	if !m.loose && m.mail(text) {
		if read, ok := mailtext.Read(text); ok {
			from, subject, body = read.From, read.Subject, read.Subject+"\n\n"+read.Text
		}
	}
	found := activator.CodesIn(body)
	end := len(body)
	if m.loose && !m.done {
		end = goesOn(body, found)
		m.held = append([]byte(body[end:]), m.held...)
	}
	for _, f := range found {
		if f.Start >= end {
			break
		}
		m.queue = append(m.queue, &record{fields: []string{body[f.Start:f.End], from, subject}})
	}
	if cut {
		m.queue = append(m.queue, &record{fields: []string{"", from, subject}, mistake: "this mail is too long: only its beginning was searched for codes"})
	}
}
