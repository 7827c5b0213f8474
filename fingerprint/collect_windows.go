package fingerprint

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// probes returns the probes of this machine. None needs an administrator, and
// none asks WMI, which is slow and may hang.
func probes() []probe {
	return []probe{
		{MAC, networkCards},
		{CPU, processors},
		{SystemDrive, systemDrives},
		{Memory, memory},
		{CDROM, opticalDrives},
		{Video, pciCards(Video)},
		{IDE, pciCards(IDE)},
		{SCSI, pciCards(SCSI)},
		{Firmware, firmware},
		{Board, board},
		{MachineID, machineID},
	}
}

// registryText reads texts below HKEY_LOCAL_MACHINE; what is not there is "".
func registryText(path string, names ...string) []string {
	texts := make([]string, len(names))
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if err != nil {
		return texts
	}
	defer key.Close()
	for n, name := range names {
		texts[n], _, _ = key.GetStringValue(name)
	}
	return texts
}

// processors reads vendor, family, model and stepping of each sort of core.
func processors(context.Context) (f finding, err error) {
	const path = `HARDWARE\DESCRIPTION\System\CentralProcessor`
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.ENUMERATE_SUB_KEYS)
	if err != nil {
		return f, err
	}
	defer key.Close()
	cores, err := key.ReadSubKeyNames(-1)
	if err != nil {
		return f, err
	}
	for _, core := range cores {
		text := registryText(path+`\`+core, "VendorIdentifier", "Identifier", "ProcessorNameString")
		if text[1] != "" {
			f.instances = append(f.instances, NewInstance(CPU, text[0]+" "+text[1], text[2], Counts))
		}
	}
	f.instances = foldDuplicates(f.instances)
	if len(f.instances) == 0 {
		return f, errors.New("the registry names no processor")
	}
	return f, nil
}

// board reads the model of the machine and its main board.
func board(context.Context) (finding, error) {
	return boardOf(registryText(`HARDWARE\DESCRIPTION\System\BIOS`,
		"SystemManufacturer", "SystemProductName", "BaseBoardManufacturer", "BaseBoardProduct"))
}

func machineID(context.Context) (f finding, err error) {
	id := registryText(`SOFTWARE\Microsoft\Cryptography`, "MachineGuid")[0]
	if isJunk(MachineID, normalize(MachineID, id)) {
		return f, errors.New("the registry has no MachineGuid")
	}
	f.instances = []Instance{NewInstance(MachineID, veil(id), "", Counts)}
	return f, nil
}

// firmware reads the firmware's UUID from the SMBIOS table.
func firmware(context.Context) (f finding, err error) {
	const rsmb = 'R'<<24 | 'S'<<16 | 'M'<<8 | 'B'
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("GetSystemFirmwareTable")
	if err := call.Find(); err != nil {
		return f, err
	}
	size, _, _ := call.Call(rsmb, 0, 0, 0)
	if size == 0 || size > 1<<20 {
		return f, fmt.Errorf("an SMBIOS table of %d bytes", size)
	}
	raw := make([]byte, size)
	got, _, _ := call.Call(rsmb, 0, uintptr(unsafe.Pointer(&raw[0])), size)
	if got == 0 || got > size {
		return f, errors.New("the SMBIOS table cannot be read")
	}
	uuid := smbiosUUID(raw[:got])
	if uuid == "" {
		return f, errors.New("the SMBIOS table holds no UUID")
	}
	f.instances = []Instance{NewInstance(Firmware, uuid, "", Counts)}
	return f, nil
}
