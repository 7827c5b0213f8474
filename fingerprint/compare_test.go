package fingerprint_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	fp "github.com/manual-activator/manual-activator/fingerprint"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
	"pgregory.net/rapid"
)

// with returns a copy of a profile in which a kind has these identifiers; a nil
// list is a kind that could not be read.
func with(p *fp.Profile, k fp.Kind, ids ...string) *fp.Profile {
	out := without(p, k)
	c := fp.Component{Kind: k, Instances: []fp.Instance{}}
	for _, id := range ids {
		c.Instances = append(c.Instances, fp.Instance{ID: id})
	}
	out.Components = append(out.Components, c)
	out.Tidy()
	return out
}

// without returns a copy of a profile in which a kind could not be read.
func without(p *fp.Profile, k fp.Kind) *fp.Profile {
	out := &fp.Profile{Version: p.Version}
	for _, c := range p.Components {
		if c.Kind != k {
			c.Instances = slices.Clone(c.Instances)
			out.Components = append(out.Components, c)
		}
	}
	return out
}

// ids are two sets of plausible identifiers for each kind.
var ids = map[fp.Kind][4]string{
	fp.MAC:         {"a8:a1:59:3c:7e:12", "a8:a1:59:3c:7e:13", "3c:ec:ef:10:20:30", "3c:ec:ef:10:20:31"},
	fp.CPU:         {"AuthenticAMD 25/33/2", "GenuineIntel 6/85/7", "GenuineIntel 6/140/1", "AuthenticAMD 25/97/2"},
	fp.SystemDrive: {"S5GXNX0T418273P", "WD-WX12345A", "21073X804582", "S4EWNX0M1234"},
	fp.Memory:      {"8 GB", "16 GB", "32 GB", "64 GB"},
	fp.CDROM:       {"HL-DT-ST DVDRAM GH24", "TSSTCORP CDDVDW", "PIONEER BD-RW", "ASUS DRW-24"},
	fp.Video:       {"10de:2484 1462:3901", "1002:7421 1849:5211", "8086:9a49 17aa:22d5", "102b:0532 15d9:0601"},
	fp.IDE:         {"8086:7010", "8086:7111", "1106:0571", "1022:7409"},
	fp.SCSI:        {"15b7:5006 15b7:5006", "144d:a808 144d:a801", "1000:0079 1014:03b2", "8086:a102 17aa:3808"},
	fp.Firmware:    {"4c4c4544004d3510805ac7c04f4b3432", "4c4c4544004d3510805ac7c04f4b3433", "4c4c4544004d3510805ac7c04f4b3434", "4c4c4544004d3510805ac7c04f4b3435"},
	fp.Board:       {"LENOVO / 20W000T9GE", "ASUS / PRIME B550", "DELL / 0X3D66", "SUPERMICRO / X11"},
	fp.MachineID:   {"c3d19e07b6f2458891aa4e0d7c5b2f64", "c3d19e07b6f2458891aa4e0d7c5b2f65", "c3d19e07b6f2458891aa4e0d7c5b2f66", "c3d19e07b6f2458891aa4e0d7c5b2f67"},
}

