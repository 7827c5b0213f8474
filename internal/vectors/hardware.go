package main

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/mr-tron/base58"
)

// hardwareCase is one hardware profile code. Error is empty where it must be read.
type hardwareCase struct {
	Name        string         `json:"name"`
	Letters     string         `json:"letters"`
	Value       string         `json:"value"` // hexadecimal, without leading zeros
	License     string         `json:"license,omitempty"`
	Fingerprint string         `json:"fingerprint,omitempty"`
	Random      string         `json:"random,omitempty"`
	Kinds       []hardwareKind `json:"kinds,omitempty"` // those that were read
	Tag         string         `json:"tag,omitempty"`

	// The tag's hash, for the product with this uid.
	UID     string `json:"uid,omitempty"`
	Release uint16 `json:"release,omitempty"`
	Key     string `json:"key,omitempty"`
	Message string `json:"message,omitempty"`
	Error   string `json:"error,omitempty"`
}

// hardwareKind is one kind of hardware: hashes, and the identifiers they stand for
// where the vector says them.
type hardwareKind struct {
	Kind   int      `json:"kind"`
	Parts  []string `json:"parts,omitempty"`
	Hashes []string `json:"hashes"`
}

// kindWords are the words of the kinds, from kind 1.
var kindWords = strings.Split("mac,cpu,system drive,memory,cd-rom,video,ide,scsi,firmware,board,machine id", ",")

// parts is a kind with the hashes of identifiers, which are given in the order of
// their hashes.
func parts(kind int, ids ...string) hardwareKind {
	k := hardwareKind{Kind: kind, Parts: ids, Hashes: []string{}}
	for _, id := range ids {
		sum := mac(sampleUID, "component", []byte(kindWords[kind-1]), []byte{0}, []byte(id))
		k.Hashes = append(k.Hashes, fmt.Sprintf("%04x", leftmost(sum, 16)))
	}
	return k
}

// hashes is a kind with n hashes that ascend by step.
func hashes(kind, first, step, n int) hardwareKind {
	k := hardwareKind{Kind: kind, Hashes: []string{}}
	for i := range n {
		k.Hashes = append(k.Hashes, fmt.Sprintf("%04x", first+i*step))
	}
	return k
}

// profileContent is everything before the zeros of a hardware profile code.
func profileContent(license, fingerprint, random uint32, kinds []hardwareKind) []field {
	read := new(big.Int)
	for _, k := range kinds {
		read.SetBit(read, len(kindWords)-k.Kind, 1)
	}
	out := []field{num(32, uint64(license)), num(26, uint64(fingerprint)), num(32, uint64(random)), {uint(len(kindWords)), read}}
	for _, k := range kinds {
		out = append(out, num(4, uint64(len(k.Hashes))))
		for _, h := range k.Hashes {
			var x uint64
			if _, err := fmt.Sscanf(h, "%x", &x); err != nil {
				panic(err)
			}
			out = append(out, num(16, x))
		}
	}
	return out
}

func width(fields []field) (bits uint) {
	for _, f := range fields {
		bits += f.bits
	}
	return bits
}

// roomOf is B: the bits of a hardware profile code of so many groups.
func roomOf(groups int) uint {
	all := new(big.Int).Exp(big.NewInt(58), big.NewInt(int64(5*groups-2)), nil)
	return uint(all.BitLen() - 1)
}

// inGroups spells the value of a hardware profile code.
func inGroups(v *big.Int, groups int) string {
	text := base58.Encode(v.Bytes())
	head := "P" + base58Letters[groups:groups+1]
	return grouped(head+strings.Repeat("1", 5*groups-2-len(text))+text, letterOf)
}

// profileValue fills content and tag up to the least number of groups, or more.
func profileValue(content []field, tag uint64, more int) (v *big.Int, groups int) {
	need := width(content) + 34
	for groups = 1; roomOf(groups) < need; groups++ {
	}
	groups += more
	v = packed(append(content, num(roomOf(groups)-need, 0), num(34, tag))...)
	return v, groups
}

