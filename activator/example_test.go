package activator_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/manual-activator/manual-activator/activator"
)

// A desk from nothing: a vendor folder, a license, and a code that somebody misheard. It
// is refused as unreadable, and the refusal is in the journal.
func Example() {
	ctx := context.Background()
	home, err := os.MkdirTemp("", "example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(home)
	dir := filepath.Join(home, "vendor")
	passphrase := []byte("a passphrase of several words")
	if err := activator.Init(ctx, activator.Setup{
		Dir: dir, Vendor: "Example Vendor", Desk: "front", Operator: "anna", WorkFactor: 10,
		Passphrase: passphrase, Now: time.Now, Rand: rand.Reader,
	}); err != nil {
		log.Fatal(err)
	}
	desk, err := activator.Open(ctx, activator.Config{
		Dir: dir, Now: time.Now, Rand: rand.Reader, Unlock: func() ([]byte, error) { return passphrase, nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	defer desk.Close()

	s := desk.Session(activator.Operator{Name: "anna"}, "telephone")
	licenses, err := s.Register(ctx, activator.Order{Product: "press-studio", Customer: "Print Shop", Order: "4711", Seats: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(licenses[0].Customer, "has", licenses[0].Seats, "seat")
	out, err := s.Submit(ctx, "R62YJm-svywrZ-LLa1hL-bfVgei-Cme1vx", activator.Decision{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Verdict, "in entry", out.Entry)
	// Output:
	// Print Shop has 1 seat
	// unreadable in entry 2
}
