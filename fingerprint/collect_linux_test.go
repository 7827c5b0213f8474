package fingerprint

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/internal/unprivileged"
)

// laptop is a laptop with Wi-Fi and a network card, an encrypted LVM on NVMe.
func laptop(t testing.TB) *machine {
	m := newMachine(t)
	m.card("enp0s31f6", m.device("pci0000:00/0000:00:1f.6", "pci"), "address=8c:8c:aa:4f:21:d6")
	radio := m.device("pci0000:00/0000:00:14.3", "pci")
	m.file(radio+"/ieee80211/phy0/macaddress", "f4:26:79:b0:5e:93\n")
	wifi := m.card("wlp0s20f3", radio, "address=f4:26:79:b0:5e:93")
	m.link(wifi+"/phy80211", radio+"/ieee80211/phy0")
	m.card("lo", "", "type=772", "address=00:00:00:00:00:00")

	drive := m.nvme("21073X804582        ")
	m.partition("nvme0n1p1", "259:1", drive)
	encrypted := m.partition("nvme0n1p3", "259:3", drive)
	crypt := m.block("dm-0", "253:0", "sys/devices/virtual/block", "dm/name=luks-1")
	m.link(crypt+"/slaves/nvme0n1p3", encrypted)
	root := m.block("dm-1", "253:1", "sys/devices/virtual/block", "dm/name=vg-root")
	m.link(root+"/slaves/dm-0", crypt)
	m.mounts("253:1 / ext4 /dev/mapper/vg-root rw", "259:1 /boot/efi vfat /dev/nvme0n1p1 rw")

	video := m.device("pci0000:00/0000:00:02.0", "pci")
	for file, text := range map[string]string{"class": "0x030000", "vendor": "0x8086", "device": "0x9a49", "subsystem_vendor": "0x17aa", "subsystem_device": "0x22d5"} {
		m.file(video+"/"+file, text+"\n")
	}
	m.link("sys/bus/pci/devices/0000:00:02.0", video)
	return m
}

func TestLaptop(t *testing.T) {
	m := laptop(t)
	m.want(MAC, "8c:8c:aa:4f:21:d6", "f4:26:79:b0:5e:93")
	m.want(CPU, "GENUINEINTEL 6/140/1")
	m.want(SystemDrive, "21073X804582")
	m.want(Memory, "16 GB")
	m.want(Video, "8086:9A49 17AA:22D5")
	m.want(CDROM)
	if have := m.profile().Strength(); have != Strong {
		t.Errorf("have strength %v, want strong", have)
	}
}

