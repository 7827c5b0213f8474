package recovery

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
)

func page(s *Share) string {
	return s.Page(Info{Vendor: "Example Vendor", Epochs: []uint8{0, 1}, Made: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), By: "anna", Desk: "front"})
}

// What is printed is read again: as files, behind one another, and typed line by line.
func TestPages(t *testing.T) {
	all := split(t, secret, 2, 3)
	var files Reader
	for _, s := range all[:2] {
		if err := files.Page(strings.ReplaceAll(page(s), "\n", "\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	var behind Reader
	if err := behind.Page(page(all[2]) + "\f" + page(all[0])); err != nil {
		t.Fatal(err)
	}
	var typed Reader
	for _, s := range all[1:] {
		for _, l := range append(lines(s.bytes()), lines(s.common)...) {
			if typed.Missing() == 0 {
				break
			}
			if next := typed.Next(); typed.set != nil && next[0] == commonLetter {
				t.Errorf("asked for %s again", next)
			}
			if typed.set != nil && l == lines(s.common)[0] {
				break
			}
			if err := typed.Typed(l); err != nil {
				t.Fatal(err)
			}
		}
	}
	for what, r := range map[string]*Reader{"files": &files, "behind": &behind, "typed": &typed} {
		if r.Missing() != 0 || r.Incomplete() != nil {
			t.Errorf("%s: have %d missing, %v", what, r.Missing(), r.Incomplete())
		}
		if have, err := Combine(r.Shares()...); err != nil || !bytes.Equal(have, secret) {
			t.Errorf("%s: have %q, %v", what, have, err)
		}
	}
	text := page(all[1])
	for _, want := range []string{"RECOVERY SHARE 2 OF 3", "Any 2 of the 3", "Example Vendor", all[0].Set.String(), "key epochs  0, 1", "22 November 2026 by anna, desk front", "activator keys restore"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if len([]rune(line)) > 73 {
			t.Errorf("have %d columns: %s", len([]rune(line)), line)
		}
	}
	if one := page(split(t, secret, 1, 1)[0]); !strings.Contains(one, "Whoever has this page has all keys") {
		t.Errorf("have %s", one)
	}
	large := split(t, bytes.Repeat([]byte{7}, 600), 8, 16) // sixteen epochs
	if n := strings.Count(page(large[0]), "\n"); n > 86 {
		t.Errorf("have %d lines for 16 epochs", n)
	}
}

// Every slip in a line is noticed when it is typed, and its place is told.
func TestSlips(t *testing.T) {
	s := split(t, secret, 2, 3)[0]
	good := lines(s.bytes())[0]
	misses := 0
	for i := range good {
		for _, r := range "1zAk?0-" {
			bad := good[:i] + string(r) + good[i+1:]
			if bad == good {
				continue
			}
			var r Reader
			err := r.Line("B1  " + bad)
			var e *codes.LineError
			if err == nil {
				misses++
				continue
			}
			if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), "line B1: ") {
				t.Fatalf("%d: have %v", i, err)
			}
			if len(e.Groups) > 0 && (len(e.Groups) != 1 || e.Groups[0] != i/7+1) {
				t.Errorf("character %d: have groups %v, want %d", i, e.Groups, i/7+1)
			}
			if strings.Contains(err.Error(), good[:6]) {
				t.Errorf("have %v, which repeats the share", err)
			}
		}
	}
	if misses > 0 {
		t.Errorf("%d slips were not noticed", misses)
	}
	all := lines(s.bytes())
	var r Reader
	for _, c := range []struct{ line, want string }{
		{"B2 " + all[1], "line B2 came where line B1 was expected"},
		{"B1 " + all[1], "line B1: no group fits"},
		{"B1 " + good[:20], "line B1: found 18 characters"},
		{"words of a page", "this is no line of a share"},
	} {
		if err := r.Line(c.line); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.4s...: have %v, want %s", c.line, err, c.want)
		}
	}
	var begun Reader
	if err := begun.Line("B1 " + good); err != nil {
		t.Fatal(err)
	}
	if err := begun.Line("B1 " + good); err == nil || !strings.Contains(err.Error(), "line B1 came before line B2") {
		t.Errorf("a share that begins anew: have %v", err)
	}
	if err := r.Page(strings.Join(strings.SplitAfter(page(s), "\n")[:14], "")); err == nil {
		t.Error("half a page: have no error")
	}
	if err := new(Reader).Page("hello"); err == nil {
		t.Error("no page: have no error")
	}
}

// Pages of two sets do not mix, whichever part tells it first.
func TestMixedPages(t *testing.T) {
	a, b := split(t, secret, 2, 2), split(t, secret, 2, 2)
	var r Reader
	if err := r.Page(page(a[0])); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("share 2 is of set %v, the others of set %v", b[0].Set, a[0].Set)
	if err := r.Page(page(b[1])); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("have %v, want %s", err, want)
	}
	wrong := strings.Replace(page(a[0]), lines(a[0].common)[1], lines(b[0].common)[1], 1)
	if err := new(Reader).Page(wrong); err == nil || !strings.Contains(err.Error(), "do not belong together") && !strings.Contains(err.Error(), "set code") {
		t.Errorf("a line of another set code: have %v", err)
	}
}

// The set code of another set, without a share of it, is refused too.
func TestSetCodesOfTwoSets(t *testing.T) {
	a, b := split(t, secret, 2, 2), split(t, secret, 2, 2)
	var r Reader
	if err := r.Page(page(a[0])); err != nil {
		t.Fatal(err)
	}
	var err error
	for n, l := range lines(b[0].common) {
		if err = r.Line(fmt.Sprintf("C%d %s", n+1, l)); err != nil {
			break
		}
	}
	want := fmt.Sprintf("the set codes of sets %v and %v were given", a[0].Set, b[0].Set)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("have %v, want %s", err, want)
	}
}

