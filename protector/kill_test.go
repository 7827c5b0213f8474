package protector

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// TestKill kills a process in the middle of a deactivation, again and again. The copy
// is then active, and no code was shown; or it is deactivated, and the code that was
// shown, if one was, is the code that is shown on demand.
func TestKill(t *testing.T) {
	if dir := os.Getenv("PROTECTOR_KILL_DIR"); dir != "" {
		giveBackAndDie(t, dir, (*Client).Deactivate)
		return
	}
	rounds := 100
	if testing.Short() {
		rounds = 10
	}
	w := newWorld(t)
	w.writeFile(filepath.Join(w.dir, "profile"), string(w.profile))
	w.activate(w.licensed(), 1, protectortest.Answer{})
	longest := 20 * time.Millisecond
	active, ended, shown := 0, 0, 0
	for range rounds {
		said, took := w.kill(t, "TestKill", time.Duration(mathrand.Int64N(int64(longest))))
		if said != "" {
			longest = max(time.Millisecond, took*5/4)
		}
		c := w.open()
		switch s := w.status(c); s.State {
		case Active:
			active++
			if said != "" {
				t.Fatalf("%s was shown, and the copy is active", said)
			}
		case Deactivated:
			ended++
			d, err := c.Confirmation()
			if err != nil {
				t.Fatal(err)
			}
			if said != "" {
				if shown++; said != d.Code.String() {
					t.Fatalf("%s was shown, then %s", said, d.Code)
				}
			}
			if again, err := w.open().Confirmation(); err != nil || again.Code != d.Code {
				t.Fatalf("%s, then %s (%v)", d.Code, again.Code, err)
			}
			w.confirm(d.Code)
			w.activate(c, 3, protectortest.Answer{})
		default:
			t.Fatalf("the copy is %s (%s)", s.State, s.Reason)
		}
	}
	t.Logf("%d kills: %d still active, %d deactivated, of which %d had shown the code", rounds, active, ended, shown)
	if active == 0 || ended == 0 {
		t.Logf("the kills came all too early or all too late")
	}
}

// TestKillCheckIn is the same for a check-in: what it gives back is active and no code
// was shown, or it is not and the code can be had. The rest is active, always.
func TestKillCheckIn(t *testing.T) {
	if dir := os.Getenv("PROTECTOR_KILL_DIR"); dir != "" {
		giveBackAndDie(t, dir, (*Client).CheckIn)
		return
	}
	rounds := 40
	if testing.Short() {
		rounds = 5
	}
	w := newWorld(t)
	w.writeFile(filepath.Join(w.dir, "profile"), string(w.profile))
	w.activate(w.licensed(), 1, protectortest.Answer{})
	longest := 20 * time.Millisecond
	for range rounds {
		c := w.open()
		if !w.status(c).Active(5) {
			w.activate(c, 5, protectortest.Answer{Parameter: 1})
		}
		said, took := w.kill(t, "TestKillCheckIn", time.Duration(mathrand.Int64N(int64(longest))))
		if said != "" {
			longest = max(time.Millisecond, took*5/4)
		}
		c = w.open()
		w.is(c, 1, Active, ReasonActive)
		d, err := c.Confirmation()
		switch active := w.status(c).Active(5); {
		case active && (said != "" || err == nil):
			t.Fatalf("%q was shown, and the options are active (%v)", said, err)
		case active:
		case err != nil || said != "" && said != d.Code.String():
			t.Fatalf("%q was shown, then %s (%v)", said, d.Code, err)
		default:
			w.confirm(d.Code)
		}
	}
}

// kill starts a process that gives something back, kills it after a while, and returns the code
// it showed, if any.
func (w *world) kill(t *testing.T, test string, after time.Duration) (said string, took time.Duration) {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), "PROTECTOR_KILL_DIR="+w.dir, "PROTECTOR_KILL_ANCHOR="+w.vendor.Anchor)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
	}
	began := time.Now()
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	for lines.Scan() {
		if code, ok := strings.CutPrefix(lines.Text(), "shown "); ok {
			said, took = code, time.Since(began)
		}
	}
	cmd.Process.Kill()
	cmd.Wait() // killed: its error is the point
	return said, took
}

// giveBackAndDie is the process that is killed.
func giveBackAndDie(t *testing.T, dir string, giveBack func(*Client, uint8, func(Warning) bool) (Confirmation, error)) {
	profile, err := os.ReadFile(filepath.Join(dir, "profile"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(Config{
		Profile: profile, Anchor: os.Getenv("PROTECTOR_KILL_ANCHOR"), Dir: dir, Rand: rand.Reader,
		Now:     func() time.Time { return start },
		Machine: func(context.Context) (*fingerprint.Profile, error) { return protectortest.Machine(1), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("ready")
	d, err := giveBack(c, 0, yes)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("shown", d.Code)
	time.Sleep(time.Minute)
}

// TestConcurrent: several clients and goroutines on one state. Each answer is
// accepted once, each request is kept, one deactivation wins.
func TestConcurrent(t *testing.T) {
	w := newWorld(t)
	answer := w.issue(w.request(w.licensed(), 1), protectortest.Answer{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	accepted, shown := 0, map[codes.Code]bool{}
	clients := []*Client{w.open(), w.open(), w.open()}
	together := func(act func(i int, c *Client)) {
		for i := range 9 {
			wg.Go(func() { act(i, clients[i%len(clients)]) })
		}
		wg.Wait()
	}
	together(func(_ int, c *Client) {
		a, err := c.Enter(answer)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			t.Errorf("enter: %v", err)
		} else if !a.Already {
			accepted++
		}
	})
	if accepted != 1 {
		t.Errorf("accepted %d times, want once", accepted)
	}
	together(func(_ int, c *Client) {
		r, err := c.Request(5, RequestOptions{})
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			t.Errorf("request: %v", err)
		}
		shown[r.Code] = true
	})
	if len(shown) != 1 {
		t.Errorf("%d request codes at the same time, want one", len(shown))
	}
	clear(shown)
	together(func(_ int, c *Client) {
		d, err := c.Deactivate(0, yes)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			shown[d.Code] = true
		} else if r := ReasonOf(err); r != ReasonDeactivated && r != ReasonChanged {
			t.Errorf("deactivate: %v", err)
		}
	})
	if len(shown) != 1 {
		t.Errorf("%d deactivations, want one", len(shown))
	}
	w.is(w.open(), 1, Deactivated, ReasonDeactivated)
	if err := clients[0].Close(); err != nil {
		t.Error(err)
	}
	if _, err := clients[0].Status(); err == nil {
		t.Error("a closed client answers")
	}
}

func BenchmarkStatus(b *testing.B) {
	t := &testing.T{}
	w := &world{T: t, vendor: protectortest.New(start), dir: b.TempDir(), now: start, machine: protectortest.Machine(1)}
	w.serial = w.vendor.Vouch(number).Code().String()
	w.profile = w.vendor.Export()
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Status(); err != nil {
			b.Fatal(err)
		}
	}
}
