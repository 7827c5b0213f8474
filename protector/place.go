package protector

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// place is a folder that holds one copy of every state of a product.
type place struct {
	dir string
	// shared places belong to the whole machine. Where this user may not write
	// there, and there is nothing, the state does without.
	shared bool
}

// machineFile is the name of the machine's record.
const machineFile = "machine.state"

// licenseFile is the name of a license's record.
func licenseFile(l codes.LicenseNumber) string {
	if l == 0 {
		return machineFile
	}
	return "license-" + l.String() + ".state"
}

// recoveryFile is the name of what is kept for the recovery of a license.
func recoveryFile(l codes.LicenseNumber) string { return "recover-" + l.String() + ".state" }

// licenseOf is the license whose record has this name.
func licenseOf(name string) (codes.LicenseNumber, bool) { return numberIn(name, "license-") }

// recoveryOf is the license whose recovery's record has this name.
func recoveryOf(name string) (codes.LicenseNumber, bool) { return numberIn(name, "recover-") }

func numberIn(name, prefix string) (codes.LicenseNumber, bool) {
	digits, ok := strings.CutPrefix(name, prefix)
	if !ok {
		return 0, false
	}
	digits, ok = strings.CutSuffix(digits, ".state")
	if !ok {
		return 0, false
	}
	l, err := codes.ParseLicenseNumber(digits)
	return l, err == nil && l != 0 && prefix+l.String()+".state" == name
}

// lockFile is the name of the lock.
const lockFile = "lock"

// placesBelow returns the places when everything is kept below one folder. Two such
// folders are two machines.
func placesBelow(dir string, uid codes.UID) []place {
	return []place{
		{dir: filepath.Join(dir, "first", uid.String())},
		{dir: filepath.Join(dir, "second", uid.String())},
	}
}

// usualPlaces returns where states are kept unless the program says otherwise: two
// folders of the user, and one of the machine where it can be written.
func usualPlaces(uid codes.UID) ([]place, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return nil, fmt.Errorf("no folder for the user's configuration: %w", err)
	}
	second, machine := "", ""
	switch runtime.GOOS {
	case "windows":
		second = os.Getenv("LocalAppData")
		machine = os.Getenv("ProgramData")
	case "darwin", "ios":
		second = filepath.Join(filepath.Dir(config), "Preferences")
		machine = "/Library/Application Support"
	default:
		if second = os.Getenv("XDG_STATE_HOME"); !filepath.IsAbs(second) {
			home, err := os.UserHomeDir()
			if err != nil {
				return nil, fmt.Errorf("no home folder: %w", err)
			}
			second = filepath.Join(home, ".local", "state")
		}
		machine = "/var/lib"
	}
	if second == "" {
		return nil, errors.New("no folder for the user's local data: the environment variable LocalAppData is empty")
	}
	if filepath.Clean(second) == filepath.Clean(config) {
		second = filepath.Join(second, folder+"-second")
	}
	below := func(dir string) string { return filepath.Join(dir, folder, uid.String()) }
	places := []place{{dir: below(config)}, {dir: below(second)}}
	if machine != "" {
		places = append(places, place{dir: below(machine), shared: true})
	}
	return places, nil
}

// folder is ours within the folders of the platform.
const folder = "manual-activator"
