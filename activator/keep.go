package activator

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/recovery"
	"github.com/manual-activator/manual-activator/codes"
)

// What the journal keeps of a submission. A serial number carries the license
// key, so it is never kept: neither a whole one nor one with a slip, neither
// alone nor inside a mail.

// serialForJournal is what the journal keeps of a serial number: the letter, the
// license number, and a hash that tells two typings apart, never the key.
func serialForJournal(c codes.Code) string {
	sum := sha256.Sum256([]byte("manual-activator/1 serial in the journal\x00" + c.String()))
	return "S " + c.Serial().License.String() + " " + hex.EncodeToString(sum[:8])
}

// fieldText is the personal text of a submission that was no code: people paste
// whole mails, so it must be erasable.
const fieldText = "text"

const (
	serialLeftOut = "[serial number]"
	recoveryShare = "[recovery share]" // a share of the keys, pasted at the wrong place
)

// onlyLength stands in the journal for a text of n characters that it does not keep.
func onlyLength(n int) string { return fmt.Sprintf("[%d characters]", n) }

// unreadableForJournal is what the journal keeps of a text that is no code.
func unreadableForJournal(text string, slip error) string {
	if recovery.Contains(text) {
		return recoveryShare
	}
	var b strings.Builder
	end := 0
	for _, m := range codes.Find(text) {
		if m.Code.Kind() == codes.KindSerial || m.Code.IsZero() && beginsSerial(text[m.Start:m.End]) {
			b.WriteString(text[end:m.Start] + serialLeftOut)
			end = m.End
		}
	}
	b.WriteString(text[end:])
	switch n := characters(text); {
	case end > 0:
	case beginsSerial(text) || aboutSerial(slip):
		return serialLeftOut
	case n >= 20 && n <= 60 && !tellsKind(slip): // a serial number whose first letter was lost
		return onlyLength(n)
	case text != "" && !likeCode(text): // a passphrase that was meant for another window, perhaps
		return onlyLength(n)
	}
	return journal.ShortText(strings.ReplaceAll(strings.ToValidUTF8(b.String(), "\ufffd"), "\x00", "\ufffd"))
}

// beginsSerial reports whether a text begins as a serial number does, in letters
// or in digits, whatever the rest is.
func beginsSerial(text string) bool {
	const enough = 10 // characters: less gives nothing away
	text = strings.TrimLeftFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if text == "" || !strings.ContainsRune("Ss4Ｓｓ", []rune(text)[0]) {
		return false
	}
	return characters(text) >= enough
}

// characters counts those of a text that a code could have.
func characters(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '?' {
			n++
		}
	}
	return n
}

// tellsKind reports whether an error knows which kind of code it is about, or is
// about something else than a slip.
func tellsKind(err error) bool {
	var slip *codes.SlipError
	var length *codes.LengthError
	switch {
	case errors.As(err, &slip):
		return slip.Kind != 0
	case errors.As(err, &length):
		return length.Kind != 0
	}
	return true
}

// aboutSerial reports whether an error is about a serial number.
func aboutSerial(err error) bool {
	var slip *codes.SlipError
	var length *codes.LengthError
	return errors.As(err, &slip) && slip.Kind == codes.KindSerial || errors.As(err, &length) && length.Kind == codes.KindSerial
}

// sayUnreadable is the sentence about a text that is no code. About a serial
// number it repeats nothing of what was typed. What it quotes of other texts is kept
// apart: the journal does not have it.
func sayUnreadable(text string, slip error) (say, typed string) {
	if recovery.Contains(text) {
		return sayShareHere, ""
	}
	if n := characters(text); aboutSerial(slip) || beginsSerial(text) {
		return sayUnreadableSerial, ""
	} else if n >= 20 && n <= 60 && !tellsKind(slip) {
		return sayNoCode, ""
	}
	for _, m := range codes.Find(text) {
		if m.Err != nil && beginsSerial(text[m.Start:m.End]) {
			return sayUnreadableSerial, ""
		}
	}
	var quotes *codes.SlipError
	if errors.As(slip, &quotes) {
		return sayNotRead, slip.Error()
	}
	return slip.Error(), ""
}
