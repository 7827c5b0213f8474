// Package batch answers files of codes: tables (CSV), JSON lines, and mails.
//
// [Run] reads an [Input] row by row, has every row decided by a desk's session
// ([activator.Session.Batch]), and writes each row's answer beside it, in the order of
// the input. Memory does not grow with the input: rows that wait for a second look, and
// the answers behind the first of them, are kept in scratch files that the caller gives.
// Only a dry run remembers what each row would have done ([activator.DryBooks]).
//
// [Open] recognizes the form of an input: encoding, delimiter, columns. Rows that
// cannot be understood are rows all the same, with the mistake said, so that as many
// come out as went in.
//
// The package opens no file itself, and has no clock but for progress.
package batch
