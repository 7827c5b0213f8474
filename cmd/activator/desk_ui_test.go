package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
)

// A pane is a terminal that tmux plays.
type pane struct {
	t      *testing.T
	socket string
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-L", p.socket, "-f", os.DevNull}, args...)...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %s: have %v: %s", args[0], err, out)
	}
	return string(out)
}

func (p *pane) keys(keys ...string) { p.tmux(append([]string{"send-keys", "-t", "desk"}, keys...)...) }

// shows waits until the screen has a text, and returns the screen. Only a desk that never
// shows it takes the minute; a busy machine may need some of it.
func (p *pane) shows(want string) string {
	p.t.Helper()
	var screen string
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(100 * time.Millisecond) {
		screen = p.tmux("capture-pane", "-p", "-t", "desk")
		if strings.Contains(screen, want) {
			return screen
		}
	}
	p.t.Fatalf("terminal: have\n%s\nwant %q on it", screen, want)
	return ""
}

// The whole way in a real pseudo-terminal: passphrase, a request typed from the
// first code to the issued answer, a resize, and out again.
func TestDeskInATerminal(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("ACTIVATOR_LONG_TESTS") != "" {
			t.Fatal("tmux: have none, want it wherever the long tests run (apt-get install tmux)")
		}
		t.Skip("SKIPPED: tmux is not installed, so the desk was not tried in a real terminal")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "activator")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: have %v: %s", err, out)
	}
	vendor := filepath.Join(dir, "vendor")
	run := func(args ...string) []byte {
		t.Helper()
		c := exec.Command(program, append([]string{"--dir", vendor, "--operator", "anna", "--json"}, args...)...)
		c.Env = append(os.Environ(), "ACTIVATOR_PASSPHRASE=a passphrase for tests")
		out, err := c.Output()
		if err != nil {
			t.Fatalf("activator %s: have %v", args[0], err)
		}
		return out
	}
	run("init", "--work-factor", "10")
	run("license", "add", "--product", "press-studio", "--customer", "Print Shop Miller", "--order", "4711", "--seats", "2")
	call := firstCall(t, vendor)

	p := &pane{t, fmt.Sprint("activator-test-", os.Getpid())}
	p.tmux("new-session", "-d", "-s", "desk", "-x", "80", "-y", "24", "HOME="+dir+" XDG_CONFIG_HOME="+dir+" "+program+" --dir "+vendor+" --operator anna; echo status $?; sleep 600")
	t.Cleanup(func() { _ = exec.Command("tmux", "-L", p.socket, "kill-server").Run() }) // it may be gone
	p.shows("Passphrase")
	p.keys("a passphrase for tests", "Enter")
	p.shows("Ready for the next call")
	p.keys(call[:15])
	p.shows("2 of 5 groups are right")
	p.tmux("resize-window", "-t", "desk", "-x", "60", "-y", "15")
	p.shows("This window is 60×15")
	p.tmux("resize-window", "-t", "desk", "-x", "120", "-y", "40")
	p.shows(call[:15])
	p.keys(call[15:])
	p.shows("NOT YET RECORDED")
	p.keys("Enter")
	screen := p.shows("ANSWERED")

	type entry struct {
		Answer string `json:"activation_code"`
	}
	var entries []entry
	d := json.NewDecoder(strings.NewReader(string(run("journal", "list", "--kind", "request"))))
	for d.More() {
		var e entry
		if err := d.Decode(&e); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	if len(entries) != 1 || !strings.Contains(screen, entries[0].Answer) {
		t.Errorf("terminal: have\n%s\nwant the answer that the journal has, %v", screen, entries)
	}
	p.keys("C-q")
	p.shows("status 0")
}

// firstCall is the request code of a machine with the only license of a folder.
func firstCall(t *testing.T, vendor string) string {
	t.Helper()
	ctx := context.Background()
	d, err := activator.Open(ctx, activator.Config{
		Dir: vendor, Now: time.Now, Rand: rand.Reader,
		Unlock: func() ([]byte, error) { return []byte("a passphrase for tests"), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s := d.Session(activator.Operator{Name: "anna"}, "test")
	ls, err := s.Register(ctx, activator.Order{Product: "press-studio", Customer: "Print Shop Miller", Order: "4711", Seats: 2})
	if err != nil {
		t.Fatal(err)
	}
	return firstRequest(t, s, &ls[0])
}

func TestLightTerminal(t *testing.T) {
	for colors, want := range map[string]bool{
		"": false, "0;15": true, "15;0": false, "0;default;15": true, "0;7": true, "12;8": false, "0;default": false, "15": true, "0;231": false, ";": false,
	} {
		if have := lightTerminal(colors); have != want {
			t.Errorf("COLORFGBG=%q: have light %v, want %v", colors, have, want)
		}
	}
}
