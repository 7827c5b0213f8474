package fingerprint

import (
	"encoding/binary"
	"strings"
	"testing"
)

func TestDevicesOfWindows(t *testing.T) {
	for _, test := range []struct {
		name   string
		device pnpDevice
		want   Reason
	}{
		{"a card on the board", pnpDevice{instanceID: `PCI\VEN_8086&DEV_15F3&SUBSYS_87D21043&REV_03\3&11583659&0&E0`}, Counts},
		{"Wi-Fi on SDIO", pnpDevice{instanceID: `SD\VID_02d0&PID_4324&FN_1\1&2`}, Counts},
		{"a card switched off", pnpDevice{instanceID: `PCI\VEN_8086&DEV_15F3&SUBSYS_87D21043`, configFlags: 1}, Disabled},
		{"a card in a dock", pnpDevice{instanceID: `PCI\VEN_8086&DEV_1533&SUBSYS_00008086`, capabilities: 0x4}, Removable},
		{"Hyper-V", pnpDevice{instanceID: `VMBUS\{f8615163-df3e-46c5-913f-f2d2f965ed0e}\{3d}`, capabilities: 0x4}, Counts},
		{"VMware", pnpDevice{instanceID: `PCI\VEN_15AD&DEV_07B0&SUBSYS_07B015AD&REV_01\4`, capabilities: 0x6}, Counts},
		{"an Intel card made by VMware", pnpDevice{instanceID: `PCI\VEN_8086&DEV_100F&SUBSYS_075015AD&REV_01\4`, capabilities: 0x6}, Counts},
		{"QEMU", pnpDevice{instanceID: `PCI\VEN_1AF4&DEV_1041&SUBSYS_11001AF4&REV_01\4`, capabilities: 0x6}, Counts},
		{"a dongle", pnpDevice{instanceID: `USB\VID_0BDA&PID_8153\000001`}, Removable},
		{"Bluetooth", pnpDevice{instanceID: `BTH\MS_BTHPAN\6&1`}, Bluetooth},
		{"a VPN", pnpDevice{instanceID: `ROOT\NET\0000`}, Virtual},
		{"WireGuard", pnpDevice{instanceID: `SWD\WireGuard\{4e}`}, Virtual},
		{"Wi-Fi Direct", pnpDevice{instanceID: `{5D624F94-8850-40C3-A3FA-A4FD2080BAF3}\VWIFIMP_WFD\5&1`}, Virtual},
		{"a switch of Hyper-V", pnpDevice{instanceID: `ROOT\VMS_MP\0000`}, Virtual},
		{"nothing", pnpDevice{}, Virtual},
	} {
		if have := test.device.reason(); have != test.want {
			t.Errorf("%s: have %q, want %q", test.name, have, test.want)
		}
	}
}

func TestCardsOfWindows(t *testing.T) {
	d := pnpDevice{
		instanceID: `PCI\VEN_10DE&DEV_2484&SUBSYS_87C11043&REV_A1\4&2283F625&0&0019`,
		compatible: []string{`PCI\VEN_10DE&DEV_2484&REV_A1`, `PCI\VEN_10DE&CC_030000`, `PCI\CC_0300`},
	}
	if have, want := normalize(Video, d.pciID()), normalize(Video, "10de:2484 1043:87c1"); have != want {
		t.Errorf("have %q, want %q, as on Linux", have, want)
	}
	if have := kindOfClass(d.class()); have != Video {
		t.Errorf("have %v, want a video card", have)
	}
	for class, want := range map[string]Kind{"0x010802": SCSI, "0106": SCSI, "010400": SCSI, "01018a": IDE, "0300": Video, "0x020000": Unknown, "": Unknown} {
		if have := kindOfClass(class); have != want {
			t.Errorf("class %q: have %v, want %v", class, have, want)
		}
	}
	for id, want := range map[string]Reason{
		`SCSI\CDROM&VEN_HL-DT-ST&PROD_DVDRAM\4`: Counts, `USBSTOR\CDROM&VEN_LITEON\0`: Removable, `SCSI\CDROM&VEN_MSFT&PROD_VIRTUAL_DVD-ROM\2`: Virtual,
	} {
		if have := (pnpDevice{instanceID: id}).opticalReason(); have != want {
			t.Errorf("%s: have %q, want %q", id, have, want)
		}
	}
}

