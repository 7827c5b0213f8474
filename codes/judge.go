package codes

// Judge tells [Repair] which candidates are worth a proposal. Its two questions
// are put in this order, the second only about candidates that the first let
// through.
type Judge interface {
	// Known reports for each license number whether it is registered. It is
	// asked once a reading, with the numbers of all requests and confirmations
	// among the candidates. Numbers can repeat.
	Known(numbers []LicenseNumber) []bool
	// Genuine reports whether the code's tag is genuine under any key it may be
	// tagged with (for a serial number: whether the vendor vouches for it).
	Genuine(c Code) bool
}
