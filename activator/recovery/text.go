package recovery

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// The letters of lines: of the share, and of the common part.
const (
	shareLetter  = 'B'
	commonLetter = 'C'
)

// lines writes bytes as lines of groups.
func lines(data []byte) []string {
	b := binary.BigEndian.AppendUint16(nil, uint16(len(data)))
	b = append(b, data...)
	var out []string
	for len(b) > 0 {
		n := min(codes.LineBytes, len(b))
		out = append(out, codes.FormatLine(len(out)*codes.LineGroups, b[:n]))
		b = b[n:]
	}
	return out
}

// A Part is being read, line by line: a share or a common part.
type part struct {
	letter byte
	data   []byte // of the lines read, with the length before them
}

// want is the number of lines, 0 while nobody knows.
func (p *part) want() int {
	if len(p.data) < 2 {
		return 0
	}
	return (2 + int(binary.BigEndian.Uint16(p.data)) + codes.LineBytes - 1) / codes.LineBytes
}

// next is the number of the line that comes next, from 1.
func (p *part) next() int { return len(p.data)/codes.LineBytes + 1 }

func (p *part) complete() bool { return p.want() > 0 && p.next() > p.want() }

// add takes in the next line.
func (p *part) add(text string) error {
	b, err := codes.ParseLine((p.next()-1)*codes.LineGroups, text)
	if err != nil {
		return fmt.Errorf("line %c%d: %w", p.letter, p.next(), err)
	}
	p.data = append(p.data, b...)
	if n := int(binary.BigEndian.Uint16(p.data)); n > headSize+MaxShares*checkSize+MaxSecret+16 {
		p.data = p.data[:len(p.data)-len(b)]
		return fmt.Errorf("line %c1: no share begins so: compare it with the paper", p.letter)
	}
	return nil
}

// bytes are what was written, once it is complete.
func (p *part) bytes() ([]byte, error) {
	n := 2 + int(binary.BigEndian.Uint16(p.data))
	if len(bytes.TrimRight(p.data[n:], "\x00")) > 0 {
		return nil, fmt.Errorf("line %c%d: it was not made by this software", p.letter, p.want())
	}
	return p.data[2:n], nil
}

// labeled is a line of a page, as it is printed or typed with its label.
var labeled = regexp.MustCompile(`^[^\pL\pN]*([BC])(\d{1,2})[.:]?\s+(\S.*)$`)

// A Reader collects shares from lines: from files, or from a person who types them. The
// common part is read once.
type Reader struct {
	share, common part
	set           []byte   // the common part, once it is complete
	waiting       []*Share // for the common part
	ready         []*Share
}

// Next is the label of the line that is expected, such as "B1" or "C7". A common part that
// is known is not asked for again.
func (r *Reader) Next() string {
	if len(r.share.data) == 0 && (len(r.common.data) > 0 || len(r.waiting) > 0) {
		return fmt.Sprintf("%c%d", commonLetter, r.common.next())
	}
	return fmt.Sprintf("%c%d", shareLetter, r.share.next())
}

// Line takes in one line, with its label or without; an empty one and other texts of a
// page are passed over where labels are expected. Its errors name the line and repeat
// nothing of it.
func (r *Reader) Line(text string) error {
	m := labeled.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return ErrNoLine
	}
	number, err := strconv.Atoi(m[2])
	if err != nil {
		return ErrNoLine
	}
	return r.line(m[1][0], number, m[3])
}

// ErrNoLine says that a text is no line of a share: a page has other lines too.
var ErrNoLine = errors.New("this is no line of a share: expected one such as B1 and four groups of six")

// Typed takes in the line that Next names, without its label or with it.
func (r *Reader) Typed(text string) error {
	if err := r.Line(text); !errors.Is(err, ErrNoLine) {
		return err
	}
	next := r.Next()
	number, err := strconv.Atoi(next[1:])
	if err != nil {
		return err
	}
	return r.line(next[0], number, text)
}