func TestAddressOfWindows(t *testing.T) {
	own, drawn, none := []byte{0xa8, 0xa1, 0x59, 0x3c, 0x7e, 0x12}, []byte{0x4e, 0x11, 0x22, 0x90, 0xab, 0xcd}, make([]byte, 6)
	for _, test := range []struct {
		name               string
		permanent, current []byte
		want               string
		why                Reason
	}{
		{"plain", own, own, macText(own), Counts},
		{"a random one in use", own, drawn, macText(own), Counts},
		{"a virtual machine's", drawn, drawn, macText(drawn), Counts},
		{"a driver that does not tell", none, own, macText(own), Counts},
		{"a random one and nothing else", none, drawn, macText(drawn), Randomized},
		{"no answer", nil, nil, "", Junk},
	} {
		if have, why := windowsAddress(test.permanent, test.current); have != test.want || why != test.why {
			t.Errorf("%s: have %q %q, want %q %q", test.name, have, why, test.want, test.why)
		}
	}
}

func TestDriveOfWindows(t *testing.T) {
	b := make([]byte, 200)
	copy(b[40:], "NVMe    \x00")
	copy(b[60:], "Samsung SSD 980 PRO 1TB\x00")
	copy(b[100:], "E823_8FA6_BF53_0001_001B_448B_4A4B_A0BC.\x00")
	binary.LittleEndian.PutUint32(b[12:], 40)
	binary.LittleEndian.PutUint32(b[16:], 60)
	binary.LittleEndian.PutUint32(b[24:], 100)
	binary.LittleEndian.PutUint32(b[28:], 0x11)
	d, ok := parseStorageDevice(b)
	want := storageDevice{model: "NVMe Samsung SSD 980 PRO 1TB", serial: "E823_8FA6_BF53_0001_001B_448B_4A4B_A0BC.", bus: 0x11}
	if !ok || d != want || d.reason() != Counts {
		t.Errorf("have %+v %q, want %+v", d, d.reason(), want)
	}
	for bus, want := range map[uint32]Reason{0x07: Removable, 0x0c: Removable, 0x0f: Virtual, 0x0a: Counts, 0x0b: Counts} {
		if have := (storageDevice{bus: bus}).reason(); have != want {
			t.Errorf("bus %#x: have %q, want %q", bus, have, want)
		}
	}
	for n := range b { // every prefix, and offsets that lead outside
		parseStorageDevice(b[:n])
	}
	for at := range 32 {
		mangled := append([]byte(nil), b...)
		mangled[at] = 0xff
		parseStorageDevice(mangled)
	}
}

func TestFirmwareOfWindows(t *testing.T) {
	const uuid = "44454c4c430010308052b4c04f564231"
	var table []byte
	table = append(table, 0, 3, 2, 0, 0, 0, 0, 0) // RawSMBIOSData
	table = append(table, 0, 6, 0, 0, 1, 2)       // the firmware, with two strings
	table = append(table, "Maker\x001.2\x00\x00"...)
	table = append(table, 1, 27, 1, 0, 1, 2, 3, 4)
	for n := 0; n < len(uuid); n += 2 {
		table = append(table, hexByte(uuid[n:n+2]))
	}
	table = append(table, 6, 5, 6, 0, 0)
	if have := smbiosUUID(table); have != uuid {
		t.Errorf("have %q, want %q", have, uuid)
	}
	for n := range table {
		smbiosUUID(table[:n])
	}
	for at := range table {
		mangled := append([]byte(nil), table...)
		mangled[at] ^= 0xff
		smbiosUUID(mangled)
	}
}

func hexByte(s string) byte {
	const digits = "0123456789abcdef"
	return byte(strings.IndexByte(digits, s[0])<<4 | strings.IndexByte(digits, s[1]))
}
