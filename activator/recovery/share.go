package recovery

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/secretsharing"
	"golang.org/x/crypto/chacha20poly1305"
)

// MaxShares is how many shares a set may have.
const MaxShares = 16

// MaxSecret is how long a secret may be, in bytes.
const MaxSecret = 4096

const (
	version   = 1
	checkSize = 4
	valueSize = 32
	shareSize = 1 + 4 + 1 + valueSize
	headSize  = 3 // of the common part, before the checks
)

// field is where shares are calculated.
var field = group.P256

// A Set names what belongs together: it is in every share.
type Set [4]byte

// String is the set as people compare it, "3f7a-19c2".
func (s Set) String() string { return fmt.Sprintf("%x-%x", s[:2], s[2:]) }

// A Share is one share with its common part. It is a secret: it prints as its number.
type Share struct {
	Set    Set
	Number int // from 1
	common []byte
	value  func() [valueSize]byte // a function: fmt cannot look inside
}

// String does not reveal the share.
func (s *Share) String() string { return fmt.Sprintf("share %d of set %v (hidden)", s.Number, s.Set) }

// Need is how many shares bring the secret back, Count how many there are.
func (s *Share) Need() int { return int(s.common[1]) }

// Count is how many shares the set has.
func (s *Share) Count() int { return int(s.common[2]) }

// Split splits a secret into count shares, any need of which bring it back: 1 to 16, need
// at most count. One of one is a paper key.
func Split(rand io.Reader, secret []byte, need, count int) (all []*Share, err error) {
	switch {
	case count < 1 || count > MaxShares:
		return nil, fmt.Errorf("%d shares: expected 1 to %d", count, MaxShares)
	case need < 1 || need > count:
		return nil, fmt.Errorf("%d of %d shares: expected 1 to %d that are needed", need, count, count)
	case need == 1 && count > 1:
		return nil, fmt.Errorf("1 of %d shares: each would be the whole secret; print the one share of 1 of 1 %d times, or need 2", count, count)
	case len(secret) == 0 || len(secret) > MaxSecret:
		return nil, fmt.Errorf("a secret of %d bytes: expected 1 to %d", len(secret), MaxSecret)
	}
	source := &sticky{r: rand}
	defer func() { // the field panics where randomness fails
		if p := recover(); p != nil {
			if source.err == nil {
				panic(p)
			}
			all, err = nil, fmt.Errorf("draw the shares: %w", source.err)
		}
	}()
	key := field.RandomNonZeroScalar(source)
	points := secretsharing.New(source, uint(need-1), key).Share(uint(count))
	common := []byte{version, byte(need), byte(count)}
	values := make([][valueSize]byte, count)
	for i, p := range points {
		b, err := p.Value.MarshalBinary()
		if err != nil {
			return nil, fmt.Errorf("share %d: %w", i+1, err)
		}
		if len(b) != valueSize {
			return nil, fmt.Errorf("share %d: have %d bytes, want %d", i+1, len(b), valueSize)
		}
		values[i] = [valueSize]byte(b)
		common = append(common, check(i+1, values[i])...)
	}
	seal, err := cipherOf(key)
	if err != nil {
		return nil, err
	}
	common = seal.Seal(common, make([]byte, chacha20poly1305.NonceSize), secret, common)
	for i, v := range values {
		all = append(all, &Share{Set: setOf(common), Number: i + 1, common: common, value: func() [valueSize]byte { return v }})
	}
	return all, nil
}

// sticky remembers that a source of randomness failed.
type sticky struct {
	r   io.Reader
	err error
}

func (s *sticky) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil {
		s.err = err
	}
	return n, err
}

func check(number int, value [valueSize]byte) []byte {
	b := append([]byte("manual-activator/1 recovery share\x00"), byte(number))
	sum := sha256.Sum256(append(b, value[:]...))
	return sum[:checkSize]
}

func setOf(common []byte) Set {
	sum := sha256.Sum256(append([]byte("manual-activator/1 recovery set\x00"), common...))
	return Set(sum[:4])
}

