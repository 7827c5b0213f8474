package codes_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/repairfigures/trials"
)

var trialCount = flag.Int("trials", 50, "repair trials of each scenario and kind; the promises are for 10000")

const registered = 10000 // licenses

// TestRepairFigures checks what docs/format.md promises. With few trials a
// single miss may be chance where the promise is below 100 %, so misses are
// bounded by the expected number plus one.
func TestRepairFigures(t *testing.T) {
	w := trials.NewWorld(2, registered)
	for _, s := range trials.Scenarios() {
		t.Run(s.Form.String()+"/"+s.Name, func(t *testing.T) {
			for _, k := range s.Kinds {
				r := w.Run(s, codes.Kind(k), *trialCount)
				misses := r.Trials - r.Only
				if most := int((1 - s.Least) * float64(r.Trials)); misses > max(most, 1) {
					t.Errorf("%c: have %d misses in %d trials, want at most %d; the first: %s", k, misses, r.Trials, most, r.FirstMiss)
				}
				if r.Wrong > 0 {
					t.Errorf("%c: have %d trials with only wrong proposals, want none; the first: %s", k, r.Wrong, r.FirstMiss)
				}
				if r.MostTags > 1<<14 {
					t.Errorf("%c: have %d tag trials in one reading, want at most %d", k, r.MostTags, 1<<14)
				}
			}
		})
	}
}

// counting is a judge that counts its calls, knows every license and finds one
// in so many tags genuine; none for 0.
type counting struct {
	known, numbers, genuine int
	every                   int
}

func (c *counting) Known(numbers []codes.LicenseNumber) []bool {
	c.known++
	c.numbers += len(numbers)
	out := make([]bool, len(numbers))
	for i := range out {
		out[i] = true
	}
	return out
}

func (c *counting) Genuine(codes.Code) bool {
	c.genuine++
	return c.every > 0 && c.genuine%c.every == 0
}

func TestRepairKeepsItsLimits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	random := func(alphabet string, n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(b)
	}
	const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	const small = "abcdefghjkmnpqrstuvwxyz"
	var texts []string
	for range 5 {
		texts = append(texts, "R"+random(letters, 29), "A"+random(letters, 23), "r"+random(small, 29), "a"+random(small, 23),
			"r?"+random(small, 4)+"?"+random(small, 5)+"?"+random(small, 5)+"?"+random(small, 5)+"?"+random(small, 5),
			"100"+random("0123456789", 51), "30"+random("0123456789", 40), "100"+random("0123456789", 48),
			"100"+random("0123456789", 54), "R"+random(letters, 28), "S"+random(letters, 30), random("0OIl?", 30), random("\x00\xff?R-", 40))
	}
	texts = append(texts, "", "?", strings.Repeat("?", 30), strings.Repeat("a", 30), strings.Repeat("1", 54),
		strings.Repeat("R ", 1<<19), strings.Repeat("?", 1<<20), random(letters, 1<<20), strings.Repeat("R11111-", 1<<17))
	for _, text := range texts {
		j := &counting{}
		_, stats := codes.RepairCount(text, nil, j)
		if j.known > 1 || j.genuine > 1<<14 || j.genuine != stats.Trials || j.numbers != stats.Numbers || stats.Candidates > 1<<20 {
			t.Errorf("Repair(%.40q): have %+v and %+v, want one call of Known and at most %d of Genuine", text, *j, stats, 1<<14)
		}
	}
}

func TestRepairAsksForWantedKindsOnly(t *testing.T) {
	w := trials.NewWorld(5, 10)
	c := w.Code(codes.KindSerial)
	text := "Z" + c.String()[1:]
	if got := codes.Repair(text, []codes.Kind{codes.KindRequest, codes.KindConfirmation}, w); len(got) != 0 {
		t.Errorf("have %v for a serial number where a request is wanted, want nothing", got)
	}
	for _, want := range [][]codes.Kind{nil, {codes.KindSerial}, {codes.KindActivation, codes.KindSerial, codes.KindSerial}} {
		if got := codes.Repair(text, want, w); len(got) != 1 || got[0].Code != c {
			t.Errorf("want %v: have %v, want the serial number", want, got)
		}
	}
}

func TestRepairWithinAMail(t *testing.T) {
	w := trials.NewWorld(6, 10)
	c := w.Code(codes.KindRequest)
	text := c.String()
	mail := "Dear desk,\nplease activate: " + text[:22] + "?" + text[23:] + "\nThank you\n"
	if text[22] == '-' {
		t.Fatal("the sample must mangle a character")
	}
	if got := codes.Repair(mail, nil, w); len(got) != 1 || got[0].Code != c {
		t.Errorf("have %v, want %s", got, c)
	}
}

// TestRepairMissedSwaps takes swaps that leave the group's check right: they
// are tried when nothing else fits, and only then.
func TestRepairMissedSwaps(t *testing.T) {
	w := trials.NewWorld(7, 100)
	found := 0
	for range 3000 {
		c := w.Code(codes.KindRequest)
		text := c.String()
		for i := range len(text) - 1 {
			swapped := text[:i] + text[i+1:i+2] + text[i:i+1] + text[i+2:]
			other, err := codes.Parse(swapped)
			if err != nil || other == c || text[i] == '-' || text[i+1] == '-' {
				continue
			}
			found++
			got := codes.Repair(swapped, nil, w)
			if len(got) != 1 || got[0].Code != c || got[0].Changes[0].Class != codes.ClassSwapped {
				t.Errorf("Repair(%s): have %v, want %s", swapped, got, c)
			}
			if got := codes.Repair(text, nil, w); len(got) != 1 || len(got[0].Changes) != 0 {
				t.Errorf("Repair(%s): have %v, want the code itself", text, got)
			}
		}
	}
	if found == 0 {
		t.Fatal("no swap was missed by a check: the test tests nothing")
	}
}