func (r *Reader) line(letter byte, number int, text string) error {
	p := &r.share
	if letter == commonLetter {
		p = &r.common
	}
	p.letter = letter
	if number == 1 && len(p.data) > 0 { // another page begins
		if letter == shareLetter {
			return fmt.Errorf("line B1 came before line B%d: the share before it is not complete", p.next())
		}
		p.data = nil
	}
	if number != p.next() {
		return fmt.Errorf("line %c%d came where line %c%d was expected", letter, number, letter, p.next())
	}
	if err := p.add(text); err != nil {
		return err
	}
	if !p.complete() {
		return nil
	}
	b, err := p.bytes()
	p.data = nil
	if err != nil {
		return err
	}
	if letter == shareLetter {
		return r.gotShare(b)
	}
	return r.gotCommon(b)
}

func (r *Reader) gotShare(b []byte) error {
	s, err := parseShare(b)
	switch {
	case err != nil:
		return err
	case r.set == nil:
		r.waiting = append(r.waiting, s)
		return nil
	case s.Set != setOf(r.set):
		// A page of another set has its own common part behind it: say so once.
		return fmt.Errorf("share %d is of set %v, the others of set %v: only shares of one set belong together", s.Number, s.Set, setOf(r.set))
	}
	if err := s.complete(r.set); err != nil {
		return err
	}
	r.ready = append(r.ready, s)
	return nil
}

func (r *Reader) gotCommon(b []byte) error {
	if err := checkCommon(b); err != nil {
		return err
	}
	if r.set != nil {
		if !bytes.Equal(r.set, b) {
			return fmt.Errorf("the set codes of sets %v and %v were given: only shares of one set belong together", setOf(r.set), setOf(b))
		}
		return nil
	}
	waiting := r.waiting
	r.waiting = nil
	for _, s := range waiting {
		if err := s.complete(b); err != nil {
			return err
		}
		r.ready = append(r.ready, s)
	}
	r.set = b
	return nil
}

// Page takes in the text of a page, or of several behind one another.
func (r *Reader) Page(text string) error {
	found := false
	for line := range strings.Lines(text) {
		err := r.Line(line)
		if errors.Is(err, ErrNoLine) {
			continue
		}
		if err != nil {
			return err
		}
		found = true
	}
	if !found {
		return errors.New("there is no share in this text: expected lines such as B1 and four groups of six")
	}
	return r.Incomplete()
}

// Incomplete says which line is missing, where a share or a common part was begun and not
// ended, or nothing was read.
func (r *Reader) Incomplete() error {
	switch {
	case len(r.share.data) > 0 || len(r.common.data) > 0 || len(r.waiting) > 0:
		return fmt.Errorf("the text ends before line %s", r.awaited())
	case len(r.ready) == 0:
		return errors.New("no share was given: expected lines such as B1 and four groups of six")
	}
	return nil
}

// awaited is the line that is missing of what was begun.
func (r *Reader) awaited() string {
	if len(r.share.data) > 0 {
		return fmt.Sprintf("%c%d", shareLetter, r.share.next())
	}
	return fmt.Sprintf("%c%d", commonLetter, r.common.next())
}

// Shares are those that are complete.
func (r *Reader) Shares() []*Share { return r.ready }

// Missing is how many shares are missing; -1 while the common part is not known.
func (r *Reader) Missing() int {
	if len(r.ready) == 0 {
		return -1
	}
	have := map[int]bool{}
	for _, s := range r.ready {
		have[s.Number] = true
	}
	return max(0, r.ready[0].Need()-len(have))
}

// Contains reports whether a text has a line of a share in it, labeled or not: such a text
// must not be kept anywhere.
func Contains(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := labeled.FindStringSubmatch(line); m != nil {
			var e *codes.LineError
			if n, err := strconv.Atoi(m[2]); err == nil && n > 0 {
				if _, err := codes.ParseLine((n-1)*codes.LineGroups, m[3]); err == nil || errors.As(err, &e) && e.Have >= 18 && e.Have <= 30 {
					return true
				}
			}
		}
		for place := 0; place < 58; place += 2 {
			_, err := codes.ParseLine(place, line)
			if err == nil {
				return true
			}
			if e := (*codes.LineError)(nil); errors.As(err, &e) && e.Have != codes.LineLength {
				break // it is as long in every place
			}
		}
	}
	return false
}
