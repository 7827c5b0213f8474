package protector

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

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
