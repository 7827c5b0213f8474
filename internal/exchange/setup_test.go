package exchange

import (
	"bytes"
	"fmt"

	"github.com/manual-activator/manual-activator/fingerprint"
)

// smallPool sets the pool of a product file to a few licenses.
func smallPool(text []byte) []byte {
	if !bytes.Contains(text, []byte("\npool = 10000")) {
		panic("the sample product has no line `pool = 10000`")
	}
	return bytes.Replace(text, []byte("\npool = 10000"), []byte("\npool = 4"), 1)
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
