package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal/storetest"
)

var ctx = context.Background()

func options() Options { return Options{Origin: storetest.Origin, Verifiers: storetest.Verifiers()} }

func file(dir string) string { return filepath.Join(dir, "journal.db") }

var factory = storetest.Factory{
	Create: func(dir string) (storetest.Store, error) { return Create(ctx, file(dir), options()) },
	Open:   func(dir string) (storetest.Store, error) { return Open(ctx, file(dir), options()) },
	Child:  func(t testing.TB, dir string) []string { return []string{os.Args[0]} },
}

func TestMain(m *testing.M) {
	if dir := os.Getenv(storetest.ChildDir); dir != "" {
		fmt.Fprintln(os.Stderr, storetest.Child(factory, dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func TestStore(t *testing.T) { storetest.Run(t, factory) }
