package keyring

import (
	"fmt"
	"unicode/utf8"
)

// What is a weak passphrase: who has a copy of the vendor folder may guess for as long
// as they like, and only the work factor slows them down.
const (
	shortPassphrase = 10 // characters
	fewCharacters   = 5  // different ones
)

// Weak says in a sentence why a passphrase would be guessed from a copy of the vendor
// folder; empty where nothing obvious is wrong with it. It never quotes the passphrase.
// It warns and does not refuse: folders for tests may have any.
func Weak(passphrase []byte) string {
	different := map[rune]bool{}
	for _, r := range string(passphrase) {
		different[r] = true
	}
	switch n := utf8.RuneCount(passphrase); {
	case n < shortPassphrase:
		return fmt.Sprintf("A passphrase of %d characters can be guessed by whoever has a copy of the vendor folder: take some words, %d characters or more.", n, shortPassphrase)
	case len(different) < fewCharacters:
		return "A passphrase of so few different characters can be guessed by whoever has a copy of the vendor folder: take some words."
	}
	return ""
}
