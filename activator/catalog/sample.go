package catalog

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"unicode"

	"github.com/manual-activator/manual-activator/codes"
)

var (
	//go:embed sample.toml
	sample []byte
	//go:embed blank.toml
	blank []byte
)

// SampleName is the id of the sample product: its file is press-studio.toml.
const SampleName = "press-studio"

// noUID stands in the embedded files where the uid goes.
const noUID = "00000000000000000000000000000000"

// Sample returns the commented product file of the sample product, with the
// given uid: definition 1 release, 2 deactivate with pre-condition 1, 3
// reactivate, then one of each other type. It documents every key.
func Sample(uid codes.UID) []byte {
	return bytes.Replace(sample, []byte(noUID), []byte(uid.String()), 1)
}

// Blank returns the file of a new product with the given uid. An id such as
// "press-studio" as name becomes "Press Studio"; any other name is taken as it is.
func Blank(name string, uid codes.UID) []byte {
	if !strings.ContainsAny(name, " ") && name == strings.ToLower(name) {
		name = title(name)
	}
	quoted := basicString(name)
	inside := quoted[1 : len(quoted)-1] // also for comments: it has no line end
	out := bytes.Replace(blank, []byte(noUID), []byte(uid.String()), 1)
	return bytes.ReplaceAll(out, []byte("NAME"), []byte(inside))
}

func title(id string) string {
	words := strings.FieldsFunc(id, func(r rune) bool { return r == '-' })
	for i, w := range words {
		r := []rune(w)
		r[0] = unicode.ToUpper(r[0])
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// basicString writes s as a basic string of TOML.
func basicString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7F:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
