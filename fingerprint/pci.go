package fingerprint

import "strings"

// kindOfClass returns the kind of a PCI class code, "0x030000" or "0300":
// display controllers are video cards, mass storage is IDE (01 01) or SCSI (all
// others: SCSI, RAID, SATA, SAS, NVMe). Unknown for everything else.
func kindOfClass(class string) Kind {
	class = strings.TrimPrefix(strings.ToLower(class), "0x")
	switch {
	case strings.HasPrefix(class, "03"):
		return Video
	case strings.HasPrefix(class, "0101"):
		return IDE
	case strings.HasPrefix(class, "01"):
		return SCSI
	}
	return Unknown
}

// pciID joins the four ids of a PCI card, hex digits without a prefix, to
// "vendor:device subvendor:subdevice". A variant of all zeros is left out.
func pciID(vendor, device, subVendor, subDevice string) string {
	id := vendor + ":" + device
	if strings.Trim(subVendor+subDevice, "0") != "" {
		id += " " + subVendor + ":" + subDevice
	}
	return id
}
