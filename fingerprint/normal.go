package fingerprint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is the longest identifier, label or note kept, in bytes. Real ones
// have at most about 100; a NQN or a device path stays below 224.
const maxText = 256

// NewInstance returns an instance in normal form: a MAC address as
// "02:fc:00:00:00:01"; a memory size in steps as "8 GB"; a drive serial without
// blanks; letters in upper case otherwise, control characters dropped, runs of
// blanks folded. An identifier that is a placeholder is marked as junk.
func NewInstance(k Kind, id, label string, excluded Reason) Instance {
	return tidyInstance(k, Instance{ID: id, Label: label, Excluded: excluded})
}

func tidyInstance(k Kind, i Instance) Instance {
	i.Label = clip(tidy(i.Label))
	i.Excluded = Reason(strings.ToLower(clip(tidy(string(i.Excluded)))))
	i.ID = normalize(k, i.ID)
	if i.Excluded == Counts && isJunk(k, i.ID) {
		i.Excluded = Junk
	}
	return i
}

// normalize returns the normal form of an identifier of this kind. Applied to
// its own result it changes nothing.
func normalize(k Kind, id string) string {
	id = clip(tidy(id))
	switch k {
	case MAC:
		if raw := hexDigits(id); len(raw) == 12 {
			b, _ := hex.DecodeString(raw)
			return macText(b)
		}
	case Memory:
		if bytes, ok := parseSize(id); ok {
			return MemorySize(bytes)
		}
	case SystemDrive:
		id = strings.Map(func(r rune) rune {
			if r == ' ' {
				return -1
			}
			return r
		}, id)
		id = strings.TrimRight(id, "._") // some NVMe bridges end their serials so
	case Firmware, MachineID:
		if raw := hexDigits(id); len(raw) == 32 {
			return strings.ToLower(raw)
		}
	}
	return upper(id)
}

// tidy drops what does not print (control characters, so that a profile cannot
// steer a terminal; broken UTF-8), trims, and folds blanks.
func tidy(s string) string {
	var b strings.Builder
	blank := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			blank = b.Len() > 0
			continue
		case r == utf8.RuneError || !unicode.IsPrint(r):
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// clip shortens a tidy text to maxText bytes at a rune's border.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.TrimRight(s[:end], " ")
}

// upper turns a to z into capitals and leaves other scripts alone, so that the
// result does not depend on a version of Unicode.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// hexDigits returns the hex digits of s without the usual separators and
// braces, or "" when s holds anything else.
func hexDigits(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'f', r >= 'A' && r <= 'F':
			b.WriteRune(r)
		case r == ':' || r == '-' || r == '.' || r == ' ' || r == '{' || r == '}':
		default:
			return ""
		}
	}
	return b.String()
}

// macText writes a hardware address as lower-case pairs with colons.
func macText(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 3*len(b))
	for i, c := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

// veil replaces a machine id by a keyed hash of it: machine ids are confidential
// and must not be used as they are outside the system.
func veil(id string) string {
	mac := hmac.New(sha256.New, []byte(normalize(MachineID, id)))
	mac.Write([]byte("manual-activator/1 machine id\x00"))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