// cipherOf is the encryption under a key that was split.
func cipherOf(key group.Scalar) (interface {
	Seal(dst, nonce, plaintext, additionalData []byte) []byte
	Open(dst, nonce, ciphertext, additionalData []byte) ([]byte, error)
}, error) {
	b, err := key.MarshalBinary()
	if err != nil {
		return nil, err
	}
	defer clear(b)
	k, err := hkdf.Key(sha256.New, b, nil, "manual-activator/1 recovery key", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	defer clear(k)
	return chacha20poly1305.New(k)
}

// bytes is the share without its common part.
func (s *Share) bytes() []byte {
	v := s.value()
	b := append([]byte{version}, s.Set[:]...)
	return append(append(b, byte(s.Number)), v[:]...)
}

// newShare takes a share and its common part apart and compares them.
func newShare(share, common []byte) (*Share, error) {
	s, err := parseShare(share)
	if err != nil {
		return nil, err
	}
	return s, s.complete(common)
}

// parseShare reads a share whose common part is not at hand yet.
func parseShare(b []byte) (*Share, error) {
	switch {
	case len(b) > 0 && b[0] > version:
		return nil, errors.New("the share was made by a newer version: restore with that one")
	case len(b) != shareSize || b[0] != version || b[5] < 1 || b[5] > MaxShares:
		return nil, errors.New("this is no share of keys: compare its lines with the paper")
	}
	v := [valueSize]byte(b[6:])
	return &Share{Set: Set(b[1:5]), Number: int(b[5]), value: func() [valueSize]byte { return v }}, nil
}

// checkCommon refuses what is no common part.
func checkCommon(b []byte) error {
	switch {
	case len(b) > 0 && b[0] > version:
		return errors.New("the set was made by a newer version: restore with that one")
	case len(b) < headSize || b[0] != version || b[2] < 1 || b[2] > MaxShares || b[1] < 1 || b[1] > b[2] ||
		len(b) <= headSize+int(b[2])*checkSize+chacha20poly1305.Overhead:
		return errors.New("this is no set code: compare its lines with the paper")
	}
	return nil
}

// complete joins a share with its common part, and says whether the share is as it was
// written.
func (s *Share) complete(common []byte) error {
	if err := checkCommon(common); err != nil {
		return err
	}
	if set := setOf(common); s.Set != set {
		return fmt.Errorf("share %d is of set %v, the set code of set %v: they do not belong together", s.Number, s.Set, set)
	}
	if s.Number > int(common[2]) {
		return fmt.Errorf("share %d is of a set of %d: it was not written so", s.Number, common[2])
	}
	if want := common[headSize+(s.Number-1)*checkSize:][:checkSize]; !bytes.Equal(check(s.Number, s.value()), want) {
		return fmt.Errorf("share %d is not as it was written: compare it with the paper, or leave it out", s.Number)
	}
	s.common = common
	return nil
}

// Combine brings the secret back. The shares may be more than are needed; those of two
// sets, one share twice, and too few are refused, naming them.
func Combine(all ...*Share) ([]byte, error) {
	if len(all) == 0 {
		return nil, errors.New("no shares were given")
	}
	first := all[0]
	points := make(map[int]secretsharing.Share)
	for _, s := range all {
		if s.Set != first.Set || !bytes.Equal(s.common, first.common) {
			return nil, fmt.Errorf("share %d is of set %v, share %d of set %v: only shares of one set belong together", first.Number, first.Set, s.Number, s.Set)
		}
		if _, twice := points[s.Number]; twice {
			return nil, fmt.Errorf("share %d was given twice: another one of set %v is needed", s.Number, s.Set)
		}
		v := s.value()
		value := field.NewScalar()
		if err := value.UnmarshalBinary(v[:]); err != nil {
			return nil, fmt.Errorf("share %d is not as it was written: %w", s.Number, err)
		}
		points[s.Number] = secretsharing.Share{ID: field.NewScalar().SetUint64(uint64(s.Number)), Value: value}
	}
	if len(points) < first.Need() {
		return nil, fmt.Errorf("%d of the %d shares that are needed were given (%s of set %v): %d more", len(points), first.Need(), numbers(all), first.Set, first.Need()-len(points))
	}
	some := make([]secretsharing.Share, 0, len(points))
	for _, p := range points {
		some = append(some, p)
	}
	key, err := secretsharing.Recover(uint(first.Need()-1), some)
	if err != nil {
		return nil, err
	}
	open, err := cipherOf(key)
	if err != nil {
		return nil, err
	}
	head := headSize + first.Count()*checkSize
	secret, err := open.Open(nil, make([]byte, chacha20poly1305.NonceSize), first.common[head:], first.common[:head])
	if err != nil {
		return nil, fmt.Errorf("the shares %s of set %v do not open it: one was forged; try others", numbers(all), first.Set)
	}
	return secret, nil
}

// numbers lists shares for people: "1, 3 and 4".
func numbers(all []*Share) string {
	var list []int
	for _, s := range all {
		list = append(list, s.Number)
	}
	slices.Sort(list)
	var words []string
	for _, n := range list {
		words = append(words, fmt.Sprint(n))
	}
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
