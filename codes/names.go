package codes

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
)

// UID is a product's random 16-byte identity. It is in every tag and in the
// fingerprint, so a code of one product is never genuine for another. A UID is
// never used again for another product.
type UID [16]byte

// String is the UID as 32 lower-case hexadecimal digits.
func (u UID) String() string { return hex.EncodeToString(u[:]) }

// MarshalText is String.
func (u UID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText is [ParseUID].
func (u *UID) UnmarshalText(text []byte) error {
	v, err := ParseUID(string(text))
	if err == nil {
		*u = v
	}
	return err
}

// ParseUID reads 32 hexadecimal digits.
func ParseUID(s string) (UID, error) {
	var u UID
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(u) {
		return UID{}, fmt.Errorf("product uid %q: expected 32 hexadecimal digits, found %d characters", clip(s), len(s))
	}
	copy(u[:], b)
	return u, nil
}

// LicenseNumber names a license: 4 bits key epoch, 4 bits registry (desks that
// register apart from each other), 24 random bits. Zero is no license.
type LicenseNumber uint32

// NewLicenseNumber puts a number together from an epoch (0 to 15), a registry
// (0 to 15) and 24 random bits. It never returns 0: where all three are 0 the
// random part becomes 1. It panics when a part is out of range.
func NewLicenseNumber(epoch, registry uint8, random uint32) LicenseNumber {
	if epoch > 15 || registry > 15 || random >= 1<<24 {
		panic("codes: NewLicenseNumber: epoch and registry have 4 bits, the random part 24")
	}
	return max(1, LicenseNumber(epoch)<<28|LicenseNumber(registry)<<24|LicenseNumber(random))
}

// String is the number as 8 lower-case hexadecimal digits.
func (l LicenseNumber) String() string {
	var buf [8]byte
	b, _ := l.AppendText(buf[:0])
	return string(b)
}

// AppendText appends String; there is no error.
func (l LicenseNumber) AppendText(b []byte) ([]byte, error) {
	var four [4]byte
	binary.BigEndian.PutUint32(four[:], uint32(l))
	return hex.AppendEncode(b, four[:]), nil
}

// MarshalText is String.
func (l LicenseNumber) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is [ParseLicenseNumber].
func (l *LicenseNumber) UnmarshalText(text []byte) error {
	v, err := ParseLicenseNumber(string(text))
	if err == nil {
		*l = v
	}
	return err
}

// ParseLicenseNumber reads 8 hexadecimal digits. 00000000 is refused.
func ParseLicenseNumber(s string) (LicenseNumber, error) {
	n, err := parseHex(s, 8)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("license number %q: expected 8 hexadecimal digits, not all 0, as in 0a1b2c3d", clip(s))
	}
	return LicenseNumber(n), nil
}

// Epoch is the number of the master secret that the license key comes from, 0 to 15.
func (l LicenseNumber) Epoch() uint8 { return uint8(l >> 28) }

// Registry is the number of the desk that registered the license, 0 to 15.
func (l LicenseNumber) Registry() uint8 { return uint8(l>>24) & 15 }

// Fingerprint is a machine's 26-bit name within one product. Two machines can
// have the same, so nothing is keyed by it alone.
type Fingerprint uint32

// MaxFingerprint is the largest fingerprint, 2^26-1.
const MaxFingerprint Fingerprint = 1<<26 - 1

// String is the fingerprint as 7 lower-case hexadecimal digits.
func (f Fingerprint) String() string {
	var buf [8]byte
	b, _ := f.AppendText(buf[:0])
	return string(b)
}

// AppendText appends String; there is no error.
func (f Fingerprint) AppendText(b []byte) ([]byte, error) {
	var buf [8]byte
	digits, _ := LicenseNumber(f).AppendText(buf[:0])
	if f <= MaxFingerprint { // more is none, and shown all the same
		digits = digits[1:]
	}
	return append(b, digits...), nil
}

// MarshalText is String.
func (f Fingerprint) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText is [ParseFingerprint].
func (f *Fingerprint) UnmarshalText(text []byte) error {
	v, err := ParseFingerprint(string(text))
	if err == nil {
		*f = v
	}
	return err
}

// ParseFingerprint reads 7 hexadecimal digits up to 3ffffff.
func ParseFingerprint(s string) (Fingerprint, error) {
	n, err := parseHex(s, 7)
	if err != nil || Fingerprint(n) > MaxFingerprint {
		return 0, fmt.Errorf("fingerprint %q: expected 7 hexadecimal digits up to %s, as in 0a1b2c3", clip(s), MaxFingerprint)
	}
	return Fingerprint(n), nil
}

// parseHex reads exactly n hexadecimal digits, either case, no sign, no prefix.
func parseHex(s string, n int) (uint32, error) {
	if len(s) != n {
		return 0, strconv.ErrSyntax
	}
	v, err := strconv.ParseUint(s, 16, 32)
	return uint32(v), err
}

// clip shortens what a user typed so that an error stays one line.
func clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	i := 0
	for j := range s {
		if j > most {
			break
		}
		i = j
	}
	return s[:i] + "…"
}
