package storetest

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Child is the process that the kill test kills: it appends without end, and prints the id and the intent of what
// was appended. The factory's test binary calls it from TestMain.
func Child(f Factory, dir string) error {
	s, err := f.Open(dir)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	failed := make(chan error)
	for range 2 {
		go func() {
			r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
			for {
				es := make([]journal.Entry, 1+r.IntN(3)*r.IntN(200))
				for i := range es {
					l, fp := codes.LicenseNumber(1+r.IntN(8)), codes.Fingerprint(r.IntN(1<<26))
					es[i] = Request(l, fp, r.Uint32()|1, 0, 0)
					es[i].Intent = intent(r)
				}
				ids, err := s.Append(ctx, nil, es, Signer())
				if errors.As(err, new(*journal.TakenError)) {
					continue
				}
				if err != nil {
					failed <- err
					return
				}
				mu.Lock()
				for i, id := range ids {
					fmt.Printf("%d %x\n", id, es[i].Intent)
				}
				mu.Unlock()
			}
		}()
	}
	return <-failed
}

// kills kills processes in the middle of appends, two at a time: what they said was done is there, and nothing is
// half there.
func kills(t *testing.T, f Factory) {
	if f.Child == nil {
		t.Skip("the store has no child process")
	}
	s, dir := create(t, f)
	for l := range codes.LicenseNumber(8) {
		Append(t, s, Register(l+1, 1, "", ""))
	}
	told := 0
	known := mustHead(t, s)
	for round := range 6 * *Large {
		var wg sync.WaitGroup
		lines := make([][]string, 2)
		for i := range lines {
			wg.Go(func() { lines[i] = runAndKill(t, f, dir, i == 0, time.Duration(rand.IntN(400))*time.Millisecond) })
		}
		wg.Wait()
		if t.Failed() {
			return
		}
		for _, line := range append(lines[0], lines[1]...) {
			var id journal.EntryID
			var want string
			if _, err := fmt.Sscan(line, &id, &want); err != nil || len(want) != 32 {
				continue // the kill cut the line
			}
			e, err := s.Entry(ctx, id)
			if err != nil || hex.EncodeToString(e.Intent[:]) != want {
				t.Fatalf("round %d: entry %v: have intent %x, %v; want %s, as was reported", round, id, e.Intent, err, want)
			}
			told++
		}
		Verify(t, s, known)
		known = mustHead(t, s)
	}
	if told == 0 {
		t.Error("no process reported anything: the test tests nothing")
	}
	t.Logf("%d entries were reported before the kills, %d are there", told, known.Size)
}

// runAndKill kills a process after a while: from its first report on where it is to be at work, which a busy machine
// puts off, else from its start.
func runAndKill(t *testing.T, f Factory, dir string, atWork bool, after time.Duration) (lines []string) {
	args := f.Child(t, dir)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), ChildDir+"="+dir)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Error(err)
		return nil
	}
	var timer *time.Timer
	for in := bufio.NewScanner(out); ; {
		if timer == nil && (!atWork || len(lines) > 0) {
			timer = time.AfterFunc(after, func() { cmd.Process.Kill() })
			defer timer.Stop()
		}
		if !in.Scan() {
			break
		}
		lines = append(lines, in.Text())
	}
	if cmd.Wait(); complaint.Len() > 0 {
		t.Errorf("child: %s", complaint.String())
	}
	return lines
}

// ChildDir is the environment variable that tells a test binary to call Child, with the store's folder.
const ChildDir = "JOURNAL_STORETEST_CHILD"
