package main

// Type codes of docs/format.md.
const (
	typeFeature    = 7
	typeDeactivate = 8
	typeCheckIn    = 9
	typeReactivate = 10
	typeRecover    = 11
)

// typeVectors are hashes for definitions of other types than the sample life
// has, with flags, and for an answer that grants another definition.
func typeVectors() (out []vector) {
	add := func(c keyCase, release uint16, typ, flags uint8) {
		if release != 7 {
			c.Release = release
		}
		c.Type, c.Flags = typ, flags
		out = append(out, vector{c.Name, c})
	}
	// stated adds the tag of a statement under a key, and returns the statement.
	stated := func(name string, key []byte, release uint16, typ uint8, s statement) statement {
		s.fingerprint, s.license = sampleRequest.fingerprint, sampleLicense
		s = s.taggedFor(key, release, typ)
		label := map[byte]string{'R': "request", 'D': "confirmation"}[s.kind]
		fields := append([][]byte{sampleUID, be16(release), {typ}}, s.fields()...)
		add(newKeyCase(label+" tag, "+name, label, key, 34, inLetters(s.kind, s.value()), fields...), release, typ, 0)
		return s
	}
	// ended adds the key that a confirmation leaves.
	ended := func(name, label string, key []byte, s statement) []byte {
		fields := append(append([][]byte{sampleUID}, s.fields()...), be64(s.tag))
		add(newKeyCase(name, label, key, 256, "", fields...), 7, 0, 0)
		return mac(key, label, fields...)
	}
	// answered adds the tag of an answer under a key, and the key that follows.
	answered := func(name string, key []byte, release uint16, a answer, s statement, g grant) {
		terms := a.termsFor(s, release, g)
		a.tag = leftmost(mac(key, "activation code", terms...), 64)
		c := newKeyCase("activation tag, "+name, "activation code", key, 64, inLetters('A', a.value()), terms...)
		if g.id != s.definition {
			c.Definition = g.id
		}
		add(c, release, g.typ, g.flags)
		if g.flags&1 != 0 {
			return // the current key stays as it is
		}
		c = newKeyCase("activation key, "+name, "activation key", key, 256, "", append(terms, be64(a.tag))...)
		add(c, release, g.typ, g.flags)
	}

	answered("another definition than was asked for", sampleLK, 7, answer{day: 1067, parameter: 3}, sampleRequest, grant{4, typeFeature, 0})
	r := stated("reusable", sampleC, 7, typeFeature, statement{kind: 'R', random: 0x0f1e2d3c, definition: 5})
	answered("reusable", sampleLK, 7, answer{parameter: 0xff}, r, grant{5, typeFeature, 1})
	d := stated("check-in", sampleC, 7, typeCheckIn, statement{kind: 'D', random: 0x4b5a6978, definition: 10})
	ended("checked in key, check-in", "checked in", sampleC, d)
	d = stated("deactivate", sampleC, 7, typeDeactivate, statement{kind: 'D', random: 0x8796a5b4, definition: 11, status: 1})
	t := ended("deactivated key, deactivate", "deactivated", sampleC, d)
	r = stated("reactivate", t, 7, typeReactivate, statement{kind: 'R', random: 0xc3d2e1f0, definition: 12})
	answered("reactivate", t, 7, answer{day: 1100}, r, grant{12, typeReactivate, 0})
	r = stated("recover", sampleLK, 8, typeRecover, statement{kind: 'R', random: 0x01020304, definition: 13, status: 0x61})
	answered("recover", sampleLK, 8, answer{day: 1101}, r, grant{13, typeRecover, 0})
	return out
}
