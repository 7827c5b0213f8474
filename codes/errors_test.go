package codes_test

import (
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

const (
	sampleRequest    = "RMhZtp-FQBSVY-RgS3Kw-KX9Rui-zzJfM2"
	sampleSerial     = "S17aKj-VkDegs-EHgNjE-c5SV6j-SqbD6G"
	sampleDigits     = "100745-955289-245948-934789-098190-630391-263560-543025-054525"
	sampleActivation = "A2SD7K-MVRfnJ-KyYS7Y-wQ3aCg"
	sampleSigned     = "E1111y-BcZZs9-5jEaKd-fnNC7W-sqMNNb-hzpj5T-yxzikV-4y9Xeh-kKSLbL-nPLAZD-mPBfhA-9Rmi5x-83vGRz-Jj2ZFW-6TzcSG-RVGQhF-5sbJvk-euwUXx-eSCkH7-kxKqJK"
)

// TestErrorSentences holds the exact words: they are what an agent reads out.
func TestErrorSentences(t *testing.T) {
	for _, v := range []struct{ name, text, want string }{
		{"empty", " \n", `no code was given: the text is empty`},
		{"wrong", strings.Replace(sampleRequest, "BS", "BT", 1),
			`group 2 of 5: "FQBTVY" does not fit its check character, so one character is wrong or two are exchanged: ask for the group again`},
		{"wrong in two groups", strings.NewReplacer("BS", "BT", "zJ", "zK").Replace(sampleRequest),
			`group 2 of 5: "FQBTVY" does not fit its check character, so one character is wrong or two are exchanged: ask for the group again; group 5 has a slip too`},
		{"wrong in three groups", strings.NewReplacer("BS", "BT", "zJ", "zK", "X9", "X8").Replace(sampleRequest),
			`group 2 of 5: "FQBTVY" does not fit its check character, so one character is wrong or two are exchanged: ask for the group again; groups 4 and 5 have slips too`},
		{"wrong digit", strings.Replace(sampleDigits, "45948", "45949", 1),
			`group 3 of 9: "245949" does not fit its check digit, so one digit is wrong or two are exchanged: ask for the group again`},
		{"unheard", strings.Replace(sampleRequest, "BS", "B?", 1), `group 2 of 5: character 4 was not heard ("?"): ask for the group again`},
		{"foreign", strings.Replace(sampleRequest, "BS", "0S", 1), `group 2 of 5: character 3 is "0", which no code contains: ask for the group again`},
		{"short", strings.Replace(sampleRequest, "BS", "S", 1), `group 2 of 5: "FQSVY" has 5 characters, expected 6: ask for the group again`},
		{"long", strings.Replace(sampleRequest, "BS", "BBS", 1), `group 2 of 5: "FQBBSVY" has 7 characters, expected 6: ask for the group again`},
		{"short, no dashes", strings.ReplaceAll(strings.Replace(sampleRequest, "BS", "S", 1), "-", ""),
			`group 2 of 5: "FQSVY" has 5 characters, expected 6: ask for the group again`},
		{"short somewhere", strings.ReplaceAll(strings.NewReplacer("BS", "S", "X9", "X8", "zJ", "zK").Replace(sampleRequest), "-", ""),
			`a character is missing: compare the text group by group, 5 groups of 6`},
		{"case", strings.ToLower(sampleRequest),
			`groups 1, 2, 3, 4 and 5 of 5 do not fit their checks: capital and small letters differ in a code, and here all are the same`},
		{"nothing fits", "R2345678abcdefghijkmnopqrABCDE",
			`no group fits its check: this is no code, or all 5 groups have a slip`},
		{"half", sampleRequest[:13], `the request code is not complete: found 12 characters, expected 30`},
		{"too long", strings.ReplaceAll(sampleRequest, "-", "") + "123456", `the text is too long for a request code: found 36 characters, expected 30`},
		{"far too long", strings.ReplaceAll(sampleRequest, "-", "") + strings.Repeat("x", 500), `the text is too long for a request code: found more than 140 characters, expected 30`},
		{"a word", "hello", `this is no code: found 5 characters, expected a code of 24 or 30 characters, or of 42 or 54 digits`},
		{"two", sampleRequest + "\n" + sampleSerial, `there are 2 codes in this text (a request code and a serial number): give one at a time`},
		{"one and a near one", sampleRequest + "\n" + sampleSerial[:30] + "????", `there are 2 codes in this text (a request code and one with a slip): give one at a time`},
		{"newer", "YMhZtF-FQBSVY-RgS3Kw-KX9Rui-zzJfM2", `this request code (it begins with "Y") was made by a newer version: update this program to read it`},
		{"reserved", "K1111F-11111U-11111w-11111P-11111r-11111J-11111m-11111D", `this is a presigned activation code (it begins with "K"): this version does not read them, update this program`},
	} {
		t.Run(v.name, func(t *testing.T) {
			c, err := codes.Parse(v.text)
			if err == nil {
				t.Fatalf("have %s, want an error", c)
			}
			if have := err.Error(); have != v.want {
				t.Errorf("have %s\nwant %s", have, v.want)
			}
		})
	}
}

func TestErrorsStayShort(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("x", 1<<20), strings.Repeat("?", 1<<20), strings.Repeat("\x00", 1<<20), strings.Repeat("\xff", 1<<20),
		strings.Repeat(sampleRequest+"\n", 1<<10), strings.Repeat(sampleRequest[:30]+"? ", 1<<10), strings.Repeat("ä-", 1<<18),
		strings.Repeat("R11111-", 1<<16), strings.Repeat(" ", 1<<20),
	} {
		_, err := codes.Parse(text)
		if err == nil && !strings.HasPrefix(text, sampleRequest+"\n") {
			t.Errorf("Parse(%.20q...): have no error", text)
		}
		if err != nil && (len(err.Error()) > 250 || strings.Contains(err.Error(), "\n")) {
			t.Errorf("Parse(%.20q...): have an error of %d bytes: %.300s", text, len(err.Error()), err)
		}
	}
}
