package protector_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// begin:start

// start is called when the program starts: it returns whether it may run.
func start(config protector.Config) (bool, error) {
	client, err := protector.Open(config)
	if err != nil {
		return false, err
	}
	defer client.Close()
	status, err := client.Status()
	if err != nil {
		return false, err
	}
	return status.Usable(), nil
}

// end:start

// begin:dialog

// activate is what a dialog does with what the customer types, one step after the
// other: the serial number, a request code to show, the answer.
func activate(config protector.Config, serial string, ask func(request string) (answer string)) error {
	client, err := protector.Open(config)
	if err != nil {
		return err
	}
	defer client.Close()
	if _, err := client.EnterSerial(serial); err != nil {
		return err
	}
	request, err := client.Request(0, protector.RequestOptions{})
	if err != nil {
		return err
	}
	_, err = client.Enter(ask(request.Code.String()))
	var refused *protector.Error
	if errors.As(err, &refused) && len(refused.Proposals) > 0 {
		return fmt.Errorf("%w; did the vendor say %s?", err, refused.Proposals[0].Code)
	}
	return err
}

// end:dialog

// begin:deactivate

// giveBack deactivates after the customer said yes, and returns the code that
// proves it.
func giveBack(config protector.Config, sure func(question string) bool) (string, error) {
	client, err := protector.Open(config)
	if err != nil {
		return "", err
	}
	defer client.Close()
	done, err := client.Deactivate(0, func(w protector.Warning) bool { return sure(w.Text) })
	if protector.ReasonOf(err) == protector.ReasonDeactivated {
		done, err = client.Confirmation() // the same code again
	}
	return done.Code.String(), err
}

// end:deactivate

// begin:run

// use counts a run of the program while work goes on, and ends it with the trial.
func use(client *protector.Client, work <-chan struct{}, every time.Duration) error {
	run, err := client.Begin()
	if err != nil {
		return err // the trial is over, and nothing else is active
	}
	defer run.End()
	heartbeat := time.NewTicker(every) // about a minute
	defer heartbeat.Stop()
	for {
		select {
		case <-work:
			return run.End()
		case <-heartbeat.C:
			if status, err := run.Tick(); err != nil || !status.Usable() {
				return err
			}
		}
	}
}

// end:run

func Example() {
	dir, err := os.MkdirTemp("", "protector")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	vendor := protectortest.New(time.Now()) // a real one is the program activator
	serial := vendor.Vouch(1)
	config := protector.Config{
		Profile: vendor.Export(), Anchor: vendor.Anchor, // a real program has both built in
		Dir:     dir,
		Machine: func(context.Context) (*fingerprint.Profile, error) { return protectortest.Machine(1), nil },
	}

	fmt.Println(start(config))
	err = activate(config, serial.Code().String(), func(request string) string { return answer(vendor, request) })
	fmt.Println(err)
	fmt.Println(start(config))
	client, err := protector.Open(config)
	if err != nil {
		panic(err)
	}
	done := make(chan struct{})
	close(done)
	fmt.Println(use(client, done, time.Minute))
	code, err := giveBack(config, func(question string) bool { fmt.Println(question); return true })
	fmt.Println(code[:1], err)
	fmt.Println(start(config))
	// Output:
	// false <nil>
	// <nil>
	// true <nil>
	// <nil>
	// Press Studio stops working on this machine. Only a reactivation code from the vendor brings it back.
	// D <nil>
	// false <nil>
}

// TestDocument holds docs/integrate.md to the example that runs.
func TestDocument(t *testing.T) {
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../docs/integrate.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"start", "dialog", "deactivate", "run"} {
		_, rest, found := strings.Cut(string(source), "// begin:"+part+"\n")
		text, _, ended := strings.Cut(rest, "// end:"+part+"\n")
		if !found || !ended {
			t.Fatalf("no part %q in example_test.go", part)
		}
		if want := "```go\n" + strings.TrimSpace(text) + "\n```\n"; !strings.Contains(string(document), want) {
			t.Errorf("docs/integrate.md does not show this part as it is tested:\n%s", want)
		}
	}
}
