package fingerprint

import (
	"math"
	"strconv"
	"strings"
)

const (
	mebibyte = 1 << 20
	gibibyte = 1 << 30
)

// MemorySize returns the installed memory for a size that the system reports:
// the next of the steps 1, 1½, 2, 3, 4, 6, 8, 12, 16, 24, 32, ... GB (and so on
// below and above), as "8 GB" or "768 MB". Systems report a little less than is
// installed, and how much less changes with kernels, firmware and video
// settings; the step stays. 8192 MB, 8 GB and 7.7 GiB are all "8 GB". Zero gives
// the empty text.
func MemorySize(bytes uint64) string {
	if bytes == 0 {
		return ""
	}
	step := uint64(mebibyte)
	for step < bytes {
		if step > math.MaxUint64/4 {
			return "16 EB" // nothing real; keep the loop finite
		}
		if half := step + step/2; half >= bytes && half%mebibyte == 0 {
			step = half
			break
		}
		step *= 2
	}
	if step%(gibibyte/2) != 0 || step < gibibyte {
		return strconv.FormatUint(step/mebibyte, 10) + " MB"
	}
	text := strconv.FormatUint(step/gibibyte, 10)
	if step%gibibyte != 0 {
		text += ".5"
	}
	return text + " GB"
}

// parseSize reads a memory size as people and tools write it: "8192 MB",
// "8 GB", "7.8 GiB", "8388608 kB", "8589934592". All units are binary.
func parseSize(s string) (uint64, bool) {
	s = strings.ToLower(strings.ReplaceAll(s, " ", ""))
	cut := len(s)
	for cut > 0 && (s[cut-1] < '0' || s[cut-1] > '9') {
		cut--
	}
	number, unit := s[:cut], s[cut:]
	var factor float64
	switch unit {
	case "", "b", "bytes":
		factor = 1
	case "k", "kb", "kib":
		factor = 1 << 10
	case "m", "mb", "mib":
		factor = mebibyte
	case "g", "gb", "gib":
		factor = gibibyte
	case "t", "tb", "tib":
		factor = 1 << 40
	case "eb":
		factor = 1 << 60
	default:
		return 0, false
	}
	if strings.Trim(number, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n <= 0 || n*factor > 1<<63 {
		return 0, false
	}
	return uint64(math.Ceil(n * factor)), true
}
