package fingerprint

import "strings"

// Kind is a kind of hardware component. The numbers are part of the fold (see
// [Profile.Fold]) and never change; 0 stands for a kind this version does not
// know, whose word is kept in [Component.Other].
type Kind uint8

// The kinds, in the order of their status bits, then those that have none.
const (
	Unknown     Kind = 0  // a kind of a newer or foreign profile: kept, never weighed
	MAC         Kind = 1  // built-in network cards, by permanent hardware address
	CPU         Kind = 2  // processor vendor, family, model and stepping
	SystemDrive Kind = 3  // the drives that hold the operating system, by serial number
	Memory      Kind = 4  // installed memory, in steps (see [MemorySize])
	CDROM       Kind = 5  // built-in optical drives, by model
	Video       Kind = 6  // video cards, by PCI ids
	IDE         Kind = 7  // IDE controllers, by PCI ids
	SCSI        Kind = 8  // SCSI, RAID, SAS, SATA and NVMe controllers, by PCI ids
	Firmware    Kind = 9  // firmware UUID, where any user can read it
	Board       Kind = 10 // main board or machine model, with its serial where any user can read it
	MachineID   Kind = 11 // the operating system's machine id; a reinstall draws a new one
)

var kinds = [...]struct{ word, name string }{
	Unknown:     {"unknown", "unknown component"},
	MAC:         {"mac", "network card"},
	CPU:         {"cpu", "processor"},
	SystemDrive: {"system drive", "system drive"},
	Memory:      {"memory", "memory"},
	CDROM:       {"cd-rom", "CD-ROM drive"},
	Video:       {"video", "video card"},
	IDE:         {"ide", "IDE controller"},
	SCSI:        {"scsi", "SCSI controller"},
	Firmware:    {"firmware", "firmware id"},
	Board:       {"board", "main board"},
	MachineID:   {"machine id", "machine id"},
}

// Kinds returns all kinds this version knows, in their fixed order.
func Kinds() []Kind {
	return []Kind{MAC, CPU, SystemDrive, Memory, CDROM, Video, IDE, SCSI, Firmware, Board, MachineID}
}

// String returns the kind's word in the JSON form: "mac", "cpu", "system
// drive", "memory", "cd-rom", "video", "ide", "scsi", "firmware", "board",
// "machine id"; "unknown" for any other value.
func (k Kind) String() string {
	if int(k) >= len(kinds) {
		k = Unknown
	}
	return kinds[k].word
}

// Name returns the kind's name in a sentence for people, such as "network card".
func (k Kind) Name() string {
	if int(k) >= len(kinds) {
		k = Unknown
	}
	return kinds[k].name
}

// KindOf returns the kind with this word (see [Kind.String]), in any case, and
// whether there is one.
func KindOf(word string) (Kind, bool) {
	word = strings.ToLower(tidy(word))
	for _, k := range Kinds() {
		if kinds[k].word == word {
			return k, true
		}
	}
	return Unknown, false
}

// StatusBit returns the bit, 7 to 0, that stands for the kind in the status
// byte of a request code: MAC address 7, CPU 6, system drive 5, memory 4,
// CD-ROM 3, video card 2, IDE controller 1, SCSI controller 0. Other kinds have
// none, and ok is false.
func (k Kind) StatusBit() (bit uint8, ok bool) {
	if k < MAC || k > SCSI {
		return 0, false
	}
	return uint8(SCSI - k), true
}

// Identifies reports whether the kind goes into the fold: MAC addresses, the
// CPU id and the system drive survive a reinstall of the operating system. The
// other kinds count in comparisons only.
func (k Kind) Identifies() bool { return k == MAC || k == CPU || k == SystemDrive }

// Status returns the status byte of a request code in which these kinds
// changed. Kinds without a bit are ignored.
func Status(changed []Kind) uint8 {
	var status uint8
	for _, k := range changed {
		if bit, ok := k.StatusBit(); ok {
			status |= 1 << bit
		}
	}
	return status
}

// KindsOf returns the kinds whose bits are set in a status byte, the highest
// bit first.
func KindsOf(status uint8) []Kind {
	var set []Kind
	for k := MAC; k <= SCSI; k++ {
		if bit, _ := k.StatusBit(); status&(1<<bit) != 0 {
			set = append(set, k)
		}
	}
	return set
}
