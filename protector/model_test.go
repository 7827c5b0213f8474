package protector

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
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

// memory is a disk for models: quick, and easy to damage.
type memory map[string][]byte

func (m memory) read(name string) ([]byte, error) {
	data, ok := m[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return bytes.Clone(data), nil
}

func (m memory) list(dir string) ([]string, error) {
	var names []string
	for name := range m {
		if filepath.Dir(name) == dir {
			names = append(names, filepath.Base(name))
		}
	}
	return names, nil
}

func (m memory) replace(name string, data []byte, _ bool) error {
	m[name] = bytes.Clone(data)
	return nil
}

func (m memory) rename(from, to string) error {
	m[to] = m[from]
	delete(m, from)
	return nil
}

func (m memory) lock(string, bool, time.Duration) (func(), error) { return func() {}, nil }

// truth is what the model knows about one state of the license.
type truth struct {
	generation int
	keys       []int // every key, by a number of the model's own
	active     map[uint8]uint32
	waiting    map[codes.Code]bool // requests that can be answered
	dead       *death
}

type death struct {
	code  codes.Code
	ended int
	ends  map[uint8]uint32
}

func (m *truth) clone() *truth {
	c := *m
	c.keys, c.active, c.waiting = slices.Clone(m.keys), maps.Clone(m.active), maps.Clone(m.waiting)
	return &c
}

func (m *truth) key() int { return m.keys[len(m.keys)-1] }

// TestModel drives one machine: codes asked for, answered, typed late and again,
// deactivated and reactivated, while copies of the state are torn, lost, and
// restored from backups of one place and of all, and the clock jumps.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{T: t, vendor: protectortest.New(start), disk: memory{}, truths: map[string]*truth{}, now: start}
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
			"deactivate":       m.deactivate,
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
		if best.dead == nil && c.dead != nil && slices.Contains(best.keys, c.dead.ended) && !slices.Contains(best.keys, c.key()) {
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
		switch d.State {
		case Active, Deactivated:
			lines = append(lines, fmt.Sprintf("%d %s %d", d.ID, d.State, d.Parameter))
		}
	}
	have := strings.Join(lines, "\n")
	lines = nil
	confirmation := codes.Code{}
	if want != nil {
		held, word := want.active, Active
		if want.dead != nil {
			held, word, confirmation = want.dead.ends, Deactivated, want.dead.code
		}
		for _, id := range slices.Sorted(maps.Keys(held)) {
			lines = append(lines, fmt.Sprintf("%d %s %d", id, word, held[id]))
		}
		m.learn(want) // the look repaired the copies
	}
	if wanted := strings.Join(lines, "\n"); have != wanted {
		t.Fatalf("have %q, want %q", have, wanted)
	}
	d, err := m.client.Confirmation()
	if d.Code != confirmation || (err == nil) != !confirmation.IsZero() {
		t.Fatalf("confirmation %s (%v), want %s", d.Code, err, confirmation)
	}
	for _, name := range m.files() {
		if want != nil && !bytes.Equal(m.disk[name], m.disk[m.files()[0]]) {
			t.Fatal("the copies differ after a look")
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
		m.keys++
		before = &truth{keys: []int{0}, active: map[uint8]uint32{}, waiting: map[codes.Code]bool{}} // LK is key 0, ever
	}
	m.learn(before)
}

func (m *model) request(t *rapid.T) {
	now := m.expected()
	id := rapid.SampledFrom([]uint8{1, 3, 5}).Draw(t, "definition")
	r, err := m.client.Request(id, RequestOptions{New: rapid.Bool().Draw(t, "new")})
	allowed := now != nil && (now.dead != nil) == (id == protectortest.Reactivate)
	if (err == nil) != allowed {
		t.Fatalf("request %d: %v, allowed %v", id, err, allowed)
	}
	if !allowed {
		return
	}
	next := now.clone()
	next.waiting[r.Code] = true
	stored, err := decodeRecord(m.disk[m.files()[0]], m.vendor.Profile.UID, number)
	if err != nil {
		t.Fatal(err)
	}
	if r.Repeat && !now.waiting[r.Code] {
		t.Fatalf("%s is called a repeat and was never shown", r.Code)
	}
	for code := range next.waiting { // the oldest may have been dropped, beyond eight
		if !slices.ContainsFunc(stored.Requests, func(q outstanding) bool { return q.Code == code }) {
			same := 0
			for other := range next.waiting {
				if other.Statement().Definition == code.Statement().Definition {
					same++
				}
			}
			if same <= maxRequests || code == r.Code {
				t.Fatalf("request %s was forgotten among %d", code, same)
			}
			delete(next.waiting, code)
		}
	}
	m.learn(next)
}

func (m *model) answer(t *rapid.T) {
	now := m.expected()
	if now == nil || len(now.waiting) == 0 {
		t.Skip("nothing is waiting")
	}
	requests := slices.SortedFunc(maps.Keys(now.waiting), func(a, b codes.Code) int { return strings.Compare(a.String(), b.String()) })
	r := rapid.SampledFrom(requests).Draw(t, "request")
	as := rapid.SampledFrom([]uint8{1, 3, 5}).Draw(t, "as")
	value := uint32(0)
	if as == protectortest.Feature {
		value = rapid.Uint32().Draw(t, "value")
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
	i := rapid.SampledFrom(m.issued).Draw(t, "answer")
	now := m.expected()
	got, err := m.client.Enter(i.answer.String())
	allowed := now != nil && now.waiting[i.request] && (now.dead != nil) == (i.as == protectortest.Reactivate)
	if accepted := err == nil && !got.Already; accepted != allowed {
		t.Fatalf("answer %+v: %v (already %v), allowed %v", i, err, got.Already, allowed)
	}
	if !allowed {
		if err == nil && now != nil && now.dead != nil {
			t.Fatalf("a deactivated copy calls %s already active", i.answer)
		}
		return
	}
	next := now.clone()
	m.keys++
	next.keys = append(next.keys, m.keys)
	next.generation++
	delete(next.waiting, i.request)
	if i.as == protectortest.Reactivate {
		next.active, next.dead = maps.Clone(now.dead.ends), nil
	} else {
		next.active[i.as] = i.value
	}
	m.learn(next)
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
	if _, err := m.vendor.Confirm(d.Code); err != nil {
		t.Fatalf("the confirmation: %v", err)
	}
	next := now.clone()
	m.keys++
	next.dead = &death{code: d.Code, ended: now.key(), ends: now.active}
	next.keys = append(next.keys, m.keys)
	next.active, next.waiting = map[uint8]uint32{}, map[codes.Code]bool{}
	next.generation++
	m.learn(next)
}

func (m *model) damage(t *rapid.T) {
	names := slices.Sorted(maps.Keys(m.disk))
	name := rapid.SampledFrom(names).Draw(t, "file")
	data := m.disk[name]
	switch rapid.SampledFrom([]string{"cut", "flip", "empty", "garbage", "gone"}).Draw(t, "how") {
	case "cut":
		m.disk[name] = data[:rapid.IntRange(0, max(len(data)-1, 0)).Draw(t, "at")]
	case "flip":
		if len(data) > 0 {
			flipped := bytes.Clone(data)
			flipped[rapid.IntRange(0, len(data)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			m.disk[name] = flipped
		}
	case "empty":
		m.disk[name] = nil
	case "garbage":
		m.disk[name] = rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "garbage")
	case "gone":
		delete(m.disk, name)
	}
}

func (m *model) backup(t *rapid.T) { m.backups = append(m.backups, maps.Clone(m.disk)) }

func (m *model) restore(t *rapid.T, place int) {
	if len(m.backups) == 0 {
		t.Skip("no backup")
	}
	b := m.backups[rapid.IntRange(0, len(m.backups)-1).Draw(t, "backup")]
	part := [...]string{"/first/", "/second/"}
	for name, data := range b {
		if place < 0 || strings.Contains(name, part[place]) {
			m.disk[name] = bytes.Clone(data)
		}
	}
	if place < 0 {
		maps.DeleteFunc(m.disk, func(name string, _ []byte) bool { return b[name] == nil })
	}
}

func (m *model) wipe(*rapid.T) {
	clear(m.disk)
	m.open()
}
