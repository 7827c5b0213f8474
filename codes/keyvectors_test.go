package codes_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

type keyVector struct {
	Name, Label, Key, Message, Mac, Result, Code string
	Bits                                         int
	Release                                      uint16
	Type, Flags, Definition                      uint8
}

// keyVectors are the vectors of keys.json, and which of them a test compared.
type keyVectors struct {
	t      *testing.T
	byName map[string]keyVector
	used   map[string]bool
	uid    codes.UID
}

func loadKeyVectors(t *testing.T) *keyVectors {
	k := &keyVectors{t: t, byName: map[string]keyVector{}, used: map[string]bool{}}
	for _, v := range load[keyVector](t, "keys.json") {
		if v.Release == 0 {
			v.Release = 7
		}
		if v.Type == 0 {
			v.Type = 1
		}
		k.byName[v.Name] = v
	}
	uid, err := codes.ParseUID(k.byName["stretched license key"].Key)
	if err != nil {
		t.Fatal(err)
	}
	k.uid = uid
	return k
}

func (k *keyVectors) bin(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		k.t.Fatal(err)
	}
	return b
}

func (k *keyVectors) same(name, have string) {
	k.t.Helper()
	k.used[name] = true
	if want := k.byName[name].Result; want == "" || want != have {
		k.t.Errorf("%s: have %s, want %s", name, have, want)
	}
}

func (k *keyVectors) code(name string) codes.Code {
	c, err := codes.Parse(k.byName[name].Code)
	if err != nil {
		k.t.Fatalf("%s: %v", name, err)
	}
	return c
}

// key compares a key with the vector's, and returns it.
func (k *keyVectors) key(name string, have codes.Key) codes.Key {
	k.t.Helper()
	b := have.Bytes()
	k.same(name, hex.EncodeToString(b[:]))
	return have
}

// statement reads the vector's code and compares its tag under a key.
func (k *keyVectors) statement(name string, under codes.Key) codes.Statement {
	k.t.Helper()
	v, s := k.byName[name], k.code(name).Statement()
	have := under.StatementTag(k.uid, v.Release, v.Type, s)
	k.same(name, fmt.Sprintf("%09x", have))
	if !codes.EqualTags(have, s.Tag) {
		k.t.Errorf("%s: have tag %x, want %x, which the code carries", name, have, s.Tag)
	}
	return s
}

// answer reads the vector's code and compares its tag under a key, as an answer
// to the request r.
func (k *keyVectors) answer(name string, under codes.Key, r codes.Statement) (codes.Terms, uint64) {
	k.t.Helper()
	v, a := k.byName[name], k.code(name).Answer()
	t := codes.Terms{UID: k.uid, License: r.License, Release: v.Release, Definition: r.Definition, Type: v.Type, Flags: v.Flags,
		Fingerprint: r.Fingerprint, Random: r.Random, Day: a.Day, Parameter: a.Parameter}
	if v.Definition != 0 {
		t.Definition = v.Definition
	}
	if v.Flags&1 != 0 {
		t.Random = 0
	}
	have := under.AnswerTag(t)
	k.same(name, fmt.Sprintf("%016x", have))
	if !codes.EqualTags(have, a.Tag) {
		k.t.Errorf("%s: have tag %x, want %x, which the code carries", name, have, a.Tag)
	}
	return t, have
}

func TestKeyVectorHashes(t *testing.T) {
	k := loadKeyVectors(t)
	for _, v := range k.byName {
		m := hmac.New(sha256.New, k.bin(v.Key))
		m.Write(k.bin(v.Message))
		if have := hex.EncodeToString(m.Sum(nil)); have != v.Mac {
			t.Errorf("%s: mac: have %s, want %s", v.Name, have, v.Mac)
		}
		if want := "manual-activator/1 " + v.Label + "\x00"; !strings.HasPrefix(string(k.bin(v.Message)), want) {
			t.Errorf("%s: have message %q, want it to begin with %q", v.Name, k.bin(v.Message), want)
		}
	}
}

// TestKeyVectors goes through the lives that the vectors tell, and leaves none out.
func TestKeyVectors(t *testing.T) {
	k := loadKeyVectors(t)
	master := codes.NewMaster(k.bin(k.byName["license key"].Key))
	serial := k.code("license key").Serial()
	license := master.LicenseKey(k.uid, serial.License)
	k.same("license key", hex.EncodeToString(license[:]))
	if !license.Equal(serial.Key) {
		t.Error("license key: the serial carries another")
	}
	lk := k.key("stretched license key", license.Stretch(k.uid, serial.License))
	vouch, id := lk.Vouch(k.uid, serial.License), lk.ID()
	k.same("vouch", hex.EncodeToString(vouch[:]))
	k.same("key id", hex.EncodeToString(id[:]))

	sample := k.statement("request tag", lk)
	c := k.key("activation key", lk.After(k.answer("activation tag", lk, sample)))
	d := k.statement("confirmation tag", c)
	k.statement("request tag after the deactivation", k.key("deactivated key", c.Deactivated(k.uid, d)))
	k.key("checked in key", c.CheckedIn(k.uid, d))

	k.key("activation key, another definition than was asked for",
		lk.After(k.answer("activation tag, another definition than was asked for", lk, sample)))
	reusable := k.statement("request tag, reusable", c)
	k.answer("activation tag, reusable", lk, reusable)
	k.key("checked in key, check-in", c.CheckedIn(k.uid, k.statement("confirmation tag, check-in", c)))
	ended := k.key("deactivated key, deactivate", c.Deactivated(k.uid, k.statement("confirmation tag, deactivate", c)))
	again := k.statement("request tag, reactivate", ended)
	k.key("activation key, reactivate", ended.After(k.answer("activation tag, reactivate", ended, again)))
	recover := k.statement("request tag, recover", lk)
	k.key("activation key, recover", lk.After(k.answer("activation tag, recover", lk, recover)))

	for name := range k.byName {
		if !k.used[name] {
			t.Errorf("%s: no test compares this vector", name)
		}
	}
}
