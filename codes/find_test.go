package codes_test

import (
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

const mail = `From: ann@example.com
Subject: Re: [ticket 2026-11-22-000017] Activation of RIP room 2

Dear desk,

we reinstalled on 2026-11-20. The program shows

    %s

and asks for an answer. Phone +49 40 123456-789, order A-1234-5678.
Research-and-development-says: HURRY!

> On Friday, Rob-Anderson wrote:
> Please read me the request code, it begins with R.
`

func TestFindInAMail(t *testing.T) {
	want, err := codes.Parse(sampleRequest)
	if err != nil {
		t.Fatal(err)
	}
	for name, spelled := range map[string]string{
		"letters": sampleRequest, "digits": sampleDigits, "no dashes": strings.ReplaceAll(sampleRequest, "-", ""),
		"spaces": strings.ReplaceAll(sampleRequest, "-", " "), "broken": strings.Replace(sampleRequest, "-KX", "-\n> KX", 1),
		"glued": "code=" + sampleRequest + ";", "html": "<b>" + sampleRequest + "</b>", "bold": "**" + sampleRequest + "**",
		"twice": sampleRequest + " or, in digits, " + sampleDigits,
	} {
		text := strings.Replace(mail, "%s", spelled, 1)
		got := codes.Find(text)
		for _, m := range got {
			if m.Err != nil || m.Code != want {
				t.Errorf("%s: have %v, %v, want %s only", name, m.Code, m.Err, want)
			}
		}
		if len(got) == 0 {
			t.Errorf("%s: nothing found", name)
		}
		if c, err := codes.Parse(text); c != want {
			t.Errorf("%s: Parse of the mail: have %v, %v, want %v", name, c, err, want)
		}
	}
}

func TestFindNearCodes(t *testing.T) {
	for name, spelled := range map[string]string{
		"wrong": strings.Replace(sampleRequest, "BS", "BT", 1), "unheard": strings.Replace(sampleRequest, "BS", "B?", 1),
		"missing": strings.Replace(sampleRequest, "BS", "B", 1), "small": strings.ToLower(sampleRequest),
		"wrong, no dashes":   strings.ReplaceAll(strings.Replace(sampleRequest, "BS", "BT", 1), "-", ""),
		"missing, no dashes": strings.ReplaceAll(strings.Replace(sampleRequest, "BS", "B", 1), "-", ""),
		"doubled, spaces":    strings.ReplaceAll(strings.Replace(sampleRequest, "BS", "BBS", 1), "-", " "),
		"digits":             strings.Replace(sampleDigits, "45948", "45949", 1),
	} {
		text := strings.Replace(mail, "%s", spelled, 1)
		got := codes.Find(text)
		if len(got) != 1 || got[0].Err == nil || text[got[0].Start:got[0].End] != spelled {
			t.Errorf("%s: have %+v, want the one near-code %q", name, got, spelled)
			continue
		}
		if _, err := codes.Parse(text); err == nil || err.Error() != got[0].Err.Error() {
			t.Errorf("%s: Parse of the mail: have %v, want %v", name, err, got[0].Err)
		}
	}
}

func TestFindNothing(t *testing.T) {
	for _, text := range []string{
		"", mail, strings.Repeat(mail, 3), "Red-Apple-Sauce-Dinner-Recipe", "Reader Digest says Really Anything",
		"Rabcde-fghijk-mnopqr-stuvwx-yzabcd", "x" + sampleRequest, sampleRequest + "xyz", sampleRequest[:28],
		"100000 100001 100002 100003 100004 100005 100006 100007 100008",
	} {
		if got := codes.Find(text); len(got) != 0 {
			t.Errorf("Find(%q): have %+v, want nothing", text, got)
		}
	}
}
