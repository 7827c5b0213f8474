package codes_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
)

type hardwareVector struct {
	Name, Letters, Value, License, Fingerprint, Random, Tag, UID, Key, Message, Error string
	Release                                                                           uint16
	Kinds                                                                             []struct {
		Kind          int
		Parts, Hashes []string
	}
}

func TestHardwareVectors(t *testing.T) {
	good, bad := 0, 0
	for _, v := range load[hardwareVector](t, "hardware.json") {
		t.Run(v.Name, func(t *testing.T) {
			h, err := codes.ParseHardware(v.Letters)
			if v.Error != "" {
				bad++
				var value *codes.ValueError
				if v.Error != "value" || !errors.As(err, &value) {
					t.Fatalf("ParseHardware(%q): have %v, want the error %q", v.Letters, err, v.Error)
				}
				return
			}
			good++
			if err != nil {
				t.Fatalf("ParseHardware(%q): %v", v.Letters, err)
			}
			if h.String() != v.Letters {
				t.Errorf("written again: have %s, want %s", h, v.Letters)
			}
			have := fmt.Sprintf("%v %v %08x %09x", h.License, h.Fingerprint, h.Random, h.Tag)
			if want := fmt.Sprintf("%s %s %s %s", v.License, v.Fingerprint, v.Random, v.Tag); have != want {
				t.Errorf("fields: have %s, want %s", have, want)
			}
			v.sameKinds(t, h)
			v.sameTag(t, h)
		})
	}
	if good == 0 || bad == 0 {
		t.Errorf("have %d vectors to read and %d to refuse, want some of each", good, bad)
	}
}

// sameKinds compares the hashes, and computes those whose parts are known.
func (v hardwareVector) sameKinds(t *testing.T, h *codes.Hardware) {
	want := [codes.HardwareKinds]string{}
	for _, k := range v.Kinds {
		want[k.Kind-1] = fmt.Sprintf("read %q", k.Hashes)
		if len(k.Parts) == 0 {
			continue
		}
		kind := fingerprint.Kind(k.Kind)
		c := fingerprint.Component{Kind: kind}
		for _, id := range k.Parts {
			i := fingerprint.NewInstance(kind, id, "", fingerprint.Counts)
			if i.ID != id || !i.Counts() {
				t.Errorf("kind %d: %q: have normal form %q (%s), want the same", k.Kind, id, i.ID, i.Excluded)
			}
			c.Instances = append(c.Instances, i)
		}
		hashed, err := fingerprint.New(c).Hash([16]byte(unhex(t, v.UID)), fingerprint.CodeBits)
		if err != nil {
			t.Fatal(err)
		}
		if have := fmt.Sprintf("%q", hashed.Components[0].IDs()); have != fmt.Sprintf("%q", k.Hashes) {
			t.Errorf("kind %d of %q: have hashes %s, want %q", k.Kind, k.Parts, have, k.Hashes)
		}
	}
	for n, list := range h.Kinds {
		have := ""
		if list != nil {
			texts := []string{}
			for _, x := range list {
				texts = append(texts, fmt.Sprintf("%04x", x))
			}
			have = fmt.Sprintf("read %q", texts)
		}
		if have != want[n] {
			t.Errorf("kind %d: have %s, want %s", n+1, have, want[n])
		}
	}
}

// sameTag computes the tag in both ways: as the package does, and from the message.
func (v hardwareVector) sameTag(t *testing.T, h *codes.Hardware) {
	key, err := codes.KeyFrom(unhex(t, v.Key))
	if err != nil {
		t.Fatal(err)
	}
	if have := fmt.Sprintf("%09x", key.HardwareTag(codes.UID(unhex(t, v.UID)), v.Release, h)); have != v.Tag {
		t.Errorf("tag: have %s, want %s", have, v.Tag)
	}
	m := hmac.New(sha256.New, unhex(t, v.Key))
	m.Write(unhex(t, v.Message))
	if have := fmt.Sprintf("%09x", binary.BigEndian.Uint64(m.Sum(nil))>>30); have != v.Tag {
		t.Errorf("tag of the message: have %s, want %s", have, v.Tag)
	}
	value, ok := new(big.Int).SetString(v.Value, 16)
	if tag := new(big.Int).And(value, big.NewInt(1<<34-1)); !ok || fmt.Sprintf("%09x", tag) != v.Tag {
		t.Errorf("value %s: have tag %09x, want %s", v.Value, tag, v.Tag)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
