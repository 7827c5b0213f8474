package population

import (
	"fmt"

	"github.com/manual-activator/manual-activator/fingerprint"
)

// An event is something that happens to machines, with its yearly chance.
type event struct {
	name   string
	chance [sorts]float64 // of one machine in one year
	happen func(m *Maker, x *Machine)
}

// events are what happens to machines in a year. Removable hardware, docks, VPNs,
// firmware and kernel updates are not here: they change nothing in a profile.
var events = []event{
	{"a network card more", [sorts]float64{.03, .01, .06, .02, .05, .05}, func(m *Maker, x *Machine) {
		x.parts[fingerprint.MAC] = append(x.parts[fingerprint.MAC], m.address())
	}},
	{"a network card replaced", [sorts]float64{.010, .005, .015, .010, .03, .03}, func(m *Maker, x *Machine) {
		cards := x.parts[fingerprint.MAC]
		cards[m.IntN(len(cards))] = m.address()
	}},
	{"memory added", [sorts]float64{.05, .03, .08, .01, .10, .10}, func(m *Maker, x *Machine) {
		x.parts[fingerprint.Memory] = []string{fmt.Sprintf("%d GB", 8<<m.IntN(6))}
	}},
	{"the system drive replaced", [sorts]float64{.06, .05, .07, .05, .02, 0}, func(m *Maker, x *Machine) {
		x.parts[fingerprint.SystemDrive] = []string{m.drive()}
	}},
	{"a video card replaced", [sorts]float64{.01, 0, .10, .01, 0, 0}, func(m *Maker, x *Machine) {
		x.parts[fingerprint.Video] = []string{m.card("10de", 60)}
	}},
	{"the optical drive removed", [sorts]float64{.02, 0, .03, 0, 0, 0}, func(_ *Maker, x *Machine) {
		x.parts[fingerprint.CDROM] = nil
	}},
	{"a storage controller more", [sorts]float64{.01, 0, .05, .01, .02, .02}, func(m *Maker, x *Machine) {
		x.parts[fingerprint.SCSI] = append(x.parts[fingerprint.SCSI], m.card("1000", 10))
	}},
	{"the processor replaced", [sorts]float64{.003, 0, .01, 0, 0, 0}, func(m *Maker, x *Machine) {
		x.parts[fingerprint.CPU] = []string{m.processor()}
	}},
	{"the main board replaced by the same model", [sorts]float64{.012, .02, .005, .01, 0, 0}, func(m *Maker, x *Machine) {
		for n := range x.parts[fingerprint.MAC] {
			x.parts[fingerprint.MAC][n] = m.address()
		}
	}},
	{"the main board replaced by another model", [sorts]float64{.004, .002, .012, .004, 0, 0}, func(m *Maker, x *Machine) {
		x.parts[fingerprint.MAC] = []string{m.address()}
		x.parts[fingerprint.SCSI] = []string{m.card("1022", 20)}
		x.parts[fingerprint.Board] = []string{m.id()}
		if m.IntN(2) == 0 {
			x.parts[fingerprint.CPU] = []string{m.processor()}
			x.parts[fingerprint.Memory] = []string{m.memory()}
		}
	}},
	{"moved to another host", [sorts]float64{0, 0, 0, 0, .25, .25}, func(m *Maker, x *Machine) {
		x.parts[fingerprint.CPU] = []string{m.processor()} // address and drive move along
	}},
	{"the operating system installed again", [sorts]float64{.08, .08, .10, .02, .03, .03}, func(m *Maker, x *Machine) {
		x.parts[fingerprint.MachineID] = []string{m.id()}
	}},
}

// Year lets a year pass for a machine.
func (m *Maker) Year(x *Machine) {
	for _, e := range events {
		if m.Float64() < e.chance[x.Sort] {
			e.happen(m, x)
		}
	}
}
