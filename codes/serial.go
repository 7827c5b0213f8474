package codes

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
)

// Serial is the content of a serial number (S). Most significant bit first, 140
// bits:
//
//	license number 32 | license key 88 | checksum 20
//
// A serial whose checksum is right still proves nothing: anybody can make one.
// The vendor's word for it is its [Vouch].
type Serial struct {
	License  LicenseNumber
	Key      LicenseKey
	Checksum uint32 // 20 bits over product, license number and key
}

// NewSerial is the serial of a license of a product, its checksum computed.
func NewSerial(uid UID, l LicenseNumber, k LicenseKey) Serial {
	return Serial{License: l, Key: k, Checksum: checksum(uid, l, k)}
}

// BelongsTo reports whether the checksum is that of the product: false for a
// slip that no group check saw, and for the serial of another product.
func (s Serial) BelongsTo(uid UID) bool {
	return subtle.ConstantTimeEq(int32(checksum(uid, s.License, s.Key)), int32(s.Checksum)) == 1
}

// checksum is the leftmost 20 bits of
//
//	SHA-256("manual-activator/1 serial" | 00 | uid 16 | license number 4 | key 11)
func checksum(uid UID, l LicenseNumber, k LicenseKey) uint32 {
	b := make([]byte, 0, 64)
	b = append(b, labelPrefix+"serial\x00"...)
	b = append(b, uid[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(l))
	b = append(b, k[:]...)
	h := sha256.Sum256(b)
	return binary.BigEndian.Uint32(h[:]) >> 12
}

// Code writes the serial number. It panics when License is 0 or Checksum has
// more than 20 bits.
func (s Serial) Code() Code {
	if s.License == 0 || s.Checksum >= 1<<20 {
		panic("codes: Serial.Code: license number is 0 or checksum out of range")
	}
	v := value{lo: uint64(s.License)}
	v = v.shl(24, uint64(s.Key[0])<<16|uint64(binary.BigEndian.Uint16(s.Key[1:])))
	v = v.shl(32, uint64(binary.BigEndian.Uint32(s.Key[3:])))
	v = v.shl(32, uint64(binary.BigEndian.Uint32(s.Key[7:])))
	return Code{kind: KindSerial, v: v.shl(20, uint64(s.Checksum))}
}

// Serial reads a serial number. It panics for other kinds: ask Kind first.
func (c Code) Serial() Serial {
	c.must(c.kind == KindSerial, "Serial")
	var s Serial
	v, x := c.v.shr(20)
	s.Checksum = uint32(x)
	v, x = v.shr(32)
	binary.BigEndian.PutUint32(s.Key[7:], uint32(x))
	v, x = v.shr(32)
	binary.BigEndian.PutUint32(s.Key[3:], uint32(x))
	v, x = v.shr(24)
	s.Key[0] = byte(x >> 16)
	binary.BigEndian.PutUint16(s.Key[1:], uint16(x))
	s.License = LicenseNumber(v.lo)
	return s
}
