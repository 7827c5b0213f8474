package crashload

import (
	"fmt"
	"math/rand/v2"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// model is what the journal must hold.
type model struct {
	r               *rand.Rand
	uid             codes.UID
	release         uint16
	request, giveUp product.Definition
	day             codes.Day

	licenses []*license
	answers  map[string]bool // that were shown
	accepted map[string]bool // confirmations
	orders   int
	batches  int
}

type license struct {
	number   codes.LicenseNumber
	lk       codes.Key
	seats    int
	state    string // live, revoked, refunded
	machines []*machine
	refund   string // its reference
	busy     bool   // something is being done with it
}

type machine struct {
	fp        codes.Fingerprint
	asked     string // its request
	answer    string
	key       codes.Key
	active    bool
	back      string // its confirmation, accepted
	reference string
}

func (l *license) active() (ms []*machine) {
	for _, m := range l.machines {
		if m.active {
			ms = append(ms, m)
		}
	}
	return ms
}

// A step is an op with what must come of it.
type step struct {
	op      op
	want    reply
	again   reply  // where it had been done before a crash
	done    func() // what the model notes then
	of      []*license
	twin    *op   // done at the same time by another process
	outcome []int // of the two: how many of each verdict are wanted: ok, repeat, refused
}

func verdict(v string) reply { return reply{Verdict: v} }

// draw makes a step on licenses that nothing is being done with; nil where there is none.
func (m *model) draw() *step {
	x := m.r.IntN(100)
	if len(m.licenses) < 24 || x < 4 {
		return m.register()
	}
	if x < 10 {
		return m.batch()
	}
	for range 20 {
		if l := m.licenses[m.r.IntN(len(m.licenses))]; !l.busy {
			s := m.one(l, x)
			l.busy, s.of = true, append(s.of, l)
			return s
		}
	}
	return nil
}

func (m *model) one(l *license, x int) *step {
	active := l.active()
	switch {
	case x < 14:
		if l.state == "revoked" {
			return &step{op: op{Kind: "restore", License: l.number}, want: verdict("ok"), again: verdict("refused"), done: func() { l.state = "live" }}
		}
		s := &step{op: op{Kind: "revoke", License: l.number}, want: verdict("ok"), again: verdict("refused"), done: func() { l.state = "revoked" }}
		if l.state == "refunded" {
			s.want, s.done = verdict("refused"), func() {}
		}
		return s
	case x < 17:
		return m.refund(l)
	case x < 22 && len(active) > 0:
		c := active[m.r.IntN(len(active))]
		return &step{op: op{Kind: "gone", License: l.number, Machine: c.fp}, want: verdict("ok"), again: verdict("refused"), done: func() { c.active = false }}
	case x < 50 && len(active) > 0:
		return m.confirm(l, active[m.r.IntN(len(active))], x < 26)
	case x < 58:
		for _, c := range l.machines {
			if c.back != "" { // once more: with its own case, or with another one
				if x < 54 {
					return &step{op: op{Kind: "submit", Code: c.back, Reference: c.reference}, want: verdict("repeat"), again: verdict("repeat"), done: func() {}}
				}
				return &step{op: op{Kind: "submit", Code: c.back, Reference: "another"}, want: verdict("refused"), again: verdict("refused"), done: func() {}}
			}
		}
	case x < 66 && len(active) > 0:
		c := active[m.r.IntN(len(active))]
		w := reply{Verdict: "repeat", Answer: c.answer}
		if l.state != "live" {
			w = verdict("refused")
		}
		return &step{op: op{Kind: "submit", Code: c.asked}, want: w, again: w, done: func() {}}
	}
	return m.issue(l, x < 70)
}

func (m *model) register() *step {
	m.orders++
	o := op{Kind: "register", Order: fmt.Sprint("PO-", m.orders), Seats: 1 + m.r.IntN(3)}
	l := &license{seats: o.Seats, state: "live"}
	return &step{op: o, want: verdict("ok"), again: verdict("ok"), of: []*license{l}, done: func() { m.licenses = append(m.licenses, l) }}
}

// issue asks for a machine that is new to the license. Raced, two processes are asked at once.
func (m *model) issue(l *license, raced bool) *step {
	s := codes.Statement{Kind: codes.KindRequest, Random: m.r.Uint32() | 1, Fingerprint: codes.Fingerprint(m.r.Uint32() >> 6), License: l.number, Definition: m.request.ID}
	s.Tag = l.lk.StatementTag(m.uid, m.release, uint8(m.request.Type), s)
	t := codes.Terms{
		UID: m.uid, License: l.number, Release: m.release, Definition: m.request.ID, Type: uint8(m.request.Type),
		Flags: m.request.Flags(), Fingerprint: s.Fingerprint, Random: s.Random, Day: m.day,
	}
	tag := l.lk.AnswerTag(t)
	c := &machine{fp: s.Fingerprint, asked: s.Code().String(), answer: codes.Answer{Day: m.day, Tag: tag}.Code().String(), key: l.lk.After(t, tag), active: true}
	st := &step{op: op{Kind: "submit", Code: c.asked}, want: reply{Verdict: "ok", Answer: c.answer}, again: reply{Verdict: "repeat", Answer: c.answer}}
	st.done = func() {
		l.machines = append(l.machines, c)
		m.answers[c.answer] = true
	}
	if l.state != "live" || len(l.active()) >= l.seats {
		st.want, st.again, st.done = verdict("refused"), verdict("refused"), func() {}
	} else if raced {
		st.twin, st.outcome = &st.op, []int{1, 1, 0}
	}
	return st
}

// confirm gives a machine back. Raced, it is for another case at another desk at the same time.
func (m *model) confirm(l *license, c *machine, raced bool) *step {
	s := codes.Statement{Kind: codes.KindConfirmation, Random: m.r.Uint32() | 1, Fingerprint: c.fp, License: l.number, Definition: m.giveUp.ID}
	s.Tag = c.key.StatementTag(m.uid, m.release, uint8(m.giveUp.Type), s)
	o := op{Kind: "submit", Code: s.Code().String(), Reference: fmt.Sprint("case-", s.Random)}
	st := &step{op: o, want: verdict("ok"), again: verdict("repeat")}
	st.done = func() {
		c.active, c.back, c.reference = false, o.Code, st.op.Reference // raced, that of the other case may count
		m.accepted[o.Code] = true
	}
	if raced {
		other := o
		other.Reference = fmt.Sprint("twin-", s.Random)
		st.twin, st.outcome = &other, []int{1, 0, 1}
	}
	return st
}

func (m *model) refund(l *license) *step {
	o := op{Kind: "refund", License: l.number, Reference: fmt.Sprint("credit-", m.r.Uint32())}
	switch {
	case l.refund != "" && m.r.IntN(2) == 0:
		o.Reference = l.refund
		return &step{op: o, want: verdict("repeat"), again: verdict("repeat"), done: func() {}}
	case l.refund != "" || len(l.active()) > 0:
		return &step{op: o, want: verdict("refused"), again: verdict("refused"), done: func() {}}
	}
	return &step{op: o, want: verdict("ok"), again: verdict("repeat"), done: func() { l.state, l.refund = "refunded", o.Reference }}
}

// batch takes several codes of several licenses.
func (m *model) batch() *step {
	m.batches++
	b := &step{op: op{Kind: "batch", Batch: fmt.Sprint("batch-", m.batches)}, want: verdict("ok")}
	var dones []func()
	for range 2 + m.r.IntN(8) {
		l := m.licenses[m.r.IntN(len(m.licenses))]
		if l.busy {
			continue
		}
		s := m.issue(l, false)
		if active := l.active(); len(active) > 0 && m.r.IntN(2) == 0 {
			s = m.confirm(l, active[0], false)
		}
		l.busy = true
		b.of = append(b.of, l)
		b.op.Rows = append(b.op.Rows, s.op)
		b.want.Rows = append(b.want.Rows, s.want)
		dones = append(dones, s.done)
	}
	if len(b.op.Rows) == 0 {
		return nil
	}
	b.again = b.want // a batch keeps its first verdicts
	b.done = func() {
		for _, d := range dones {
			d()
		}
	}
	return b
}
