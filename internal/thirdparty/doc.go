// Package thirdparty is a checker of the journal's proofs as a stranger would write it: from docs/journal.md alone, with
// nothing but the standard library, and with none of this module's packages. Its tests give it what the desk makes. Where the two
// disagree, either the page or the desk is wrong.
package thirdparty