// Every kind, every change, every policy: what it counts and what follows.
func TestEachChangeOfEachKind(t *testing.T) {
	policies := []struct {
		name            string
		weights         fp.Weights
		tolerance, desk int
	}{
		{"default", nil, 3, 6},
		{"strict", nil, 0, 2},
		{"lenient", nil, 5, 9},
		{"board counts, network cards do not", fp.Weights{"board": {4, 2, 4}, "mac": {}}, 3, 6},
	}
	cases := 0
	for _, k := range fp.Kinds() {
		base := fp.New()
		for _, other := range fp.Kinds() {
			base = with(base, other, ids[other][0], ids[other][1])
		}
		id := ids[k]
		for _, test := range []struct {
			want    fp.Change
			earlier *fp.Profile
			later   *fp.Profile
		}{
			{fp.Same, base, with(base, k, id[1], id[0], id[1])},
			{fp.Partial, base, with(base, k, id[0], id[2])},
			{fp.Partial, base, with(base, k, id[1])},
			{fp.Partial, base, with(base, k, id[0], id[1], id[3])},
			{fp.Changed, base, with(base, k, id[2])},
			{fp.Changed, base, with(base, k, id[2], id[3])},
			{fp.Gone, base, with(base, k)},
			{fp.Added, with(base, k), base},
			{fp.Unread, base, without(base, k)},
			{fp.Unread, without(base, k), base},
		} {
			for _, p := range policies {
				for _, moved := range []bool{false, true} {
					cases++
					weight, partial, movedWeight := p.weights.Of(k.String())
					want := map[fp.Change]int{fp.Partial: partial, fp.Changed: weight, fp.Gone: weight, fp.Added: weight}[test.want]
					if moved && test.want.Differs() {
						want = movedWeight
					}
					verdict := fp.SameMachine
					switch {
					case want > p.desk:
						verdict = fp.AnotherMachine
					case want > p.tolerance:
						verdict = fp.SameForDesk
					}
					have := fp.Compare(test.earlier, test.later, p.weights, moved).Judge(p.tolerance, p.desk)
					at := fmt.Sprintf("%v, %v, %s, moved %v", k, test.want, p.name, moved)
					if have.Sum != want || have.Verdict != verdict {
						t.Errorf("%s: have %d and %q, want %d and %q", at, have.Sum, have.Verdict, want, verdict)
					}
					for _, c := range have.Components {
						want := fp.Same
						if c.Kind == k {
							want = test.want
						}
						if c.Change != want {
							t.Errorf("%s: %v: have %q, want %q", at, c.Kind, c.Change, want)
						}
					}
				}
			}
		}
	}
	if want := 11 * 10 * 4 * 2; cases != want {
		t.Errorf("have %d cases, want %d", cases, want)
	}
}

func TestDefaultWeights(t *testing.T) {
	want := map[string][3]int{
		"mac": {3, 1, 3}, "cpu": {1, 1, 2}, "system drive": {3, 2, 3}, "memory": {1, 1, 1}, "cd-rom": {1, 1, 1},
		"video": {1, 1, 1}, "ide": {1, 1, 1}, "scsi": {1, 1, 1}, "firmware": {}, "board": {}, "machine id": {}, "tpm": {},
	}
	for word, want := range want {
		weight, partial, moved := fp.Weights(nil).Of(word)
		if have := [3]int{weight, partial, moved}; have != want {
			t.Errorf("%s: have %v, want %v", word, have, want)
		}
	}
}

// What happens to machines in real life, with the default policy.
func TestRealLife(t *testing.T) {
	station, laptop := load(t, "workstation.json"), load(t, "laptop-docked.json")
	swap := func(p *fp.Profile, k fp.Kind, ids ...string) *fp.Profile { return with(p, k, ids...) }
	for _, test := range []struct {
		what           string
		earlier, later *fp.Profile
		sum            int
		verdict        fp.Verdict
	}{
		{"nothing", station, station, 0, fp.SameMachine},
		{"a second network card", station, swap(station, fp.MAC, "a8:a1:59:3c:7e:12", "a8:a1:59:3c:7e:13", "3c:ec:ef:10:20:30"), 1, fp.SameMachine},
		{"all network cards", station, swap(station, fp.MAC, "3c:ec:ef:10:20:30"), 3, fp.SameMachine},
		{"more memory", station, swap(station, fp.Memory, "128 GB"), 1, fp.SameMachine},
		{"a new system drive", station, swap(station, fp.SystemDrive, "S9XXNX0T418273P"), 3, fp.SameMachine},
		{"a new system drive and a video card", station, swap(swap(station, fp.SystemDrive, "S9XXNX0T418273P"), fp.Video, "10de:ffff"), 4, fp.SameForDesk},
		{"the operating system, installed again", station, swap(station, fp.MachineID, "11112222333344445555666677778888"), 0, fp.SameMachine},
		{"undocked, the VPN off", laptop, swap(laptop, fp.MAC, "8c:8c:aa:4f:21:d6", "f4:26:79:b0:5e:93"), 0, fp.SameMachine},
		{"the main board with its network card", station, swap(swap(swap(station, fp.MAC, "3c:ec:ef:10:20:30"), fp.Board, "X"), fp.SCSI, "1022:43f6"), 4, fp.SameForDesk},
		{"another machine", station, laptop, 0, fp.AnotherMachine},
	} {
		j := fp.Compare(test.earlier, test.later, nil, false).Judge(3, 6)
		if test.sum == 0 && test.verdict == fp.AnotherMachine {
			test.sum = j.Sum
		}
		if j.Sum != test.sum || j.Verdict != test.verdict {
			t.Errorf("%s: have %d and %q, want %d and %q:\n%s", test.what, j.Sum, j.Verdict, test.sum, test.verdict, j.Table(120))
		}
	}
}

