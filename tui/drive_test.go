package tui

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/charmbracelet/x/ansi"

	"github.com/manual-activator/manual-activator/activator"
)

const passphrase = "a passphrase for tests"

// A drive is a program without a terminal: keys go into Update, commands run at
// once, and what is put off waits until the test says so.
type drive struct {
	t      testing.TB
	m      *Model
	now    time.Time
	later  []delayed
	copied []string
	saved  map[string]string
	quit   bool
	office *activator.Session
	dir    string
	// hold, if set, keeps commands back instead of running them.
	hold bool
	held []tea.Cmd
}

type delayed struct {
	d time.Duration
	m tea.Msg
}

func seeded(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

// newDrive makes a vendor folder with the same keys every time, and the program
// in front of its door.
func newDrive(t testing.TB) *drive {
	t.Helper()
	d := &drive{t: t, now: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), dir: t.TempDir(), saved: map[string]string{}}
	t.Setenv("TMPDIR", t.TempDir()) // the training's folder is the test's own: others clear away what lies in the common one
	random := seeded(1)
	clock := func() time.Time { return d.now }
	op := activator.Operator{Name: "anna"}
	ctx := context.Background()
	must(t, activator.Init(ctx, activator.Setup{
		Dir: filepath.Join(d.dir, "vendor"), Vendor: "Example Vendor", Desk: "front", Operator: "anna", WorkFactor: 10,
		Passphrase: []byte(passphrase), Now: clock, Rand: random,
	}))
	c := Config{
		Folder: "/srv/vendor", Present: true, Operator: "anna", Host: "front", Now: clock, Settings: DefaultSettings(),
		Open: func(ctx context.Context, pass []byte) (*Opened, error) {
			desk, err := activator.Open(ctx, activator.Config{
				Dir: filepath.Join(d.dir, "vendor"), Now: clock, Rand: random,
				Unlock: func() ([]byte, error) { return append([]byte(nil), pass...), nil },
			})
			if err != nil {
				return nil, err
			}
			if err := desk.Unlock(); err != nil {
				desk.Close()
				return nil, err
			}
			d.office = desk.Session(op, "terminal")
			return &Opened{Office: d.office, Close: desk.Close, Files: lineFiles{d.office}, Shelf: folderShelf{filepath.Join(d.dir, "vendor", "parked")}}, nil
		},
		Create: func(context.Context, Beginning) error { return nil },
		Train: func(ctx context.Context) (*Opened, error) {
			o, err := Place{Operator: op}.train(ctx)
			if err != nil {
				d.t.Errorf("training: have error %v", err)
			}
			return o, err
		},
		After: func(w time.Duration, m tea.Msg) tea.Cmd { return func() tea.Msg { return delayed{w, m} } },
		Copy: func(s string) tea.Cmd {
			return func() tea.Msg { d.copied = append(d.copied, s); return nil }
		},
		Save: func(name string, write func(io.Writer) error) (string, error) {
			var b strings.Builder
			err := write(&b)
			d.saved[name] = b.String()
			return "/home/anna/" + name, err
		},
		SaveSettings: func(Settings) error { return nil },
	}
	d.m = New(ctx, c)
	t.Cleanup(func() { d.m.Close() })
	d.do(d.m.Init())
	d.size(80, 24)
	return d
}

// opened is a drive whose desk is open.
func opened(t testing.TB) *drive {
	t.Helper()
	d := newDrive(t)
	d.unlock()
	if d.m.office == nil {
		t.Fatalf("door: have\n%s\nwant the desk", d.screen())
	}
	d.wait(2 * time.Second)
	return d
}

// unlock opens the door.
func (d *drive) unlock() {
	d.write(passphrase)
	d.press("enter")
}

// restart begins the program anew over the same folder, with what changes in its
// configuration.
func (d *drive) restart(change func(*Config)) {
	d.t.Helper()
	must(d.t, d.m.Close())
	c := d.m.cfg
	change(&c)
	d.m = New(d.t.Context(), c)
	d.do(d.m.Init())
	d.size(80, 24)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// do runs a command and whatever follows from it.
func (d *drive) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if d.hold {
		d.held = append(d.held, cmd)
		return
	}
	switch m := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range m {
			d.do(c)
		}
	case delayed:
		d.later = append(d.later, m)
	case tea.QuitMsg:
		d.quit = true
	default:
		d.send(m)
	}
}

func (d *drive) send(m tea.Msg) {
	_, cmd := d.m.Update(m)
	d.do(cmd)
}

// step runs what was held, and holds what follows from it.
func (d *drive) step() {
	held := d.held
	d.held = nil
	for _, c := range held {
		switch m := c().(type) {
		case nil:
		case tea.BatchMsg:
			d.held = append(d.held, m...)
		case delayed:
			d.later = append(d.later, m)
		default:
			d.send(m)
		}
	}
}

// release runs what was held.
func (d *drive) release() {
	d.hold = false
	held := d.held
	d.held = nil
	for _, c := range held {
		d.do(c)
	}
}

// wait lets time pass; what was put off for less comes.
func (d *drive) wait(w time.Duration) {
	d.now = d.now.Add(w)
	due := d.later
	d.later = nil
	for _, l := range due {
		if l.d <= w {
			if _, tick := l.m.(tickMsg); tick {
				d.m.tick()
				d.later = append(d.later, l)
				continue
			}
			d.send(l.m)
		} else {
			d.later = append(d.later, l)
		}
	}
}

func (d *drive) size(w, h int) { d.send(tea.WindowSizeMsg{Width: w, Height: h}) }

// keyNamed makes the key that a terminal sends.
func keyNamed(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
		"right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4,
		"f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7, "f8": tea.KeyF8,
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if name == "shift+tab" {
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	}
	if r, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: r}
	}
	if s, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(s)[0], Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func (d *drive) press(names ...string) {
	for _, n := range names {
		d.send(keyNamed(n))
	}
}

// write types a text, key by key.
func (d *drive) write(s string) {
	for _, r := range s {
		if r == ' ' {
			d.press("space")
		} else {
			d.press(string(r))
		}
	}
}

func (d *drive) paste(s string) { d.send(tea.PasteMsg{Content: s}) }

// screen is what shows, without its colors.
func (d *drive) screen() string {
	lines := strings.Split(ansi.Strip(d.m.View().Content), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

func (d *drive) shows(want string) {
	d.t.Helper()
	flat := strings.Join(strings.Fields(d.screen()), " ")
	if !strings.Contains(flat, want) {
		d.t.Fatalf("screen: have\n%s\nwant %q on it", d.screen(), want)
	}
}

func (d *drive) hides(unwanted string) {
	d.t.Helper()
	if flat := strings.Join(strings.Fields(d.screen()), " "); strings.Contains(flat, unwanted) {
		d.t.Fatalf("screen: have\n%s\nwant no %q on it", d.screen(), unwanted)
	}
}

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o600))
}
