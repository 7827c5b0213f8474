package mailtext

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/manual-activator/manual-activator/codes"
)

const code = "RMhZtp-FQBSVY-RgS3Kw-KX9Rui-zzJfM2"

// mailOf is a raw mail with a body.
func mailOf(encoding, kind, body string) string {
	return "From: Ann <ann@example.com>\nSubject: =?utf-8?q?two_M=C3=BCllers?=\nMIME-Version: 1.0\n" +
		"Content-Type: " + kind + "\nContent-Transfer-Encoding: " + encoding + "\n\n" + body
}

const (
	twoForms = `multipart/alternative; boundary="b"`
	with     = `multipart/mixed; boundary="b"`
)

func TestPlain(t *testing.T) {
	inHTML := "<p>My code:</p><p><b>" + code[:9] + "</b>" + code[9:] + "</p>"
	broken := "Size =3D 2, code " + code[:20] + "=\n" + code[20:] + "=20\nAnn\n"
	for name, raw := range map[string]string{
		"quoted-printable":         mailOf("quoted-printable", "text/plain; charset=utf-8", broken),
		"line ends of Windows":     strings.ReplaceAll(mailOf("Quoted-Printable", "text/plain", broken), "\n", "\r\n"),
		"pasted in a terminal":     strings.ReplaceAll(mailOf("quoted-printable", "text/plain", broken), "\n", "\r"),
		"a part alone":             "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain\n\n" + broken,
		"behind empty lines":       "\n\n" + mailOf("quoted-printable", "text/plain", broken),
		"base64":                   mailOf("base64", "text/plain", base64.StdEncoding.EncodeToString([]byte("code "+code))),
		"HTML":                     mailOf("7bit", "text/html", inHTML),
		"two forms":                mailOf("7bit", twoForms, "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"+broken+"\n--b\nContent-Type: text/html\n\n"+inHTML+"\n--b--\n"),
		"HTML alone says it":       mailOf("7bit", twoForms, "--b\nContent-Type: text/plain\n\nThis mail is HTML.\n--b\nContent-Type: text/html\n\n"+inHTML+"\n--b--\n"),
		"an empty plain text":      mailOf("7bit", twoForms, "--b\nContent-Type: text/plain\n\n\n--b\nContent-Type: text/html\n\n"+inHTML+"\n--b--\n"),
		"a form of UTF-16":         mailOf("base64", "text/plain; charset=utf-16le", base64.StdEncoding.EncodeToString([]byte(wideOf(code)))),
		"UTF-16 by its mark":       mailOf("base64", "text/plain", base64.StdEncoding.EncodeToString([]byte("\xff\xfe"+wideOf(code)))),
		"a dash of HTML":           mailOf("7bit", "text/html", strings.Replace("<p>"+code, "-", "&#45;", 2)),
		"mbox":                     "From ann Sun Nov 22 2026\n" + mailOf("quoted-printable", "text/plain", broken),
		"second of an mbox":        "From ann Sun Nov 22 2026\n" + mailOf("7bit", "text/plain", "no code") + "\n\nFrom ann Sun Nov 22 2026\n" + mailOf("quoted-printable", "text/plain", broken),
		"first of an mbox":         "From ann Sun Nov 22 2026\n" + mailOf("quoted-printable", "text/plain", broken) + "\n\nFrom ann Sun Nov 22 2026\n" + mailOf("7bit", "text/plain", "no code"),
		"a code page":              mailOf("8bit", "text/plain; charset=windows-1252", strings.ReplaceAll(code, "-", "\x96")),
		"a code page unsaid":       mailOf("8bit", "text/plain", strings.ReplaceAll(code, "-", "\xa0")),
		"full width":               mailOf("8bit", "text/plain; charset=gb2312", "\xa3\xd2"+code[1:]),
		"a file of bytes":          mailOf("7bit", with, "--b\nContent-Type: application/octet-stream; name=r.txt\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte(code))+"\n--b--\n"),
		"a file of HTML":           mailOf("7bit", with, "--b\nContent-Type: application/octet-stream; name=r.HTM\n\n"+inHTML+"\n--b--\n"),
		"a table":                  mailOf("7bit", with, "--b\nContent-Type: application/vnd.ms-excel; name=r.csv\n\n1;"+code+"\n--b--\n"),
		"a mail as a file":         mailOf("7bit", with, "--b\nContent-Type: application/octet-stream; name=r.eml\n\n"+mailOf("quoted-printable", "text/plain", broken)+"\n--b--\n"),
		"a forwarded subject":      mailOf("7bit", with, "--b\nContent-Type: message/rfc822\n\nSubject: =?utf-8?q?"+code+"?=\n\n--b--\n"),
		"Apple Mail":               "812      \n" + mailOf("quoted-printable", "text/plain", broken) + "<?xml version=\"1.0\"?>\n<plist><string>" + code + "</string></plist>\n",
		"a line that is no header": "Subject: x\nno header\n" + mailOf("quoted-printable", "text/plain", broken),
		"an mbox copied":           "From - Sun Nov 22 09:00:00 2026\n>From - Sun Nov 22 08:00:00 2026\n" + mailOf("quoted-printable", "text/plain", broken),
		"any first header":         "Thread-Topic: x\n" + mailOf("quoted-printable", "text/plain", broken),
		"a comment of HTML":        mailOf("7bit", "text/html", "<!--[if mso]><b>"+code+"</b><![endif]-->"+inHTML),
		"From in an mbox":          "From ann Sun Nov 22 2026\n" + mailOf("7bit", with, "--b\n\nHello\n\nFrom here on:\n\n--b\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"+broken+"\n--b--\n"),
		"no empty line between":    "From - Sun Nov 22 09:00:00 2026\n" + mailOf("7bit", "text/plain", "no code") + "\nFrom - Sun Nov 22 09:01:00 2026\n" + mailOf("quoted-printable", "text/plain", broken),
		"empty line at front":      "\nFrom - Sun Nov 22 09:00:00 2026\n" + mailOf("quoted-printable", "text/plain", broken),
	} {
		if have := Plain(raw); plainly(have) != 1 {
			t.Errorf("%s: have %q, want the code in it, once and whole", name, have)
		}
		if have := Plain(raw); strings.Contains(have, "=3D") {
			t.Errorf("%s: have %q, want it decoded", name, have)
		}
	}
	if have := Plain(mailOf("quoted-printable", "text/plain", broken)); !strings.HasPrefix(have, "two Müllers\n") {
		t.Errorf("subject: have %q, want it first, decoded", have)
	}
}

// plainly counts the code in a text, with any dashes and digits.
func plainly(text string) int {
	n := 0
	for _, m := range codes.Find(text) {
		if m.Code.String() == code {
			n++
		}
	}
	return n
}

// wideOf is a text in UTF-16 without a mark.
func wideOf(s string) string { return strings.Join(strings.Split(s, ""), "\x00") + "\x00" }

// From and Subject are legible in the character sets that mail programs use.
func TestHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"=?Windows-1252?Q?M=FCller_=96_5?=":          "Müller – 5",
		"=?cp1252?Q?=80?=":                           "€",
		"=?ISO-8859-15?Q?=A4?= =?utf-8?q?=C3=BC?=":   "€ü",
		"=?koi8-r?B?8NLJ18XU?=":                      "Привет",
		"=?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?=": "こんにちは",
		"=?Shift_JIS?B?grGC8YLJgr+CzQ==?=":           "こんにちは",
		"=?gb2312?B?xOO6ww==?=":                      "你好",
		"=?euc-kr?B?vsiz5w==?=":                      "안녕",
		"=?iso-2022-kr?Q?=41?=":                      "=?iso-2022-kr?Q?=41?=",
		"=?x-never-heard?Q?=41?=":                    "=?x-never-heard?Q?=41?=",
		"M\xfcller":                                  "Müller",
		"=?utf-8?q?a?=\n =?windows-1251?q?=CF?=":     "aП",
	} {
		m, ok := Read([]byte("Subject: " + header + "\n\n"))
		if !ok || m.Subject != want {
			t.Errorf("%q: have %q, want %q", header, m.Subject, want)
		}
	}
}

