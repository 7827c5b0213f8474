package protector

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// lockWait is how long an operation waits for another process.
const lockWait = 10 * time.Second

// Config says which product on which machine.
type Config struct {
	// Profile is the signed product profile that ships with the program.
	Profile []byte
	// Anchor is the vendor's public key as a verifier, "name+hash+base64". Give it
	// in code: what a user's file can say proves nothing.
	Anchor string
	// Dir holds every copy of the state, below it and nowhere else. Empty: two
	// folders of the user, and one of the machine where it can be written.
	Dir string
	// Machine reads this machine's hardware profile. Nil: fingerprint.Collect.
	Machine func(context.Context) (*fingerprint.Profile, error)
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
	// Rand is the source of the random numbers in codes. Nil: crypto/rand.Reader.
	Rand io.Reader

	disk   disk    // nil: the real one
	places []place // nil: below Dir, or the usual ones
}

// Client is one product on one machine. It keeps nothing but what it was given:
// every call reads the state anew, under a lock that other processes respect. It
// may be used by several goroutines.
type Client struct {
	config  Config
	profile *product.Profile
	anchor  note.Verifier
	places  []place
	disk    disk

	mu      sync.Mutex
	machine hardware
	notes   []Note
	running int // runs that began here and have not ended
	closed  bool
}

// Open checks the product profile and the state, and begins the built-in trial if
// the product has one. Errors are an *Error where the customer can do something.
func Open(config Config) (*Client, error) {
	anchor, err := product.ParseAnchor(config.Anchor)
	if err != nil {
		return nil, refuse(ReasonProfile, "%v", err).because(err)
	}
	profile, err := product.Open(config.Profile, anchor)
	if err != nil {
		return nil, refuse(ReasonProfile, "%v", err).because(err)
	}
	c := &Client{config: config, profile: profile, anchor: anchor, disk: config.disk}
	if c.disk == nil {
		c.disk = osDisk{}
	}
	if c.config.Machine == nil {
		c.config.Machine = fingerprint.Collect
	}
	if c.config.Now == nil {
		c.config.Now = time.Now
	}
	if c.config.Rand == nil {
		c.config.Rand = rand.Reader
	}
	if config.places != nil {
		c.places = config.places
	} else if config.Dir != "" {
		dir, err := filepath.Abs(config.Dir)
		if err != nil {
			return nil, err
		}
		c.places = placesBelow(dir, profile.UID)
	} else if c.places, err = usualPlaces(profile.UID); err != nil {
		return nil, refuse(ReasonStateUnreadable, "the activation state has no place: %v", err).because(err)
	}
	c.places = c.distinct(c.places)
	if err := c.session(func(*session) error { return nil }); err != nil {
		return nil, err
	}
	return c, nil
}

// Close ends the use of the client. Nothing is left to write.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	return nil
}

// Profile returns the product profile. It is shared: do not change it.
func (c *Client) Profile() *product.Profile { return c.profile }

// Note is something a program should show or log besides the states.
type Note struct {
	Reason Reason
	Text   string
}

// Notes returns what was noticed since Open: damaged copies, places that cannot be
// written, a clock that was set back. A Status carries them too.
func (c *Client) Notes() []Note {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.notes)
}

func (c *Client) note(r Reason, format string, args ...any) {
	n := Note{r, fmt.Sprintf(format, args...)}
	if !slices.Contains(c.notes, n) {
		c.notes = append(c.notes, n)
	}
}
