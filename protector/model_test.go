package protector

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// TestModel drives one machine: codes asked for, answered, typed late and again,
// given back in part and as a whole, read out at once, late or never, reactivated and recovered, while copies of the state are torn, lost, and
// restored from backups of one place and of all, and the clock jumps.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{T: t, vendor: protectortest.New(start), disk: memory{}, truths: map[string]*truth{}, now: start}
		m.vendor.Profile.Definitions[protectortest.Unlimited-1].Reusable = true
		m.serial = m.vendor.Vouch(number).Code().String()
		m.profile = m.vendor.Export()
		m.open()
		m.enterSerial()
		t.Repeat(map[string]func(*rapid.T){
			"":                 m.check,
			"reopen":           func(*rapid.T) { m.open() },
			"request":          m.request,
			"answer":           m.answer,
			"enter":            m.enter,
			"all three":        func(t *rapid.T) { m.request(t); m.answer(t); m.enterThe(t, m.issued[len(m.issued)-1]) },
			"all but in order": func(t *rapid.T) { m.request(t); m.request(t); m.answer(t); m.enter(t) },
			"recover":          m.recover,
			"deactivate":       m.deactivate,
			"check in":         m.checkIn,
			"read":             m.read,
			"use":              m.use,
			"damage a copy":    m.damage,
			"backup":           m.backup,
			"restore one":      func(t *rapid.T) { m.restore(t, rapid.IntRange(0, 1).Draw(t, "place")) },
			"restore all":      func(t *rapid.T) { m.restore(t, -1) },
			"wipe":             m.wipe,
			"the clock jumps":  func(t *rapid.T) { m.now = m.now.Add(time.Duration(rapid.IntRange(-60, 60).Draw(t, "days")) * oneDay) },
			"enter the serial": func(*rapid.T) { m.enterSerial() },
		})
	})
}

type model struct {
	*rapid.T
	vendor  *protectortest.Vendor
	serial  string
	profile []byte
	disk    memory
	client  *Client
	now     time.Time
	keys    int

	truths  map[string]*truth // by the text of the state file
	backups []memory
	issued  []issued
}

type issued struct {
	request codes.Code
	answer  codes.Code
	as      uint8
	value   uint32
}

func (m *model) open() {
	c, err := Open(Config{
		Profile: m.profile, Anchor: m.vendor.Anchor, Dir: "/state", Rand: rand.Reader, disk: m.disk,
		Now:     func() time.Time { return m.now },
		Machine: func(context.Context) (*fingerprint.Profile, error) { return protectortest.Machine(1), nil },
	})
	if err != nil {
		m.Fatalf("open: %v", err)
	}
	m.client = c
}

func (m *model) files() [2]string {
	uid := m.vendor.Profile.UID.String()
	return [2]string{
		filepath.Join("/state", "first", uid, licenseFile(number)),
		filepath.Join("/state", "second", uid, licenseFile(number)),
	}
}

// expected is the state that must count, by the rule of docs/client.md; nil when it is
// lost.
func (m *model) expected() *truth {
	type candidate struct {
		*truth
		sequence uint64
	}
	var all []candidate
	for _, name := range m.files() {
		data := m.disk[name]
		if known := m.truths[string(data)]; known != nil {
			rec, err := decodeRecord(data, m.vendor.Profile.UID, number)
			if err != nil {
				m.Fatalf("a genuine state cannot be read: %v", err)
			}
			all = append(all, candidate{known, rec.Sequence})
		}
	}
	var best *candidate
	for i, c := range all {
		if best == nil || c.generation > best.generation || c.generation == best.generation && c.sequence > best.sequence {
			best = &all[i]
		}
	}
	if best == nil {
		return nil
	}
	for _, c := range all {
		if best.dead == nil && c.beats(best.truth) {
			return c.truth
		}
	}
	// Two branches that are equally new: either may count, as long as it is one of
	// them; ask which.
	for i, c := range all {
		if c.truth != best.truth && c.generation == best.generation && c.sequence == best.sequence && newerFile(m.disk[m.files()[i]], m.disk[m.files()[1-i]]) {
			return c.truth
		}
	}
	return best.truth
}

func newerFile(a, b []byte) bool { return bytes.Compare(a, b) > 0 }

// learn binds the files as they are now to what they must say.
func (m *model) learn(now *truth) {
	for _, name := range m.files() {
		m.truths[string(m.disk[name])] = now
	}
}

func (m *model) check(t *rapid.T) {
	want := m.expected()
	status, err := m.client.Status()
	if err != nil {
		t.Fatalf("status: %v", err)
	}
	var lines []string
	for _, d := range status.Definitions {
		switch {
		case !single(d.Definition):
		case d.State == Active, d.State == Expired: // as the clock has it
			lines = append(lines, fmt.Sprintf("%d held %d", d.ID, d.Parameter))
		case d.State == Deactivated && !d.Since.IsZero():
			lines = append(lines, fmt.Sprintf("%d ended %d", d.ID, d.Parameter))
		}
	}
	have := strings.Join(lines, "\n")
	lines = nil
	if want != nil {
		held, word := want.active, "held"
		if want.dead != nil {
			held, word = want.dead.ends, "ended"
		}
		for _, id := range slices.Sorted(maps.Keys(held)) {
			lines = append(lines, fmt.Sprintf("%d %s %d", id, word, held[id]))
		}
		m.learn(want) // the look repaired the copies
	}
	if wanted := strings.Join(lines, "\n"); have != wanted {
		t.Fatalf("have %q, want %q", have, wanted)
	}
	if have, wanted := m.unread(t), want.shown(); !slices.Equal(have, wanted) {
		t.Fatalf("confirmations %v, want %v", have, wanted)
	}
	if d, err := m.client.Confirmation(); (err == nil) != (len(want.shown()) > 0) || err == nil && d.Code != want.shown()[len(want.shown())-1] {
		t.Fatalf("confirmation %s (%v), want the last of %v", d.Code, err, want.shown())
	}
	for _, name := range m.files() {
		if want != nil && !bytes.Equal(m.disk[name], m.disk[m.files()[0]]) {
			t.Fatal("the copies differ after a look")
		}
	}
}

// unread lists the confirmations that the machine shows.
func (m *model) unread(t *rapid.T) []codes.Code {
	all, err := m.client.Confirmations()
	if err != nil && m.expected() != nil {
		t.Fatalf("confirmations: %v", err)
	}
	var out []codes.Code
	for _, d := range all {
		out = append(out, d.Code)
	}
	return out
}

// read reads to the vendor all that the machine shows, in order.
func (m *model) read(t *rapid.T) {
	for _, d := range m.unread(t) {
		if _, err := m.vendor.Confirm(d); err != nil {
			t.Fatalf("an honest confirmation cannot be read: %v", err)
		}
	}
}
