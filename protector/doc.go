// Package protector is the customer's side of an activation: what a vendor links
// into the program that is licensed.
//
// It keeps the activation state of one product on one machine, shows request
// codes, takes the vendor's answers, and ends an activation with a confirmation
// code that can be read back to the vendor. It talks to nobody: every code is
// carried by people, in a mail, a file or a telephone call.
//
// # What to call
//
// Open a [Client] with the signed product profile, which ships inside the
// program, and the vendor's trust anchor, which is given in code. Ask
// [Client.Status] what this machine may do. [Client.EnterSerial] or
// [Client.EnterLicenseFile] says which license it is; [Client.Request] makes the
// request code that the customer reads to the vendor; [Client.Enter] takes the
// answer. [Client.Deactivate] gives the license back, [Client.CheckIn] one thing of
// it. [Client.Begin] counts a run, where the product has a trial by starts or hours.
//
//	client, err := protector.Open(protector.Config{Profile: profile, Anchor: anchor})
//	if err != nil {
//		return err
//	}
//	defer client.Close()
//	status, err := client.Status()
//	if err != nil {
//		return err
//	}
//	if !status.Usable() {
//		// show status.Definitions, ask for a serial number, show a request code
//	}
//
// Every error that a customer can do something about is an [*Error] with a stable
// [Reason], a sentence in English, and the data to say it in another language.
//
// # What is promised
//
// The state is kept in at least two places, each copy tagged and written
// atomically; the newest genuine copy wins, a deactivated one wins over every
// copy that holds the key it ended, and damaged copies are repaired from good
// ones. A confirmation code is shown only after the deactivation is durable. No
// input and no damaged state makes the package panic or hang; where the state
// cannot be told, it says so and is not silently fresh. Several processes and
// goroutines may use one state. The rules, for a client in another language, are
// docs/client.md.
//
// # Who should not use it
//
// It stops mistakes and casual copying, not a debugger: a patched program honors
// anything. A customer who restores every copy of the state from a backup is
// active again on that machine until the vendor's desk sees the old key in a
// code. Keep what must not be lost to a pirate on a server instead.
package protector