// A mail that claims parts and has none is a text.
func TestNoBoundary(t *testing.T) {
	if m, ok := Read([]byte(mailOf("7bit", "multipart/mixed", "--b\n\n"+code))); !ok || !strings.Contains(m.Text, code) {
		t.Errorf("have %+v, want the code in it", m)
	}
}

// What is no raw mail, or a mail with nothing to decode, stays as it is to the byte: a
// code may stand in what looks like a header.
func TestPlainLeavesTheRestAlone(t *testing.T) {
	for _, text := range []string{
		"", code, "please answer " + code + "\r\nthank you", "a = 3D, b =\n" + code,
		"To: the desk\nRequest: " + code + "\n\nthank you",
		"Subject: " + code, // no empty line behind it
		mailOf("8bit", "text/plain", code),
		"From here on it is easy.\n\nFrom there, too: " + code,
		"Content-Transfer-Encoding quoted-printable\n\n" + code[:20] + "=\n" + code[20:],
	} {
		if have := Plain(text); have != text {
			t.Errorf("have %q, want %q", have, text)
		}
	}
}

func TestRead(t *testing.T) {
	m, ok := Read([]byte(mailOf("quoted-printable", "text/plain", "x =3D 2")))
	if !ok || m.From != "Ann <ann@example.com>" || m.Subject != "two Müllers" || m.Text != "x = 2\n" {
		t.Errorf("have %+v, %v", m, ok)
	}
	if m, ok := Read([]byte("no mail at all")); ok {
		t.Errorf("no mail: have %+v", m)
	}
	// Mails within mails are read so far and no further.
	body := strings.Repeat("Content-Type: message/rfc822\n\n", 100) + code
	if m, ok := Read([]byte("Content-Type: message/rfc822\n\n" + body)); !ok || strings.Contains(m.Text, code) {
		t.Errorf("a hundred mails in one another: have %q, want it left", m.Text)
	}
}

