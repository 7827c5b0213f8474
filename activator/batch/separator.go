package batch

import (
	"bufio"
	"bytes"
	"strings"
)

// separators are the delimiters of tables.
const separators = ",;\t|"

// Separator passes over a first line sep=; by which a table tells Excel its delimiter, and
// returns the delimiter; 0 where there is no such line. The line may be quoted. Nothing is
// waited for but what the line would be made of.
func Separator(text *bufio.Reader) byte {
	before := ""
	if b, _ := text.Peek(1); len(b) == 1 && b[0] == '"' {
		before = `"`
	}
	before += "sep="
	b, _ := text.Peek(len(before) + 1)
	if len(b) <= len(before) || !strings.EqualFold(string(b[:len(before)]), before) || strings.IndexByte(separators, b[len(before)]) < 0 {
		return 0
	}
	comma, size := b[len(before)], len(before)+1
	for _, end := range []string{before[:len(before)-len("sep=")], "\r", "\n"} {
		b, _ := text.Peek(size + len(end))
		switch {
		case bytes.HasSuffix(b, []byte(end)):
			size += len(end)
		case end != "\r":
			return 0 // the line goes on
		}
	}
	_, _ = text.Discard(size) // it was there
	return comma
}

// SeparatorLine is the line that [Separator] passes over, without its end.
func SeparatorLine(comma byte) string { return "sep=" + string(comma) }
