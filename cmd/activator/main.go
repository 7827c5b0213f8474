// Command activator is the vendor's side of activation by telephone, letter and
// mail: it registers licenses, reads the codes that customers read out, answers
// them, and keeps the journal of all that.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/manual-activator/manual-activator/internal/coredump"
)

func main() {
	coredump.Off()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(status)
}
