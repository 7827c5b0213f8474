package keyring

import (
	"strings"
	"testing"
)

func TestWeakPassphrasesAreSaid(t *testing.T) {
	for passphrase, weak := range map[string]bool{
		"abc": true, "123456789": true, "aaaaaaaaaaaa": true, "ababababababab": true, "ÄÖÜäöüßéè": true,
		"1234567890": false, "a passphrase for tests": false, "vier grüne Äpfel": false,
	} {
		have := Weak([]byte(passphrase))
		if (have != "") != weak {
			t.Errorf("Weak(%q): have %q, want a sentence: %v", passphrase, have, weak)
		}
		if strings.Contains(have, passphrase) {
			t.Errorf("Weak(%q): have %q, want the passphrase not quoted", passphrase, have)
		}
	}
}
