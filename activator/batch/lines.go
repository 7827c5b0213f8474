package batch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
)

// lines cuts an input into lines and keeps only the beginning of one that is too long.
type lines struct {
	r    *bufio.Reader
	n    int // lines read
	buf  []byte
	rest []byte // the hash of what was left out of the line read last; nil for nothing
}

// next returns the next line without its end; it is good until the next call.
func (l *lines) next() ([]byte, error) {
	l.buf, l.rest = l.buf[:0], nil
	left := sha256.New()
	out := 0
	for {
		part, err := l.r.ReadSlice('\n')
		room := min(len(part), maxRow-len(l.buf))
		if len(l.buf) == 0 && err == nil && room == len(part) {
			l.n++
			return cutEnd(part), nil
		}
		l.buf = append(l.buf, part[:room]...)
		if room < len(part) {
			out += len(part) - room
			left.Write(part[room:])
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (err != io.EOF || len(l.buf) == 0):
			return nil, err
		}
		if l.n++; out > 0 {
			l.rest = left.Sum(nil)
		}
		return cutEnd(l.buf), nil
	}
}

// ahead is the beginning of the line that comes next, as far as it may name a header.
func (l *lines) ahead() []byte {
	for n := 1; ; n = max(n+1, min(l.r.Buffered(), 80)) {
		head, err := l.r.Peek(n)
		if line, _, found := bytes.Cut(head, []byte("\n")); found || err != nil || n >= 80 {
			return line
		}
	}
}

// cutEnd takes the line end off.
func cutEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}