// What no version wrote so is refused by its form, and what a newer one wrote is named.
func TestForms(t *testing.T) {
	s := split(t, []byte("x"), 1, 1)[0]
	share := func(i int, b byte) func(share, common []byte) ([]byte, []byte) {
		return func(share, common []byte) ([]byte, []byte) { share[i] = b; return share, common }
	}
	common := func(i int, b byte) func(share, common []byte) ([]byte, []byte) {
		return func(share, common []byte) ([]byte, []byte) { common[i] = b; return share, common }
	}
	const noShare, noSet = "this is no share of keys", "this is no set code"
	for what, c := range map[string]struct {
		change func(share, common []byte) ([]byte, []byte)
		want   string
	}{
		"share of a newer version":    {share(0, 2), "the share was made by a newer version"},
		"share of version 0":          {share(0, 0), noShare},
		"share 0":                     {share(5, 0), noShare},
		"share 17":                    {share(5, 17), noShare},
		"share 16 of 1":               {share(5, 16), "share 16 is of a set of 1"},
		"no share":                    {func(_, c []byte) ([]byte, []byte) { return nil, c }, noShare},
		"a share cut off":             {func(s, c []byte) ([]byte, []byte) { return s[:len(s)-1], c }, noShare},
		"a share with more":           {func(s, c []byte) ([]byte, []byte) { return append(s, 0), c }, noShare},
		"set code of a newer version": {common(0, 2), "the set was made by a newer version"},
		"set code of version 0":       {common(0, 0), noSet},
		"no shares in the set":        {common(2, 0), noSet},
		"17 shares in the set":        {func(s, c []byte) ([]byte, []byte) { c[2] = 17; return s, append(c, make([]byte, 100)...) }, noSet},
		"none needed":                 {common(1, 0), noSet},
		"more needed than there are":  {common(1, 2), noSet},
		"no set code":                 {func(s, _ []byte) ([]byte, []byte) { return s, nil }, noSet},
		"a set code without a secret": {func(s, c []byte) ([]byte, []byte) { return s, c[:len(c)-1] }, noSet},
	} {
		b, head := c.change(s.bytes(), bytes.Clone(s.common))
		if len(head) > 0 && len(b) == shareSize { // as a forger would write it
			set := setOf(head)
			copy(b[1:], set[:])
		}
		if _, err := newShare(b, head); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: have %v, want %s", what, err, c.want)
		}
	}
}

// Lines whose groups are well made and that hold what no share has are refused: more
// behind its end, which would be lost, and a length that no paper has.
func TestLinesNobodyWrote(t *testing.T) {
	s := split(t, secret, 2, 3)[0]
	b := binary.BigEndian.AppendUint16(nil, shareSize)
	b = append(b, s.bytes()...)
	read := func(b []byte) (r Reader, err error) {
		for n := 0; len(b) > 0 && err == nil; n++ {
			size := min(codes.LineBytes, len(b))
			err = r.Line(fmt.Sprintf("B%d %s", n+1, codes.FormatLine(n*codes.LineGroups, b[:size])))
			b = b[size:]
		}
		return r, err
	}
	if len(b)%codes.LineBytes == 0 {
		t.Fatal("a share fills its last line: have no room for more")
	}
	if _, err := read(append(bytes.Clone(b), 1)); err == nil || !strings.Contains(err.Error(), "it was not made by this software") {
		t.Errorf("more behind the share: have %v", err)
	}
	long := bytes.Clone(b[:codes.LineBytes])
	binary.BigEndian.PutUint16(long, headSize+MaxShares*checkSize+MaxSecret+16+1)
	r, err := read(long)
	if err == nil || !strings.Contains(err.Error(), "line B1: no share begins so") {
		t.Errorf("a length that no paper has: have %v", err)
	}
	if next := r.Next(); next != "B1" {
		t.Errorf("after it: have %s asked for, want B1 again", next)
	}
}

// The form on paper is fixed: pages in safes must be read for ever.
func TestFormIsFixed(t *testing.T) {
	const paper = `
B1 114AbK-dqDh73-ke8a7p-UFg3YJ
B2 1h47Dk-b5LfFz-oubcf4-Eh2Sdy
B3 1vuNkw-m1NoLb-WzuKty-W5DVhD
B1 114AbK-dqDh73-keowDo-LXtj1i
B2 267evo-gSjA7j-2exWKz-2jGTmq
B3 19dmSb-x7CLc8-XeUVrq-KiuTdf
C1 1155jB-dtMQn3-sAR4Us-av42ZH
C2 1yU3Vc-8zeeLN-aWReuJ-v6k8dt
C3 1U9peo-wgkP54-LYLKP1-giLjpH
C4 2C3uih-PoHd4e-jFjBhg-R1Gq5N
`
	var r Reader
	if err := r.Page(paper); err != nil {
		t.Fatal(err)
	}
	if have, err := Combine(r.Shares()...); err != nil || string(have) != "a secret in a safe" {
		t.Errorf("have %q, %v", have, err)
	}
}

func FuzzPage(f *testing.F) {
	all, err := Split(rand.Reader, secret, 2, 2)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(page(all[0]))
	f.Add(page(all[0]) + page(all[1]))
	f.Add("B1 111111-111111-111111-111111")
	f.Fuzz(func(t *testing.T, text string) {
		var r Reader
		if r.Page(text) == nil && r.Missing() == 0 {
			Combine(r.Shares()...)
		}
		Contains(text)
	})
}
