package protector

import (
	"strings"
	"time"
)

// faultDisk is the real disk with something wrong about it.
type faultDisk struct {
	osDisk
	// replaceErr says what happens to a write: an error, or nil. late errors
	// come after the file was renamed.
	replaceErr func(name string) (err error, late bool)
	readErr    func(name string) error
	lockErr    func(name string) error
	writes     int
}

func (d *faultDisk) replace(name string, data []byte, open bool) error {
	d.writes++
	if d.replaceErr == nil {
		return d.osDisk.replace(name, data, open)
	}
	err, late := d.replaceErr(name)
	if err == nil || late {
		if err := d.osDisk.replace(name, data, open); err != nil {
			return err
		}
	}
	return err
}

func (d *faultDisk) read(name string) ([]byte, error) {
	if d.readErr != nil {
		if err := d.readErr(name); err != nil {
			return nil, err
		}
	}
	return d.osDisk.read(name)
}

func (d *faultDisk) lock(name string, open bool, wait time.Duration) (func(), error) {
	if d.lockErr != nil {
		if err := d.lockErr(name); err != nil {
			return nil, err
		}
	}
	return d.osDisk.lock(name, open, wait)
}

// failing makes writes whose name contains part fail.
func failing(part string, err error, late bool) func(string) (error, bool) {
	return func(name string) (error, bool) {
		if strings.Contains(name, part) {
			return err, late
		}
		return nil, false
	}
}
