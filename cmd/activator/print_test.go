package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/spf13/cobra"
	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/codes"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

func TestSafe(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Müller & Söhne", "Müller & Söhne"},
		{"日本語 印刷", "日本語 印刷"},
		{`back\slash "quoted"`, `back\slash "quoted"`},
		{"red\x1b[31m", `red\x1b[31m`},
		{"over\rwritten\n", `over\rwritten\n`},
		{"turned\u202eround", `turned\u202eround`},
		{"c1 \u009b31m", `c1 \u009b31m`},
		{"not\xffutf8", `not\xffutf8`},
		{"�", `�`},
	} {
		if have := safe(c.text); have != c.want {
			t.Errorf("safe(%q): have %q, want %q", c.text, have, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		have := safe(string(rapid.SliceOf(rapid.Byte()).Draw(t, "text")))
		if !utf8.ValidString(have) {
			t.Errorf("have %q, which is not UTF-8", have)
		}
		for _, r := range have {
			if !strconv.IsPrint(r) && r != utf8.RuneError {
				t.Errorf("have %q, which holds %q", have, r)
			}
		}
	})
}

// No line of a wrapped text is wider than asked, but for single words.
func TestWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-zé日]{1,12} ?){0,30}`).Draw(t, "text")
		n := rapid.IntRange(10, 80).Draw(t, "width")
		lines := wrap(text, n)
		for _, l := range lines {
			if lipgloss.Width(l) > n && strings.Contains(l, " ") {
				t.Errorf("line %q is %d columns wide, want at most %d", l, lipgloss.Width(l), n)
			}
		}
		if have, want := strings.Fields(strings.Join(lines, " ")), strings.Fields(text); !slices.Equal(have, want) {
			t.Errorf("words: have %q, want %q", have, want)
		}
	})
}

func TestTexts(t *testing.T) {
	a := codes.Statement{Kind: codes.KindRequest, Random: 7, License: 0x00112233, Definition: 1}.Code()
	b := codes.Statement{Kind: codes.KindConfirmation, Random: 8, License: 0x00112233, Definition: 2}.Code()
	slip := a.String()[:8] + "?" + a.String()[9:]
	for _, c := range []struct {
		name, input string
		want        int
	}{
		{"nothing", "", 1},
		{"one code", a.String() + "\n", 1},
		{"two codes", a.String() + "\n" + b.Digits() + "\n", 2},
		{"two codes and a line between", a.String() + "\n\nno code\n" + b.String(), 3},
		{"a code and a slip", a.String() + "\n" + slip, 2},
		{"a code and junk", a.String() + "\njunk", 2},
		{"an email", "Hello,\n\nmy code is\n" + a.String() + "\nThanks\n", 1},
		{"an email with everything in one line", "Hello, my code is " + a.String() + ", thanks", 1},
		{"an email with a slip", "Hello,\n" + slip + "\nThanks\n", 1},
		{"a code over several lines", strings.ReplaceAll(a.String(), "-", "\n"), 1},
		{"an email around two codes", "Hello,\n" + a.String() + "\n" + b.String() + "\nThanks\n", 1},
		{"a list of codes with a heading", "Monday\n" + a.String() + "\n" + b.String() + "\n", 3},
	} {
		if have := texts(c.input); len(have) != c.want {
			t.Errorf("%s: have %d texts %q, want %d", c.name, len(have), have, c.want)
		}
	}
}

// The marks below a proposal stand under the characters that differ.
func TestProposalsAreMarked(t *testing.T) {
	right := codes.Statement{Kind: codes.KindRequest, Random: 7, License: 0x00112233, Definition: 1}.Code()
	for _, text := range []string{right.String(), right.Digits()} {
		typed := text[:16] + "?" + text[17:]
		var b bytes.Buffer
		p := &printer{w: &b, width: width}
		p.proposals(codes.Repair(typed, []codes.Kind{codes.KindRequest}, only(right)))
		lines := strings.Split(b.String(), "\n")
		at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, text) })
		if at < 0 {
			t.Fatalf("%q is not proposed for %q in:\n%s", text, typed, b.String())
		}
		want := strings.Repeat(" ", 16+strings.Index(lines[at], text)) + "^"
		if lines[at+1] != want {
			t.Errorf("marks: have %q, want %q under %q", lines[at+1], want, lines[at])
		}
		if !strings.Contains(b.String(), "Ask for group 3 again.") {
			t.Errorf("want the advice to ask for group 3 again in:\n%s", b.String())
		}
	}
}

// only is a judge that knows one genuine code.
type only codes.Code

func (o only) Known(numbers []codes.LicenseNumber) []bool {
	known := make([]bool, len(numbers))
	for i, n := range numbers {
		known[i] = n == codes.Code(o).Statement().License
	}
	return known
}

func (o only) Genuine(c codes.Code) bool { return c == codes.Code(o) }

// Every command answers --help, its lines fit, and its flags are explained.
func TestHelp(t *testing.T) {
	var out, errs bytes.Buffer
	env := func(string) string { return "" }
	a := &app{ctx: context.Background(), in: &bytes.Buffer{}, out: &sink{w: &out}, err: &errs, env: env, rand: rand.Reader}
	var paths [][]string
	root := a.root()
	for _, c := range root.Commands() {
		paths = append(paths, []string{c.Name()})
		for _, s := range c.Commands() {
			paths = append(paths, []string{c.Name(), s.Name()})
		}
	}
	if len(paths) < 30 {
		t.Fatalf("have %d commands, want all of them: %v", len(paths), paths)
	}
	for _, path := range paths {
		if path[0] == "help" || path[0] == "batch" || path[0] == "compare" || path[0] == "keys" && len(path) > 1 && path[1] != "list" {
			continue
		}
		out.Reset()
		if st := run(context.Background(), append(path, "--help"), &bytes.Buffer{}, &out, &errs, env); st != exitDone {
			t.Errorf("%v --help: exit status %d, want 0", path, st)
		}
		usage, _, _ := strings.Cut(out.String(), "\nFlags:")
		for l := range strings.Lines(usage) {
			if lipgloss.Width(strings.TrimRight(l, "\n")) > 100 {
				t.Errorf("%v --help: line %q is %d wide", path, l, lipgloss.Width(l))
			}
		}
		if !strings.Contains(out.String(), "Usage:") {
			t.Errorf("%v --help has no usage: %q", path, out.String())
		}
	}
}

// The help of every command fits a terminal of 80 columns.
func TestHelpFits(t *testing.T) {
	a := &app{out: &sink{w: io.Discard}, err: io.Discard, env: func(string) string { return "" }}
	var all func(c *cobra.Command)
	seen := 0
	all = func(c *cobra.Command) {
		seen++
		text := c.Long + "\n" + c.UsageString()
		for line := range strings.Lines(text) {
			if n := lipgloss.Width(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("%s --help: have %d columns, want at most %d: %s", c.CommandPath(), n, width, line)
			}
		}
		for _, sub := range c.Commands() {
			all(sub)
		}
	}
	all(a.root())
	if seen < 30 {
		t.Errorf("have %d commands, want all of them", seen)
	}
}
