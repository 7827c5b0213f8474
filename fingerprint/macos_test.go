package fingerprint

import (
	"strings"
	"testing"
)

const hardwarePorts = `
Hardware Port: Ethernet Adapter (en3)
Device: en3
Ethernet Address: 1e:00:8a:2c:11:53

Hardware Port: Thunderbolt Bridge
Device: bridge0
Ethernet Address: 36:7c:25:a1:66:40

Hardware Port: Wi-Fi
Device: en0
Ethernet Address: 5c:e9:1e:b2:0d:7f

Hardware Port: Ethernet
Device: en6
Ethernet Address: 5c:e9:1e:b2:0d:80

Hardware Port: Thunderbolt 1
Device: en1
Ethernet Address: 36:7c:25:a1:66:40

Hardware Port: USB 10/100/1000 LAN
Device: en7
Ethernet Address: 00:e0:4c:68:00:01

Hardware Port: Bluetooth PAN
Device: en8
Ethernet Address: 5c:e9:1e:b2:0d:81

Hardware Port: iPhone USB
Device: en9
Ethernet Address: N/A

VLAN Configurations
===================
`

func TestPortsOfMacOS(t *testing.T) {
	c := Component{Kind: MAC, Instances: macosPorts(hardwarePorts)}
	if have, want := strings.Join(c.IDs(), " "), "5c:e9:1e:b2:0d:7f 5c:e9:1e:b2:0d:80"; have != want {
		t.Errorf("have %q, want %q: %v", have, want, c.Instances)
	}
	for _, i := range c.Instances {
		want := map[string]Reason{
			"en3": Virtual, "bridge0": Virtual, "en0": Counts, "en6": Counts, "en1": Virtual, "en7": Removable, "en8": Bluetooth,
		}[strings.Fields(i.Label)[0]]
		if i.Excluded != want {
			t.Errorf("%s: have %q, want %q", i.Label, i.Excluded, want)
		}
	}
	if len(c.Instances) != 7 {
		t.Errorf("have %d ports, want 7", len(c.Instances))
	}
}

const plistHead = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">`

func TestDriveOfMacOS(t *testing.T) {
	disks, err := macosWholeDisks([]byte(plistHead + `<dict>
		<key>APFSPhysicalStores</key><array><dict><key>APFSPhysicalStore</key><string>disk0s2</string></dict></array>
		<key>DeviceIdentifier</key><string>disk3s1s1</string><key>ParentWholeDisk</key><string>disk3</string>
		<key>Internal</key><true/></dict></plist>`))
	if err != nil || len(disks) != 1 || disks[0] != "disk0" {
		t.Fatalf("have %q (%v), want disk0", disks, err)
	}
	drive := func(bsd, serial, interconnect, location string) string {
		return `<dict><key>Device Characteristics</key><dict><key>Product Name</key><string>APPLE SSD AP0512Q</string>
		<key>Serial Number</key><string>` + serial + `</string></dict>
		<key>Protocol Characteristics</key><dict><key>Physical Interconnect</key><string>` + interconnect + `</string>
		<key>Physical Interconnect Location</key><string>` + location + `</string></dict>
		<key>IORegistryEntryChildren</key><array><dict><key>IORegistryEntryChildren</key><array><dict>
		<key>BSD Name</key><string>` + bsd + `</string></dict></array></dict></array></dict>`
	}
	entries, err := parseRegistry([]byte(plistHead + "<array>" + drive("disk4", "4C530001", "USB", "External") +
		drive("disk0", "0ba01c2d4e6f1a23 ", "Apple Fabric", "Internal") + drive("disk5", "", "Virtual Interface", "File") + "</array></plist>"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Instance{
		"disk0": {ID: "0BA01C2D4E6F1A23", Label: "disk0 APPLE SSD AP0512Q"},
		"disk4": {ID: "4C530001", Label: "disk4 APPLE SSD AP0512Q", Excluded: Removable},
		"disk5": {Label: "disk5 APPLE SSD AP0512Q", Excluded: Virtual},
	} {
		if have, found := macosDrive(entries, name); !found || have != want {
			t.Errorf("%s: have %+v (%v), want %+v", name, have, found, want)
		}
	}
	if have, found := macosDrive(entries, "disk9"); found {
		t.Errorf("have %+v for a drive that is not there", have)
	}
}

func TestCardsOfMacOS(t *testing.T) {
	entries, err := parseRegistry([]byte(plistHead + `<array>
		<dict><key>class-code</key><data>AAADAA==</data><key>vendor-id</key><data>hoAAAA==</data><key>device-id</key><data>mz4AAA==</data>
		<key>subsystem-vendor-id</key><data>axAAAA==</data><key>subsystem-id</key><data>wwAAAA==</data><key>model</key><data>SW50ZWwgVUhEIEdyYXBoaWNzIDYzMAA=</data></dict>
		<dict><key>class-code</key><data>AAADAA==</data><key>vendor-id</key><data>AhAAAA==</data><key>device-id</key><data>32cAAA==</data><key>IOPCITunnelled</key><true/></dict>
		<dict><key>class-code</key><data>AggBAA==</data><key>vendor-id</key><data>axAAAA==</data><key>device-id</key><data>BSAAAA==</data></dict>
		</array></plist>`))
	if err != nil {
		t.Fatal(err)
	}
	video := macosCards(entries, Video)
	want := []Instance{{ID: "8086:3E9B 106B:00C3", Label: "Intel UHD Graphics 630"}, {ID: "1002:67DF", Excluded: Removable}}
	if len(video) != 2 || video[0] != want[0] || video[1] != want[1] {
		t.Errorf("have %+v, want %+v", video, want)
	}
	if scsi := macosCards(entries, SCSI); len(scsi) != 1 || scsi[0].ID != "106B:2005" {
		t.Errorf("have %+v, want the NVMe controller 106B:2005", scsi)
	}
	if entries, err := parseRegistry(nil); err != nil || entries != nil {
		t.Errorf("no output: have %v (%v), want nothing", entries, err)
	}
	for _, text := range []string{"x", plistHead, plistHead + "<array><string>a</string></array></plist>", plistHead + "<dict/></plist>"} {
		if entries, err := parseRegistry([]byte(text)); err == nil {
			t.Errorf("%q: have %v, want an error", text, entries)
		}
	}
}
