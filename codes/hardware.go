package codes

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// Limits of a hardware profile code.
const (
	HardwareKinds     = 11 // kinds of hardware, numbered 1 to 11 as in package fingerprint
	HardwareInstances = 14 // of one kind
	hardwareHash      = 16 // bits of an instance
	hardwareHead      = 32 + 26 + 32 + HardwareKinds
	hardwareGroups    = 20 // at most
)

// ErrNoHardware is returned for a text in which nothing looks like a hardware
// profile code.
var ErrNoHardware = errors.New("there is no hardware profile code in this text")

// Hardware is the content of a hardware profile code: what a machine is made of, as
// 16-bit hashes, bound to one of its requests.
//
//	license 32 | fingerprint 26 | random 32 | kinds 11
//	for each kind that was read, from 1 to 11: count 4 | count times hash 16
//	zeros | tag 34
//
// The most significant of the bits of kinds is kind 1.
type Hardware struct {
	License     LicenseNumber
	Fingerprint Fingerprint
	Random      uint32 // of the request
	// Kinds has the hashes of what counts of each kind, kind 1 first, ascending,
	// each once, at most 14. Nil is a kind that was not read; an empty list one of
	// which there is nothing.
	Kinds [HardwareKinds][]uint16
	Tag   uint64 // 34 bits
}

// Valid reports what a hardware profile code cannot hold.
func (h *Hardware) Valid() error {
	bad := func(field, reason string) error {
		return &ValueError{Kind: KindProfile, Field: field, Reason: reason}
	}
	switch {
	case h.License == 0:
		return bad("license number", "is 0, which no code has")
	case h.Random == 0:
		return bad("random", "is 0, which no code has")
	case h.Fingerprint>>26 != 0:
		return bad("fingerprint", "is 2^26 or more")
	case h.Tag>>tagBits != 0:
		return bad("tag", "is 2^34 or more")
	}
	for n, list := range h.Kinds {
		if len(list) > HardwareInstances {
			return bad(fmt.Sprintf("kind %d", n+1), fmt.Sprintf("has %d instances, at most %d fit", len(list), HardwareInstances))
		}
		for i := 1; i < len(list); i++ {
			if list[i-1] >= list[i] {
				return bad(fmt.Sprintf("kind %d", n+1), "is not in ascending order, each hash once")
			}
		}
	}
	if h.groups() == 0 {
		return bad("value", fmt.Sprintf("does not fit into %d groups", hardwareGroups))
	}
	return nil
}

// size is the number of bits without padding and tag.
func (h *Hardware) size() int {
	n := hardwareHead
	for _, list := range h.Kinds {
		if list != nil {
			n += 4 + hardwareHash*len(list)
		}
	}
	return n
}

// hardwareRoom is the number of bits that a code of so many groups holds: the data
// characters without letter and group count.
var hardwareRoom = func() (room [hardwareGroups + 1]int) {
	for g := 1; g <= hardwareGroups; g++ {
		n := new(big.Int).Exp(big.NewInt(58), big.NewInt(int64(5*g-2)), nil)
		room[g] = n.BitLen() - 1
	}
	return room
}()

// groups is the least number of groups that hold h; 0 when too many would be needed.
func (h *Hardware) groups() int {
	for g := 1; g <= hardwareGroups; g++ {
		if h.size()+tagBits <= hardwareRoom[g] {
			return g
		}
	}
	return 0
}

// content is everything but padding and tag.
func (h *Hardware) content() *big.Int {
	v := new(big.Int)
	put := func(n uint, x uint64) { v.Or(v.Lsh(v, n), new(big.Int).SetUint64(x)) }
	put(32, uint64(h.License))
	put(26, uint64(h.Fingerprint))
	put(32, uint64(h.Random))
	for _, list := range h.Kinds {
		read := uint64(0)
		if list != nil {
			read = 1
		}
		put(1, read)
	}
	for _, list := range h.Kinds {
		if list == nil {
			continue
		}
		put(4, uint64(len(list)))
		for _, hash := range list {
			put(hardwareHash, uint64(hash))
		}
	}
	return v
}

// String is the code's one canonical text, empty for nil and for a content that is
// not valid.
func (h *Hardware) String() string {
	if h == nil || h.Valid() != nil {
		return ""
	}
	groups := h.groups()
	pad := hardwareRoom[groups] - h.size() - tagBits
	v := h.content()
	v.Lsh(v, uint(pad+tagBits))
	v.Or(v, new(big.Int).SetUint64(h.Tag))
	data := make([]uint8, 5*groups)
	digit, base := new(big.Int), big.NewInt(58)
	for i := len(data) - 1; i > 1; i-- {
		v.DivMod(v, base, digit)
		data[i] = uint8(digit.Uint64())
	}
	data[0], data[1] = byteClass[KindProfile], uint8(groups)
	return string(FormLetters.grouped(nil, data))
}

// HardwareTag is the tag of a hardware profile code under k, the key that its
// request is tagged under:
//
//	mac(k, "profile", uid 16 | release 2 | bits 2 | content), leftmost 34 bits
//
// content being everything before the zeros, with zero bits in front to whole bytes,
// and bits its length. The tag in h is not looked at.
func (k Key) HardwareTag(uid UID, release uint16, h *Hardware) uint64 {
	t := k.Tagger()
	b := append(t.begin("profile"), uid[:]...)
	b = binary.BigEndian.AppendUint16(b, release)
	b = binary.BigEndian.AppendUint16(b, uint16(h.size()))
	b = append(b, h.content().FillBytes(make([]byte, (h.size()+7)/8))...)
	return binary.BigEndian.Uint64(t.sum(b)) >> (64 - tagBits)
}

