package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mistake is one thing in a product file that a person must change, or, among
// the notes of a product, should know.
type Mistake struct {
	File    string `json:"file"`
	Line    int    `json:"line"`    // from 1; 0: the file as a whole
	Column  int    `json:"column"`  // in characters, from 1
	Key     string `json:"key"`     // such as "definition.requires"; may be empty
	Problem string `json:"problem"` // what was found, and what was expected
	Remedy  string `json:"remedy"`  // what to do; may be empty

	source string // the line itself
	length int    // characters from Column that are meant
}

// String returns the mistake in one line:
//
//	products/press-studio.toml:17:12: definition.requires: pre-condition 9 does not exist: name the id of a definition of this product
func (m Mistake) String() string {
	s := m.File
	if m.Line > 0 {
		s = fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Column)
	}
	for _, part := range []string{m.Key, m.Problem, m.Remedy} {
		if part != "" {
			s += ": " + part
		}
	}
	return s
}

// Drawing returns the line of the file with what is meant underlined, or
// nothing where no line is meant.
//
//	17 | requires = [9]
//	   |             ~
func (m Mistake) Drawing() string {
	if m.Line == 0 || strings.TrimSpace(m.source) == "" {
		return ""
	}
	source := []rune(strings.ToValidUTF8(m.source, "\uFFFD"))
	for i, r := range source {
		if r < ' ' || r == 0x7F {
			source[i] = ' '
		}
	}
	start := min(max(m.Column-1, 0), len(source))
	if end := start + 100; end < len(source) {
		source = append(source[:end], []rune("...")...)
	}
	length := min(max(m.length, 1), max(len(source)-start, 1))
	number := fmt.Sprint(m.Line)
	return fmt.Sprintf("%s | %s\n%*s | %s%s", number, string(source), len(number), "", strings.Repeat(" ", start), strings.Repeat("~", length))
}

// MistakesError lists all mistakes of one product file, in the order of its
// lines. There is at least one.
type MistakesError struct {
	File     string
	Mistakes []Mistake
}

// Error returns all mistakes, one in a line.
func (e *MistakesError) Error() string {
	lines := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// Drawn returns all mistakes with the lines of the file that they are about.
func (e *MistakesError) Drawn() string {
	var b strings.Builder
	for i, m := range e.Mistakes {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(m.String())
		b.WriteString("\n")
		for line := range strings.Lines(m.Drawing()) {
			b.WriteString("    ")
			b.WriteString(line)
			if !strings.HasSuffix(line, "\n") {
				b.WriteString("\n")
			}
		}
	}
	return b.String()
}

func sortMistakes(m []Mistake) {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// clip shortens what a mistake quotes.
func clip(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "..."
}
