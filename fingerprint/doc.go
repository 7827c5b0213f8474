// Package fingerprint reads the hardware profile of a machine and folds it into
// a fingerprint of 26 bits per product.
//
// [Collect] reads this machine, [Load] and [Parse] a recorded one. [Profile.Fold]
// makes the fingerprint that a request code carries, and [Profile.Strength] says
// how much it is worth. [Profile.Changed] tells which kinds of hardware differ
// from an earlier profile, and [Status] writes them as the status byte of a
// request code:
//
//	now, err := fingerprint.Collect(ctx)
//	if err != nil { ... }
//	print, err := now.Fold(uid)              // once, with the first request; then kept
//	status := fingerprint.Status(now.Changed(then))
//
// # What identifies
//
// Three kinds go into the fold, because they survive a reinstall of the
// operating system:
//
//   - Network cards that are built in, by the hardware address they were made
//     with. The address in use does not matter: Wi-Fi draws random ones, bonds give
//     all their cards the same.
//   - The processor's vendor, family, model and stepping. Not the microcode, which
//     updates change, nor the frequency.
//   - The serial numbers of the drives that hold the operating system, found
//     through partitions, encryption, LVM, RAID and btrfs.
//
// Memory, optical drives, video cards, IDE and SCSI controllers (with SATA and
// NVMe), the firmware's id, the main board and the machine id count in
// comparisons only. Memory is rounded up to the steps in which it is sold.
// Cards are named by their PCI ids, never by names out of a list that an update
// could change.
//
// What does not identify stays in the profile with its [Reason]: virtual
// adapters (bridges, bonds, tunnels, VPNs, containers), Bluetooth, everything on
// USB or in a dock, memory cards, adapters whose address was drawn by software
// and whose driver does not know its own, adapters switched off, and the
// placeholders that makers leave ("To Be Filled By O.E.M.", all zeros).
//
// # What stays stable
//
// The fold does not change when a cable is pulled, a radio or a card is switched
// off for a moment (airplane mode, "ip link set down"), a VPN connects, a laptop
// is docked, interfaces are renamed or found in another order, or firmware and
// kernel are updated. Link state is therefore never looked at. A
// network card counts as switched off only where somebody switched off the
// device itself: in the firmware or by unbinding its driver on Linux, where the
// card is then gone, and in the device manager on Windows (which the Network
// Connections panel also uses). On macOS nothing less than removal does it.
//
// It changes with a network card, the processor or the system drive. The
// customer's side draws a fingerprint once, with the first request, and keeps it
// while the drift from the recorded profile is within tolerance; so compare
// profiles, and do not fold again to see whether it is the same machine.
//
// # Who may read
//
// Everything is read without privileges, and what only an administrator could
// read (DMI serial numbers, the firmware's UUID on Linux) is left alone even
// when there are privileges: a service and a user see the same profile.
//
// A probe that fails, panics or hangs costs its component and leaves a note;
// [Collect] returns after about 2.5 seconds at the latest. A component that was
// not read is not in the profile, and does not count as changed.
//
// # Caveats
//
//   - A clone of a virtual machine with its address and drive serial kept is the
//     same machine to this package.
//   - Virtual machines often have no drive serial, or one that all machines of
//     their host share ("QM00001", "overlayblk"), which does not count. Then the
//     built-in network card alone identifies.
//   - In a container the network is virtual. What remains is the host's drive,
//     if /sys shows it, and the processor; with the processor alone
//     [Profile.Strength] is [Weak], and all machines of one make look alike.
//   - A USB network adapter never counts, not even where it is soldered in, as on
//     older single-board computers; nor does an SD card.
//   - Network cards in a Thunderbolt dock are told by what the kernel knows of
//     them, since Linux 5.14; an older kernel takes them for built in.
//   - The Windows Subsystem for Linux draws a network address with each start,
//     which does not count there.
//   - On Windows a change of the storage driver can change how a drive writes its
//     serial number.
//   - 26 bits repeat: among 10,000 machines two share a fingerprint with a chance
//     of one half. Nothing is to be found by fingerprint alone.
//   - Whoever controls the machine can show any hardware.
//
// # Privacy
//
// A profile holds raw identifiers and stays on the machine. What leaves it is the
// fold, keyed with the product's uid, so that two vendors cannot tell that they
// see the same machine. The operating system's machine id is hashed even within
// the profile. Notes name interfaces and drives, never identifiers.
package fingerprint