// What happens to a laptop from day to day leaves its fold alone.
func TestLaptopFromDayToDay(t *testing.T) {
	const wifi = "sys/devices/pci0000:00/0000:00:14.3/net/wlp0s20f3"
	const wire = "sys/devices/pci0000:00/0000:00:1f.6/net/enp0s31f6"
	for _, day := range []struct {
		name   string
		change func(m *machine)
	}{
		{"the cable pulled", func(m *machine) { m.file(wire+"/operstate", "down\n"); m.file(wire+"/carrier", "0\n") }},
		{"airplane mode", func(m *machine) { m.file(wifi+"/flags", "0x1002\n"); m.file(wifi+"/operstate", "down\n") }},
		{"a random address for Wi-Fi", func(m *machine) {
			m.file(wifi+"/address", "4e:11:22:90:ab:cd\n")
			m.file(wifi+"/addr_assign_type", "3\n")
		}},
		{"Wi-Fi watching", func(m *machine) { m.file(wifi+"/type", "803\n") }},
		{"Wi-Fi direct", func(m *machine) {
			radio := "sys/devices/pci0000:00/0000:00:14.3"
			m.link(m.card("p2p0", radio, "address=f6:26:79:b0:5e:93")+"/phy80211", radio+"/ieee80211/phy0")
		}},
		{"docked", func(m *machine) {
			m.device("pci0000:00/0000:00:14.0/usb2", "usb")
			dock := m.device("pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0", "usb")
			m.card("enx482ae3710c5d", dock, "address=48:2a:e3:71:0c:5d")
			// A Thunderbolt dock brings PCI cards, which the firmware calls removable.
			bridge := m.device("pci0000:00/0000:00:07.0/0000:20:00.0", "pci")
			m.file(bridge+"/removable", "removable\n")
			m.card("enp32s0", m.device("pci0000:00/0000:00:07.0/0000:20:00.0/0000:21:00.0", "pci"), "address=00:23:ab:7d:11:02")
		}},
		{"containers, VPN, tethering", func(m *machine) {
			m.card("docker0", "", "address=02:42:9d:18:c3:5f", "addr_assign_type=3")
			m.card("veth6b1d2c0", "", "address=36:6a:1f:c0:9b:44", "addr_assign_type=3")
			m.card("br-4c1f", "", "address=02:42:11:22:33:44", "addr_assign_type=3", "bridge/bridge_id=8000")
			m.card("wg0", "", "type=65534", "address=", "addr_assign_type=0")
			m.card("tun0", "", "type=65534", "address=")
			m.card("tap0", "", "address=7a:01:02:03:04:05", "addr_assign_type=1", "tun_flags=0x1002")
			m.card("enp0s31f6.10", "", "address=8c:8c:aa:4f:21:d6", "addr_assign_type=2")
			m.card("macvtap0", "", "address=8a:8c:aa:4f:21:d6", "addr_assign_type=0")
			m.device("pci0000:00/0000:00:14.0/usb1", "usb")
			m.card("bnep0", m.device("pci0000:00/0000:00:14.0/usb1/1-10/bluetooth/hci0/hci0:256", "bluetooth"), "address=f4:26:79:b0:5e:97")
			m.card("usb0", m.device("pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0", "usb"), "address=4a:2b:6c:8d:0e:1f")
			m.card("thunderbolt0", m.device("pci0000:00/0000:00:0d.2/domain0/0-1/0-1.0", "thunderbolt"), "address=02:8a:c1:17:66:09")
		}},
		{"interfaces renamed", func(m *machine) {
			m.must(os.Rename(m.path(wire), m.path("sys/devices/pci0000:00/0000:00:1f.6/net/zz9")))
			m.must(os.Remove(m.path("sys/class/net/enp0s31f6")))
			m.link("sys/class/net/zz9", "sys/devices/pci0000:00/0000:00:1f.6/net/zz9")
		}},
		{"a USB stick and a card", func(m *machine) {
			stick := m.block("sda", "8:0", m.device("pci0000:00/0000:00:14.0/usb2/2-2/2-2:1.0", "usb"), "serial=4C530001")
			m.link(stick+"/device", "sys/devices/pci0000:00/0000:00:14.0/usb2/2-2/2-2:1.0")
		}},
		{"updates", func(m *machine) {
			text := strings.NewReplacer("0xb6", "0xc2", "2800.000", "4400.000").Replace(m.read("proc/cpuinfo"))
			m.file("proc/cpuinfo", text+"\n\nprocessor\t: 1\n"+strings.TrimPrefix(text, "processor\t: 0\n")+"\n")
			m.file("proc/meminfo", "MemTotal:       15988112 kB\n")
			m.file("sys/devices/pci0000:00/0000:04:00.0/nvme/nvme0/nvme0n1/wwid", "nvme.15b7-323130\n")
			m.file("sys/class/dmi/id/bios_version", "N34ET61W\n")
		}},
		{"reinstalled without LVM", func(m *machine) {
			m.file("etc/machine-id", "0f1e2d3c4b5a69788796a5b4c3d2e1f0\n")
			m.mounts("259:3 / ext4 /dev/nvme0n1p3 rw")
		}},
	} {
		m := laptop(t)
		want := m.fold()
		before := m.profile()
		day.change(m)
		if have := m.fold(); have != want {
			t.Errorf("%s: have %07x, want %07x", day.name, have, want)
		}
		changed := m.profile().Changed(before)
		if day.name == "reinstalled without LVM" {
			if len(changed) != 1 || changed[0] != MachineID {
				t.Errorf("%s: have %v changed, want the machine id alone", day.name, changed)
			}
		} else if len(changed) != 0 {
			t.Errorf("%s: have %v changed, want none", day.name, changed)
		}
	}
}

