// Package qrtext draws QR symbols in text, for terminals and plain files.
package qrtext

import (
	"fmt"
	"io"
	"strings"

	"rsc.io/qr"
)

// quiet is the width of the light border that a reader needs.
const quiet = 4

// Draw writes a text as a QR symbol in half blocks, with its quiet zone, dark on
// light whatever the colors of the terminal. A code of 30 characters takes 41
// columns, a signed one 57.
func Draw(w io.Writer, text string) error {
	symbol, err := qr.Encode(text, qr.M)
	if err != nil {
		return fmt.Errorf("the code cannot be drawn: %w", err)
	}
	light := func(x, y int) bool { return !symbol.Black(x, y) } // outside is light too
	for y := -quiet; y < symbol.Size+quiet; y += 2 {
		var line strings.Builder
		for x := -quiet; x < symbol.Size+quiet; x++ {
			switch upper, lower := light(x, y), light(x, y+1); {
			case upper && lower:
				line.WriteRune('█')
			case upper:
				line.WriteRune('▀')
			case lower:
				line.WriteRune('▄')
			default:
				line.WriteRune(' ')
			}
		}
		if _, err := fmt.Fprintln(w, line.String()); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(w)
	return err
}