// drawn is a random profile over few identifiers, so that profiles overlap.
func drawn(t *rapid.T, name string) *fp.Profile {
	p := fp.New()
	for _, k := range fp.Kinds() {
		if rapid.IntRange(0, 5).Draw(t, name+" "+k.String()+" read") == 0 {
			continue
		}
		known := ids[k]
		p = with(p, k, rapid.SliceOfN(rapid.SampledFrom(known[:]), 0, 4).Draw(t, name+" "+k.String())...)
	}
	return p
}

// drawnWeights keep partial <= weight <= moved, as a sensible policy does.
func drawnWeights(t *rapid.T) fp.Weights {
	w := fp.Weights{}
	for _, k := range fp.Kinds() {
		if rapid.Bool().Draw(t, k.String()+" listed") {
			three := rapid.SliceOfN(rapid.IntRange(0, 100), 3, 3).Draw(t, k.String()+" weights")
			slices.Sort(three)
			w[k.String()] = [3]int{three[1], three[0], three[2]}
		}
	}
	return w
}

func TestCompareWithItselfIsZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, w := drawn(t, "machine"), drawnWeights(t)
		c := fp.Compare(p, p, w, rapid.Bool().Draw(t, "moved"))
		if c.Sum != 0 || len(c.Differences()) > 0 || len(c.Unread()) > 0 {
			t.Fatalf("have %d, %v, want 0 and no difference", c.Sum, c.Differences())
		}
	})
}

func TestCompareIsSymmetric(t *testing.T) {
	reverse := map[fp.Change]fp.Change{fp.Same: fp.Same, fp.Partial: fp.Partial, fp.Changed: fp.Changed, fp.Unread: fp.Unread, fp.Gone: fp.Added, fp.Added: fp.Gone}
	rapid.Check(t, func(t *rapid.T) {
		a, b, w, moved := drawn(t, "a"), drawn(t, "b"), drawnWeights(t), rapid.Bool().Draw(t, "moved")
		there, back := fp.Compare(a, b, w, moved), fp.Compare(b, a, w, moved)
		if there.Sum != back.Sum || len(there.Components) != len(back.Components) {
			t.Fatalf("have %d there and %d back, want the same", there.Sum, back.Sum)
		}
		for n, c := range there.Components {
			if have, want := back.Components[n].Change, reverse[c.Change]; have != want || back.Components[n].Kind != c.Kind {
				t.Fatalf("%v: have %q there and %q back, want %q", c.Kind, c.Change, have, want)
			}
		}
	})
}

// Going on from what has changed already, one step in one kind: same, some
// replaced, all replaced.
func TestMoreChangesNeverCountLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawnWeights(t)
		p := fp.New()
		for _, k := range fp.Kinds() {
			p = with(p, k, ids[k][0], ids[k][1])
		}
		steps := map[fp.Kind]int{}
		last, lastMoved, now := 0, 0, p
		for range rapid.IntRange(1, 22).Draw(t, "changes") {
			k := rapid.SampledFrom(fp.Kinds()).Draw(t, "kind")
			if steps[k]++; steps[k] == 1 {
				now = with(now, k, ids[k][0], ids[k][2])
			} else {
				now = with(now, k, ids[k][3], ids[k][2])
			}
			stays, moves := fp.Compare(p, now, w, false).Sum, fp.Compare(p, now, w, true).Sum
			if stays < last || moves < lastMoved || moves < stays {
				t.Fatalf("%v: have %d after %d (moved: %d after %d), want no less", k, stays, last, moves, lastMoved)
			}
			last, lastMoved = stays, moves
		}
	})
}