func TestAdaptersThatDoNotCount(t *testing.T) {
	m := laptop(t)
	m.card("br0", "", "address=8c:8c:aa:4f:21:d6")
	m.card("enx00e04c680001", m.device("pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0", "usb"), "address=00:e0:4c:68:00:01")
	m.card("bnep0", m.device("pci0000:00/0000:00:14.0/usb1/1-10/bluetooth/hci0/hci0:256", "bluetooth"), "address=f4:26:79:b0:5e:97")
	m.card("end0", m.device("platform/fd580000.ethernet", "platform"), "address=ae:07:11:62:55:10", "addr_assign_type=1")
	m.card("ib0", m.device("pci0000:00/0000:81:00.0", "pci"), "type=32", "address=80:00:02:08:fe:80:00:00:00:00:00:00:24:8a:07:03:00:4b:e2:60")
	port := m.device("pci0000:00/0000:00:1d.0", "pci")
	m.link(port+"/physfn", "sys/devices/pci0000:00/0000:00:1f.6")
	m.card("enp29s0v0", port, "address=9a:01:22:33:44:55")
	m.want(MAC, "8c:8c:aa:4f:21:d6", "f4:26:79:b0:5e:93")
	m.wantReason(MAC, "br0", Virtual)
	m.wantReason(MAC, "enx00e04c680001", Removable)
	m.wantReason(MAC, "bnep0", Bluetooth)
	m.wantReason(MAC, "end0", Randomized)
	m.wantReason(MAC, "ib0", Unused)
	m.wantReason(MAC, "enp29s0v0", Virtual)
	for _, n := range m.profile().Notes {
		if strings.Contains(n.Text, ":") && strings.Contains(n.Text, "55:10") {
			t.Errorf("the note %q tells an address", n.Text)
		}
	}
}

// The driver's own address wins over the one in use.
func TestPermanentAddress(t *testing.T) {
	m := newMachine(t)
	m.mounts("0:30 / nfs4 10.0.0.1:/srv rw")
	m.card("eth0", m.device("pci0000:00/0000:01:00.0", "pci"), "address=4e:11:22:90:ab:cd", "addr_assign_type=3", "ifindex=2")
	m.want(MAC)
	m.permanent = func(name string, index int) string {
		if name != "eth0" || index != 2 {
			t.Errorf("asked for %s, index %d, want eth0, index 2", name, index)
		}
		return "a8:a1:59:3c:7e:12"
	}
	m.want(MAC, "a8:a1:59:3c:7e:12")
	m.permanent = func(string, int) string { return "00:00:00:00:00:00" } // a driver that does not know
	m.want(MAC)
	m.wantReason(MAC, "eth0", Randomized)
}

func TestServerWithABond(t *testing.T) {
	m := newMachine(t)
	bond := m.card("bond0", "", "address=a8:a1:59:3c:7e:10", "addr_assign_type=3")
	for n, own := range []string{"a8:a1:59:3c:7e:10", "a8:a1:59:3c:7e:11", "a8:a1:59:3c:7e:12"} {
		name := "eno" + string(rune('1'+n))
		m.card(name, m.device("pci0000:17/0000:18:00."+string(rune('0'+n)), "pci"),
			"address=a8:a1:59:3c:7e:10", "addr_assign_type=3", "bonding_slave/perm_hwaddr="+own)
		m.link(bond+"/slave_"+name, "sys/class/net/"+name)
	}
	m.file("sys/class/net/bonding_masters", "bond0\n")
	m.want(MAC, "a8:a1:59:3c:7e:10", "a8:a1:59:3c:7e:11", "a8:a1:59:3c:7e:12")

	// Its root is a mirror of two SAS drives.
	mirror := m.block("md0", "9:0", "sys/devices/virtual/block")
	for n, serial := range []string{"\x00\x80\x00\x14        6SL4YX0N    ", "\x00\x80\x00\x14        6SL3ABCD    "} {
		name := "sd" + string(rune('a'+n))
		target := m.device("pci0000:3a/0000:3b:00.0/host0/target0:0:"+string(rune('0'+n)), "scsi")
		drive := m.block(name, "8:"+string(rune('0'+n))+"0", target)
		m.link(drive+"/device", target)
		m.file(target+"/vpd_pg80", serial)
		m.file(target+"/wwid", "naa.5000c5009f2e4b7"+string(rune('0'+n)))
		m.link(mirror+"/slaves/"+name+"2", m.partition(name+"2", "8:"+string(rune('0'+n))+"2", drive))
	}
	m.mounts("9:0 / xfs /dev/md0 rw")
	m.want(SystemDrive, "6SL3ABCD", "6SL4YX0N")
}

