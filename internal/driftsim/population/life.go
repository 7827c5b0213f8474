package population

import "github.com/manual-activator/manual-activator/fingerprint"

// Case is one thing that happens to a machine in real life.
type Case struct {
	Name           string
	Earlier, Later *fingerprint.Profile
}

// Cases are the cases of the worked table.
func Cases() []Case {
	m := NewMaker(2)
	type change = func(x *Machine)
	set := func(k fingerprint.Kind, ids ...string) change { return func(x *Machine) { x.parts[k] = ids } }
	both := func(a, b change) change { return func(x *Machine) { a(x); b(x) } }
	list := []struct {
		name string
		sort Sort
		then change
	}{
		{"docked, a VPN on, a USB network card, Bluetooth", Laptop, func(*Machine) {}},
		{"firmware, kernel or drivers updated, interfaces renamed", FleetPC, func(*Machine) {}},
		{"operating system installed again", FleetPC, set(fingerprint.MachineID, m.id())},
		{"a network card more", FleetPC, func(x *Machine) { x.parts[fingerprint.MAC] = append(x.parts[fingerprint.MAC], m.address()) }},
		{"one of two network cards replaced", Laptop, func(x *Machine) { x.parts[fingerprint.MAC][1] = m.address() }},
		{"the only network card replaced", FleetPC, set(fingerprint.MAC, m.address())},
		{"more memory", FleetPC, set(fingerprint.Memory, "128 GB")},
		{"another video card", Station, set(fingerprint.Video, "10de:ffff")},
		{"a new system drive", FleetPC, set(fingerprint.SystemDrive, m.drive())},
		{"a new system drive and the operating system installed again", FleetPC, both(set(fingerprint.SystemDrive, m.drive()), set(fingerprint.MachineID, m.id()))},
		{"a new system drive and more memory", FleetPC, both(set(fingerprint.SystemDrive, m.drive()), set(fingerprint.Memory, "128 GB"))},
		{"the main board replaced by the same model", FleetPC, set(fingerprint.MAC, m.address())},
		{"another main board with its controller and processor", FleetPC, both(both(set(fingerprint.MAC, m.address()), set(fingerprint.SCSI, "1022:ffff")), set(fingerprint.CPU, "AUTHENTICAMD 99/1/1"))},
		{"a new system drive and the only network card", FleetPC, both(set(fingerprint.MAC, m.address()), set(fingerprint.SystemDrive, m.drive()))},
		{"the system drive put into another PC of the same model", FleetPC, set(fingerprint.MAC, m.address())},
		{"virtual machine moved to another host", VirtualPC, set(fingerprint.CPU, "AUTHENTICAMD 99/1/1")},
		{"virtual machine cloned, with a new address and drive", VirtualPC, both(set(fingerprint.MAC, m.address()), set(fingerprint.SystemDrive, m.drive()))},
		{"virtual machine without drive serial cloned, with a new address", BareVM, set(fingerprint.MAC, m.address())},
		{"virtual machine cloned with address and drive kept", VirtualPC, func(*Machine) {}},
	}
	var cases []Case
	for _, c := range list {
		x := m.Of(c.sort, 0)
		earlier := x.Profile()
		c.then(x)
		cases = append(cases, Case{c.name, earlier, x.Profile()})
	}
	cases[0].Later.Components = append(cases[0].Later.Components, fingerprint.Component{Kind: fingerprint.MAC, Instances: []fingerprint.Instance{
		{ID: m.address(), Excluded: fingerprint.Removable}, {ID: m.address(), Excluded: fingerprint.Bluetooth}, {Label: "wg0", Excluded: fingerprint.Virtual},
	}})
	cases[0].Later.Tidy()
	x := m.Of(FleetPC, 0)
	cases = append(cases,
		Case{"the state copied to another PC of the same model", x.Profile(), m.Of(FleetPC, 0).Profile()},
		Case{"the state copied to another sort of PC", x.Profile(), m.Of(Station, 7).Profile()})
	return cases
}
