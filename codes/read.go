package codes

import (
	"math"
	"unicode"
	"unicode/utf8"
)

// A symbol is one character of a text that may belong to a code.
type symbol struct {
	r        rune  // folded from full-width
	off, end int32 // bytes of the text
	gap      gap   // what stands before it
}

// gap is the strongest separator before a symbol.
type gap uint8

const (
	gapNone  gap = iota
	gapSpace     // anything skipped but a dash
	gapDash
)

// unheard stands in a text for a character nobody could hear.
const unheard = '?'

// skipped reports whether a reader passes over r: white space, dashes, dots,
// quote marks and the other marks that mails put around and between, and
// characters that do not show.
func skipped(r rune) bool {
	switch r {
	case '.', ',', ':', ';', '>', '<', '|', '"', '\'', '`', '*', '_', '~', '(', ')', '[', ']',
		'\u00b7', '\u2022', '\u3001', '\u3002', '\u00b4', '\ufffc':
		return true
	}
	if r < 0x80 {
		return r == ' ' || r == '-' || r >= '\t' && r <= '\r'
	}
	return unicode.IsSpace(r) || isDash(r) ||
		unicode.In(r, unicode.Cf, unicode.Pi, unicode.Pf, unicode.Zs, unicode.Variation_Selector)
}

// isDash reports whether r is a dash of any kind.
func isDash(r rune) bool {
	return r == '-' || r >= 0x80 && (unicode.Is(unicode.Pd, r) || r == '\u2212' || r == '\u30fc' || r == '\u2500')
}

// fold maps full-width characters to ASCII.
func fold(r rune) rune {
	if r >= '\uff01' && r <= '\uff5e' {
		return r - 0xfee0
	}
	return r
}

// read takes the symbols of a text, at most most+1 of them, in its first 2 GB.
func read(text string, most int) []symbol {
	text = text[:min(len(text), math.MaxInt32)]
	syms := make([]symbol, 0, min(len(text), most+1))
	g := gapNone
	for i := 0; i < len(text) && len(syms) <= most; {
		if b := text[i]; b < utf8.RuneSelf && b != '&' {
			switch {
			case b == '-':
				g = gapDash
			case byteClass[b] == byteSkip:
				g = max(g, gapSpace)
			default:
				syms = append(syms, symbol{rune(b), int32(i), int32(i + 1), g})
				g = gapNone
			}
			i++
			continue
		}
		r, w := decode(text[i:])
		r = fold(r)
		switch {
		case isDash(r):
			g = gapDash
		case skipped(r):
			g = max(g, gapSpace)
		default:
			syms = append(syms, symbol{r, int32(i), int32(i + w), g})
			g = gapNone
		}
		i += w
	}
	return syms
}

// decode reads the first character of a text, or the one that a character
// reference of HTML stands for.
func decode(text string) (rune, int) {
	if text[0] == '&' {
		if r, w := entity(text); w > 0 {
			return r, w
		}
	}
	return utf8.DecodeRuneInString(text)
}

// formOf recognizes the form that the symbols are most likely in.
func formOf(syms []symbol) Form {
	digits, letters := 0, 0
	for _, s := range syms {
		switch {
		case s.r >= '0' && s.r <= '9':
			digits++
		case s.r != unheard:
			letters++
		}
	}
	switch {
	case digits+letters == 0:
		return FormUnknown
	case letters == 0:
		return FormDigits
	case digits >= 2*letters && kindOf(syms[0].r, FormLetters) == 0:
		return FormDigits
	}
	return FormLetters
}

// split cuts symbols into groups: where dashes were typed and make sense, at the
// dashes, else where spaces do, else every six. It reports whether separators
// that were typed made the cuts.
func split(syms []symbol) (groups [][]symbol, typed bool) {
	for _, at := range [...]gap{gapDash, gapSpace} {
		if groups := splitAt(syms, at); groups != nil {
			return groups, true
		}
	}
	return sixes(syms), false
}

// sixes cuts symbols into groups of six, the last one shorter if need be.
func sixes(syms []symbol) [][]symbol {
	groups := make([][]symbol, 0, len(syms)/groupSize+1)
	for len(syms) > 0 {
		n := min(groupSize, len(syms))
		groups = append(groups, syms[:n:n])
		syms = syms[n:]
	}
	return groups
}

// splitAt cuts at the separators, or returns nil when that gives groups that no
// slip of one character explains.
func splitAt(syms []symbol, at gap) [][]symbol {
	var groups [][]symbol
	start := 0
	for i := 1; i <= len(syms); i++ {
		if i < len(syms) && syms[i].gap < at {
			continue
		}
		n := i - start
		if n > groupSize+1 || n < groupSize-1 && i < len(syms) {
			return nil
		}
		groups = append(groups, syms[start:i:i])
		start = i
	}
	if len(groups) < 2 {
		return nil
	}
	return groups
}