func TestChangesLeadBackToTheText(t *testing.T) {
	w := trials.NewWorld(8, 100)
	for _, s := range trials.Scenarios() {
		c, text := w.Mangled(s, codes.KindRequest)
		for _, p := range codes.Repair(text, nil, w) {
			if p.Code != c {
				continue
			}
			spelled := strings.Split(c.String(), "-")
			if s.Form == codes.FormDigits {
				spelled = strings.Split(c.Digits(), "-")
			}
			if len(p.Changes) == 0 {
				t.Errorf("%s: %q has no changes", s.Name, text)
			}
			for _, ch := range p.Changes {
				if ch.String() == "" || strings.Contains(ch.String(), "%!") {
					t.Errorf("%s: change says %q", s.Name, ch)
				}
				if ch.Class == codes.ClassExchanged {
					continue
				}
				if at := ch.Position; ch.To != "" && !strings.HasPrefix(spelled[ch.Group][at:], ch.To) {
					t.Errorf("%s: change %q: group is %s", s.Name, ch, spelled[ch.Group])
				}
				if ch.From != "" && !strings.Contains(text, ch.From) {
					t.Errorf("%s: change %q: %q was never typed in %q", s.Name, ch, ch.From, text)
				}
			}
		}
	}
}

func TestChangeWords(t *testing.T) {
	l := codes.FormLetters
	for want, c := range map[string]codes.Change{
		`group 3, character 2: "8" instead of "B"`:              {Class: codes.ClassWrong, Form: l, Group: 2, Position: 1, From: "B", To: "8"},
		`group 1, character 6: "x" where nothing was heard`:     {Class: codes.ClassUnheard, Form: l, Position: 5, From: "?", To: "x"},
		`group 2, digits 1 and 2: "12" instead of "21"`:         {Class: codes.ClassSwapped, Form: codes.FormDigits, Group: 1, From: "21", To: "12"},
		`group 2, digit 4: "7" was missing`:                     {Class: codes.ClassMissing, Form: codes.FormDigits, Group: 1, Position: 3, To: "7"},
		`group 2, character 4: "7" was doubled`:                 {Class: codes.ClassDoubled, Form: l, Group: 1, Position: 3, From: "7", To: "7"},
		`group 5, character 1: "w" instead of "W"`:              {Class: codes.ClassCase, Form: l, Group: 4, From: "W", To: "w"},
		`group 2: "7" before character 4 does not belong there`: {Class: codes.ClassSurplus, Form: l, Group: 1, Position: 3, From: "7"},
		`groups 2 and 4 were exchanged`:                         {Class: codes.ClassExchanged, Form: l, Group: 3, Position: -1, Other: 1},
	} {
		if have := c.String(); have != want {
			t.Errorf("have %q, want %q", have, want)
		}
	}
}

// TestLikelySlipsFirst: where several readings are genuine, look-alikes lead.
func TestLikelySlipsFirst(t *testing.T) {
	w := trials.NewWorld(9, 10)
	c := w.Code(codes.KindRequest)
	text := []byte(c.String())
	text[9] = map[bool]byte{true: 'a', false: 'b'}[text[9] != 'a']
	got := codes.Repair(string(text), []codes.Kind{codes.KindRequest}, &counting{every: 1})
	if len(got) < 2 {
		t.Fatalf("have %d proposals where every tag is genuine, want several", len(got))
	}
	seen := map[codes.Code]bool{}
	for _, p := range got {
		if seen[p.Code] {
			t.Errorf("%s is proposed twice", p.Code)
		}
		seen[p.Code] = true
	}
	if !seen[c] {
		t.Errorf("%s is not among %s", c, fmt.Sprint(got))
	}
}

// TestRepairCountsFewCandidates bounds the work that time depends on.
func TestRepairCountsFewCandidates(t *testing.T) {
	w := trials.NewWorld(12, registered)
	most := map[string]int{ // candidates in the worst of 100 readings
		"one wrong character": 64, "two neighbors swapped": 64, "one ? in each group": 64,
		"a character missing, no dashes": 4096, "a character doubled, no dashes": 1024,
		"one wrong character in each group": 1 << 15, "one wrong digit": 2048,
	}
	for _, s := range trials.Scenarios() {
		if most[s.Name] == 0 {
			continue
		}
		worst := 0
		for range 100 {
			_, text := w.Mangled(s, codes.KindRequest)
			_, stats := codes.RepairCount(text, nil, w)
			worst = max(worst, stats.Candidates)
		}
		t.Logf("%s, %s: %d candidates at most", s.Form, s.Name, worst)
		if worst > most[s.Name] {
			t.Errorf("%s, %s: have %d candidates, want at most %d", s.Form, s.Name, worst, most[s.Name])
		}
	}
}

func TestOnlyCase(t *testing.T) {
	plain := codes.Change{Class: codes.ClassCase}
	slip := codes.Change{Class: codes.ClassCase + 1}
	for _, c := range []struct {
		changes []codes.Change
		want    bool
	}{{nil, false}, {[]codes.Change{plain, plain}, true}, {[]codes.Change{plain, slip}, false}} {
		if have := (codes.Proposal{Changes: c.changes}).OnlyCase(); have != c.want {
			t.Errorf("OnlyCase of %v: have %v, want %v", c.changes, have, c.want)
		}
	}
}
