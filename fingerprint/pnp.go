package fingerprint

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// The rules for what Windows tells of its devices. They stand apart from the
// calls so that they are tested everywhere.

// Flags of a device in the registry.
const (
	capRemovable   = 0x4 // CM_DEVCAP_REMOVABLE: can be unplugged while running
	configDisabled = 0x1 // CONFIGFLAG_DISABLED: switched off in the device manager
)

// pnpDevice is a device as Plug and Play knows it.
type pnpDevice struct {
	instanceID   string // `PCI\VEN_8086&DEV_15F3&SUBSYS_...\3&...`
	compatible   []string
	name         string //nolint:unused // the collector of Windows asks for it
	driver       string //nolint:unused // the driver's key below Control\Class, for the same
	capabilities uint32
	configFlags  uint32
}

// bus returns the part of the instance id before the first backslash.
func (d pnpDevice) bus() string {
	bus, _, _ := strings.Cut(d.instanceID, `\`)
	return strings.ToUpper(bus)
}

// reason returns why a network card or controller does not count. The buses of
// real hardware are listed, since software makes up new ones every year. Cards
// of virtual machines say that they can be unplugged, whatever they are, so
// they are asked for their maker instead.
func (d pnpDevice) reason() Reason {
	switch bus := d.bus(); bus {
	case "PCI", "ACPI", "SD", "SDBUS", "VMBUS", "XENVIF", "XENBUS":
	case "USB", "USBSTOR", "UASPSTOR", "1394", "SBP2", "PCMCIA":
		return Removable
	default:
		if strings.HasPrefix(bus, "BTH") {
			return Bluetooth
		}
		return Virtual
	}
	if d.configFlags&configDisabled != 0 {
		return Disabled
	}
	if d.bus() == "PCI" && d.capabilities&capRemovable != 0 && !d.ofHypervisor() {
		return Removable
	}
	return Counts
}

// ofHypervisor reports whether a PCI card is one that a virtual machine has: of
// VMware, QEMU, Red Hat, Amazon, Microsoft or Google.
func (d pnpDevice) ofHypervisor() bool {
	id := strings.ToUpper(d.instanceID)
	for _, maker := range []string{"15AD", "1AF4", "1B36", "1D0F", "1414", "1AE0"} {
		if strings.Contains(id, "VEN_"+maker) || strings.HasSuffix(field(id, "SUBSYS_"), maker) {
			return true
		}
	}
	return false
}

// class returns the PCI class of the device, "0106", from its compatible ids.
func (d pnpDevice) class() string {
	for _, id := range d.compatible {
		if class := field(strings.ToUpper(id), "CC_"); class != "" {
			return class
		}
	}
	return ""
}

// pciID returns the ids of a PCI card in the form of [pciID].
func (d pnpDevice) pciID() string {
	id := strings.ToUpper(d.instanceID)
	variant := field(id, "SUBSYS_") // the variant's id, then its maker's
	if len(variant) != 8 {
		variant = "00000000"
	}
	return pciID(field(id, "VEN_"), field(id, "DEV_"), variant[4:], variant[:4])
}

// field returns the hex digits behind a name in an instance id.
func field(id, name string) string {
	_, rest, found := strings.Cut(id, name)
	if !found {
		return ""
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune("0123456789ABCDEF", r) })
	if end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// opticalReason returns why an optical drive of Windows does not count: mounted
// images come as drives of Microsoft's.
func (d pnpDevice) opticalReason() Reason {
	id := strings.ToUpper(d.instanceID)
	switch {
	case strings.HasPrefix(id, "USB"):
		return Removable
	case strings.Contains(id, "VEN_MSFT") || strings.HasPrefix(id, "ROOT"):
		return Virtual
	case d.configFlags&configDisabled != 0:
		return Disabled
	}
	return Counts
}

// windowsAddress chooses the address of a network card: the permanent one where
// the driver tells it, else the current one if it was not made up.
func windowsAddress(permanent, current []byte) (string, Reason) {
	if len(permanent) == 6 && !isJunkMAC(macText(permanent)) {
		return macText(permanent), Counts
	}
	if len(current) != 6 {
		return "", Junk
	}
	if current[0]&2 != 0 { // locally administered, and nobody says that it is permanent
		return macText(current), Randomized
	}
	return macText(current), Counts // NewInstance tells junk
}

// storageDevice is what a drive of Windows says of itself.
type storageDevice struct {
	model, serial string
	removable     bool
	bus           uint32
}

// parseStorageDevice reads a STORAGE_DEVICE_DESCRIPTOR.
func parseStorageDevice(b []byte) (d storageDevice, ok bool) {
	if len(b) < 32 {
		return d, false
	}
	text := func(at int) string {
		offset := binary.LittleEndian.Uint32(b[at:])
		if offset == 0 || uint64(offset) >= uint64(len(b)) {
			return ""
		}
		s, _, _ := strings.Cut(string(b[offset:]), "\x00")
		return tidy(s)
	}
	return storageDevice{
		model:     strings.TrimSpace(text(12) + " " + text(16)),
		serial:    text(24),
		removable: b[10] != 0,
		bus:       binary.LittleEndian.Uint32(b[28:]),
	}, true
}

// reason returns why a drive of Windows does not count, by its STORAGE_BUS_TYPE.
func (d storageDevice) reason() Reason {
	switch d.bus {
	case 0x04, 0x07, 0x0c: // FireWire, USB, SD
		return Removable
	case 0x0e, 0x0f: // a drive in a file
		return Virtual
	}
	if d.removable {
		return Removable
	}
	return Counts
}

// smbiosUUID returns the firmware's UUID out of a raw SMBIOS table as Windows
// gives it, in hex, or "".
func smbiosUUID(raw []byte) string {
	if len(raw) < 8 {
		return ""
	}
	table := raw[8:] // RawSMBIOSData: method, version, revision, length
	for len(table) >= 4 {
		kind, size := table[0], int(table[1])
		if size < 4 || size > len(table) {
			return ""
		}
		if kind == 1 && size >= 0x18 {
			return hex.EncodeToString(table[8:24])
		}
		rest := table[size:] // then strings, up to two zeros
		end := strings.Index(string(rest), "\x00\x00")
		if end < 0 {
			return ""
		}
		table = rest[end+2:]
	}
	return ""
}
