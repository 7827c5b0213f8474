package fingerprint

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
)

// Control codes that any user may send to a drive opened without access rights.
const (
	ioctlVolumeGetVolumeDiskExtents = 0x00560000
	ioctlStorageQueryProperty       = 0x002d1400
)

// systemDrives reads the drives that hold the volume of the system directory.
func systemDrives(context.Context) (f finding, err error) {
	dir, err := windows.GetSystemDirectory()
	if err != nil {
		return f, err
	}
	if len(dir) < 2 || dir[1] != ':' {
		return f, errors.New("the system directory is on no lettered volume")
	}
	extents, err := control(`\\.\`+dir[:2], ioctlVolumeGetVolumeDiskExtents, nil)
	if err != nil {
		return f, err
	}
	if len(extents) < 8 {
		return f, errors.New("the system volume names no drive")
	}
	count := int(binary.LittleEndian.Uint32(extents))
	for n := range count { // VOLUME_DISK_EXTENTS: a count, then 24 bytes each, the drive's number first
		at := 8 + 24*n
		if at+4 > len(extents) {
			break
		}
		number := binary.LittleEndian.Uint32(extents[at:])
		// STORAGE_PROPERTY_QUERY: StorageDeviceProperty, PropertyStandardQuery.
		answer, err := control(fmt.Sprintf(`\\.\PhysicalDrive%d`, number), ioctlStorageQueryProperty, make([]byte, 12))
		if err != nil {
			return f, err
		}
		d, ok := parseStorageDevice(answer)
		if !ok {
			return f, fmt.Errorf("drive %d describes itself in %d bytes", number, len(answer))
		}
		i := NewInstance(SystemDrive, d.serial, d.model, d.reason())
		switch {
		case d.serial == "":
			f.notef("drive %d (%s) does not count: it gives no serial number", number, d.model)
		case !i.Counts():
			f.notef("drive %d (%s) does not count: %s", number, d.model, i.Excluded)
		}
		f.instances = append(f.instances, i)
	}
	return f, nil
}

// control opens a device without any access right and sends it a control code.
func control(path string, code uint32, in []byte) ([]byte, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := windows.CreateFile(name, 0, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	defer windows.CloseHandle(h)
	var from *byte
	if len(in) > 0 {
		from = &in[0]
	}
	out := make([]byte, 4096)
	var got uint32
	if err := windows.DeviceIoControl(h, code, from, uint32(len(in)), &out[0], uint32(len(out)), &got, nil); err != nil {
		return nil, fmt.Errorf("asking %s: %w", path, err)
	}
	return out[:min(int(got), len(out))], nil
}
