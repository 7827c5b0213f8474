package activator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
)

func TestReply(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	out := m.activate(1, activator.Decision{})
	languages, err := o.ReplyLanguages()
	if err != nil || len(languages) != 3 {
		t.Fatalf("languages: have %v, %v, want three", languages, err)
	}
	days := map[string]string{"de": " 2.12.2026 ", "en": " 2 December 2026,", "fr": " 2 décembre 2026,"}
	for _, language := range languages {
		text, err := o.Reply(out, language)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{out.Answer.String(), out.Answer.Digits(), out.Code.String(), "Print Shop", days[language]} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: have no %q in\n%s", language, want, text)
			}
		}
	}
	back := o.submit(m.deactivate(2, 0), activator.Decision{Reference: "CASE-1"})
	if text, err := o.Reply(back, "en"); err != nil || !strings.Contains(text, "CASE-1") || !strings.Contains(text, "was deactivated") {
		t.Errorf("reply to a confirmation: have %v\n%s", err, text)
	}
	refused := o.submit(o.machine(l, 9).deactivate(2, 0), activator.Decision{})
	if text, err := o.Reply(refused, "en"); err != nil || !strings.Contains(text, refused.Reason) {
		t.Errorf("reply to a refused code: have %v\n%s", err, text)
	}
	if err := os.MkdirAll(filepath.Join(o.dir, "replies"), 0o700); err != nil {
		t.Fatal(err)
	}
	head, err := o.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"{{.Checkpoint}}": string(head.Checkpoint), "own {{.Answer}}": "own " + out.Answer.String(), "{{.Nothing}}": "", "{{": "",
		"{{.ValidUntil}}, {{.ValidUntil.Day}}.{{.ValidUntil.Month}}.": "2026-12-02, 2.12.",
		`{{.ValidUntil.MonthIn "only two"}}`:                          "",
		"{{if .Receipt}}{{.Nothing}}{{end}}":                          "", // a mistake shows before it is needed
		"{{if .Reason}}{{.ValidUntil.Weekday}}{{end}}":                "",
	} {
		if err := os.WriteFile(filepath.Join(o.dir, "replies", "en.txt"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if have, err := o.Reply(out, "en"); have != want || (err == nil) != (want != "") {
			t.Errorf("template %q: have %q, %v, want %q", text, have, err, want)
		}
	}
	for _, language := range []string{"../../etc/passwd", "xx", ""} {
		if _, err := o.Reply(out, language); err == nil {
			t.Errorf("language %q: have a reply, want an error", language)
		}
	}
}

// The text in docs/replies.md works as it stands.
func TestTheReplyTextOfTheGuide(t *testing.T) {
	guide, err := os.ReadFile("../docs/replies.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(guide), "```\n")
	if len(parts) != 3 {
		t.Fatalf("blocks in the guide: have %d, want one", len(parts)/2)
	}
	o := newOffice(t)
	if err := os.MkdirAll(filepath.Join(o.dir, "replies"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(o.dir, "replies", "nl.txt"), []byte(parts[1]), 0o600); err != nil {
		t.Fatal(err)
	}
	out := o.machine(o.license(1), 7).activate(1, activator.Decision{})
	text, err := o.Reply(out, "nl")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Geachte Print Shop,", "\n    " + out.Answer.String() + "\n", "tot en met 2 december 2026."} {
		if !strings.Contains(text, want) {
			t.Errorf("have no %q in\n%s", want, text)
		}
	}
}
