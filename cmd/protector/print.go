package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/internal/jsonline"
)

// value prints the one JSON value of a command.
func (a *app) value(v any) error { return jsonline.NewEncoder(a.stdout, "  ").Encode(v) }

// definition is a definition in JSON.
type definition struct {
	ID   uint8        `json:"id"`
	Name string       `json:"name"`
	Type product.Type `json:"type"`
}

func definitionOf(d product.Definition) definition {
	return definition{d.ID, d.Name, d.Type}
}

// shownCode is a code in JSON, with what it says.
type shownCode struct {
	Verdict     string     `json:"verdict"`
	Code        string     `json:"code"`
	Digits      string     `json:"code_digits"`
	Kind        string     `json:"kind"`
	Definition  definition `json:"definition"`
	License     string     `json:"license"`
	Fingerprint string     `json:"fingerprint"`
	Random      string     `json:"random"`
	Repeat      bool       `json:"repeat"` // shown before
	Made        string     `json:"made"`
	Changed     []string   `json:"changed,omitempty"`    // request: hardware that changed
	Hardware    string     `json:"hardware,omitempty"`   // request: hardware profile code
	Complete    *bool      `json:"complete,omitempty"`   // confirmation: no copy of the state is left
	Reason      string     `json:"incomplete,omitempty"` // confirmation: what is not complete
}

func codeOf(c codes.Code) shownCode {
	s := c.Statement()
	return shownCode{
		Verdict: "ok", Code: c.String(), Digits: c.Digits(), Kind: c.Kind().Word(), License: s.License.String(),
		Fingerprint: s.Fingerprint.String(), Random: fmt.Sprintf("%08x", s.Random),
	}
}

// bothForms shows a code in letters and digits.
func bothForms(w io.Writer, c codes.Code) {
	fmt.Fprintf(w, "\n  %s\n  in digits: %s\n\n", c, c.Digits())
}

// save writes a file whole or not at all. It never writes into a file that is there,
// nor through a link.
func save(name string, data []byte) error {
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() && info.Mode()&os.ModeSymlink == 0 {
		return fmt.Errorf("%s is no regular file, so nothing is written there", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*") // opened with O_EXCL, for this user alone
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// plain makes a text of a file one line that is safe for a terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return printing(r)
	}, text)
}

// printing is r, or a space for what a terminal would act on rather than show.
func printing(r rune) rune {
	if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
		return ' '
	}
	return r
}

// visible lets through what prints. Names of files, and errors with them, hold what
// somebody else wrote, as well as the vendor's texts.
type visible struct{ w io.Writer }

// Write writes a text that ends with a whole character.
func (v visible) Write(b []byte) (int, error) {
	if _, err := io.WriteString(v.w, strings.Map(printing, string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}
