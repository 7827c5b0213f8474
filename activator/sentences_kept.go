package activator

import (
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// Sentences that come with nearly every code are made once and kept: a batch says
// them a million times.

// kept keeps the sentences that words makes of different things.
type kept[K comparable] struct {
	words func(K) string

	said atomic.Pointer[map[K]string] // never changed, but replaced: many read it at once
	mu   sync.Mutex                   // of who replaces it
}

// mostKept bounds how many sentences of a kind are kept.
const mostKept = 1000

func (k *kept[K]) say(about K) string {
	if said := k.said.Load(); said != nil {
		if s, ok := (*said)[about]; ok {
			return s
		}
	}
	s := k.words(about)
	k.mu.Lock()
	defer k.mu.Unlock()
	more := map[K]string{about: s}
	if said := k.said.Load(); said != nil {
		if len(*said) >= mostKept {
			return s
		}
		maps.Copy(more, *said)
	}
	k.said.Store(&more)
	return s
}

// limitWords are what a sentence about a limit tells: its number, and how many are allowed in
// so many days.
type limitWords struct {
	what                string
	number, limit, days int
}

type definitionWords struct {
	id                uint8
	name, description string
	typ               product.Type
}

var (
	forms = kept[codes.Kind]{words: func(k codes.Kind) string { return withArticle(k.String()) + ", every group in order" }}

	definitions = kept[definitionWords]{words: func(d definitionWords) string {
		s := fmt.Sprintf("%d %s (%s)", d.id, d.name, d.typ)
		if d.description != "" {
			s += ": " + d.description
		}
		return s
	}}

	daysInWords = kept[int64]{words: func(begin int64) string { return time.Unix(begin, 0).UTC().Format("2 January 2006") }}

	daysInDigits = kept[int64]{words: func(begin int64) string { return time.Unix(begin, 0).UTC().Format(time.DateOnly) }}

	genuines = kept[uint16]{words: func(release uint16) string {
		return fmt.Sprintf("made by the program of this license, release %d", release)
	}}

	withinLimits = kept[limitWords]{words: func(l limitWords) string {
		return fmt.Sprintf("%s: number %d of %d within %d days", l.what, l.number, l.limit, l.days)
	}}

	seatsTaken = kept[[2]int]{words: func(seat [2]int) string {
		return fmt.Sprintf("a seat is free: it becomes seat %d of %d", seat[0], seat[1])
	}}

	granted = kept[string]{words: func(name string) string { return name + " is part of what was bought" }}

	releases = kept[uint16]{words: func(release uint16) string { return fmt.Sprintf("release %d is covered", release) }}
)
