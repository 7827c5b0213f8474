package batch

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/internal/mailtext"
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
		if read, ok := mailtext.Read(text); ok {
			from, subject, body = read.From, read.Subject, read.Subject+"\n\n"+read.Text
		}
	}
	for _, f := range activator.CodesIn(body) {
		m.queue = append(m.queue, &record{fields: []string{body[f.Start:f.End], from, subject}})
	}
	if cut {
		m.queue = append(m.queue, &record{fields: []string{"", from, subject}, mistake: "this mail is too long: only its beginning was searched for codes"})
	}
}
