package exchange

import (
	"bytes"
	"fmt"

	"github.com/manual-activator/manual-activator/fingerprint"
)

// modelProduct is the sample product for the model: a small pool, which keeps the
// profile small and the model quick, limits that are met soon, and a definition whose
// answers may be typed again.
func modelProduct(sample []byte) []byte {
	for _, line := range [][2]string{
		{"pool = 10000", "pool = 4"},
		{"reactivations = 5", fmt.Sprintf("reactivations = %d", mostReactivations)},
		{"reissues = 3", fmt.Sprintf("reissues = %d", mostReissues)},
		{"gone = 2", fmt.Sprintf("gone = %d", mostGone)},
		{"period_days = 365", fmt.Sprintf("period_days = %d", periodDays)},
	} {
		if !bytes.Contains(sample, []byte("\n"+line[0])) {
			panic("the sample product has no line `" + line[0] + "`")
		}
		sample = bytes.Replace(sample, []byte("\n"+line[0]), []byte("\n"+line[1]), 1)
	}
	return append(sample, fmt.Sprintf(`
[[definition]]
id = %d
type = "feature"
name = "Fonts"
description = "Switches fonts on. The same code works again after a reinstall."
reusable = true
[definition.parameter]
default = 1
least = 0
most = 7
`, fonts)...)
}

// hardware is a recorded machine.
func hardware(i int) *fingerprint.Profile {
	p := fingerprint.New(
		fingerprint.Component{Kind: fingerprint.MAC, Instances: []fingerprint.Instance{
			fingerprint.NewInstance(fingerprint.MAC, fmt.Sprintf("3c:52:82:00:00:%02x", i+1), "network card", fingerprint.Counts),
		}},
		fingerprint.Component{Kind: fingerprint.CPU, Instances: []fingerprint.Instance{
			fingerprint.NewInstance(fingerprint.CPU, "GenuineIntel 6 158 10", "processor", fingerprint.Counts),
		}},
		fingerprint.Component{Kind: fingerprint.SystemDrive, Instances: []fingerprint.Instance{
			fingerprint.NewInstance(fingerprint.SystemDrive, fmt.Sprintf("S3Z9NB0K%06d", i+1), "system drive", fingerprint.Counts),
		}},
	)
	return p
}
