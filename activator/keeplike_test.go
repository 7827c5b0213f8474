package activator

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

const (
	base58    = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	alphabet  = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	printable = alphabet + "!#$%&()*+,-./:;<=>?@[]^_{|}~ "
	decimals  = "0123456789"
)

// diceware are words as such lists have them, many as long as a group of a code.
var diceware = strings.Fields(`abacus abdomen acorn acre acting adapt aerosol affix agile ahead alarm alive amber anchor antler apple april apron
	arctic arena armed atlas award axis bagel baker banjo barn basil battery beach beaver bison blanket blast bonus brave breath bronze brush
	bucket cabin cactus camera canal candle carbon cargo cedar chalk charm cherry chimney circus clamp clover cobalt comet copper coral correct
	cotton crayon cricket crumb dagger daisy dancer debit decal delta denim desert diner dolphin donut dragon drawer dream drift dusk dwarf eagle
	early easel ebony eclipse elbow elder ember empire energy enjoy epic equal errand essay ethics fable fabric falcon famine fancy feather fern
	fiddle finch flannel flask flute forest fossil fox frost galaxy garlic gazelle ginger glacier goblet grape gravel guitar hammer harbor hazel
	helmet hermit hockey honey horse humble iceberg igloo index ivory jacket jigsaw jungle kayak kettle kitten ladder lagoon lemon lentil lizard
	lobster lunar magnet mango maple marble meadow melon mirror mosaic mustard napkin nectar needle nickel noodle oasis ocean olive onion orbit
	otter oxygen paddle panda parrot pebble pencil pepper piano pigeon planet pocket puzzle quartz rabbit radar radish ranch raven ribbon ripple
	river robot rocket rugby saddle salmon sardine scarf shadow silver slogan spider staple sunset tango teapot thimble tiger tomato tulip tundra
	umbrella unicorn upper valley velvet violin walnut walrus whale willow window winter yogurt zebra zipper zone`)

// aPassphrase draws words as people join them, with the decorations that rules for passwords ask for.
func aPassphrase(r *rand.Rand) string {
	words := make([]string, 3+r.IntN(6))
	capitals := r.IntN(3)
	for i := range words {
		w := diceware[r.IntN(len(diceware))]
		if capitals == 2 || capitals == 1 && i == 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		words[i] = w
	}
	if r.IntN(2) == 0 {
		i := r.IntN(len(words))
		words[i] += string(decimals[r.IntN(10)])
	}
	return strings.Join(words, []string{" ", "-", ".", "_", ""}[r.IntN(5)])
}

func drawn(from string, n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		var b strings.Builder
		for range n {
			b.WriteByte(from[r.IntN(len(from))])
		}
		return b.String()
	}
}

func keptWhole(text string) bool {
	_, err := codes.Parse(text)
	return unreadableForJournal(text, err) == journal.ShortText(text)
}

// Of 500 passphrases, and of 500 passwords of any alphabet, at most one is kept; docs/security.md says so.
func TestPassphrasesAreHardlyEverKept(t *testing.T) {
	const n = 20_000
	for _, c := range []struct {
		name string
		draw func(*rand.Rand) string
	}{
		{"words", aPassphrase},
		{"characters of codes", drawn(base58, 20)},
		{"three groups", drawn(base58, 18)},
		{"12 characters", drawn(alphabet, 12)},
		{"as long as an activation code", drawn(alphabet, 24)},
		{"as long as a request code", drawn(alphabet, 30)},
		{"64 characters", drawn(alphabet, 64)},
		{"letters and digits", drawn(alphabet, 20)},
		{"printable", drawn(printable, 20)},
		{"digits", drawn(decimals, 20)},
		{"hex", drawn("0123456789abcdef", 32)},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		var all []string
		for range n {
			if text := c.draw(r); keptWhole(text) {
				all = append(all, text)
			}
		}
		t.Logf("%s: %d of %d are kept", c.name, len(all), n)
		if len(all) > n/500 {
			t.Errorf("%s: have %d of %d kept, want at most one in 500: %q", c.name, len(all), n, all[:5])
		}
	}
}

// A code with slips in one or two of its groups is kept as it was typed.
func TestSlipsOfCodesAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawCode(t)
		text, chars := code.String(), base58
		if code.Kind() != codes.KindSigned && rapid.Bool().Draw(t, "digits") {
			text, chars = code.Digits(), decimals
		}
		groups := strings.Split(text, "-")
		for i := range rapid.IntRange(1, 2).Draw(t, "damaged") {
			at := rapid.IntRange(0, len(groups)-1).Draw(t, "group")
			if i > 0 && len(groups[at]) != 6 {
				continue // one slip a group
			}
			groups[at] = damage(t, groups[at], at == 0, chars)
		}
		text = strings.Join(groups, rapid.SampledFrom([]string{"-", " ", "", ". "}).Draw(t, "between"))
		if _, err := codes.Parse(text); err != nil && !keptWhole(text) {
			t.Fatalf("have %q for %q (%v), want it kept", unreadableForJournal(text, err), text, code)
		}
	})
}

func drawCode(t *rapid.T) codes.Code {
	day := codes.Day(rapid.Uint16Range(0, uint16(codes.MaxDay)).Draw(t, "day"))
	switch kind := rapid.SampledFrom([]codes.Kind{codes.KindRequest, codes.KindConfirmation, codes.KindActivation, codes.KindSigned}).Draw(t, "kind"); kind {
	case codes.KindActivation:
		return codes.Answer{Day: day, Parameter: rapid.Uint32().Draw(t, "parameter"), Tag: rapid.Uint64().Draw(t, "tag")}.Code()
	case codes.KindSigned:
		a := codes.SignedAnswer{Day: day}
		copy(a.Signature[:], rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "signature"))
		return a.Code()
	default:
		return codes.Statement{
			Kind: kind, Random: rapid.Uint32Min(1).Draw(t, "random"), Fingerprint: codes.Fingerprint(rapid.Uint32Max(uint32(codes.MaxFingerprint)).Draw(t, "machine")),
			License: codes.LicenseNumber(rapid.Uint32Min(1).Draw(t, "license")), Definition: rapid.Uint8Min(1).Draw(t, "definition"), Tag: rapid.Uint64Max(1<<34-1).Draw(t, "tag"),
		}.Code()
	}
}

// damage makes a slip in a group; the first character of the first group stays, which says that it is no serial number.
func damage(t *rapid.T, group string, first bool, chars string) string {
	g, least := []byte(group), 0
	if first {
		least = 1
	}
	at := rapid.IntRange(least, len(g)-2).Draw(t, "at")
	other := func() byte { return chars[rapid.IntRange(0, len(chars)-1).Draw(t, "other")] }
	switch rapid.SampledFrom([]string{"wrong", "all wrong", "unheard", "missing", "doubled", "swapped"}).Draw(t, "slip") {
	case "wrong":
		g[at] = other()
	case "all wrong":
		for i := least; i < len(g); i++ {
			g[i] = other()
		}
	case "unheard":
		g[at] = '?'
	case "missing":
		g = append(g[:at], g[at+1:]...)
	case "doubled":
		g = append(g[:at+1], g[at:]...)
	case "swapped":
		g[at], g[at+1] = g[at+1], g[at]
	}
	return string(g)
}
