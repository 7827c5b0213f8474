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

func (m *model) enterSerial() {
	before := m.expected()
	in, err := m.client.EnterSerial(m.serial)
	if err != nil {
		m.Fatalf("serial: %v", err)
	}
	if in.Known != (before != nil) {
		m.Fatalf("known is %v, and a state was there: %v", in.Known, before != nil)
	}
	if before == nil {
		before = blank()
	}
	m.learn(before)
}

func (m *model) request(t *rapid.T) {
	id := rapid.SampledFrom([]uint8{1, 1, 3, 4, 5, 5, 7, 8, 11, 12, 13, 14}).Draw(t, "definition")
	if now := m.expected(); now != nil && now.dead != nil && rapid.Bool().Draw(t, "sensible") {
		id = protectortest.Reactivate
	}
	m.ask(t, id)
}

func (m *model) ask(t *rapid.T, id uint8) {
	now := m.expected()
	kept := m.beside()
	r, err := m.client.Request(id, RequestOptions{New: rapid.Bool().Draw(t, "new")})
	if id == protectortest.Recover {
		if err != nil && now != nil {
			t.Fatalf("a recovery cannot be asked for: %v", err)
		}
		if err == nil && r.Repeat && !slices.Contains(kept, r.Code) {
			t.Fatalf("%s is called a repeat and was never shown", r.Code)
		}
		return
	}
	if allowed := now != nil && now.takes(id); (err == nil) != allowed {
		t.Fatalf("request %d: %v, allowed %v", id, err, allowed)
	}
	if err != nil {
		return
	}
	if r.Repeat {
		if !slices.Contains(now.waiting, r.Code) {
			t.Fatalf("%s is called a repeat and was never shown", r.Code)
		}
		return
	}
	next := now.clone()
	next.ask(r.Code)
	stored, err := decodeRecord(m.disk[m.files()[0]], m.vendor.Profile.UID, number)
	if err != nil {
		t.Fatal(err)
	}
	var waiting []codes.Code
	for _, q := range stored.Requests {
		waiting = append(waiting, q.Code)
	}
	if !slices.Equal(waiting, next.waiting) {
		t.Fatalf("waiting are %v, want %v", waiting, next.waiting)
	}
	m.learn(next)
}

func (m *model) answer(t *rapid.T) {
	requests := m.beside()
	if now := m.expected(); now != nil {
		requests = append(requests, now.waiting...)
	}
	if len(requests) == 0 {
		t.Skip("nothing is waiting")
	}
	m.read(t) // whatever was given back unread, the vendor can read all of it now
	r := rapid.SampledFrom(requests).Draw(t, "request")
	as := r.Statement().Definition
	if rapid.Bool().Draw(t, "another") {
		as = rapid.SampledFrom([]uint8{1, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14}).Draw(t, "as")
	}
	m.issue(t, r, as)
}

func (m *model) issue(t *rapid.T, r codes.Code, as uint8) {
	value := uint32(0)
	today, err := codes.DayOf(m.now)
	if err != nil {
		t.Skip("a clock from before the format")
	}
	switch as {
	case protectortest.Feature:
		value = rapid.Uint32().Draw(t, "value")
	case protectortest.Trial, protectortest.Hours, protectortest.Runs, protectortest.Extra:
		value = rapid.Uint32Range(1, 60).Draw(t, "value")
	case protectortest.Rental:
		value = rapid.Uint32Range(900, 1200).Draw(t, "day")
	case protectortest.Release, protectortest.Bundle:
		value = rapid.SampledFrom([]uint32{0, 1000, 1060, 1100}).Draw(t, "day")
	case protectortest.Pick:
		value = rapid.Uint32Range(1, 7).Draw(t, "bits")
	case protectortest.Recover:
		value = uint32(today)
	}
	code, err := m.vendor.Issue(r, protectortest.Answer{As: as, Parameter: value})
	if err != nil {
		t.Fatalf("an honest request is not genuine: %v", err)
	}
	m.issued = append(m.issued, issued{r, code, as, value})
}

