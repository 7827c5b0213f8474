// Package layout tests which package may import which. It has no code beside its
// tests.
package layout
