// Package population draws machines and what happens to them over the years, to
// measure how often a policy takes one machine for another.
//
// The model is a guess made to be argued with: every number in it has a name.
// Everything follows from a seed.
package population

import (
	"fmt"
	"math/rand/v2"

	"github.com/manual-activator/manual-activator/fingerprint"
)

// Sort is a sort of machine.
type Sort int

// The sorts of machines.
const (
	FleetPC    Sort = iota // one of many identical office computers
	Laptop                 // two network cards, memory that stays
	Station                // put together part by part
	Controller             // industrial computer, one of a few models
	VirtualPC              // its drive has a serial number of its own
	BareVM                 // its drive has none: the network card alone identifies
	sorts
)

// String returns the sort's name in tables.
func (s Sort) String() string {
	return [...]string{"fleet PC", "laptop", "workstation", "plant controller", "virtual machine", "virtual machine without drive serial"}[s]
}

// share is how many of a hundred machines are of the sort.
var share = [sorts]int{FleetPC: 40, Laptop: 25, Station: 12, Controller: 10, VirtualPC: 8, BareVM: 5}

// models is how many models of a sort there are; all machines of one have the
// same processor, memory, video card and controllers when they are new.
var models = [sorts]int{FleetPC: 8, Laptop: 12, Station: 400, Controller: 4, VirtualPC: 3, BareVM: 3}

// Machine is one machine with what identifies it.
type Machine struct {
	Sort  Sort
	Model int // machines of one sort and model look alike
	parts map[fingerprint.Kind][]string
}

// Maker draws machines and replacement parts, no two parts with the same serial
// number.
type Maker struct {
	*rand.Rand
	serial uint64
}

// NewMaker returns a maker whose draws follow from the seed.
func NewMaker(seed uint64) *Maker { return &Maker{Rand: rand.New(rand.NewPCG(seed, 5))} }

// address returns a network card's address that no other card has.
func (m *Maker) address() string {
	m.serial++
	return fmt.Sprintf("3c:ec:ef:%02x:%02x:%02x", m.serial>>16&0xff, m.serial>>8&0xff, m.serial&0xff)
}

// drive returns a drive's serial number that no other drive has.
func (m *Maker) drive() string {
	m.serial++
	return fmt.Sprintf("S5GX%08dK", m.serial)
}

// id returns a machine id or the like.
func (m *Maker) id() string { return fmt.Sprintf("%016x%016x", m.Uint64(), m.Uint64()) }

// card returns the PCI id of a card of one of n models.
func (m *Maker) card(vendor string, n int) string {
	return fmt.Sprintf("%s:%04x", vendor, 0x1000+m.IntN(n))
}

// New draws a machine as it comes from its maker.
func (m *Maker) New() *Machine {
	at := m.IntN(100)
	sort := Sort(0)
	for at >= share[sort] {
		at -= share[sort]
		sort++
	}
	return m.Of(sort, m.IntN(models[sort]))
}

// Of returns a new machine of a sort and model.
func (m *Maker) Of(sort Sort, model int) *Machine {
	// What a model has follows from the model, not from the machine.
	like := &Maker{Rand: rand.New(rand.NewPCG(uint64(sort), uint64(model)))}
	x := &Machine{Sort: sort, Model: model, parts: map[fingerprint.Kind][]string{
		fingerprint.MAC:         {m.address()},
		fingerprint.CPU:         {like.processor()},
		fingerprint.SystemDrive: {m.drive()},
		fingerprint.Memory:      {like.memory()},
		fingerprint.CDROM:       {},
		fingerprint.Video:       {like.card("8086", 12)},
		fingerprint.IDE:         {},
		fingerprint.SCSI:        {like.card("8086", 20)},
		fingerprint.Board:       {fmt.Sprintf("BOARD %d/%d", sort, model)},
		fingerprint.MachineID:   {m.id()},
	}}
	switch sort {
	case Laptop:
		x.parts[fingerprint.MAC] = append(x.parts[fingerprint.MAC], m.address())
	case Station:
		x.parts[fingerprint.Video] = []string{like.card("10de", 60)}
		x.parts[fingerprint.SCSI] = append(x.parts[fingerprint.SCSI], like.card("144d", 10))
		fallthrough
	case FleetPC:
		if like.IntN(3) == 0 {
			x.parts[fingerprint.CDROM] = []string{fmt.Sprintf("HL-DT-ST DVD%d", like.IntN(6))}
		}
	case Controller:
		x.parts[fingerprint.IDE] = []string{like.card("8086", 5)}
		x.parts[fingerprint.MAC] = append(x.parts[fingerprint.MAC], m.address())
	case BareVM:
		x.parts[fingerprint.SystemDrive] = []string{}
	}
	return x
}

func (m *Maker) processor() string {
	return fmt.Sprintf("GENUINEINTEL 6/%d/%d", 80+m.IntN(30), 1+m.IntN(5))
}

func (m *Maker) memory() string { return fmt.Sprintf("%d GB", 4<<m.IntN(5)) }

// Profile is what a collector reads of the machine.
func (x *Machine) Profile() *fingerprint.Profile {
	var list []fingerprint.Component
	for k, ids := range x.parts {
		c := fingerprint.Component{Kind: k}
		for _, id := range ids {
			c.Instances = append(c.Instances, fingerprint.Instance{ID: id})
		}
		list = append(list, c)
	}
	return fingerprint.New(list...)
}

// Copy returns the machine as it is now, a clone with all its parts.
func (x *Machine) Copy() *Machine {
	c := &Machine{Sort: x.Sort, Model: x.Model, parts: map[fingerprint.Kind][]string{}}
	for k, ids := range x.parts {
		c.parts[k] = append([]string(nil), ids...)
	}
	return c
}