func (m *model) enter(t *rapid.T) {
	if len(m.issued) == 0 {
		t.Skip("nothing was issued")
	}
	m.enterThe(t, rapid.SampledFrom(m.issued).Draw(t, "answer"))
}

// recover asks for a recovery and enters its answer, sometimes of an older request.
func (m *model) recover(t *rapid.T) {
	for range rapid.IntRange(1, 2).Draw(t, "requests") {
		m.ask(t, protectortest.Recover)
	}
	for _, r := range m.beside() {
		if rapid.Bool().Draw(t, "answered") {
			m.issue(t, r, protectortest.Recover)
			m.enterThe(t, m.issued[len(m.issued)-1])
		}
	}
}

func (m *model) enterThe(t *rapid.T, i issued) {
	now := m.expected()
	recovery := i.request.Statement().Definition == protectortest.Recover
	fits := recovery && i.as == protectortest.Recover && slices.Contains(m.beside(), i.request)
	switch {
	case now == nil:
	case i.as == protectortest.Unlimited: // reusable
		_, held := now.active[i.as]
		fits = !held
	case !recovery:
		fits = slices.Contains(now.waiting, i.request)
	}
	allowed := fits && (now == nil || now.takes(i.as)) && (i.as != protectortest.Recover || m.timely(i.value))
	got, err := m.client.Enter(i.answer.String())
	accepted := err == nil && !got.Already
	if accepted != allowed && (now != nil || accepted) { // a lost state may not even know its license
		t.Fatalf("answer %+v: %v (already %v), allowed %v", i, err, got.Already, allowed)
	}
	if !accepted {
		if err == nil && now != nil && now.dead != nil && i.as != protectortest.Recover {
			t.Fatalf("a deactivated copy calls %s already active", i.answer)
		}
		return
	}
	next := blank()
	if now != nil {
		next = now.clone()
	}
	next.take(i.as, i.value)
	switch {
	case i.as == protectortest.Unlimited:
		next.waiting = slices.DeleteFunc(next.waiting, func(q codes.Code) bool { return q.Statement().Definition == i.as })
	case recovery:
	default:
		next.answer(i.request)
		if i.as != protectortest.Recover {
			m.keys++
			next.keys = append(next.keys, m.keys)
		}
	}
	m.learn(next)
}

// checkIn gives the options back.
func (m *model) checkIn(t *rapid.T) {
	now := m.expected()
	d, err := m.client.CheckIn(0, yes)
	held := false
	if now != nil {
		_, held = now.active[protectortest.Feature]
	}
	if (err == nil) != held {
		t.Fatalf("check-in: %v, held %v", err, held)
	}
	if !held {
		return
	}
	next := now.clone()
	m.keys++
	next.keys = append(next.keys, m.keys)
	next.returns[m.keys] = true
	delete(next.active, protectortest.Feature)
	next.waiting, next.in = nil, append(next.in, d.Code)
	next.generation++
	m.learn(next)
}

// use counts a run; nothing else changes.
func (m *model) use(t *rapid.T) {
	now := m.expected()
	r, err := m.client.Begin()
	if err == nil {
		m.now = m.now.Add(time.Duration(rapid.IntRange(-1, 5).Draw(t, "hours")) * time.Hour)
		if _, err := r.Tick(); err != nil {
			t.Fatalf("tick: %v", err)
		}
		if err := r.End(); err != nil {
			t.Fatalf("end: %v", err)
		}
	}
	if now != nil {
		m.learn(now)
	}
}

func (m *model) deactivate(t *rapid.T) {
	now := m.expected()
	d, err := m.client.Deactivate(0, yes)
	_, released := map[uint8]uint32{}[1], false
	if now != nil {
		_, released = now.active[protectortest.Release]
	}
	if (err == nil) != released {
		t.Fatalf("deactivate: %v, released %v", err, released)
	}
	if !released {
		return
	}
	next := now.clone()
	m.keys++
	next.dead = &death{code: d.Code, ended: now.key(), ends: now.active}
	next.keys = append(next.keys, m.keys)
	next.active, next.waiting = map[uint8]uint32{}, nil
	next.generation++
	m.learn(next)
}
