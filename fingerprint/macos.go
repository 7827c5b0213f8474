package fingerprint

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"howett.net/plist"
)

// The rules for what the tools of macOS print. They stand apart from the calls
// so that they are tested everywhere.

// builtInPort matches the names that macOS gives to network ports that are
// built in. Others carry the name of a dongle, dock or phone, or are Thunderbolt
// and Bluetooth networks.
var builtInPort = regexp.MustCompile(`^(Wi-Fi|AirPort|Ethernet( \d+)?|Ethernet Slot .+)$`)

// macosPorts reads the output of "networksetup -listallhardwareports", which
// gives the addresses that the hardware was made with, also while Wi-Fi uses a
// private one.
func macosPorts(out string) []Instance {
	var cards []Instance
	var port, device string
	for line := range strings.Lines(out) {
		key, value, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case "Hardware Port":
			port, device = value, ""
		case "Device":
			device = value
		case "Ethernet Address":
			if value != "N/A" && port != "" {
				cards = append(cards, NewInstance(MAC, value, device+" ("+port+")", macosPortReason(port)))
			}
			port, device = "", ""
		case "VLAN Configurations":
			return cards
		}
	}
	return cards
}

func macosPortReason(port string) Reason {
	lower := strings.ToLower(port)
	switch {
	case builtInPort.MatchString(port):
		return Counts
	case strings.Contains(lower, "bluetooth"):
		return Bluetooth
	case strings.Contains(lower, "bridge"), strings.HasPrefix(lower, "thunderbolt"), strings.HasPrefix(lower, "ethernet adapter"):
		return Virtual // bridges, cables between Macs, and the debug ports inside them
	}
	return Removable
}

var wholeDisk = regexp.MustCompile(`^disk\d+`)

// macosWholeDisks reads "diskutil info -plist /" and returns the names of the
// drives below the root volume, "disk0".
func macosWholeDisks(out []byte) ([]string, error) {
	var info struct {
		APFSPhysicalStores []struct{ APFSPhysicalStore string }
		ParentWholeDisk    string
	}
	if _, err := plist.Unmarshal(out, &info); err != nil {
		return nil, fmt.Errorf("what diskutil says of /: %w", err)
	}
	var disks []string
	for _, store := range info.APFSPhysicalStores {
		if name := wholeDisk.FindString(store.APFSPhysicalStore); name != "" {
			disks = append(disks, name)
		}
	}
	if name := wholeDisk.FindString(info.ParentWholeDisk); len(disks) == 0 && name != "" {
		disks = append(disks, name)
	}
	if len(disks) == 0 {
		return nil, errors.New("diskutil names no drive below /")
	}
	return disks, nil
}

// registryEntry is an entry of the I/O registry with what is below it.
type registryEntry map[string]any

func (e registryEntry) text(names ...string) string {
	var at any = map[string]any(e)
	for _, name := range names {
		inner, _ := at.(map[string]any)
		at = inner[name]
	}
	switch v := at.(type) {
	case string:
		return tidy(v)
	case []byte:
		return tidy(strings.TrimRight(string(v), "\x00"))
	}
	return ""
}

// number returns a property of up to four bytes, little-endian.
func (e registryEntry) number(name string) uint32 {
	b, _ := e[name].([]byte)
	var n uint32
	for i := min(len(b), 4) - 1; i >= 0; i-- {
		n = n<<8 | uint32(b[i])
	}
	return n
}

// parseRegistry reads the output of "ioreg -a -r".
func parseRegistry(out []byte) ([]registryEntry, error) {
	var list []map[string]any
	if len(strings.TrimSpace(string(out))) == 0 {
		return nil, nil // ioreg prints nothing when nothing matches
	}
	if _, err := plist.Unmarshal(out, &list); err != nil {
		return nil, fmt.Errorf("what ioreg says: %w", err)
	}
	entries := make([]registryEntry, len(list))
	for n := range list {
		entries[n] = list[n]
	}
	return entries, nil
}

// maxBelow is how deep the I/O registry is searched.
const maxBelow = 32

// holdsDisk reports whether a drive of this name is the entry or below it.
func holdsDisk(entry map[string]any, name string, depth int) bool {
	if depth > maxBelow {
		return false
	}
	if s, _ := entry["BSD Name"].(string); s == name {
		return true
	}
	below, _ := entry["IORegistryEntryChildren"].([]any)
	for _, child := range below {
		if c, ok := child.(map[string]any); ok && holdsDisk(c, name, depth+1) {
			return true
		}
	}
	return false
}

// macosDrive returns the drive of this name among the block storage devices of
// the I/O registry.
func macosDrive(entries []registryEntry, name string) (Instance, bool) {
	for _, e := range entries {
		if !holdsDisk(e, name, 0) {
			continue
		}
		serial := e.text("Device Characteristics", "Serial Number")
		if serial == "" {
			serial = e.text("Serial Number")
		}
		why := Counts
		switch {
		case e.text("Protocol Characteristics", "Physical Interconnect") == "Virtual Interface":
			why = Virtual // a mounted disk image
		case strings.HasPrefix(e.text("Protocol Characteristics", "Physical Interconnect Location"), "External"),
			e.text("Protocol Characteristics", "Physical Interconnect") == "USB":
			why = Removable
		}
		label := strings.TrimSpace(name + " " + e.text("Device Characteristics", "Product Name"))
		return NewInstance(SystemDrive, serial, label, why), true
	}
	return Instance{}, false
}

// macosCards returns the cards of one kind among the PCI devices of the I/O
// registry.
func macosCards(entries []registryEntry, kind Kind) []Instance {
	var cards []Instance
	for _, e := range entries {
		if kindOfClass(fmt.Sprintf("%06x", e.number("class-code"))) != kind {
			continue
		}
		why := Counts
		if tunnelled, _ := e["IOPCITunnelled"].(bool); tunnelled {
			why = Removable // behind Thunderbolt
		}
		hex := func(name string) string { return fmt.Sprintf("%04x", e.number(name)) }
		id := pciID(hex("vendor-id"), hex("device-id"), hex("subsystem-vendor-id"), hex("subsystem-id"))
		cards = append(cards, NewInstance(kind, id, e.text("model"), why))
	}
	return cards
}