func TestUnreadCountsNothingAndIsReported(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, w := drawn(t, "a"), drawn(t, "b"), drawnWeights(t)
		k := rapid.SampledFrom(fp.Kinds()).Draw(t, "kind")
		if _, read := a.Component(k); !read {
			a = with(a, k, ids[k][0])
		}
		b = without(b, k)
		c := fp.Compare(a, b, w, false)
		for _, one := range c.Unread() {
			if one.Kind == k && one.Weight == 0 {
				if have, want := c.Sum, fp.Compare(without(a, k), b, w, false).Sum; have != want {
					t.Fatalf("%v: have %d, want %d as without it", k, have, want)
				}
				return
			}
		}
		t.Fatalf("%v: have %v unread, want it among them", k, c.Unread())
	})
}

// The status byte of a request and the comparison speak of the same kinds.
func TestChangedAgreesWithCompare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawn(t, "a"), drawn(t, "b")
		c := fp.Compare(a, b, nil, false)
		if have, want := b.Changed(a), c.Kinds(); !slices.Equal(have, want) {
			t.Fatalf("have %v, want %v", have, want)
		}
		whole := 0
		for _, k := range fp.KindsOf(fp.Status(c.Kinds())) {
			weight, _, _ := fp.Weights(nil).Of(k.String())
			whole += weight
		}
		if c.Sum > whole {
			t.Fatalf("have %d, want at most %d: the status byte must not make light of a change", c.Sum, whole)
		}
	})
}

