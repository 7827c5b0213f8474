package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/protector"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "show what is active on this machine",
		Args: arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			return a.with(func(c *protector.Client) error {
				s, err := c.Status()
				if err != nil {
					return err
				}
				if a.json {
					return a.value(statusJSON(s))
				}
				return a.showStatus(s)
			})
		},
	}
}

// definitionStatus is the state of a definition in JSON.
type definitionStatus struct {
	definition
	State     protector.State  `json:"state"`
	Reason    protector.Reason `json:"reason"`
	Detail    string           `json:"detail"`
	Parameter uint32           `json:"parameter"`
	Since     string           `json:"since,omitempty"`
	Names     []string         `json:"names,omitempty"` // of the bits that are set
	Until     string           `json:"until,omitempty"`
	Changed   []string         `json:"changed,omitempty"`
}

func statusOf(d protector.DefinitionStatus) definitionStatus {
	out := definitionStatus{
		definition: definitionOf(d.Definition), State: d.State, Reason: d.Reason, Detail: d.Detail,
		Parameter: d.Parameter, Names: d.Names, Since: stamp(d.Since), Until: stamp(d.Until),
	}
	for _, k := range d.Changed {
		out.Changed = append(out.Changed, k.String())
	}
	return out
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

type trialStatus struct {
	State   protector.State  `json:"state"`
	Reason  protector.Reason `json:"reason"`
	Detail  string           `json:"detail"`
	By      []string         `json:"by"` // what it is measured by: days, hours, starts
	Days    int              `json:"days_left"`
	Ends    string           `json:"ends,omitempty"`
	Seconds int              `json:"seconds_left"` // of running time
	Starts  int              `json:"starts_left"`
}

func trialOf(t protector.TrialStatus) *trialStatus {
	out := &trialStatus{
		State: t.State, Reason: t.Reason, Detail: t.Detail, By: []string{},
		Days: t.Days, Ends: stamp(t.Ends), Seconds: int(t.Running.Seconds()), Starts: t.Runs,
	}
	for _, by := range []struct {
		has  bool
		word string
	}{{t.ByDays, "days"}, {t.ByHours, "hours"}, {t.ByRuns, "starts"}} {
		if by.has {
			out.By = append(out.By, by.word)
		}
	}
	return out
}

type noted struct {
	Reason protector.Reason `json:"reason"`
	Text   string           `json:"text"`
}

type statusValue struct {
	Product struct {
		UID     string `json:"uid"`
		ID      string `json:"id"`
		Name    string `json:"name"`
		Release uint16 `json:"release"`
	} `json:"product"`
	License      string             `json:"license,omitempty"`
	Customer     string             `json:"customer,omitempty"`
	Fingerprint  string             `json:"fingerprint,omitempty"`
	Hardware     string             `json:"hardware,omitempty"`
	State        protector.State    `json:"state"`
	Reason       protector.Reason   `json:"reason"`
	Usable       bool               `json:"usable"`
	Definitions  []definitionStatus `json:"definitions"`
	Trial        *trialStatus       `json:"trial,omitempty"`
	Confirmation *shownCode         `json:"confirmation,omitempty"` // the newest
	// All that the vendor may not have read yet, in the order to read them in.
	Confirmations []shownCode `json:"confirmations"`
	Notes         []noted     `json:"notes"`
}

func statusJSON(s *protector.Status) statusValue {
	out := statusValue{
		Customer: s.Customer, Hardware: s.Hardware, State: s.State, Reason: s.Reason, Usable: s.Usable(),
		Definitions: []definitionStatus{}, Confirmations: []shownCode{}, Notes: []noted{},
	}
	out.Product.UID, out.Product.ID = s.Product.UID.String(), s.Product.ID
	out.Product.Name, out.Product.Release = s.Product.Name, s.Product.Release
	if s.License != 0 {
		out.License = s.License.String()
	}
	if s.Named {
		out.Fingerprint = s.Fingerprint.String()
	}
	for _, d := range s.Definitions {
		out.Definitions = append(out.Definitions, statusOf(d))
	}
	if s.Trial.Has {
		out.Trial = trialOf(s.Trial)
	}
	for _, c := range s.Confirmations {
		out.Confirmations = append(out.Confirmations, confirmationOf(c, true))
	}
	if n := len(out.Confirmations); n > 0 {
		out.Confirmation = &out.Confirmations[n-1]
	}
	for _, n := range s.Notes {
		out.Notes = append(out.Notes, noted{n.Reason, n.Text})
	}
	return out
}

func (a *app) showStatus(s *protector.Status) error {
	fmt.Fprintf(a.stdout, "%s, release %d: %s\n", plain(s.Product.Name), s.Product.Release, s.State)
	switch {
	case s.License == 0:
		fmt.Fprintln(a.stdout, "no license is known on this machine: protector serial CODE")
	case s.Customer != "":
		fmt.Fprintf(a.stdout, "license %s of %s\n", s.License, plain(s.Customer))
	default:
		fmt.Fprintf(a.stdout, "license %s\n", s.License)
	}
	if s.Trial.Has {
		fmt.Fprintf(a.stdout, "trial: %s (%s)\n", s.Trial.State, plain(s.Trial.Detail))
	}
	if s.Hardware != "" {
		fmt.Fprintf(a.stdout, "hardware: %s\n", plain(s.Hardware))
	}
	fmt.Fprintln(a.stdout)
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	for _, d := range s.Definitions {
		fmt.Fprintf(w, "  %d\t%s\t%s\t%s\t%s\n", d.ID, plain(d.Name), d.Type, d.State, plain(d.Detail))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if n := len(s.Confirmations); n > 1 {
		fmt.Fprintf(a.stdout, "\n%d confirmation codes may not have been read to the vendor yet. Read them in this order:\n", n)
	}
	for _, c := range s.Confirmations {
		fmt.Fprintf(a.stdout, "\nDeactivation confirmation code (%s):\n", plain(c.Definition.Name))
		bothForms(a.stdout, c.Code)
	}
	return nil
}
