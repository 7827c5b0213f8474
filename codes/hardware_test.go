package codes

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawHardware(t *rapid.T) *Hardware {
	h := &Hardware{
		License: LicenseNumber(rapid.Uint32Range(1, 1<<32-1).Draw(t, "license")), Fingerprint: Fingerprint(rapid.Uint32Range(0, 1<<26-1).Draw(t, "fingerprint")),
		Random: rapid.Uint32Range(1, 1<<32-1).Draw(t, "random"), Tag: rapid.Uint64Range(0, 1<<34-1).Draw(t, "tag"),
	}
	for n := range h.Kinds {
		if !rapid.Bool().Draw(t, "read") {
			continue
		}
		list := rapid.SliceOfNDistinct(rapid.Uint16(), 0, 3, rapid.ID[uint16]).Draw(t, "hashes")
		h.Kinds[n] = make([]uint16, 0, len(list))
		for _, x := range list {
			at := 0
			for at < len(h.Kinds[n]) && h.Kinds[n][at] < x {
				at++
			}
			h.Kinds[n] = append(h.Kinds[n][:at], append([]uint16{x}, h.Kinds[n][at:]...)...)
		}
	}
	return h
}

func TestHardwareRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHardware(t)
		if h.Valid() != nil {
			return // too many for 20 groups
		}
		text := h.String()
		have, err := ParseHardware(text)
		if err != nil || !have.Equal(h) || have.String() != text {
			t.Fatalf("%s: have %+v, %v, want %+v", text, have, err, h)
		}
		if len(text)%7 != 6 || text[0] != 'P' {
			t.Fatalf("have %q, want groups of six that begin with P", text)
		}
		for name, mangled := range map[string]string{
			"lower blanks": strings.ReplaceAll(text, "-", "  "), "one word": strings.ReplaceAll(text, "-", ""),
			"in a mail": "Dear support,\n> R111111 is not it.\n> " + strings.ReplaceAll(text, "-", "-\n> ") + "\nBye",
		} {
			if have, err := ParseHardware(mangled); err != nil || !have.Equal(h) {
				t.Fatalf("%s: have %v, want it read", name, err)
			}
		}
	})
}

func exampleHardware() *Hardware {
	h := &Hardware{License: 0x00dec0de, Fingerprint: 0x0192d72, Random: 0x12345678, Tag: 0x2aaaaaaaa}
	h.Kinds[0] = []uint16{0x1234, 0xabcd}
	h.Kinds[1] = []uint16{0x0001}
	h.Kinds[2] = []uint16{0xffff}
	h.Kinds[3] = []uint16{0x8000}
	h.Kinds[4] = []uint16{}
	h.Kinds[5] = []uint16{0x4242}
	return h
}

// No substitution, no exchange of neighbors and no lost character goes unnoticed.
func TestHardwareMangled(t *testing.T) {
	text := exampleHardware().String()
	accepted := 0
	try := func(mangled string) {
		if h, err := ParseHardware(mangled); err == nil && !h.Equal(exampleHardware()) {
			accepted++
		} else if err == nil && mangled != text {
			t.Errorf("%q is read as the right code", mangled)
		}
	}
	for i := range len(text) {
		if text[i] == '-' {
			continue
		}
		for _, c := range alphabet {
			if byte(c) != text[i] {
				try(text[:i] + string(c) + text[i+1:])
			}
		}
		try(text[:i] + text[i+1:])
		if i+1 < len(text) && text[i+1] != '-' && text[i] != text[i+1] {
			try(text[:i] + text[i+1:i+2] + text[i:i+1] + text[i+2:])
		}
	}
	if accepted > 0 {
		t.Errorf("have %d mangled codes accepted, want none", accepted)
	}
	if _, err := ParseHardware("no code here, but Press Play"); !errors.Is(err, ErrNoHardware) {
		t.Errorf("have %v, want %v", err, ErrNoHardware)
	}
}

func TestHardwareRefuses(t *testing.T) {
	for name, change := range map[string]func(h *Hardware){
		"license": func(h *Hardware) { h.License = 0 }, "random": func(h *Hardware) { h.Random = 0 },
		"fingerprint": func(h *Hardware) { h.Fingerprint = 1 << 26 }, "tag": func(h *Hardware) { h.Tag = 1 << 34 },
		"order": func(h *Hardware) { h.Kinds[0] = []uint16{2, 1} }, "twice": func(h *Hardware) { h.Kinds[0] = []uint16{2, 2} },
		"many": func(h *Hardware) { h.Kinds[0] = make([]uint16, 15) },
		"room": func(h *Hardware) {
			for n := range h.Kinds {
				h.Kinds[n] = []uint16{1, 2, 3, 4, 5}
			}
		},
	} {
		h := exampleHardware()
		change(h)
		if h.Valid() == nil || h.String() != "" {
			t.Errorf("%s: have it taken as %q, want it refused", name, h.String())
		}
	}
}

// Everything but the tag is under the tag.
func TestHardwareTag(t *testing.T) {
	var lk LicenseKey
	key := lk.Stretch(UID{1}, 1)
	seen := map[uint64]string{key.HardwareTag(UID{1}, 1, exampleHardware()): "as it is"}
	for name, change := range map[string]func(h *Hardware){
		"license": func(h *Hardware) { h.License++ }, "random": func(h *Hardware) { h.Random++ }, "fingerprint": func(h *Hardware) { h.Fingerprint++ },
		"hash": func(h *Hardware) { h.Kinds[2][0]-- }, "unread": func(h *Hardware) { h.Kinds[4] = nil }, "none": func(h *Hardware) { h.Kinds[6] = []uint16{} },
		"kind": func(h *Hardware) { h.Kinds[6], h.Kinds[5] = h.Kinds[5], nil },
	} {
		h := exampleHardware()
		change(h)
		tag := key.HardwareTag(UID{1}, 1, h)
		if other, twice := seen[tag]; twice {
			t.Errorf("%s has the tag of %s", name, other)
		}
		seen[tag] = name
	}
	h := exampleHardware()
	for _, tag := range []uint64{key.HardwareTag(UID{2}, 1, h), key.HardwareTag(UID{1}, 2, h)} {
		if other, twice := seen[tag]; twice {
			t.Errorf("another product or release has the tag of %s", other)
		}
	}
}

func FuzzParseHardware(f *testing.F) {
	f.Add(exampleHardware().String())
	f.Add("P1" + strings.Repeat("1", 60))
	f.Add("> PL\n> P?")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHardware(text)
		if err != nil {
			return
		}
		if err := h.Valid(); err != nil {
			t.Fatalf("%q is read as %v: %v", text, h, err)
		}
		if again, err := ParseHardware(h.String()); err != nil || !again.Equal(h) {
			t.Fatalf("%q: written again it is %q, %v", text, h.String(), err)
		}
	})
}
