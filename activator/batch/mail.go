package batch

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

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
	seen  Mails
}

// Mails counts the mails of an input.
type Mails struct {
	Read     int // all
	CodeLess int // those in which no code was found: their customers wait
	Deleted  int // those that their mail program does not show any more
}

// Mails counts the mails that were read so far; a text without any has none. It is for when no
// more rows are read.
func (in *Input) Mails() Mails {
	if m, ok := in.rows.(*mails); ok {
		return m.seen
	}
	return Mails{}
}

func newMails(b *bufio.Reader) *mails { return &mails{lines: lines{r: b}, blank: true} }

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
		if (m.inBox || !m.known) && bytes.HasPrefix(line, []byte("From ")) {
			line = bytes.Clone(line)
			begins := mailtext.Divides(line, m.lines.ahead(), m.blank)
			if begins && m.inBox {
				m.hold(line)
				m.blank = false
				return b.Bytes(), cut, nil
			}
			if begins {
				m.known, m.inBox = true, true
				b.Reset()
			}
		}
		if m.known && !m.inBox && !m.loose && m.blank && bytes.HasPrefix(line, []byte("From:\t")) {
			line = bytes.Clone(line)
			if bytes.HasPrefix(m.lines.ahead(), []byte("Sent:\t")) { // the next of several mails that Outlook saved as one text
				m.hold(line)
				m.blank = false
				return b.Bytes(), cut, nil
			}
		}
		m.blank = len(line) == 0
		cut = cut || m.lines.rest != nil
		if m.loose {
			line = m.legible(line)
		}
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
		if !m.known && len(bytes.TrimSpace(line)) > 0 && !mailtext.IsLength(bytes.TrimSpace(b.Bytes())) {
			if m.known, m.loose = true, !m.mail(b.Bytes()); m.loose {
				text := bytes.Clone(m.legible(b.Bytes()))
				b.Reset()
				b.Write(text)
			}
		}
	}
}

// legible is a line of a text without mails, which says nowhere what its characters are.
func (m *mails) legible(line []byte) []byte {
	if m.lines.rest != nil || utf8.Valid(line) { // a line that was cut may end within a character
		return line
	}
	return []byte(Legible(string(line)))
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
	if m.inBox {
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
	}
	if !m.loose && m.mail(text) {
		if read, ok := mailtext.Read(text); ok {
			m.searchMail(read, cut)
			return
		}
	}
	body := string(text)
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
		m.queue = append(m.queue, &record{fields: []string{body[f.Start:f.End], "", ""}})
	}
	if cut {
		m.queue = append(m.queue, tooLong("", ""))
	}
}

// searchMail queues the codes of a mail, those in headers of other names last. Of a mail that
// is deleted there are none. What we sent to the customer ourselves is no row where the mail
// has a code for the desk beside it, or quotes it: customers answer our answers.
func (m *mails) searchMail(mail mailtext.Mail, cut bool) {
	m.seen.Read++
	if mail.Deleted {
		m.seen.Deleted++
		return
	}
	before := len(m.queue)
	body := mail.Subject + "\n\n" + mail.Text
	found := activator.CodesIn(body)
	seen := map[codes.Code]bool{}
	asked := false
	for _, f := range found {
		seen[f.Code] = true
		asked = asked || !ours(f)
	}
	add := func(text string, f codes.Match) {
		m.queue = append(m.queue, &record{fields: []string{text[f.Start:f.End], mail.From, mail.Subject}})
	}
	for _, f := range found {
		if ours(f) && (asked || quoted(body, f.Start)) {
			continue
		}
		add(body, f)
	}
	for _, f := range activator.CodesIn(mail.Headers) {
		if f.Err == nil && !ours(f) && !seen[f.Code] { // what is like a code there is something else
			add(mail.Headers, f)
		}
	}
	if cut {
		m.queue = append(m.queue, tooLong(mail.From, mail.Subject))
	}
	if len(m.queue) == before && len(found) == 0 {
		m.seen.CodeLess++
	}
}

func tooLong(from, subject string) *record {
	return &record{fields: []string{"", from, subject}, mistake: "this mail is too long: only its beginning was searched for codes"}
}

// ours reports whether a code is one that the desk gives to customers.
func ours(f codes.Match) bool {
	return f.Err == nil && f.Code.Kind() != codes.KindRequest && f.Code.Kind() != codes.KindConfirmation
}

// quoted reports whether a place in a mail is in a line that it quotes.
func quoted(text string, at int) bool {
	line := strings.TrimLeft(text[strings.LastIndexByte(text[:at], '\n')+1:], " \t")
	return strings.HasPrefix(line, ">") || strings.HasPrefix(line, "|")
}
