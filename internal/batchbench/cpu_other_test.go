//go:build !unix

package batchbench

import "time"

// spent is not known on this system.
func spent() time.Duration { return 0 }
