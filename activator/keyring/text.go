package keyring

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/manual-activator/manual-activator/codes/product"
)

// State says what an epoch is used for.
type State string

const (
	Current State = "current" // new licenses and signatures
	Retired State = "retired" // codes of its licenses are still answered
	Revoked State = "revoked" // nothing is answered
)

const (
	firstLine   = "manual-activator/1 keyring"
	rootPrefix  = "MANUAL-ACTIVATOR-ROOT-SECRET-" // a loud prefix: seen in a log, it is noticed
	maxEpoch    = 15                              // an epoch has 4 bits in a license number
	maxRegistry = 15                              // likewise
)

// contents is what keyring.age holds.
type contents struct {
	vendor     string
	name       string // of keys: "NAME/profile"
	registry   uint8
	recipients []string // X25519, who can open the file; at least one
	epochs     []epoch  // ascending; the last one alone is current
}

type epoch struct {
	number  uint8
	created time.Time // UTC, whole seconds
	state   State
	root    root
}

// text returns the canonical text:
//
//	manual-activator/1 keyring
//	vendor "Example Vendor"
//	name example-vendor
//	registry 1
//	recipient age1...
//	epoch 0 2026-11-22T05:56:00Z current MANUAL-ACTIVATOR-ROOT-SECRET-0123...
func (c *contents) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nvendor %s\nname %s\nregistry %d\n", firstLine, strconv.QuoteToASCII(c.vendor), c.name, c.registry)
	for _, r := range c.recipients {
		fmt.Fprintf(&b, "recipient %s\n", r)
	}
	for _, e := range c.epochs {
		fmt.Fprintf(&b, "epoch %d %s %s %s%s\n", e.number, e.created.Format(time.RFC3339), e.state, rootPrefix, hex.EncodeToString(e.root.bytes()[:]))
	}
	return b.Bytes()
}

// seal encrypts the text to the recipients.
func (c *contents) seal() ([]byte, error) {
	text := c.text()
	defer clear(text)
	var to []age.Recipient
	for _, r := range c.recipients {
		x, err := age.ParseX25519Recipient(r)
		if err != nil {
			return nil, fmt.Errorf("encrypt %s: %w", KeysFile, err)
		}
		to = append(to, x)
	}
	file, err := seal(text, to...)
	if err != nil {
		return nil, fmt.Errorf("encrypt %s: %w", KeysFile, err)
	}
	return file, nil
}

// parse reads the canonical text and refuses every other. Its errors name
// lines, never what they hold.
func parse(text []byte) (*contents, error) {
	var c contents
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if lines[0] != firstLine {
		return nil, fmt.Errorf("line 1: expected %q", firstLine)
	}
	for i, line := range lines[1:] {
		name, value, _ := strings.Cut(line, " ")
		if err := c.read(name, value); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
	}
	if err := c.valid(); err != nil {
		return nil, err
	}
	if !bytes.Equal(c.text(), text) {
		return nil, fmt.Errorf("the text is not in its canonical form")
	}
	return &c, nil
}

// read takes in one line.
func (c *contents) read(name, value string) (err error) {
	switch name {
	case "vendor":
		if c.vendor, err = strconv.Unquote(value); err != nil {
			return fmt.Errorf("vendor: expected a quoted name")
		}
	case "name":
		c.name = value
	case "registry":
		n, err := strconv.ParseUint(value, 10, 8)
		if err != nil {
			return fmt.Errorf("registry: expected a number from 0 to %d", maxRegistry)
		}
		c.registry = uint8(n)
	case "recipient":
		if _, err := age.ParseX25519Recipient(value); err != nil {
			return fmt.Errorf("recipient: expected an X25519 recipient (age1...)")
		}
		c.recipients = append(c.recipients, value)
	case "epoch":
		e, err := parseEpoch(value)
		if err != nil {
			return err
		}
		c.epochs = append(c.epochs, e)
	default:
		return fmt.Errorf("expected vendor, name, registry, recipient or epoch")
	}
	return nil
}

func parseEpoch(value string) (epoch, error) {
	parts := strings.Split(value, " ")
	if len(parts) != 4 {
		return epoch{}, fmt.Errorf("epoch: expected number, date, state and root secret")
	}
	n, err := strconv.ParseUint(parts[0], 10, 8)
	if err != nil {
		return epoch{}, fmt.Errorf("epoch: expected a number from 0 to %d", maxEpoch)
	}
	created, err := time.Parse(time.RFC3339, parts[1])
	if err != nil {
		return epoch{}, fmt.Errorf("epoch %d: expected a date such as 2026-11-22T05:56:00Z", n)
	}
	secret, ok := strings.CutPrefix(parts[3], rootPrefix)
	e := epoch{number: uint8(n), created: created.UTC(), state: State(parts[2]), root: newRoot()}
	if !ok || len(secret) != 2*len(e.root.bytes()) {
		return epoch{}, fmt.Errorf("epoch %d: expected a root secret", n)
	}
	if _, err := hex.Decode(e.root.bytes()[:], []byte(secret)); err != nil {
		return epoch{}, fmt.Errorf("epoch %d: expected a root secret", n)
	}
	return e, nil
}

// valid reports the first thing that no keyring may say.
func (c *contents) valid() error {
	if err := product.CheckName(c.vendor); err != nil { // what a profile could not name
		return fmt.Errorf("the vendor's name: %w", err)
	}
	switch {
	case c.name != keyName(c.name):
		return fmt.Errorf("the name of keys %q: expected lower-case letters, digits and single dashes", c.name)
	case c.registry > maxRegistry:
		return fmt.Errorf("registry %d: expected 0 to %d", c.registry, maxRegistry)
	case len(c.recipients) == 0:
		return fmt.Errorf("no recipient: nobody could open the file")
	case len(c.epochs) == 0:
		return fmt.Errorf("no epoch: there is no key")
	}
	for i, e := range c.epochs {
		last := i == len(c.epochs)-1
		switch {
		case e.number > maxEpoch:
			return fmt.Errorf("epoch %d: expected 0 to %d", e.number, maxEpoch)
		case i > 0 && c.epochs[i-1].number >= e.number:
			return fmt.Errorf("epochs must ascend: %d stands before %d", c.epochs[i-1].number, e.number)
		case e.state != Current && e.state != Retired && e.state != Revoked:
			return fmt.Errorf("epoch %d: state %q: expected current, retired or revoked", e.number, e.state)
		case last != (e.state == Current):
			return fmt.Errorf("epoch %d is %s: the last epoch, and no other, must be current", e.number, e.state)
		case *e.root.bytes() == [32]byte{}:
			return fmt.Errorf("epoch %d: the root secret is all zero", e.number)
		}
	}
	return nil
}
