package attack

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector"
)

// The definitions of the sample product.
const (
	release    = 1
	deactivate = 2
	reactivate = 3
	feature    = 4
	moreDays   = 5
	checkIn    = 10
	recovery   = 11
)

const passphrase = "the vendor's own passphrase"

// studio and lab are two products of one vendor with the same definitions.
const (
	studio = "press-studio"
	lab    = "press-lab"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// A vendor is a vendor folder with a desk in it, and the programs that are sold.
type vendor struct {
	*testing.T
	dir, heads string
	now        time.Time
	desk       *activator.Desk
	anchor     string
	*activator.Session
}

// newVendor makes a vendor with both products exported once. change edits the text
// of each product file before; it may be nil.
func newVendor(t *testing.T, change func(text string) string) *vendor {
	t.Helper()
	v := &vendor{T: t, dir: filepath.Join(t.TempDir(), "vendor"), heads: t.TempDir(), now: start}
	v.must(activator.Init(context.Background(), activator.Setup{
		Dir: v.dir, Vendor: "Example Vendor", Desk: "front", Operator: "anna", WorkFactor: 10,
		Passphrase: []byte(passphrase), Now: v.clock, Rand: rand.Reader,
	}))
	path := v.productFile(studio)
	text, err := os.ReadFile(path)
	v.must(err)
	text = v.replace(text, "\npool = 10000", "\npool = 8")
	if change != nil {
		text = []byte(change(string(text)))
	}
	v.must(os.WriteFile(path, text, 0o600))
	uid := text[bytes.Index(text, []byte("\nuid = ")):][:len("\nuid = ")+34]
	other := v.replace(text, string(uid), "\nuid = \"0123456789abcdef0123456789abcdef\"")
	v.must(os.WriteFile(v.productFile(lab), v.replace(other, "\nname = \"Press Studio\"", "\nname = \"Press Lab\""), 0o600))
	v.open()
	return v
}

func (v *vendor) productFile(name string) string {
	return filepath.Join(v.dir, "products", name+".toml")
}

func (v *vendor) replace(text []byte, old, with string) []byte {
	v.Helper()
	if !bytes.Contains(text, []byte(old)) {
		v.Fatalf("the sample product has no %q", old)
	}
	return bytes.Replace(text, []byte(old), []byte(with), 1)
}

func (v *vendor) must(err error) {
	v.Helper()
	if err != nil {
		v.Fatalf("have error %v, want none", err)
	}
}

func (v *vendor) clock() time.Time { return v.now }

func (v *vendor) config() activator.Config {
	return activator.Config{
		Dir: v.dir, Unlock: func() ([]byte, error) { return []byte(passphrase), nil },
		Now: v.clock, Rand: rand.Reader, Heads: v.heads,
	}
}

// open opens the desk, with anna at it.
func (v *vendor) open() {
	v.Helper()
	desk, err := activator.Open(context.Background(), v.config())
	v.must(err)
	v.Cleanup(func() { desk.Close() })
	v.desk, v.Session = desk, desk.Session(activator.Operator{Name: "anna"}, "test")
}

// profile exports a product.
func (v *vendor) profile(name string) []byte {
	v.Helper()
	signed, p, err := v.Export(context.Background(), name)
	v.must(err)
	v.anchor = p.Anchor
	return signed
}

// sell registers a license of a product.
func (v *vendor) sell(name string, seats int) *activator.License {
	v.Helper()
	ls, err := v.Register(context.Background(), activator.Order{Product: name, Customer: "Print Shop", Seats: seats})
	v.must(err)
	return &ls[0]
}

// submit is what the desk says to a text.
func (v *vendor) submit(text string, d activator.Decision) *activator.Outcome {
	v.Helper()
	out, err := v.Submit(context.Background(), text, d)
	v.must(err)
	return out
}

// answer is the answer of the desk, which must give one.
func (v *vendor) answer(request codes.Code, d activator.Decision) codes.Code {
	v.Helper()
	out := v.submit(request.String(), d)
	if out.Answer.IsZero() {
		v.Fatalf("request %s: have %s (%s), want an answer", request, out.Verdict, out.Reason)
	}
	return out.Answer
}

// refuses demands that the desk refuses a text with this check failed first, as a
// matter that no operator's reason changes if hard is set.
func (v *vendor) refuses(text, check string, hard bool) {
	v.Helper()
	decisions := []activator.Decision{{}}
	if hard {
		decisions = append(decisions, activator.Decision{Override: "because I say so"})
	}
	for _, d := range decisions {
		out := v.submit(text, d)
		if out.Verdict != journal.Refused || failed(out) != check || !out.Answer.IsZero() || out.Receipt != "" {
			v.Errorf("%s, override %q: have %s, failed %q, answer %s, receipt %q; want it refused by %q", text, d.Override, out.Verdict, failed(out), out.Answer, out.Receipt, check)
		}
	}
}

// failed is the name of the first failed check.
func failed(out *activator.Outcome) string {
	for _, c := range out.Checks {
		if c.Result == activator.Failed {
			return c.Name
		}
	}
	return ""
}

// seats is how many seats of a license are taken.
func (v *vendor) seats(l *activator.License) int {
	v.Helper()
	have, err := v.License(context.Background(), l.Number)
	v.must(err)
	return have.Taken
}

// product is the signed product as a program reads it.
func (v *vendor) product(name string) *product.Profile {
	v.Helper()
	signed := v.profile(name)
	anchor, err := product.ParseAnchor(v.anchor)
	v.must(err)
	p, err := product.Open(signed, anchor)
	v.must(err)
	return p
}

// A program is one copy of a sold program: its profile and anchor, the folder of its
// state, and the machine it runs on.
type program struct {
	v       *vendor
	profile []byte
	anchor  string
	dir     string
	machine *fingerprint.Profile
	now     func() time.Time
	rand    io.Reader
}

// program installs a product on a machine.
func (v *vendor) program(name string, machine int) *program {
	v.Helper()
	return &program{v: v, profile: v.profile(name), anchor: v.anchor, dir: v.TempDir(), machine: hardware(machine), now: v.clock, rand: rand.Reader}
}

// licensed installs a product and enters the serial number of a license.
func (v *vendor) licensed(l *activator.License, machine int) *program {
	v.Helper()
	name := studio
	if l.Product != v.product(studio).UID {
		name = lab
	}
	p := v.program(name, machine)
	_, err := p.client().EnterSerial(l.Serial.String())
	v.must(err)
	return p
}

// hardware is a machine that differs from others in card, processor and drive.
func hardware(i int) *fingerprint.Profile {
	one := func(k fingerprint.Kind, id string) fingerprint.Component {
		return fingerprint.Component{Kind: k, Instances: []fingerprint.Instance{fingerprint.NewInstance(k, id, "", fingerprint.Counts)}}
	}
	return fingerprint.New(
		one(fingerprint.MAC, fmt.Sprintf("3c:52:82:00:00:%02x", i+1)),
		one(fingerprint.CPU, fmt.Sprintf("GenuineIntel 6 158 %d", i+1)),
		one(fingerprint.SystemDrive, fmt.Sprintf("S3Z9NB0K%06d", i+1)),
	)
}

func (p *program) open() (*protector.Client, error) {
	return protector.Open(protector.Config{
		Profile: p.profile, Anchor: p.anchor, Dir: p.dir, Now: p.now, Rand: p.rand,
		Machine: func(context.Context) (*fingerprint.Profile, error) { return p.machine, nil },
	})
}

// client opens the program, which must go well.
func (p *program) client() *protector.Client {
	p.v.Helper()
	c, err := p.open()
	p.v.must(err)
	return c
}

// request is the program's request for a definition.
func (p *program) request(id uint8) codes.Code {
	p.v.Helper()
	r, err := p.client().Request(id, protector.RequestOptions{})
	p.v.must(err)
	return r.Code
}

// enter types an answer, which must be taken.
func (p *program) enter(answer codes.Code) {
	p.v.Helper()
	_, err := p.client().Enter(answer.String())
	p.v.must(err)
}

// activate asks for a definition and types the desk's answer.
func (p *program) activate(id uint8) codes.Code {
	p.v.Helper()
	a := p.v.answer(p.request(id), activator.Decision{})
	p.enter(a)
	return a
}

// deactivate gives everything back.
func (p *program) deactivate() codes.Code {
	p.v.Helper()
	d, err := p.client().Deactivate(deactivate, func(protector.Warning) bool { return true })
	p.v.must(err)
	return d.Code
}

// active is whether a definition holds.
func (p *program) active(id uint8) bool {
	p.v.Helper()
	s, err := p.client().Status()
	p.v.must(err)
	return s.Active(id)
}

// refuses demands that the program does not take a text as an answer, for this reason,
// and that nothing is active after it.
func (p *program) refuses(text string, want protector.Reason) {
	p.v.Helper()
	a, err := p.client().Enter(text)
	if have := protector.ReasonOf(err); have != want {
		p.v.Errorf("%s: have reason %q (%v, accepted %+v), want %q", text, have, err, a.Definition, want)
	}
	s, err := p.client().Status()
	p.v.must(err)
	for _, d := range s.Definitions {
		if d.State == protector.Active && d.Reason != protector.ReasonTrialLeft && !d.Since.IsZero() {
			p.v.Errorf("after %s: have definition %d active (%s), want nothing active", text, d.ID, d.Reason)
		}
	}
}

// saved copies a folder, as a backup does.
func (v *vendor) saved(from string) string {
	v.Helper()
	to := filepath.Join(v.TempDir(), "saved")
	v.must(os.CopyFS(to, os.DirFS(from)))
	return to
}

// restored puts a saved folder back in place of what is there.
func (v *vendor) restored(from, to string) {
	v.Helper()
	v.must(os.RemoveAll(to))
	v.must(os.CopyFS(to, os.DirFS(from)))
}

// A forger has a script and docs/format.md. He knows a license key, or made one up.
type forger struct {
	p       *product.Profile
	license codes.LicenseNumber
	key     codes.Key
}

// forger knows what the buyer of a license knows: its serial number and the program.
func (v *vendor) forger(name string, serial codes.Serial) *forger {
	v.Helper()
	p := v.product(name)
	return &forger{p, serial.License, serial.Key.Stretch(p.UID, serial.License)}
}

// answers makes an activation code for a request as the desk would, under a key.
func (f *forger) answers(request codes.Code, key codes.Key, change func(*codes.Terms)) codes.Code {
	s := request.Statement()
	d, _ := f.p.Definition(s.Definition)
	t := codes.Terms{
		UID: f.p.UID, License: s.License, Release: f.p.Release, Definition: d.ID, Type: uint8(d.Type), Flags: d.Flags(),
		Fingerprint: s.Fingerprint, Random: s.Random, Parameter: d.Parameter.Default,
	}
	if change != nil {
		change(&t)
	}
	return codes.Answer{Day: t.Day, Parameter: t.Parameter, Tag: key.AnswerTag(t)}.Code()
}

// states makes a request or a confirmation under a key.
func (f *forger) states(kind codes.Kind, id uint8, key codes.Key, change func(*codes.Statement)) codes.Code {
	var b [4]byte
	rand.Read(b[:])
	s := codes.Statement{Kind: kind, Random: binary.BigEndian.Uint32(b[:]) | 1, Fingerprint: 7, License: f.license, Definition: id}
	if change != nil {
		change(&s)
	}
	d, _ := f.p.Definition(s.Definition)
	s.Tag = key.StatementTag(f.p.UID, f.p.Release, uint8(d.Type), s)
	return s.Code()
}

// withoutDashes is a code as one word.
func withoutDashes(c codes.Code) string { return strings.ReplaceAll(c.String(), "-", "") }

// stateFile is the file of a license's state in one of the two places.
func (p *program) stateFile(place string, l *activator.License) string {
	return filepath.Join(p.dir, place, l.Product.String(), "license-"+l.Number.String()+".state")
}

// copyFile puts one file in place of another.
func (v *vendor) copyFile(from, to string) {
	v.Helper()
	b, err := os.ReadFile(from)
	v.must(err)
	v.must(os.WriteFile(to, b, 0o600))
}
