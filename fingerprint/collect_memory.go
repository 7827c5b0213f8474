//go:build windows || darwin

package fingerprint

import (
	"context"
	"errors"

	"github.com/shirou/gopsutil/v4/mem"
)

func memory(ctx context.Context) (f finding, err error) {
	m, err := mem.VirtualMemoryWithContext(ctx)
	if err != nil {
		return f, err
	}
	if m.Total == 0 {
		return f, errors.New("the system gives no total")
	}
	f.instances = []Instance{NewInstance(Memory, MemorySize(m.Total), "", Counts)}
	return f, nil
}
