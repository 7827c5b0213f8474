package mailtext

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// headers are those with which a raw mail may begin, in small letters.
var headers = []string{
	"received", "return-path:", "from:", "to:", "cc:", "subject:", "date:", "message-id:", "mime-version:",
	"delivered-to:", "content-type:", "content-transfer-encoding:", "content-language:", "content-class:", "x-",
	"arc-", "authentication-results:", "dkim-signature:", "domainkey-signature:", "envelope-to:", "delivery-date:",
	"reply-to:", "sender:", "references:", "in-reply-to:", "thread-topic:", "thread-index:", "list-", "precedence:",
	"user-agent:", "importance:", "accept-language:", "auto-submitted:", "resent-", "organization:",
}

// Begins reports whether a text begins as a raw mail does: with a header, which Apple Mail
// puts behind a line with the mail's length (.emlx).
func Begins(text []byte) bool {
	text = withoutLength(bytes.TrimLeft(text, " \t\r\n"))
	for bytes.HasPrefix(text, []byte(">From ")) {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	line, _, _ := bytes.Cut(text[:min(len(text), 100)], []byte("\n"))
	name, _, found := strings.Cut(strings.ToLower(string(line)), ":")
	if !found || !isName(name) {
		return false
	}
	for _, h := range headers {
		if strings.HasPrefix(name+":", h) {
			return true
		}
	}
	return false
}

// isName reports whether a text may be the name of a header.
func isName(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}

// IsLength reports whether a line is the first one of an .emlx: the mail's length in bytes.
func IsLength(line []byte) bool {
	line = bytes.TrimRight(line, " \r\n")
	return len(line) > 0 && len(line) < 12 && len(bytes.Trim(line, "0123456789")) == 0
}

// withoutLength is a text without the first line of an .emlx.
func withoutLength(text []byte) []byte {
	if line, rest, _ := bytes.Cut(text, []byte("\n")); IsLength(line) {
		return rest
	}
	return text
}

// Divides reports whether a line of an mbox stands between two mails, by what stands before
// and behind it: many programs leave a paragraph as it is that begins with the word From, some
// leave the empty line out, and some the day.
func Divides(line, next []byte, blankBefore bool) bool {
	if !bytes.HasPrefix(line, []byte("From ")) {
		return false
	}
	name, _, found := bytes.Cut(next, []byte(":"))
	header := found && isName(string(name)) || bytes.HasPrefix(next, []byte(">From "))
	return blankBefore && header || (blankBefore || header) && isDated(line)
}

// isDated reports whether a line has a day and a time in it.
func isDated(line []byte) bool {
	at := bytes.LastIndexByte(line, ':') // most lines have none, or none in a time: a pattern is slow
	digit := func(i int) bool { return i < len(line) && line[i] >= '0' && line[i] <= '9' }
	return at > 0 && digit(at-1) && digit(at+1) && dayAndTime.Match(line)
}

// dayAndTime is how the line between two mails of an mbox ends, but for a year and a zone.
var dayAndTime = regexp.MustCompile(`(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3]?\d \d\d:\d\d`)

// headersOnly is a mail without the lines before its text that are no headers, as >From in
// mailboxes that were copied from one program to another.
func headersOnly(text []byte) []byte {
	var out []byte
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		if len(bytes.TrimSpace(line)) == 0 {
			return append(append(out, '\n'), rest...)
		}
		name, _, found := bytes.Cut(line, []byte(":"))
		if goesOn := line[0] == ' ' || line[0] == '\t'; goesOn && len(out) > 0 || found && isName(string(name)) {
			out = append(append(out, line...), '\n')
		}
		text = rest
	}
	return out
}

// deleted reports whether a status of Thunderbird's, in hexadecimal digits, says that the
// mail is deleted, or was moved elsewhere.
func deleted(status string) bool {
	const expunged = 0x0008
	bits, err := strconv.ParseUint(strings.TrimSpace(status), 16, 32)
	return err == nil && bits&expunged != 0
}

// split cuts an mbox into its mails, without the lines that divide them. Anything else
// is one piece.
func split(text string) []string {
	if !strings.HasPrefix(strings.TrimLeft(text, "\n"), "From ") {
		return []string{text}
	}
	var mails []string
	from, blank := 0, true
	for at := 0; at < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := text[at:end]
		next, _, _ := strings.Cut(text[end:min(len(text), end+100)], "\n")
		if Divides([]byte(line), []byte(next), blank) {
			if before := text[from:at]; strings.TrimLeft(before, "\n") != "" {
				mails = append(mails, strings.TrimSuffix(before, "\n\n"))
			}
			from = end
		}
		blank = line == "\n"
		at = end
	}
	return append(mails, text[from:])
}