func hardwareVectors() (out []vector) {
	r := sampleRequest
	add := func(name string, license, fingerprint, random uint32, kinds ...hardwareKind) {
		content := profileContent(license, fingerprint, random, kinds)
		bits := width(content)
		whole := packed(content...).FillBytes(make([]byte, (bits+7)/8))
		fields := [][]byte{sampleUID, be16(7), be16(uint16(bits)), whole}
		tag := leftmost(mac(sampleLK, "profile", fields...), 34)
		v, groups := profileValue(content, tag, 0)
		out = append(out, vector{name, hardwareCase{
			Name: name, Letters: inGroups(v, groups), Value: v.Text(16),
			License: fmt.Sprintf("%08x", license), Fingerprint: fmt.Sprintf("%07x", fingerprint), Random: fmt.Sprintf("%08x", random),
			Kinds: kinds, Tag: fmt.Sprintf("%09x", tag),
			UID: hexOf(sampleUID), Release: 7, Key: hexOf(sampleLK), Message: hexOf(message("profile", fields...)),
		}})
	}
	bad := func(name, problem string, v *big.Int, groups int) {
		out = append(out, vector{name, hardwareCase{Name: name, Letters: inGroups(v, groups), Value: v.Text(16), Error: problem}})
	}
	sample := []hardwareKind{
		parts(1, "a8:a1:59:3c:7e:12", "a8:a1:59:3c:7e:13"), parts(2, "AUTHENTICAMD 25/33/2"), parts(3, "S5GXNX0T418273P"), parts(4, "64 GB"),
		parts(5, "HL-DT-ST BD-RE WH16NS60"), parts(6, "10DE:2484 1043:87C1"), parts(7), parts(8, "1022:43EB 1B21:1062", "144D:A80A 144D:A801"),
	}
	add("the example", r.license, 0x0192d72, r.random, sample...)
	add("nothing was read", 1, 0, 1)
	add("of all kinds there is nothing", r.license, r.fingerprint, r.random,
		parts(1), parts(2), parts(3), parts(4), parts(5), parts(6), parts(7), parts(8), parts(9), parts(10), parts(11))
	add("the last kind alone", r.license, r.fingerprint, r.random, hashes(11, 0x0000, 1, 1))
	add("fourteen of one kind", 1<<32-1, 1<<26-1, 1<<32-1, hashes(1, 0xfff2, 1, 14))
	add("twenty groups", r.license, r.fingerprint, r.random, hashes(1, 0x0001, 0x1111, 14), hashes(3, 0x8000, 0x0101, 10), hashes(11, 0, 0xffff, 2))

	whole := profileContent(r.license, r.fingerprint, r.random, sample)
	short, groups := profileValue(whole, 1, 0)
	over := new(big.Int).SetBit(new(big.Int), int(roomOf(groups)), 1)
	bad("value of 2^B", "value", over, groups)
	one, groups := profileValue(whole, 1, 1)
	bad("a group more than is needed", "value", one, groups)
	_, groups = profileValue(whole, 1, 0)
	bad("a zero bit that is 1", "value", new(big.Int).SetBit(short, 34, 1), groups)
	for _, c := range []struct {
		name                         string
		license, fingerprint, random uint32
		kinds                        []hardwareKind
	}{
		{"license 0", 0, 5, 5, nil},
		{"random 0", 5, 5, 0, nil},
		{"fifteen of one kind", 5, 5, 5, []hardwareKind{hashes(2, 1, 1, 15)}},
		{"hashes descend", 5, 5, 5, []hardwareKind{hashes(2, 9, -1, 2)}},
		{"a hash twice", 5, 5, 5, []hardwareKind{hashes(2, 9, 0, 2)}},
	} {
		v, groups := profileValue(profileContent(c.license, c.fingerprint, c.random, c.kinds), 1, 0)
		bad(c.name, "value", v, groups)
	}
	cut := profileContent(5, 5, 5, []hardwareKind{hashes(1, 1, 1, 3)})
	bits := width(cut[:len(cut)-2])
	for groups = 1; roomOf(groups) < bits; groups++ {
	}
	bad("ends before its tag", "value", packed(append(cut[:len(cut)-2:len(cut)-2], num(roomOf(groups)-bits, 0))...), groups)
	return out
}
