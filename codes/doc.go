// Package codes reads, writes, checks, repairs and tags the codes that a
// customer and a vendor read to each other.
//
// Five kinds are read to or mailed: a request code (R) and a deactivation
// confirmation code (D), which a customer's machine shows; an activation code (A)
// or a signed one (E), which the vendor answers; and a serial number (S), which
// carries a license key. All
// are described for other languages in docs/format.md; this package is one
// implementation of that document, and the vectors under testdata/vectors bind
// both.
//
// # What to call
//
// [Parse] takes what a person typed or pasted and returns a [Code], whose form
// is right and whose group checks hold. A right form says nothing about who
// made the code: compare its tag, computed with [Key.StatementTag] or
// [Key.AnswerTag], using [EqualTags], or ask [SignedAnswer.Signs]. [Inspect] describes a text while it is
// being typed, [Find] looks for codes in a longer text such as an email, and
// [Repair] proposes what a text with slips may have been, with a [Judge] given
// by the caller.
//
// To write a code, fill in a [Statement], an [Answer], a [SignedAnswer] or a
// [Serial] and call its
// Code method; [Code.String] is the text in letters, [Code.Digits] the one in
// digits for voice and keypads.
//
// # Keys
//
// A [Master] derives the [LicenseKey] of each license. Stretched, it is the
// first [Key] of that license; accepting an answer or giving a seat back
// replaces the key by [Key.After], [Key.Deactivated] or [Key.CheckedIn]. No
// key prints itself; [Key.Bytes] is the one door, for a state file.
//
// The package does no I/O, has no clock and draws no randomness.
package codes