// Kinds that nobody here knows are kept, and count what the product gives them.
func TestUnknownKindsAreCompared(t *testing.T) {
	read := func(id string) *fp.Profile {
		p, err := fp.Parse([]byte(`{"version":1,"components":[{"kind":"cpu","instances":[{"id":"x 1/2/3"}]},{"kind":"TPM","instances":[{"id":"` + id + `"}]},{"kind":"sound","instances":[]}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	a, b := read("one1"), read("two2")
	if c := fp.Compare(a, b, nil, false); c.Sum != 0 || len(c.Differences()) != 1 || c.Differences()[0].Word() != "tpm" || len(c.Kinds()) != 0 {
		t.Errorf("have %d, %v, want 0 and a change of tpm", c.Sum, c.Differences())
	}
	if c := fp.Compare(a, b, fp.Weights{"tpm": {5, 4, 6}}, false); c.Sum != 5 {
		t.Errorf("have %d, want 5", c.Sum)
	}
	if c := fp.Compare(nil, nil, nil, false); c.Sum != 0 || len(c.Components) != 0 || c.Judge(3, 6).Verdict != fp.NotClear {
		t.Errorf("nothing with nothing: have %+v, want nothing, not clear", c)
	}
}

func TestSentences(t *testing.T) {
	station := load(t, "workstation.json")
	cards := with(station, fp.MAC, "3c:ec:ef:10:20:30")
	both := with(with(cards, fp.Memory, "128 GB"), fp.CPU, "GenuineIntel 6/85/7")
	for _, test := range []struct {
		later *fp.Profile
		moved bool
		want  string
	}{
		{station, false, "The same machine: nothing has changed."},
		{cards, false, "The same machine: network card replaced; 3, and up to 3 the program stays active by itself."},
		{without(cards, fp.SCSI), false, "The same machine: network card replaced; 3, and up to 3 the program stays active by itself; not counted: SCSI controller could not be read."},
		{without(cards, fp.SystemDrive), false, "Not clear: nothing that identified the machine could be found again, and not everything could be read; not counted: system drive could not be read."},
		{with(cards, fp.SystemDrive, "S9ZZNX0T000001K"), false, "Another machine: network card replaced, system drive replaced; 6 of 6, but no part is left that no other machine has."},
		{both, false, "The same machine: network card replaced, processor replaced, memory 128 GB instead of 64 GB; 5 of 6, it keeps its seat, and the program asks for activation again."},
		{with(both, fp.SystemDrive), true, "Another machine: network card replaced, processor replaced, system drive removed, memory 128 GB instead of 64 GB; 9, and 6 would be allowed; the state was moved here."},
		{with(station, fp.MAC, "a8:a1:59:3c:7e:12"), false, "The same machine: network card removed, others kept; 1, and up to 3 the program stays active by itself."},
		{fp.New(), false, "Not clear: nothing that identified the machine could be found again"},
	} {
		have := fp.Compare(station, test.later, nil, test.moved).Judge(3, 6).Sentence()
		if have != test.want && !(strings.HasPrefix(have, test.want) && strings.HasPrefix(test.want, "Not clear")) {
			t.Errorf("have %q, want %q", have, test.want)
		}
	}
}

func TestTable(t *testing.T) {
	station := load(t, "workstation.json")
	later := without(with(with(station, fp.Memory, "128 GB"), fp.MAC, "a8:a1:59:3c:7e:12", "3c:ec:ef:10:20:30"), fp.SCSI)
	have := fp.Compare(station, later, nil, false).Judge(3, 6).Table(80)
	for _, want := range []string{"EARLIER", "*  network card", "*  memory", "64 GB  ", "128 GB", "?  SCSI controller", "sum"} {
		if !strings.Contains(have, want) {
			t.Errorf("have no %q in\n%s", want, have)
		}
	}
	for line := range strings.Lines(have) {
		if strings.TrimRight(line, "\n ") != strings.TrimRight(line, "\n") || len([]rune(line)) > 81 {
			t.Errorf("have the line %q, want no blanks at its end and at most 80 characters", line)
		}
	}
}

func TestJudgmentJSON(t *testing.T) {
	station := load(t, "workstation.json")
	data, err := json.Marshal(fp.Compare(station, with(station, fp.MAC, "3c:ec:ef:10:20:30"), nil, false).Judge(3, 6))
	if err != nil {
		t.Fatal(err)
	}
	var have struct {
		Verdict    string
		Sum        int
		Components []struct {
			Kind, Change string
			Weight       int
			Parts        []struct{ Label, Change string }
		}
	}
	if err := json.Unmarshal(data, &have); err != nil {
		t.Fatal(err)
	}
	if have.Verdict != "same" || have.Sum != 3 || have.Components[0].Kind != "mac" || have.Components[0].Change != "changed" || len(have.Components[0].Parts) < 2 {
		t.Errorf("have %s, want the network card changed, 3, same", data)
	}
	if strings.Contains(string(data), "3c:ec:ef") {
		t.Errorf("have an identifier in %s, want none", data)
	}
}

func BenchmarkCompare(b *testing.B) {
	station, laptop := load(b, "workstation.json"), load(b, "laptop-docked.json")
	for b.Loop() {
		fp.Compare(station, laptop, nil, false)
	}
}

// Ten thousand instances, each twice, in any order, do not hurt.
func TestCompareMany(t *testing.T) {
	many := func(from int) *fp.Profile {
		c := fp.Component{Kind: fp.MAC}
		for n := range 10_000 {
			id := fmt.Sprintf("3c:ec:ef:%02x:%02x:%02x", (from+n)>>16, (from+n)>>8&0xff, (from+n)&0xff)
			c.Instances = append(c.Instances, fp.Instance{ID: id}, fp.Instance{ID: strings.ToUpper(id)})
		}
		return fp.New(c)
	}
	c := fp.Compare(many(1), many(5001), nil, false)
	if c.Sum != 1 || c.Components[0].Change != fp.Partial || len(c.Components[0].Parts) != 15_000 {
		t.Errorf("have %d, %q, %d parts, want 1, %q, 15000", c.Sum, c.Components[0].Change, len(c.Components[0].Parts), fp.Partial)
	}
}
