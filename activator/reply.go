package activator

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"unicode"
)

// Reply texts are plain text templates (text/template), one file a language. The
// vendor's own, replies/LANG.txt in the vendor folder, come before those that the
// program brings along.

//go:embed replies/*.txt
var builtinReplies embed.FS

const repliesDir = "replies"

// replyName is the name of a language: "en", "pt-br".
var replyName = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})?$`)

// replyFields are what a template may use. Texts are one line without control
// characters, but for Receipt and Checkpoint, and Answer where it is a signed code.
type replyFields struct {
	Customer     string // empty once it was erased
	Order        string
	License      string // license number
	Product      string
	Code         string // the customer's code; the text as typed if it could not be read
	Granted      string // what the answer grants
	Answer       string // activation code in letters; empty where none was given; a signed one in four lines, all but the first indented
	AnswerDigits string // empty for a signed one, which has no digits
	ValidUntil   string // "2026-12-02"; empty where it never expires
	Receipt      string // of an accepted confirmation
	Reason       string // why nothing was given
	Checkpoint   string // signed head of the journal, some lines: whoever keeps the mail can tell a former journal
}

// Reply makes the text of a mail that answers an outcome, in a language.
func (s *Session) Reply(o *Outcome, language string) (string, error) {
	t, err := s.desk.replyTemplate(language)
	if err != nil {
		return "", err
	}
	f := o.replyFields()
	if h, err := s.desk.store.Head(context.Background()); err == nil { // a reply without one is as good
		f.Checkpoint = string(h.Checkpoint)
	}
	var b strings.Builder
	if err := t.Execute(&b, f); err != nil {
		return "", fmt.Errorf("reply text %q: %w", language, err)
	}
	return b.String(), nil
}

// ReplyLanguages lists the languages of which there is a template.
func (s *Session) ReplyLanguages() ([]string, error) {
	var names []string
	own, err := os.ReadDir(filepath.Join(s.desk.dir, repliesDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	builtin, err := builtinReplies.ReadDir(repliesDir)
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Concat(own, builtin) {
		if name, ok := strings.CutSuffix(e.Name(), ".txt"); ok && replyName.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func (d *Desk) replyTemplate(language string) (*template.Template, error) {
	if !replyName.MatchString(language) {
		return nil, usagef("reply: have language %q, want one like en or pt-br", language)
	}
	text, err := os.ReadFile(filepath.Join(d.dir, repliesDir, language+".txt"))
	if errors.Is(err, fs.ErrNotExist) {
		text, err = builtinReplies.ReadFile(repliesDir + "/" + language + ".txt")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("reply: no text for %q: write %s in the vendor folder", language, filepath.Join(repliesDir, language+".txt"))
	}
	if err != nil {
		return nil, err
	}
	t, err := template.New(language + ".txt").Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("reply text: %w", err)
	}
	return t, nil
}

func (o *Outcome) replyFields() replyFields {
	f := replyFields{Code: o.Code.String(), Receipt: o.Receipt, Reason: o.Reason}
	if o.Code.IsZero() {
		f.Code = unreadableForJournal(o.Text, o.Slip)
	}
	if l := o.License; l != nil {
		f.Customer, f.Order, f.License = l.Customer, l.Order, l.Number.String()
	}
	if o.Product != nil {
		f.Product = o.Product.Name
	}
	if !o.Answer.IsZero() {
		f.Granted, f.Answer, f.AnswerDigits = o.Granted.Name, strings.Join(o.Answer.Lines(), "\n    "), o.Answer.Digits()
		if o.Day != 0 {
			f.ValidUntil = o.Day.String()
		}
	}
	for _, text := range []*string{&f.Customer, &f.Order, &f.Code, &f.Reason} {
		*text = oneLine(*text)
	}
	return f
}

// oneLine takes out what could end a line or move a terminal's cursor.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}
