package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/mailtext"
)

// maxInput bounds what is read from standard input, in bytes: an email with its
// history fits, a disk image does not.
const maxInput = 1 << 20

// stdin reads all of standard input; a raw mail as people read it.
func (a *app) stdin() (string, error) {
	b, err := io.ReadAll(io.LimitReader(a.input(), maxInput+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("standard input: %w", err)
	case len(b) > maxInput:
		return "", &refusal{exitUnreadable, "standard input is longer than 1 MB: expected a code, or an email with one in it"}
	}
	return mailtext.Plain(string(b)), nil
}

// text is the code that the arguments give: their words, or all of standard input.
func (a *app) text(args []string) (string, error) {
	if len(args) == 1 && args[0] == "-" {
		return a.stdin()
	}
	return strings.Join(args, " "), nil
}

// texts cuts the input of `read -` into what is read by itself. Each line is one
// text, unless that makes no sense: an email around codes, or a text in which no
// line holds a whole code, is taken as one.
func texts(input string) []string {
	var lines []string
	whole, prose := 0, 0
	for line := range strings.Lines(input) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		lines = append(lines, line)
		_, err := codes.Parse(line)
		var newer *codes.NewerError
		var reserved *codes.ReservedError
		switch {
		case err == nil, errors.As(err, &newer), errors.As(err, &reserved):
			whole++
		case len(codes.Find(line)) == 0:
			prose++
		}
	}
	if _, err := codes.Parse(input); whole == 0 || prose >= max(2, whole) || err == nil && prose >= 2 {
		return []string{input}
	}
	return lines
}