// ParseHardware reads the one hardware profile code in a text, alone or in a mail,
// beside codes of other kinds. Like [Parse] it is forgiving about what stands
// between the characters and strict about the rest. The error is [ErrNoHardware]
// where nothing looks like one, and *[SlipError] or *[ValueError] where something
// does and is none. A profile is for files and mails: no repair is tried.
func ParseHardware(text string) (*Hardware, error) {
	syms := read(text, len(text))
	var found *Hardware
	var slip error
	for i := 0; i < len(syms); i++ {
		if syms[i].r != rune(KindProfile) || i > 0 && !boundary(syms[i-1], syms[i]) {
			continue
		}
		h, n, err := hardwareAt(syms[i:])
		switch {
		case n == 0:
			continue
		case err != nil:
			slip = err
		case found != nil && !h.Equal(found):
			return nil, &ValueError{Kind: KindProfile, Field: "text", Reason: "has two of them: give one"}
		default:
			found = h
		}
		i += n - 1
	}
	switch {
	case found != nil:
		return found, nil
	case slip != nil:
		return nil, slip
	}
	return nil, ErrNoHardware
}

// hardwareAt reads the code that begins with the first symbol. The length is 0 where
// its first group says that there is none.
func hardwareAt(syms []symbol) (*Hardware, int, error) {
	if !groupRight(FormLetters, 0, syms) {
		return nil, 0, nil
	}
	count, _ := FormLetters.value(syms[1].r)
	groups := int(count)
	if groups < 1 || groups > hardwareGroups {
		return nil, 0, nil
	}
	n := groups * groupSize
	right := 0
	for g := 0; g < groups && (g+1)*groupSize <= len(syms); g++ {
		if groupRight(FormLetters, g, syms[g*groupSize:]) {
			right++
		}
	}
	switch {
	case right < 2 || right*3 < groups:
		return nil, 0, nil // a word that begins with P
	case len(syms) < n:
		return nil, len(syms), &LengthError{Kind: KindProfile, Form: FormLetters, Have: len(syms), Want: n}
	}
	v, base := new(big.Int), big.NewInt(58)
	for g := range groups {
		group := syms[g*groupSize:][:groupSize]
		if slip := inspectGroup(FormLetters, g, group); slip != nil {
			slip.Kind, slip.Groups, slip.Bad = KindProfile, groups, []int{g}
			return nil, n, slip
		}
		for i, s := range group[:5] {
			if x, _ := FormLetters.value(s.r); g > 0 || i > 1 {
				v.Add(v.Mul(v, base), big.NewInt(int64(x)))
			}
		}
	}
	h, err := newHardware(v, groups)
	return h, n, err
}

// hardwareLength is the length of the hardware profile code that begins with the
// first symbol, damaged or not; 0 where there is none.
func hardwareLength(syms []symbol) int {
	if syms[0].r != rune(KindProfile) {
		return 0
	}
	_, n, _ := hardwareAt(syms)
	return n
}

// newHardware takes a value apart. One that would be written otherwise is refused.
func newHardware(v *big.Int, groups int) (*Hardware, error) {
	room := hardwareRoom[groups]
	if v.BitLen() > room {
		return nil, &ValueError{Kind: KindProfile, Field: "value", Reason: fmt.Sprintf("is 2^%d or more", room)}
	}
	left := room
	short := false
	take := func(n int) uint64 {
		if left < n {
			short = true
			return 0
		}
		left -= n
		x := new(big.Int).Rsh(v, uint(left))
		return x.And(x, new(big.Int).SetUint64(1<<n-1)).Uint64()
	}
	h := &Hardware{License: LicenseNumber(take(32)), Fingerprint: Fingerprint(take(26)), Random: uint32(take(32))}
	kinds := take(HardwareKinds)
	for n := range h.Kinds {
		if kinds>>(HardwareKinds-1-n)&1 == 0 {
			continue
		}
		count := int(take(4))
		h.Kinds[n] = make([]uint16, 0, count)
		for range count {
			h.Kinds[n] = append(h.Kinds[n], uint16(take(hardwareHash)))
		}
	}
	if short || left < tagBits {
		return nil, &ValueError{Kind: KindProfile, Field: "value", Reason: "ends too early"}
	}
	h.Tag = new(big.Int).And(v, new(big.Int).SetUint64(1<<tagBits-1)).Uint64()
	pad := new(big.Int).Rsh(v, tagBits)
	pad.And(pad, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(left-tagBits)), big.NewInt(1)))
	if pad.Sign() != 0 || h.groups() != groups {
		return nil, &ValueError{Kind: KindProfile, Field: "value", Reason: "is not in its shortest form"}
	}
	return h, h.Valid()
}

// Equal reports whether two contents are the same, tags included.
func (h *Hardware) Equal(o *Hardware) bool {
	same := h.License == o.License && h.Fingerprint == o.Fingerprint && h.Random == o.Random && EqualTags(h.Tag, o.Tag)
	for n := range h.Kinds {
		same = same && (h.Kinds[n] == nil) == (o.Kinds[n] == nil) && slices.Equal(h.Kinds[n], o.Kinds[n])
	}
	return same
}
