package protector

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/codes"
)

// secret is a key as a state file holds it.
type secret struct{ codes.Key }

// MarshalJSON writes the key itself; everything else about it stays hidden.
func (s secret) MarshalJSON() ([]byte, error) {
	if s.IsZero() {
		return []byte(`""`), nil // which UnmarshalJSON refuses
	}
	b := s.Bytes()
	return json.Marshal(hex.EncodeToString(b[:]))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *secret) UnmarshalJSON(data []byte) error {
	b, err := unhex(data, 32)
	if err != nil {
		return err
	}
	s.Key, err = codes.KeyFrom(b)
	return err
}

// IsZero reports whether there is no key.
func (s secret) IsZero() bool { return s.Key.IsZero() }

// licenseSecret is a license key as a state file holds it.
type licenseSecret struct{ codes.LicenseKey }

// MarshalJSON writes the license key itself.
func (s licenseSecret) MarshalJSON() ([]byte, error) {
	return json.Marshal(hex.EncodeToString(s.LicenseKey[:]))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *licenseSecret) UnmarshalJSON(data []byte) error {
	b, err := unhex(data, len(s.LicenseKey))
	if err != nil {
		return err
	}
	s.LicenseKey = codes.LicenseKey(b)
	return nil
}

// keyID names a key.
type keyID [8]byte

// MarshalText writes hexadecimal digits.
func (k keyID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, k[:]), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *keyID) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil || len(b) != len(k) {
		return errors.New("not a key id")
	}
	*k = keyID(b)
	return nil
}

func unhex(data []byte, size int) ([]byte, error) {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return nil, errors.New("not a text of hexadecimal digits")
	}
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != size {
		return nil, fmt.Errorf("not %d bytes in hexadecimal digits", size)
	}
	return b, nil
}
