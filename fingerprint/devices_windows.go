package fingerprint

import (
	"context"
	"fmt"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Setup classes of devices.
var (
	netClass   = windows.GUID{Data1: 0x4d36e972, Data2: 0xe325, Data3: 0x11ce, Data4: [8]byte{0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18}}
	cdromClass = windows.GUID{Data1: 0x4d36e965, Data2: 0xe325, Data3: 0x11ce, Data4: [8]byte{0xbf, 0xc1, 0x08, 0x00, 0x2b, 0xe1, 0x03, 0x18}}
)

// maxDevices ends an enumeration that does not end by itself.
const maxDevices = 10_000

// devices lists the devices that are present, of a setup class or, without one,
// on a bus.
func devices(class *windows.GUID, bus string) ([]pnpDevice, error) {
	flags := windows.DIGCF_PRESENT
	if class == nil {
		flags |= windows.DIGCF_ALLCLASSES
	}
	set, err := windows.SetupDiGetClassDevsEx(class, bus, 0, flags, 0, "")
	if err != nil {
		return nil, fmt.Errorf("listing the devices: %w", err)
	}
	defer set.Close()
	var list []pnpDevice
	for n := range maxDevices {
		data, err := set.EnumDeviceInfo(n)
		if err == windows.ERROR_NO_MORE_ITEMS {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("listing the devices: %w", err)
		}
		id, err := set.DeviceInstanceID(data)
		if err != nil {
			continue
		}
		d := pnpDevice{instanceID: id}
		d.compatible, _ = property(set, data, windows.SPDRP_COMPATIBLEIDS).([]string)
		d.driver, _ = property(set, data, windows.SPDRP_DRIVER).(string)
		d.capabilities, _ = property(set, data, windows.SPDRP_CAPABILITIES).(uint32)
		d.configFlags, _ = property(set, data, windows.SPDRP_CONFIGFLAGS).(uint32)
		d.name, _ = property(set, data, windows.SPDRP_FRIENDLYNAME).(string)
		if d.name == "" {
			d.name, _ = property(set, data, windows.SPDRP_DEVICEDESC).(string)
		}
		list = append(list, d)
	}
	return list, nil
}

// property returns a property of a device, or nil.
func property(set windows.DevInfo, data *windows.DevInfoData, name windows.SPDRP) any {
	value, err := set.DeviceRegistryProperty(data, name)
	if err != nil {
		return nil
	}
	return value
}

// networkCards joins what Plug and Play knows of the network cards, bus and
// flags, with what the network stack knows, their addresses. Link state,
// cables and radios are not looked at.
func networkCards(context.Context) (f finding, err error) {
	list, err := devices(&netClass, "")
	if err != nil {
		return f, err
	}
	addresses, err := cardAddresses()
	if err != nil {
		return f, err
	}
	for _, d := range list {
		guid := registryText(`SYSTEM\CurrentControlSet\Control\Class\`+d.driver, "NetCfgInstanceId")[0]
		a := addresses[strings.ToUpper(guid)]
		address, why := windowsAddress(a.permanent, a.current)
		if w := d.reason(); w != Counts {
			why = w
		}
		i := NewInstance(MAC, address, d.name, why)
		if !i.Counts() {
			f.notef("%s does not count: %s", d.name, i.Excluded)
		}
		f.instances = append(f.instances, i)
	}
	return f, nil
}

type cardAddress struct{ permanent, current []byte }

// cardAddresses returns the addresses of the network cards by their GUIDs.
func cardAddresses() (map[string]cardAddress, error) {
	var table *windows.MibIfTable2
	if err := windows.GetIfTable2Ex(windows.MibIfEntryNormalWithoutStatistics, &table); err != nil {
		return nil, fmt.Errorf("listing the network cards: %w", err)
	}
	defer windows.FreeMibTable(unsafe.Pointer(table))
	addresses := make(map[string]cardAddress)
	for _, row := range unsafe.Slice(&table.Table[0], table.NumEntries) {
		if row.PhysicalAddressLength != 6 {
			continue
		}
		addresses[strings.ToUpper(row.InterfaceGuid.String())] = cardAddress{
			permanent: append([]byte(nil), row.PermanentPhysicalAddress[:6]...),
			current:   append([]byte(nil), row.PhysicalAddress[:6]...),
		}
	}
	return addresses, nil
}

// pciCards returns the probe for the cards of one kind on the PCI bus.
func pciCards(kind Kind) func(context.Context) (finding, error) {
	return func(context.Context) (f finding, err error) {
		list, err := devices(nil, "PCI")
		if err != nil {
			return f, err
		}
		for _, d := range list {
			if kindOfClass(d.class()) == kind {
				f.instances = append(f.instances, NewInstance(kind, d.pciID(), d.name, d.reason()))
			}
		}
		return f, nil
	}
}

func opticalDrives(context.Context) (f finding, err error) {
	list, err := devices(&cdromClass, "")
	if err != nil {
		return f, err
	}
	for _, d := range list {
		f.instances = append(f.instances, NewInstance(CDROM, d.name, "", d.opticalReason()))
	}
	return f, nil
}
