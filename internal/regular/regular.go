// Package regular opens files that somebody names. What is no regular file is not opened: opening a pipe waits until
// somebody writes into it, also when the program is told to end, and a device may never end.
package regular

import (
	"errors"
	"fmt"
	"os"
)

// ErrNotRegular says that a name is that of a pipe, a device or a folder.
var ErrNotRegular = errors.New("not a regular file")

// Check refuses what is there and is no regular file; links are followed. An absent file is nothing that it refuses:
// opening it says more.
func Check(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w, but a pipe, a device or a folder: name a file", path, ErrNotRegular)
	}
	return nil
}

// Open opens a file for reading. The error wraps [ErrNotRegular] where it is none, else it is that of [os.Open].
func Open(path string) (*os.File, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	return os.Open(path)
}
