// Package activator is the vendor's desk: it decides what a code is answered with, and
// keeps the journal of every answer and every refusal.
//
// # What to call
//
// [Init] makes a vendor folder: keyring, journal, product files. [Open] opens it as a
// [Desk], with a clock, a source of randomness and a way to ask for the passphrase;
// [Desk.Session] says who works at it. [Session.Register] makes licenses and their serial
// numbers. [Session.Read] shows what a code is and how it would be decided, and records
// nothing; [Session.Submit] decides, journals, and only then returns the answer. What the
// operator wants besides is a [Decision]. [Session.Change] is for what no code asks for:
// a refund, a machine that is gone, a revoked license. [Session.Batch] decides on many
// codes; package batch reads and writes the files.
//
//	desk, err := activator.Open(ctx, activator.Config{Dir: dir, Unlock: passphrase, Now: time.Now, Rand: rand.Reader})
//	if err != nil {
//		return err
//	}
//	defer desk.Close()
//	s := desk.Session(activator.Operator{Name: "anna"}, "telephone")
//	out, err := s.Submit(ctx, whatTheCustomerRead, activator.Decision{})
//	if err != nil {
//		return err // nothing was decided, and nothing recorded
//	}
//	if out.Verdict == journal.OK {
//		// read out.Answer to the customer
//	}
//
// # What is promised
//
// A refusal is an outcome, not an error: it is journaled, and [Reading.Checks] says why.
// An error means that nothing was decided. A [UsageError] among them says that the decision does not
// fit the code. Whoever submits the same code again has the same answer, so what was lost
// on the way is had by asking again. A session may be used by several goroutines, and several desks may
// share one journal: two who claim the last seat at once do not both have it.
//
// # Keys
//
// The secrets stay in the keyring (package keyring), which is opened with the first call that needs one
// and never leaves the process. The journal and errors hold neither a serial
// number nor a license key.
//
// The package has no terminal, no clock and no randomness of its own, and touches no file
// outside of the folders it is given.
package activator
