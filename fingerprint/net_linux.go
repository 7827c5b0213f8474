package fingerprint

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The values of addr_assign_type in sysfs that matter here.
const (
	assignedPermanent = "0" // NET_ADDR_PERM: the hardware's own
	loopbackType      = "772"
	ethernetType      = "1"
)

// networkCards reads the network cards that are built in. A card counts as long
// as the kernel has a driver on it: whether it is up, has a cable or a radio that
// is on changes from minute to minute and is not looked at. A card switched off
// in the firmware or unbound from its driver is not there for anybody.
func (t tree) networkCards(context.Context) (f finding, err error) {
	dir := t.path("sys/class/net")
	if !exists(dir) {
		return f, errors.New("there is no /sys/class/net")
	}
	for _, name := range names(dir) {
		card := filepath.Join(dir, name)
		kind := readText(filepath.Join(card, "type"))
		if kind == "" || kind == loopbackType {
			continue // a plain file such as bonding_masters, or the loopback
		}
		address, why := t.cardAddress(name, card, kind)
		label := name
		if bus := filepath.Base(real(filepath.Join(card, "device/subsystem"))); bus != "." {
			label += " (" + bus + ")"
		}
		i := NewInstance(MAC, address, label, why)
		if !i.Counts() {
			f.notef("%s does not count: %s", label, i.Excluded)
		}
		f.instances = append(f.instances, i)
	}
	return f, nil
}

// cardAddress returns the card's own address, the one it has been made with
// rather than the one it uses now, and why it does not count.
func (t tree) cardAddress(name, card, kind string) (address string, why Reason) {
	current := readText(filepath.Join(card, "address"))
	device := filepath.Join(card, "device")
	wireless := exists(filepath.Join(card, "phy80211"))
	if !exists(device) || strings.Contains(real(device)+"/", "/devices/virtual/") {
		return current, Virtual
	}
	if why := t.attachment(device); why != Counts {
		return current, why
	}
	if kind != ethernetType && !wireless { // a Wi-Fi card that monitors has types 801 to 803
		return current, Unused
	}
	if bus := filepath.Base(real(filepath.Join(device, "subsystem"))); bus == "vmbus" && t.underWindows() {
		return current, Randomized
	}
	if wireless { // the radio's own, which all interfaces on the radio share
		if own := readText(filepath.Join(card, "phy80211/macaddress")); !isJunk(MAC, normalize(MAC, own)) {
			return own, Counts
		}
	}
	if t.permanent != nil {
		index, _ := strconv.Atoi(readText(filepath.Join(card, "ifindex")))
		if own := t.permanent(name, index); !isJunk(MAC, own) {
			return own, Counts
		}
	}
	if own := readText(filepath.Join(card, "bonding_slave/perm_hwaddr")); own != "" {
		return own, Counts
	}
	switch readText(filepath.Join(card, "addr_assign_type")) {
	case assignedPermanent, "": // kernels before 3.6 do not say
		return current, Counts
	}
	return current, Randomized
}

// underWindows reports whether this is the Windows Subsystem for Linux, whose
// network card gets a new address with each start.
func (t tree) underWindows() bool {
	return strings.Contains(strings.ToLower(t.read("proc/sys/kernel/osrelease")), "microsoft")
}

// permanentAddress asks the driver of a network card for the address it was
// made with (ethtool -P, which any user may ask), and returns "" when it does
// not know. The index guards against a /sys of another network namespace.
func permanentAddress(name string, index int) string {
	if i, err := net.InterfaceByName(name); err != nil || i.Index != index || len(name) >= unix.IFNAMSIZ {
		return ""
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer func() { _ = unix.Close(fd) }() // nothing was written

	// struct ethtool_perm_addr and struct ifreq of the kernel.
	perm := &struct {
		cmd, size uint32
		data      [32]byte
	}{cmd: unix.ETHTOOL_GPERMADDR, size: 32}
	request := &struct {
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte
	}{data: unsafe.Pointer(perm)}
	copy(request.name[:], name)

	var pin runtime.Pinner
	pin.Pin(perm)
	defer pin.Unpin()
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(request))); errno != 0 {
		return ""
	}
	if perm.size != 6 {
		return ""
	}
	return macText(perm.data[:6])
}
