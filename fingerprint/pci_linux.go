package fingerprint

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
)

// pci returns the probe for the cards of one kind on the PCI bus, told by their
// class and named by the ids of the card and of its maker's variant. Names would
// come from a list that changes with updates.
func (t tree) pci(kind Kind) func(context.Context) (finding, error) {
	return func(context.Context) (f finding, err error) {
		dir := t.path("sys/bus/pci/devices")
		if !exists(dir) {
			return f, errors.New("there is no PCI bus")
		}
		for _, slot := range names(dir) {
			card := filepath.Join(dir, slot)
			if kindOfClass(readText(filepath.Join(card, "class"))) != kind {
				continue
			}
			var ids [4]string
			for n, name := range []string{"vendor", "device", "subsystem_vendor", "subsystem_device"} {
				ids[n] = strings.TrimPrefix(readText(filepath.Join(card, name)), "0x")
			}
			id := pciID(ids[0], ids[1], ids[2], ids[3])
			f.instances = append(f.instances, NewInstance(kind, id, slot, t.attachment(card)))
		}
		return f, nil
	}
}

// opticalDrives reads the CD and DVD drives by maker and model.
func (t tree) opticalDrives(context.Context) (f finding, err error) {
	dir := t.path("sys/class/block")
	if !exists(dir) {
		return f, errors.New("there is no /sys/class/block")
	}
	for _, name := range names(dir) {
		if !strings.HasPrefix(name, "sr") {
			continue
		}
		device := filepath.Join(dir, name, "device")
		id := readText(filepath.Join(device, "vendor")) + " " + readText(filepath.Join(device, "model"))
		f.instances = append(f.instances, NewInstance(CDROM, id, name, t.attachment(device)))
	}
	return f, nil
}
