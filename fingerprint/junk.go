package fingerprint

import "strings"

// placeholders are what makers leave in identifiers, letters and digits only,
// in upper case.
var placeholders = map[string]bool{}

func init() {
	for _, s := range []string{
		"To Be Filled By O.E.M.", "To Be Filled By OEM", "Default string", "Default", "None", "Not Specified",
		"Not Applicable", "Not Available", "Not Present", "Not Defined", "Not Settable", "N/A", "NA", "Null", "Nil",
		"Unknown", "Undefined", "Empty", "Invalid", "No Enclosure", "O.E.M.", "OEM", "OEM Default", "INVALID SERIAL",
		"System Serial Number", "Serial Number", "System Product Name", "System manufacturer", "System Version",
		"System Name", "System UUID", "Base Board Serial Number", "BaseBoard Serial Number", "Board Serial Number",
		"Chassis Serial Number", "Type2 - Board Serial Number", "SerNum", "SerNum0", "SN", "S/N", "No Serial", "NoSerial",
		"No Asset Tag", "Asset Tag", "Asset-1234567890", "Product Name", "Standard", "Generic", "Test", "Sample", "Virtual",
		"0123456789", "1234567890", "123456789", "12345678", "1234567", "123456", "12345", "01234567", "0123456789ABCDEF",
		"123456789ABC", "123456789ABCDEF", "1234567890ABCDEF", "DEADBEEF", "012345678", "0123456", "012345",
		"00010203040506070809", "000102030405060708090A0B0C0D0E0F", "03000200040005000006000700080009",
		"0 MB", "0 GB", "0 KB", "0 B", "Eval", "Engineering Sample", "Part Number", "Uninitialized", "Uninitialised",
	} {
		placeholders[bare(s)] = true
	}
}

// bare keeps the letters and digits of an identifier, in upper case.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r > 127 {
			return r
		}
		return -1
	}, upper(s))
}

// isJunk reports whether a normal identifier names nothing: empty, a maker's
// placeholder, one character over and over (all zeros, all F), a MAC address
// that no card has, or a drive "serial" that is a word without any digit.
func isJunk(k Kind, id string) bool {
	text := bare(id)
	if text == "" || placeholders[text] {
		return true
	}
	switch k {
	case MAC:
		return isJunkMAC(id)
	case CPU, Memory, CDROM, Video, IDE, SCSI, Board:
		return monotone(text) && len(text) > 1
	case SystemDrive:
		return monotone(text) || !strings.ContainsAny(text, "0123456789") || isEmulatedSerial(text)
	default:
		return monotone(text)
	}
}

// monotone reports whether a text repeats its first character.
func monotone(text string) bool { return strings.Trim(text, text[:1]) == "" }

// isEmulatedSerial reports whether a drive's serial or world-wide name is one
// that every machine of an emulator or cloud has: QEMU counts QM00001, QM00002,
// ... or gives the name of its option, drive-scsi0; Google's persistent-disk-0.
func isEmulatedSerial(text string) bool {
	if _, rest, found := strings.Cut(text, "QEMUHARDDISK"); found {
		text = rest
	}
	if rest, found := strings.CutPrefix(text, "QM000"); found && len(rest) == 2 && strings.Trim(rest, "0123456789") == "" {
		return true
	}
	for _, option := range []string{"DRIVESCSI", "DRIVEIDE", "DRIVESATA", "DRIVEVIRTIO", "DRIVEEFIDISK"} {
		if strings.HasPrefix(text, option) {
			return true
		}
	}
	return strings.Contains(text, "PERSISTENTDISK")
}

// sharedMACs are the beginnings of addresses that many machines have in common,
// put there by drivers: VMware and VirtualBox host networks, Microsoft's
// loopback and kernel debugger, dial-up and VPN adapters, Docker, TAP, and
// addresses out of tutorials.
var sharedMACs = []string{
	"00:50:56:c0:00:", "0a:00:27:00:00:", "02:00:4c:4f:4f:50", "00:05:9a:3c:7a:00", "00:05:9a:3c:78:00",
	"44:45:53:54:", "50:50:54:50:", "33:50:6f:45:", "52:54:00:12:34:5", "20:41:53:59:4e:ff", "02:42:", "00:ff:", "02:50:41:00:00:01",
	"00:01:02:03:04:05", "00:11:22:33:44:55", "01:23:45:67:89:ab", "12:34:56:78:9a:bc", "de:ad:be:ef:", "02:00:00:00:00:00",
	"00:de:ad:be:ef:00", "00:e0:4c:00:00:0", "00:00:00:00:00:0", "00:09:0f:fe:00:01", "00:09:0f:aa:00:01",
}

func isJunkMAC(id string) bool {
	raw := hexDigits(id)
	if len(raw) != 12 || monotone(raw) {
		return true
	}
	if strings.ContainsRune("13579bdf", rune(raw[1])) {
		return true // a group address: no card has one
	}
	for _, shared := range sharedMACs {
		if strings.HasPrefix(id, shared) {
			return true
		}
	}
	return false
}
