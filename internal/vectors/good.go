package main

import (
	"fmt"
	"math/big"
	"strings"
)

type checkCase struct {
	Name  string `json:"name"`
	Form  string `json:"form"`
	Place int    `json:"place"`
	Data  string `json:"data"`
	Check string `json:"check"`
}

func checkVectors() (out []vector) {
	add := func(form string, place int, data string, check byte) {
		name := fmt.Sprintf("%s %s at place %d", form, data, place)
		out = append(out, vector{name, checkCase{name, form, place, data, string(check)}})
	}
	for _, data := range []string{"R1111", "D1111", "A1111", "S1111", "zzzzz", "abcde"} {
		add("letters", 0, data, letterOf(0, data))
	}
	for place := 1; place < 5; place++ {
		for _, data := range []string{"11111", "zzzzz", "ABCDE", "9Kk3x"} {
			add("letters", place, data, letterOf(place, data))
		}
	}
	for place := range 9 {
		for _, data := range []string{"12345", "00000", "98765"} {
			add("digits", place, data, digitOf(place, data))
		}
	}
	return out
}

type codeCase struct {
	Name    string            `json:"name"`
	Kind    string            `json:"kind"`
	Letters string            `json:"letters"`
	Digits  string            `json:"digits"`
	Value   string            `json:"value"` // hexadecimal, without leading zeros
	Fields  map[string]string `json:"fields"`
}

func newCodeCase(name string, kind byte, v *big.Int, fields map[string]string) vector {
	word := map[byte]string{'R': "request", 'D': "confirmation", 'A': "activation", 'S': "serial"}[kind]
	return vector{name, codeCase{name, word, inLetters(kind, v), inDigits(kind, v), v.Text(16), fields}}
}

func codeVectors() (out []vector) {
	addStatement := func(name string, s statement) {
		out = append(out, newCodeCase(name, s.kind, s.value(), map[string]string{
			"random": fmt.Sprintf("%08x", s.random), "fingerprint": fmt.Sprintf("%07x", s.fingerprint),
			"license": fmt.Sprintf("%08x", s.license), "definition": fmt.Sprint(s.definition),
			"status": fmt.Sprintf("%02x", s.status), "tag": fmt.Sprintf("%09x", s.tag),
		}))
	}
	addAnswer := func(name string, a answer) {
		out = append(out, newCodeCase(name, 'A', a.value(), map[string]string{
			"day": fmt.Sprint(a.day), "parameter": fmt.Sprintf("%08x", a.parameter), "tag": fmt.Sprintf("%016x", a.tag),
		}))
	}
	addSerial := func(name string, license uint32, key []byte) {
		v := serialValue(license, key)
		sum := new(big.Int).And(v, big.NewInt(1<<20-1))
		out = append(out, newCodeCase(name, 'S', v, map[string]string{
			"license": fmt.Sprintf("%08x", license), "key": hexOf(key), "checksum": fmt.Sprintf("%05x", sum),
			"uid": hexOf(sampleUID),
		}))
	}
	addSerial("sample serial number", sampleLicense, sampleKey)
	addStatement("sample request", sampleRequest)
	addAnswer("sample activation code", sampleAnswer)
	addStatement("sample deactivation confirmation", sampleConfirm)
	addStatement("smallest request", statement{kind: 'R', random: 1, license: 1, definition: 1})
	addStatement("largest request", statement{'R', 1<<32 - 1, 1<<26 - 1, 1<<32 - 1, 255, 255, 1<<34 - 1})
	addStatement("confirmation with all outcomes bad", statement{'D', 1 << 31, 1 << 25, 0xf0000001, 254, 3, 1 << 33})
	addAnswer("smallest activation code", answer{})
	addAnswer("largest activation code", answer{1<<14 - 1, 1<<32 - 1, 1<<64 - 1})
	addAnswer("no last day", answer{0, 0x80000000, 0x0123456789abcdef})
	addSerial("serial of all ones", 1<<32-1, []byte(strings.Repeat("\xff", 11)))
	addSerial("serial of license 1", 1, make([]byte, 11))
	return out
}

type readingCase struct {
	Name    string `json:"name"`
	Text    string `json:"text"`
	Letters string `json:"letters"`
}

// readingVectors are texts that a forgiving reader takes.
func readingVectors() (out []vector) {
	letters, digits := inLetters('R', sampleRequest.value()), inDigits('R', sampleRequest.value())
	add := func(name, text string) {
		out = append(out, vector{name, readingCase{name, text, letters}})
	}
	swap := func(s, with string) string { return strings.ReplaceAll(s, "-", with) }
	add("canonical", letters)
	add("digits", digits)
	add("no dashes", swap(letters, ""))
	add("digits without dashes", swap(digits, ""))
	add("spaces", swap(letters, " "))
	add("spaces around", "  "+letters+"\t\r\n")
	add("line breaks", swap(letters, "-\n"))
	add("quoted mail", "> "+swap(letters, "-\n> "))
	add("quotation marks", "\""+letters+"\"")
	add("typographic quotation marks", "\u201c"+letters+"\u201d")
	add("dots", swap(letters, "."))
	add("en dashes", swap(letters, "\u2013"))
	add("em dashes and spaces", swap(letters, " \u2014 "))
	add("minus signs", swap(letters, "\u2212"))
	add("non-breaking hyphens", swap(letters, "\u2011"))
	add("non-breaking spaces", swap(letters, "\u00a0"))
	add("soft hyphens and zero-width spaces", swap(letters, "\u00ad\u200b"))
	add("byte order mark", "\ufeff"+letters)
	add("full width", strings.Map(func(r rune) rune { return r + 0xfee0 }, letters))
	add("digits in full width", strings.Map(func(r rune) rune { return r + 0xfee0 }, digits))
	add("spoken in threes", threes(swap(letters, "")))
	add("within a mail", "Hello,\n\nmy request code is "+letters+". Thanks!\n-- \nAnn\n")
	add("within a mail, quoted", "> Hello,\n>\n> my request code is\n> "+swap(letters, "-\n> ")+"\n>\n> Ann\n")
	add("within a mail, in digits", "Hello,\n\nmy request code is "+swap(digits, " ")+". Thanks!\n-- \nAnn\n")
	add("within a mail, in letters and in digits", "Hello,\n\nmy request code is "+letters+" or, in digits, "+digits+".\n-- \nAnn\n")
	add("within other characters", "code="+letters+"&lang=en")
	add("dashes in the wrong places", "-"+undashed(letters)[:5]+"-"+undashed(letters)[5:18]+"--"+undashed(letters)[18:])
	add("en dashes in the wrong places", undashed(letters)[:5]+"\u2013"+undashed(letters)[5:12]+"\u2013"+undashed(letters)[12:])
	signedReading(func(name, text, letters string) {
		out = append(out, vector{name, readingCase{name, text, letters}})
	})
	add("character references", "&quot;"+swap(letters, "&#8211;")+"&quot;&nbsp;")
	return out
}

func threes(s string) string {
	var parts []string
	for ; len(s) > 3; s = s[3:] {
		parts = append(parts, s[:3])
	}
	return strings.Join(append(parts, s), " ")
}
