//go:build deps

// Package deps keeps the pinned requirements while the packages that use them are being written.
package deps

import (
	_ "filippo.io/age"
	_ "github.com/jaypipes/ghw"
	_ "github.com/mr-tron/base58"
	_ "github.com/pelletier/go-toml/v2"
	_ "github.com/rogpeppe/go-internal/lockedfile"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/shirou/gopsutil/v4/cpu"
	_ "github.com/shirou/gopsutil/v4/disk"
	_ "github.com/shirou/gopsutil/v4/host"
	_ "github.com/shirou/gopsutil/v4/mem"
	_ "github.com/shirou/gopsutil/v4/net"
	_ "github.com/spf13/cobra"
	_ "golang.org/x/crypto/cryptobyte"
	_ "golang.org/x/mod/sumdb/note"
	_ "golang.org/x/mod/sumdb/tlog"
	_ "golang.org/x/term"
	_ "golang.org/x/sys/unix"
	_ "golang.org/x/text/unicode/norm"
	_ "modernc.org/sqlite"
	_ "pgregory.net/rapid"
	_ "rsc.io/qr"
	_ "charm.land/lipgloss/v2"
)
