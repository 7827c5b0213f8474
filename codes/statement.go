package codes

// Statement is what a customer's machine says: a request (R) or a deactivation
// confirmation (D). Most significant bit first, 140 bits:
//
//	random 32 | fingerprint 26 | license number 32 | definition 8 | status 8 | tag 34
type Statement struct {
	Kind        Kind          // KindRequest or KindConfirmation
	Random      uint32        // of the request, never 0; the answer is bound to it
	Fingerprint Fingerprint   // of the machine, 26 bits
	License     LicenseNumber // never 0
	Definition  uint8         // authorization definition asked for, never 0
	Status      uint8         // R: changed hardware kinds, bits from [ChangedSCSI] to [ChangedMAC]; D: an outcome, such as [OutcomeComplete]
	Tag         uint64        // 34 bits, see [Key.StatementTag]
}

// Changed hardware kinds in the status of a request, one bit each.
const (
	ChangedSCSI        uint8 = 1 << iota // SCSI controller
	ChangedIDE                           // IDE controller
	ChangedVideo                         // video card
	ChangedCDROM                         // CD-ROM drive
	ChangedMemory                        // memory
	ChangedSystemDrive                   // system drive
	ChangedCPU                           // CPU
	ChangedMAC                           // MAC address
)

// Outcomes in the status of a deactivation confirmation. A larger status was
// made by a newer version.
const (
	OutcomeComplete          uint8 = 0 // everything erased
	OutcomeCopiesLeft        uint8 = 1 // some copies of the state could not be erased
	OutcomeHardware          uint8 = 2 // the hardware differs
	OutcomeCopiesAndHardware uint8 = 3 // both
)

const tagBits = 34 // of a statement

// Code writes the statement. It panics when a field is out of range: Kind is
// neither R nor D; Random, License or Definition is 0; Fingerprint has more
// than 26 bits or Tag more than 34.
func (s Statement) Code() Code {
	switch {
	case s.Kind != KindRequest && s.Kind != KindConfirmation:
		panic("codes: Statement.Code: kind is neither R nor D")
	case s.Random == 0 || s.License == 0 || s.Definition == 0:
		panic("codes: Statement.Code: random, license number or definition is 0")
	case s.Fingerprint > MaxFingerprint || s.Tag >= 1<<tagBits:
		panic("codes: Statement.Code: fingerprint or tag is out of range")
	}
	v := value{lo: uint64(s.Random)}
	v = v.shl(26, uint64(s.Fingerprint))
	v = v.shl(32, uint64(s.License))
	v = v.shl(8, uint64(s.Definition))
	v = v.shl(8, uint64(s.Status))
	return Code{kind: s.Kind, v: v.shl(tagBits, s.Tag)}
}

// Statement reads a request or a confirmation. It panics for other kinds: ask
// Kind first.
func (c Code) Statement() Statement {
	c.must(c.kind == KindRequest || c.kind == KindConfirmation, "Statement")
	s := Statement{Kind: c.kind}
	v, x := c.v.shr(tagBits)
	s.Tag = x
	v, x = v.shr(8)
	s.Status = uint8(x)
	v, x = v.shr(8)
	s.Definition = uint8(x)
	v, x = v.shr(32)
	s.License = LicenseNumber(x)
	v, x = v.shr(26)
	s.Fingerprint = Fingerprint(x)
	s.Random = uint32(v.lo)
	return s
}

// statementLicense is the license number in the value of an R or D.
func statementLicense(v value) LicenseNumber {
	return LicenseNumber(v.lo>>50 | v.mid<<14)
}
