package activator

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"unicode"

	"github.com/manual-activator/manual-activator/codes"
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
	Code         string   // the customer's code; the text as typed if it could not be read
	Granted      string   // what the answer grants
	Answer       string   // activation code in letters; empty where none was given; a signed one in four lines, all but the first indented
	AnswerDigits string   // empty for a signed one, which has no digits
	ValidUntil   replyDay // the last day on which the answer can be typed; zero where it never expires
	Receipt      string   // of an accepted confirmation
	Reason       string   // why nothing was given
	Checkpoint   string   // signed head of the journal, some lines: whoever keeps the mail can tell a former journal
}

// replySamples go through a template before it is used, so that a mistake in it shows
// before anything is recorded: an answer, a receipt, a refusal.
var replySamples = []replyFields{
	{
		Customer: "Print Shop", Order: "4711", License: "00ee635a", Product: "Press Studio", Granted: "Press Studio Options",
		Code: "Rbxjx6-CXavhi-dUCyvu-duVFq3-2xWrkJ", Answer: "A2Xnnz-PWAqHK-y9RVy2-qiuyQ8",
		AnswerDigits: "300844-457224-124025-206392-544823-272373-912310", ValidUntil: 1, Checkpoint: "a head",
	},
	{License: "00ee635a", Product: "Press Studio", Code: "DanhPo-8BXEEN-GXy36M-UsniDm-PBETxS", Receipt: "a receipt"},
	{Code: "no code", Reason: "a reason"},
}

// A replyDay is a day in the text of a mail. As it is, it is written "2026-12-02"; its
// parts are for the reader's habit.
type replyDay codes.Day

// String is "2026-12-02", empty for no day.
func (d replyDay) String() string {
	if d == 0 {
		return ""
	}
	return codes.Day(d).String()
}

// Day is the day of the month.
func (d replyDay) Day() int { return codes.Day(d).Date().Day() }

// Month is the number of the month, from 1.
func (d replyDay) Month() int { return int(codes.Day(d).Date().Month()) }

// Year has four digits.
func (d replyDay) Year() int { return codes.Day(d).Date().Year() }

// MonthIn is the month's name among twelve names, separated by blanks.
func (d replyDay) MonthIn(names string) (string, error) {
	all := strings.Fields(names)
	if len(all) != 12 {
		return "", fmt.Errorf("the names of the months: have %d, want 12, separated by blanks", len(all))
	}
	return all[d.Month()-1], nil
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
	for _, f := range replySamples {
		if err := t.Execute(io.Discard, f); err != nil {
			return nil, fmt.Errorf("reply text: %w", err)
		}
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
		f.ValidUntil = replyDay(o.Day)
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