// Headers that nobody knows are kept, for the codes in them, and what a mail program does not
// show any more is told.
func TestHeadersKept(t *testing.T) {
	for status, deleted := range map[string]bool{"0001": false, "0009": true, "8008": true, "0008 ": true, "1010": false, "deleted": false, "": false} {
		m, ok := Read([]byte("X-Mozilla-Status: " + status + "\nX-Code: " + code[:14] + "\n " + code[14:] + "\n\nhello\n"))
		if !ok || m.Deleted != deleted || plainly(m.Headers) != 1 {
			t.Errorf("status %q: have %+v, want the code among the headers and deleted %v", status, m, deleted)
		}
	}
}

// An mbox is divided where mails begin, and nowhere else.
func TestDivides(t *testing.T) {
	const dated = "From - Sun Nov 22 09:00:00 2026"
	for _, test := range []struct {
		line, next string
		blank      bool
		want       bool
	}{
		{dated, "X-Mozilla-Status: 0001", true, true},
		{dated, "From: a@example.com", false, true},
		{dated, "", true, true}, // a mail without headers
		{dated, "that is when it began", false, false},
		{"From ", "Return-Path: <a@example.com>", true, true},
		{"From 178@xxx Sun Nov  2 09:00:00 +0000 2026", "X-GM-THRID: 178", true, true},
		{"From here on", "it works", true, false},
		{"From here on", "Note: it works", false, false},
		{">" + dated, "From: a@example.com", true, false},
		{"from - Sun Nov 22 09:00:00 2026", "From: a@example.com", true, false},
	} {
		if have := Divides([]byte(test.line), []byte(test.next), test.blank); have != test.want {
			t.Errorf("%q before %q, behind an empty line %v: have %v, want %v", test.line, test.next, test.blank, have, test.want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add(mailOf("quoted-printable", "text/plain", "=3D=\n"+code))
	f.Add(mailOf("base64", twoForms, "--b\n\nUg==\n--b--"))
	f.Add("From x\n" + mailOf("7bit", "text/html", "<style>"))
	f.Fuzz(func(t *testing.T, text string) {
		have := Plain(text)
		if len(have) > 3*len(text)+100 { // decoding makes shorter, but for what is no UTF-8
			t.Errorf("have %d bytes of %d", len(have), len(text))
		}
		if have != text && !Begins([]byte(text)) && !strings.HasPrefix(strings.TrimLeft(text, "\r\n"), "From ") {
			t.Errorf("have %q changed to %q, want only mails changed", text, have)
		}
	})
}

// Where people write codes in wide letters, or mail programs make typographic dashes of
// hyphens, the character set tells. A part that is UTF-8 is that, whatever it names.
func TestCharacterSets(t *testing.T) {
	wideCode := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, code)
	for _, test := range []struct{ name, charset, body, want string }{
		{"Japanese, seven bits", "ISO-2022-JP", encode(t, japanese.ISO2022JP, "コード "+wideCode), "コード " + wideCode},
		{"Japanese, Windows", "shift_jis", encode(t, japanese.ShiftJIS, "コード "+wideCode), "コード " + wideCode},
		{"Chinese", "gb2312", encode(t, simplifiedchinese.GBK, "代码 "+wideCode), "代码 " + wideCode},
		{"en dashes", "Windows-1252", strings.ReplaceAll(code, "-", "\x96"), strings.ReplaceAll(code, "-", "–")},
		{"Latin 1 by name", "iso-8859-1", strings.ReplaceAll(code, "-", "\x97"), strings.ReplaceAll(code, "-", "—")},
		{"UTF-8 by another name", "iso-8859-1", strings.ReplaceAll(code, "-", "‑"), strings.ReplaceAll(code, "-", "‑")},
		{"UTF-8 said to be ASCII", "us-ascii", "Müller " + code, "Müller " + code},
		{"unknown", "x-never-heard", code, code},
	} {
		for encoding, body := range map[string]string{"base64": base64.StdEncoding.EncodeToString([]byte(test.body)), "8bit": test.body} {
			raw := mailOf(encoding, `text/plain; charset="`+test.charset+`"`, body)
			if m, ok := Read([]byte(raw)); !ok || m.Text != test.want+"\n" {
				t.Errorf("%s, %s: have %q, want %q", test.name, encoding, m.Text, test.want)
			}
			if found := codes.Find(Plain(raw)); len(found) != 1 {
				t.Errorf("%s, %s: have %d codes, want one", test.name, encoding, len(found))
			}
		}
	}
}

func encode(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	s, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// UTF-16 is known by its mark or its name; without a mark the big end comes first, unless the
// name says otherwise.
func TestTextOf(t *testing.T) {
	for _, test := range []struct{ text, charset, want string }{
		{"\xff\xfeR\x001\x00", "utf-8", "R1"},
		{"\xfe\xff\x00R\x001", "", "R1"},
		{"\x00R\x001", "UTF-16", "R1"},
		{"\x00R\x001", "utf-16be", "R1"},
		{"R\x001\x00", "utf-16le", "R1"},
		{"R1", "utf-8", "R1"},
	} {
		if have := textOf([]byte(test.text), test.charset); have != test.want {
			t.Errorf("%q in %q: have %q, want %q", test.text, test.charset, have, test.want)
		}
	}
}
