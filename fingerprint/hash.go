package fingerprint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Widths of the hashes that stand for identifiers outside the machine.
const (
	FileBits = 24 // in a file for support; no hash that leaves a machine is wider
	CodeBits = 16 // in a hardware profile code
	leastBit = 8
)

// ErrHashed is returned where raw identifiers are needed and a profile has hashes.
var ErrHashed = errors.New("the hardware profile holds hashes: it can be compared with, and cannot stand for a machine")

// Hashing says that the identifiers of a profile were replaced by keyed hashes.
type Hashing struct {
	UID  [16]byte // of the product: hashes of two products tell nobody that they are of one machine
	Bits int      // 8 to 24, a multiple of 4
}

func (h Hashing) valid() error {
	if h.Bits < leastBit || h.Bits > FileBits || h.Bits%4 != 0 {
		return fmt.Errorf("hashes of %d bits, want 8 to 24 and a multiple of 4", h.Bits)
	}
	if h.UID == [16]byte{} {
		return errors.New("hashes for a product without uid")
	}
	return nil
}

// Hash returns the profile with each identifier that counts replaced by the
// leftmost bits of
//
//	HMAC-SHA256(key: uid (16 bytes), "manual-activator/1 component" ‖ 00 ‖ word of the kind ‖ 00 ‖ identifier)
//
// in hexadecimal digits. Identifiers of what does not count are dropped; labels,
// reasons and notes stay. A profile that holds hashes already, of this product and
// at least as wide, is cut to the width. bits is 8 to 24, a multiple of 4.
func (p *Profile) Hash(uid [16]byte, bits int) (*Profile, error) {
	h := Hashing{UID: uid, Bits: bits}
	if err := h.valid(); err != nil {
		return nil, fmt.Errorf("hardware profile: %w", err)
	}
	out := p.clone()
	out.Tidy()
	if old := p.Hashed; old != nil && (old.UID != uid || old.Bits < bits) {
		return nil, fmt.Errorf("hardware profile: %w", ErrHashed)
	}
	for n, c := range out.Components {
		for m, i := range c.Instances {
			switch {
			case !i.Counts():
				i.ID = ""
			case p.Hashed != nil:
				i.ID = i.ID[:bits/4]
			default:
				i.ID = h.of(c.Word(), i.ID)
			}
			out.Components[n].Instances[m] = i
		}
	}
	out.Hashed = &h
	out.Tidy()
	return &out, nil
}

// of returns the hash of an identifier in normal form.
func (h Hashing) of(word, id string) string {
	mac := hmac.New(sha256.New, h.UID[:])
	for _, text := range []string{"manual-activator/1 component", "\x00", word, "\x00", id} {
		mac.Write([]byte(text))
	}
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(mac.Sum(nil)))
	return hex.EncodeToString(b[:])[:h.Bits/4]
}

// tidy brings an instance of a hashed profile into normal form: what counts has
// exactly the digits of a hash, what does not has none.
func (h Hashing) tidy(i Instance) Instance {
	i.Label = clip(tidy(i.Label))
	i.Excluded = Reason(strings.ToLower(clip(tidy(string(i.Excluded)))))
	i.ID = strings.ToLower(hexDigits(tidy(i.ID)))
	if i.Excluded == Counts && len(i.ID) != h.Bits/4 {
		i.Excluded = Junk
	}
	if i.Excluded != Counts {
		i.ID = ""
	}
	return i
}

// align makes two profiles comparable: tidy, and both raw, or hashed alike. The
// reason is not empty where that cannot be.
func align(a, b *Profile) (x, y *Profile, reason string) {
	copies := [2]*Profile{{Version: CollectorVersion}, {Version: CollectorVersion}}
	for n, p := range []*Profile{a, b} {
		if p != nil {
			c := p.clone()
			c.Tidy()
			copies[n] = &c
		}
	}
	x, y = copies[0], copies[1]
	var h Hashing
	switch {
	case x.Hashed == nil && y.Hashed == nil:
		return x, y, ""
	case x.Hashed == nil:
		h = *y.Hashed
	case y.Hashed == nil:
		h = *x.Hashed
	case x.Hashed.UID != y.Hashed.UID:
		return x, y, "the two profiles were hashed for different products"
	default:
		h = Hashing{UID: x.Hashed.UID, Bits: min(x.Hashed.Bits, y.Hashed.Bits)}
	}
	var err error
	for n := range copies {
		if copies[n], err = copies[n].Hash(h.UID, h.Bits); err != nil {
			return x, y, err.Error()
		}
	}
	return copies[0], copies[1], ""
}
