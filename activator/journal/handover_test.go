package journal

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func testKey(t *testing.T, seed byte, name string) (note.Signer, string, note.Verifier) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 32)), name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return s, vkey, v
}

func TestHandover(t *testing.T) {
	const origin = "manual-activator/journal/00"
	former, _, trusted := testKey(t, 1, "example/journal")
	next, nextText, _ := testKey(t, 2, "example/journal")
	thief, thiefText, _ := testKey(t, 3, "example/journal")
	h := Handover{origin, nextText}
	text, err := SignHandover(h, former, next)
	if err != nil {
		t.Fatal(err)
	}
	if have, err := ParseHandover(text, trusted); err != nil || have != h {
		t.Fatalf("have %+v, %v, want %+v", have, err, h)
	}
	if _, err := SignHandover(Handover{origin, thiefText}, former, next); err == nil {
		t.Error("a verifier that is not the next signer's: have no error")
	}
	sign := func(body string, signers ...note.Signer) string {
		b, err := note.Sign(&note.Note{Text: body}, signers...)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	body := h.text()
	for what, bad := range map[string]string{
		"by the thief to himself":     sign(Handover{origin, thiefText}.text(), thief),
		"by the next key alone":       sign(body, next),
		"by the former key alone":     sign(body, former),
		"former and a third":          sign(body, former, thief),
		"another origin":              strings.Replace(text, "/00", "/01", 1),
		"another next key":            strings.Replace(text, nextText, thiefText, 1),
		"another first line":          sign(strings.Replace(body, "journal key", "journal keys", 1), former, next),
		"a line more":                 sign(body+"more\n", former, next),
		"a line less":                 sign(handoverFirst+nextText+"\n", former, next),
		"no verifier":                 sign(handoverFirst+origin+"\nexample/journal\n", former, next),
		"an origin that cannot be":    sign(handoverFirst+" x\n"+nextText+"\n", former, next),
		"a checkpoint":                sign(checkpointText(origin, 1, [32]byte{}), former, next),
		"empty":                       "",
		"text alone":                  body,
		"with something behind it":    text + "x",
		"with a line before the text": "x\n" + text,
	} {
		if have, err := ParseHandover(bad, trusted); err == nil {
			t.Errorf("%s: have %+v, want it refused", what, have)
		}
	}
	for i := range text {
		b := []byte(text)
		b[i] ^= 1
		if have, err := ParseHandover(string(b), trusted); err == nil && have != h {
			t.Errorf("byte %d changed: have %+v", i, have)
		}
	}
}

// Entry by entry, the key that signs a log's heads follows the log's own words.
func TestSignedBy(t *testing.T) {
	const origin = "manual-activator/journal/00"
	former, formerText, _ := testKey(t, 1, "example/journal")
	next, nextText, _ := testKey(t, 2, "example/journal")
	over, err := SignHandover(Handover{origin, nextText}, former, next)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere, err := SignHandover(Handover{origin + "1", nextText}, former, next)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what          string
		entry         Entry
		present, want string
		bad           bool
	}{
		{"opens", Entry{Kind: KindLog, Detail: OpenedWith + formerText}, "", formerText, false},
		{"opens after a restore", Entry{Kind: KindLog, Detail: OpenedWith + formerText + " after a backup"}, "", formerText, false},
		{"says nothing", Entry{Kind: KindLog}, "", "", false},
		{"another kind says it", Entry{Kind: KindChange, Detail: OpenedWith + formerText}, nextText, nextText, false},
		{"hands over", Entry{Kind: KindKey, Detail: "rotate 1\nfile 00\n" + over}, formerText, nextText, false},
		{"another kind hands over", Entry{Kind: KindBackup, Detail: over}, formerText, formerText, false},
		{"hands over in a quote", Entry{Kind: KindKey, Detail: "passphrase " + over}, formerText, formerText, false},
		{"of another log", Entry{Kind: KindKey, Detail: elsewhere}, formerText, formerText, true},
		{"from another key", Entry{Kind: KindKey, Detail: over}, nextText, nextText, true},
		{"a log that never said", Entry{Kind: KindKey, Detail: over}, "", "", false},
		{"passphrase", Entry{Kind: KindKey, Detail: "passphrase\nfile 00\n"}, formerText, formerText, false},
	} {
		have, err := c.entry.signedBy(origin, c.present)
		if have != c.want || (err != nil) != c.bad {
			t.Errorf("%s: have %q, %v, want %q, an error: %v", c.what, have, err, c.want, c.bad)
		}
	}
}
