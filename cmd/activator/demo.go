package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector"
	"github.com/spf13/cobra"
)

// demoMachine is a recorded workstation, for computers that do not identify
// themselves, such as some containers.
//
//go:embed demo_machine.json
var demoMachine []byte

const (
	demoPassphrase = "only for the demo"
	demoProduct    = "press-studio"
	demoCustomer   = "Print Shop Miller"
)

func (a *app) demoCmd() *cobra.Command {
	var keep string
	c := &cobra.Command{
		Use: "demo", Short: "show a whole customer call on this machine",
		Long: `demo plays both sides of a license's life on this machine, with its real
hardware fingerprint: request, activation, deactivation, confirmation, a
replay that is refused, reactivation. It needs nothing and leaves nothing
behind.`,
		Args: args(0, 0, ""),
	}
	c.Flags().StringVar(&keep, "keep", "", "keep both sides in this `folder`, to go on by hand")
	c.RunE = func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context(), keep) }
	return c
}

// demo makes the folder, plays, and cleans up.
func (a *app) demo(ctx context.Context, keep string) error {
	dir := keep
	if keep == "" {
		var err error
		if dir, err = os.MkdirTemp("", "activator-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	} else {
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
			return &occupied{dir, entries[0].Name()}
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	p := &play{a: a, p: a.printer(), dir: dir}
	defer p.close()
	if err := p.run(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if keep != "" && !a.json {
		abs, err := filepath.Abs(keep)
		if err != nil {
			abs = keep
		}
		p.p.blank()
		p.p.line("Both sides are kept. Go on with:")
		p.p.blank()
		p.p.line("  cd ", safe(abs))
		p.p.line("  activator --dir vendor --passphrase-file passphrase journal list")
		p.p.line("  protector --state customer --product ", demoProduct, ".profile status")
	}
	return nil
}

// play is a demo that runs: the vendor's desk on one side, a customer's machine
// on the other, and nothing between them but codes.
type play struct {
	a   *app
	p   *printer
	dir string

	desk    *activator.Desk
	session *activator.Session
	client  *protector.Client
	machine *fingerprint.Profile

	voice string
	step  stepJSON
	steps int
}

const (
	atDesk     = "Vendor's desk"
	atCustomer = "Customer's machine"
)

func (p *play) close() {
	if p.client != nil {
		_ = p.client.Close() // the folder is thrown away
	}
	if p.desk != nil {
		_ = p.desk.Close()
	}
}

// run plays the whole life.
func (p *play) run(ctx context.Context) error {
	serial, err := p.open(ctx)
	if err != nil {
		return err
	}
	request, err := p.ask(serial)
	if err != nil {
		return err
	}
	answer, err := p.answer(ctx, request, true)
	if err != nil {
		return err
	}
	if err := p.enter(answer); err != nil {
		return err
	}
	confirmation, err := p.deactivate()
	if err != nil {
		return err
	}
	if err := p.confirm(ctx, confirmation); err != nil {
		return err
	}
	if err := p.replay(answer); err != nil {
		return err
	}
	if err := p.again(ctx); err != nil {
		return err
	}
	if err := p.verify(ctx); err != nil {
		return err
	}
	p.flush()
	return nil
}

// open makes the vendor's folder, a product profile and a license.
func (p *play) open(ctx context.Context) (codes.Code, error) {
	vendor := filepath.Join(p.dir, "vendor")
	p.does(atDesk, "activator init --vendor \"Example Vendor\"")
	pass := func() ([]byte, error) { return []byte(demoPassphrase), nil }
	err := activator.Init(ctx, activator.Setup{
		Dir: vendor, Vendor: "Example Vendor", Desk: "demo", Operator: "anna", WorkFactor: 10,
		Passphrase: []byte(demoPassphrase), Now: p.a.now, Rand: p.a.rand,
	})
	if err != nil {
		return codes.Code{}, err
	}
	if err := os.WriteFile(filepath.Join(p.dir, "passphrase"), []byte(demoPassphrase+"\n"), 0o600); err != nil {
		return codes.Code{}, err
	}
	if p.desk, err = activator.Open(ctx, activator.Config{Dir: vendor, Unlock: pass, Now: p.a.now, Rand: p.a.rand}); err != nil {
		return codes.Code{}, err
	}
	p.session = p.desk.Session(activator.Operator{Name: "anna"}, "demo")
	p.good("a keyring, a journal, and the sample product Press Studio")

	p.does(atDesk, "activator product export press-studio -o press-studio.profile")
	signed, profile, err := p.session.Export(ctx, demoProduct)
	if err != nil {
		return codes.Code{}, err
	}
	if err := os.WriteFile(filepath.Join(p.dir, demoProduct+".profile"), signed, 0o644); err != nil { //nolint:gosec // a profile is public, it ships in the program
		return codes.Code{}, err
	}
	p.good(fmt.Sprintf("signed; it ships inside the program and vouches for %s drawn ahead", plural(len(profile.Roster), "license")))

	p.does(atDesk, fmt.Sprintf("activator license add --product %s --customer %q --order 4711 --seats 1", demoProduct, demoCustomer))
	ls, err := p.session.Register(ctx, activator.Order{Product: demoProduct, Customer: demoCustomer, Order: "4711", Seats: 1})
	if err != nil {
		return codes.Code{}, err
	}
	p.code(fmt.Sprintf("license %v, its serial number:", ls[0].Number), ls[0].Serial)
	return ls[0].Serial, p.install(ctx, signed, profile.Anchor)
}

// install begins the customer's side, on this machine's hardware.
func (p *play) install(ctx context.Context, signed []byte, anchor string) error {
	var err error
	if p.machine, err = fingerprint.Collect(ctx); err != nil {
		return err
	}
	sample := ""
	if p.machine.Strength() < fingerprint.Fair {
		if p.machine, err = fingerprint.Parse(demoMachine); err != nil {
			return err
		}
		sample = "This machine does not identify itself (a container?): a recorded sample machine stands in for it."
	}
	config := protector.Config{
		Profile: signed, Anchor: anchor, Dir: filepath.Join(p.dir, "customer"), Now: p.a.now, Rand: p.a.rand,
		Machine: func(context.Context) (*fingerprint.Profile, error) { return p.machine, nil },
	}
	if p.client, err = protector.Open(config); err != nil {
		return err
	}
	p.does(atCustomer, "protector status")
	if sample != "" {
		p.bad(sample)
	}
	var found []string
	for _, c := range p.machine.Components {
		if n := len(c.IDs()); c.Kind.Identifies() && n > 0 {
			found = append(found, plural(n, c.Kind.Name()))
		}
	}
	p.plain("this machine is told by " + strings.Join(found, ", "))
	return p.status()
}

// status shows how the product stands on the machine.
func (p *play) status() error {
	st, err := p.client.Status()
	if err != nil {
		return err
	}
	for _, d := range st.Definitions {
		if d.Type.Activatable() {
			p.plain(fmt.Sprintf("%s: %s", d.Name, d.State))
			break
		}
	}
	if st.Trial.Has && st.License == 0 {
		p.plain("trial: " + st.Trial.Detail)
	}
	return nil
}

// ask enters the serial number and makes a request code.
func (p *play) ask(serial codes.Code) (codes.Code, error) {
	p.does(atCustomer, "protector serial "+serial.String())
	entered, err := p.client.EnterSerial(serial.String())
	if err != nil {
		return codes.Code{}, err
	}
	p.good(fmt.Sprintf("license %v; the profile vouches for it", entered.License))
	return p.request("protector request")
}

func (p *play) request(command string) (codes.Code, error) {
	p.does(atCustomer, command)
	r, err := p.client.Request(0, protector.RequestOptions{})
	if err != nil {
		return codes.Code{}, err
	}
	p.plain(fmt.Sprintf("for %s, on machine %v", r.Definition.Name, r.Fingerprint))
	p.code("read this request code to the vendor:", r.Code)
	return r.Code, nil
}

// answer reads a request, with all checks if so wanted, and issues.
func (p *play) answer(ctx context.Context, request codes.Code, full bool) (codes.Code, error) {
	if full {
		p.does(atDesk, "activator read "+request.String())
		r, err := p.session.Read(ctx, request.String(), activator.Decision{})
		if err != nil {
			return codes.Code{}, err
		}
		p.plain(fmt.Sprintf("%s asks for %s", r.License.Customer, r.Definition.Name))
		for _, c := range r.Checks {
			p.says(p.p.mark(c.Result)+" ", c.Name+": "+c.Detail)
		}
	}
	p.does(atDesk, "activator issue "+request.String())
	o, err := p.session.Submit(ctx, request.String(), activator.Decision{Want: []codes.Kind{codes.KindRequest}})
	if err != nil {
		return codes.Code{}, err
	}
	if o.Verdict != journal.OK {
		return codes.Code{}, fmt.Errorf("the request was not answered: %s", o.Reason)
	}
	p.code(fmt.Sprintf("activation code, to be typed until %s:", lastDay(o.Day)), o.Answer)
	p.plain(fmt.Sprintf("in the journal as entry %v, before it was shown", o.Entry))
	return o.Answer, nil
}

func (p *play) enter(answer codes.Code) error {
	p.does(atCustomer, "protector enter "+answer.Digits())
	got, err := p.client.Enter(answer.Digits())
	if err != nil {
		return err
	}
	if len(got.Restored) > 0 {
		for _, d := range got.Restored {
			p.good(fmt.Sprintf("%s: %s again", d.Name, d.State))
		}
		return nil
	}
	if got.Definition.State != protector.Active {
		return fmt.Errorf("the activation code was taken, and %s is %s", got.Definition.Name, got.Definition.State)
	}
	p.good(fmt.Sprintf("%s: %s", got.Definition.Name, got.Definition.State))
	return nil
}

func (p *play) deactivate() (codes.Code, error) {
	p.does(atCustomer, "protector deactivate")
	c, err := p.client.Deactivate(0, func(w protector.Warning) bool {
		p.plain(w.Text)
		p.plain("Go on? yes")
		return true
	})
	if err != nil {
		return codes.Code{}, err
	}
	p.good("deactivated, on disk before the code is shown")
	p.code("read this confirmation code to the vendor:", c.Code)
	return c.Code, nil
}

// confirm gives the license back, and tries to do so twice.
func (p *play) confirm(ctx context.Context, c codes.Code) error {
	want := []codes.Kind{codes.KindConfirmation}
	p.does(atDesk, "activator confirm "+c.String()+" --reference case-1001")
	o, err := p.session.Submit(ctx, c.String(), activator.Decision{Want: want, Reference: "case-1001"})
	if err != nil {
		return err
	}
	if o.Verdict != journal.OK {
		return fmt.Errorf("the confirmation was not accepted: %s", o.Reason)
	}
	p.good("Deactivation confirmed. " + p.p.stillActive(o))
	if l, err := p.session.License(ctx, o.License.Number); err == nil {
		p.plain(fmt.Sprintf("%d of %d seats taken", l.Taken, l.Seats))
	}

	p.does(atDesk, "activator confirm "+c.String()+" --reference case-2002")
	if o, err = p.session.Submit(ctx, c.String(), activator.Decision{Want: want, Reference: "case-2002"}); err != nil {
		return err
	}
	if o.Verdict != journal.Refused {
		return errors.New("the same confirmation code was accepted twice")
	}
	p.bad(refused(&o.Reading))
	return nil
}

// replay types an old activation code again.
func (p *play) replay(old codes.Code) error {
	p.does(atCustomer, "protector enter "+old.String())
	_, err := p.client.Enter(old.String())
	var e *protector.Error
	if !errors.As(err, &e) {
		if err == nil {
			return errors.New("an old activation code was taken again")
		}
		return err
	}
	p.bad(e.Text)
	return nil
}

// again asks for the reactivation, and gets it.
func (p *play) again(ctx context.Context) error {
	request, err := p.request("protector request")
	if err != nil {
		return err
	}
	answer, err := p.answer(ctx, request, false)
	if err != nil {
		return err
	}
	return p.enter(answer)
}

// verify recomputes the journal that all this left.
func (p *play) verify(ctx context.Context) error {
	p.does(atDesk, "activator journal verify")
	r, err := p.session.Verify(ctx)
	if err != nil {
		return err
	}
	p.good(fmt.Sprintf("the journal is as it was written: %d entries, %s, every seat and code accounted for",
		r.Entries, plural(r.Licenses, "license")))
	return nil
}