func TestVirtualMachine(t *testing.T) {
	m := newMachine(t)
	m.card("eth0", m.device("pci0000:00/0000:00:03.0/virtio2", "virtio"), "address=02:fc:00:00:00:01")
	m.card("ifb0", "", "address=aa:29:ae:0f:f0:77", "addr_assign_type=1")
	disk := m.device("pci0000:00/0000:00:02.0/virtio1", "virtio")
	drive := m.block("vda", "254:0", disk+"/block")
	m.link(drive+"/device", disk)
	m.mounts("254:0 / ext4 /dev/vda rw")
	m.want(MAC, "02:fc:00:00:00:01")
	m.want(SystemDrive)
	if have := m.profile().Strength(); have != Fair {
		t.Errorf("have strength %v, want fair", have)
	}
	for serial, counts := range map[string]bool{"rootfs": false, "disk0": false, "QM00001": false, "vol0a1b2c3d4e5f": true, "7f3c91d2-55aa-4e0b": true} {
		m.file(drive+"/serial", serial)
		c, _ := m.profile().Component(SystemDrive)
		if have := len(c.IDs()) == 1; have != counts {
			t.Errorf("the serial %q counts: have %v, want %v", serial, have, counts)
		}
	}
}

func TestSubsystemForLinux(t *testing.T) {
	m := newMachine(t)
	m.card("eth0", m.device("LNXSYSTM:00/VMBUS:00/7f3c91d2", "vmbus"), "address=00:15:5d:3a:11:c2")
	m.file("proc/sys/kernel/osrelease", "6.8.0-1017-azure\n")
	m.want(MAC, "00:15:5d:3a:11:c2") // a virtual machine keeps its address
	m.file("proc/sys/kernel/osrelease", "5.15.153.1-microsoft-standard-WSL2\n")
	m.want(MAC)
	m.wantReason(MAC, "eth0", Randomized)
}

func TestContainer(t *testing.T) {
	m := newMachine(t)
	m.card("eth0", "", "address=02:42:ac:11:00:02", "addr_assign_type=3")
	m.mounts("0:45 / overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A:/var/lib/docker/overlay2/l/B,upperdir=/x,workdir=/y")
	if have := m.profile().Strength(); have != Weak {
		t.Errorf("have strength %v, want weak", have)
	}
	drive := m.nvme("21073X804582")
	m.partition("nvme0n1p2", "259:2", drive)
	m.mounts("0:45 / overlay overlay rw,lowerdir=/a", "259:2 /etc/hostname ext4 /dev/nvme0n1p2 rw")
	m.want(SystemDrive, "21073X804582")
}

// An empty or damaged tree costs components, with a note for each.
func TestEmptyTree(t *testing.T) {
	p, err := collect(context.Background(), linuxProbes(tree{root: t.TempDir()}), probeLimit)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Components) != 0 {
		t.Errorf("have %v, want no components", p.Components)
	}
	if want := len(linuxProbes(tree{})); len(p.Notes) != want {
		t.Errorf("have %d notes, want %d: %q", len(p.Notes), want, p.Notes)
	}
}

