// Command protector is the customer's side of activation as a program, for products
// that cannot link the library protector and for trying things out: it shows
// request codes, takes activation codes and gives licenses back.
//
// A program that asks a helper whether it may run can be cracked by replacing the
// helper. Link the library where that matters.
package main

import (
	"os"

	"github.com/manual-activator/manual-activator/internal/coredump"
)

// anchor is the vendor's trust anchor, set when the program is built for a vendor:
//
//	go build -ldflags "-X main.anchor=VERIFIER" ./cmd/protector
//
// Without it, the key of the first product profile is pinned.
var anchor = ""

func main() {
	coredump.Off()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
