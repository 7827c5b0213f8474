package main

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/mr-tron/base58"
)

const base58Letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// quasigroup is Damm's, of order 10.
var quasigroup = []string{
	"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
	"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
}

// packed puts fields together, most significant first.
func packed(fields ...field) *big.Int {
	v := new(big.Int)
	for _, f := range fields {
		if f.n.BitLen() > int(f.bits) {
			panic(fmt.Sprintf("%v does not fit in %d bits", f.n, f.bits))
		}
		v.Lsh(v, f.bits).Or(v, f.n)
	}
	return v
}

type field struct {
	bits uint
	n    *big.Int
}

func num(bits uint, n uint64) field { return field{bits, new(big.Int).SetUint64(n)} }

func raw(b []byte) field { return field{uint(8 * len(b)), new(big.Int).SetBytes(b)} }

// sizes of a kind: data characters, groups, data digits, groups.
var sizes = map[byte]struct{ chars, digits int }{
	'R': {25, 45}, 'D': {25, 45}, 'S': {25, 45}, 'A': {20, 35}, 'E': {100, 0},
}

// inLetters spells a value in letters.
func inLetters(kind byte, v *big.Int) string {
	text := ""
	if v.Sign() > 0 {
		text = base58.Encode(v.Bytes())
	}
	width := sizes[kind].chars - 1
	return grouped(string(kind)+strings.Repeat("1", width-len(text))+text, letterOf)
}

// inDigits spells a value in digits.
func inDigits(kind byte, v *big.Int) string {
	first := strings.IndexByte(" RDAS", kind)
	return grouped(fmt.Sprintf("%d%0*s", first, sizes[kind].digits-1, v.String()), digitOf)
}

// grouped adds a check to each five characters.
func grouped(data string, check func(place int, five string) byte) string {
	var groups []string
	for g := 0; g*5 < len(data); g++ {
		five := data[g*5 : g*5+5]
		groups = append(groups, five+string(check(g, five)))
	}
	return strings.Join(groups, "-")
}

// letterOf is ISO 7064 MOD 59,58 as docs/format.md spells it out.
func letterOf(place int, five string) byte {
	p := 1 + (57+place)%58
	for _, c := range five {
		s := (p + strings.IndexRune(base58Letters, c)) % 58
		if s == 0 {
			s = 58
		}
		p = 2 * s % 59
	}
	for c := range 58 {
		if (p+c)%58 == 1 {
			return base58Letters[c]
		}
	}
	panic("no check character")
}

func digitOf(place int, five string) byte {
	i := place
	for _, c := range five {
		i = int(quasigroup[i][c-'0'] - '0')
	}
	return byte('0' + i)
}