// What gopsutil takes from the environment must not lead the collector astray.
func TestEnvironmentIsNotBelieved(t *testing.T) {
	m := laptop(t)
	want := m.fold()
	other := newMachine(t)
	other.file("proc/cpuinfo", "processor: 0\nvendor_id: AuthenticAMD\ncpu family: 25\nmodel: 33\nstepping: 2\n")
	t.Setenv("HOST_PROC", other.path("proc"))
	t.Setenv("HOST_SYS", other.path("sys"))
	t.Setenv("GHW_CHROOT", other.root)
	if have := m.fold(); have != want {
		t.Errorf("have %07x, want %07x", have, want)
	}
}

func TestThisMachine(t *testing.T) {
	began := time.Now()
	p, err := Collect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("collected in %v", time.Since(began))
	if _, ok := p.Component(CPU); !ok {
		t.Errorf("the processor was not read: %q", p.Notes)
	}
	print, err := p.Fold([16]byte{1})
	if err != nil {
		t.Fatalf("%v; notes: %q", err, p.Notes)
	}
	for range 20 {
		again, err := Collect(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if have, _ := again.Fold([16]byte{1}); have != print || len(again.Changed(p)) != 0 {
			t.Fatalf("have %07x, changed %v, want %07x again", have, again.Changed(p), print)
		}
	}
}

// The driver's answer, where there is one, is the address that the kernel calls
// permanent.
func TestDriversTellTheAddress(t *testing.T) {
	here := tree{root: "/"}
	asked := 0
	for _, name := range names(here.path("sys/class/net")) {
		index, err := strconv.Atoi(here.read("sys/class/net", name, "ifindex"))
		if err != nil {
			continue
		}
		own := permanentAddress(name, index)
		if here.read("sys/class/net", name, "addr_assign_type") == assignedPermanent && own != "" && !isJunkMAC(own) {
			asked++
			if want := here.read("sys/class/net", name, "address"); own != want {
				t.Errorf("%s: have %s, want %s", name, own, want)
			}
		}
		if have := permanentAddress(name, index+1000); have != "" {
			t.Errorf("%s with the index of another: have %s, want nothing", name, have)
		}
	}
	t.Logf("%d drivers told", asked)
}

func TestBoard(t *testing.T) {
	m := newMachine(t)
	for file, text := range map[string]string{
		"sys_vendor": "LENOVO", "product_name": "20W000T9GE", "board_vendor": "LENOVO", "board_name": "Default string",
		"board_serial": "L1HF0123456", "product_uuid": "4c4c4544-0043-3010-8052-b4c04f564231", "bios_version": "N34ET60W",
	} {
		m.file("sys/class/dmi/id/"+file, text+"\n")
	}
	m.want(Board, "LENOVO / 20W000T9GE / LENOVO")
	if c, read := m.profile().Component(Firmware); read {
		t.Errorf("have %v, want the firmware's UUID left alone", c)
	}

	m = newMachine(t)
	m.file("sys/firmware/devicetree/base/model", "Raspberry Pi 4 Model B Rev 1.4\x00")
	m.file("sys/firmware/devicetree/base/serial-number", "10000000c7d1a2b3\x00")
	m.want(Board, "RASPBERRY PI 4 MODEL B REV 1.4 / 10000000C7D1A2B3")
}

// seenByRoot hands the profile that root sees to the copy of the test that runs as nobody.
const seenByRoot = "FINGERPRINT_TEST_SEEN_BY_ROOT"

// Root and everybody else see the same profile, byte for byte.
func TestRootAndNobodySeeTheSame(t *testing.T) {
	p, err := Collect(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	have, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if want, ok := os.LookupEnv(seenByRoot); ok {
		if string(have) != want {
			t.Errorf("as nobody: have %s\nwant, as root: %s", have, want)
		}
		return
	}
	if unprivileged.Bound() {
		t.Skip("only root can become nobody")
	}
	unprivileged.Run(t, "TestRootAndNobodySeeTheSame", seenByRoot+"="+string(have), "PATH=/nowhere")
}

func BenchmarkCollect(b *testing.B) {
	for b.Loop() {
		if _, err := Collect(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
