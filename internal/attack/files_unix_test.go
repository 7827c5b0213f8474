//go:build unix

package attack

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/internal/regular"
	"github.com/manual-activator/manual-activator/protector"
)

// Another user of the vendor's computer reads along: the vendor works a whole day with
// a umask that hides nothing. No file of the vendor folder, of the heads that are
// kept, of a backup or of a program's state is for others.
func TestOtherUsersReadNothing(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	p.activate(release)
	v.submit(p.deactivate().String(), activator.Decision{Reference: "case-1"})
	out := t.TempDir()
	v.must(v.Backup(context.Background(), filepath.Join(out, "backup"), 10))
	v.desk.Close()
	restored := filepath.Join(out, "restored")
	_, err := activator.Restore(context.Background(), filepath.Join(out, "backup"), activator.Setup{
		Dir: restored, Operator: "anna", Passphrase: []byte(passphrase), Now: v.clock, Rand: p.rand,
	})
	v.must(err)
	files := 0
	for _, root := range []string{v.dir, v.heads, out, p.dir} {
		v.must(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			ours := path != v.heads && path != out && path != p.dir // the test made these
			if !d.IsDir() {
				files++
			}
			if mode := info.Mode().Perm(); ours && mode&0o077 != 0 && path != filepath.Dir(v.dir) {
				t.Errorf("%s: have mode %04o, want nothing for others", path, mode)
			}
			return nil
		}))
	}
	if files < 15 {
		t.Errorf("have looked at %d files, want at least 15", files)
	}
}

// A user of the customer's machine plants links in the folder of the state, where the
// program of another user, or of the system, writes: to a file that he may not write.
// The program replaces a name; it never writes through it.
func TestPlantedLinks(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	r := p.request(release)
	victims := t.TempDir()
	victim := filepath.Join(victims, "passwd")
	v.must(os.WriteFile(victim, []byte("root:x:0:0\n"), 0o600))
	for _, place := range []string{"first", "second"} {
		folder := filepath.Dir(p.stateFile(place, l))
		entries, err := os.ReadDir(folder)
		v.must(err)
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			v.must(os.Symlink(victim, path+".new"))
			if place == "second" && e.Name() != "lock" {
				v.must(errors.Join(os.Remove(path), os.Symlink(victim, path)))
			}
		}
	}
	p.enter(v.answer(r, activator.Decision{}))
	d := p.deactivate()
	if b, err := os.ReadFile(victim); err != nil || string(b) != "root:x:0:0\n" {
		t.Errorf("the file behind the links: have %q, %v, want it untouched", b, err)
	}
	if c, err := p.client().Confirmation(); err != nil || c.Code != d {
		t.Errorf("confirmation: have %s, %v, want %s", c.Code, err, d)
	}
}

// The same user makes the state a pipe, a folder or a file without end, so that the
// program hangs when it starts, or fills the memory.
func TestStateThatNeverEnds(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	for name, plant := range map[string]func(path string) error{
		"a pipe":               func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a folder":             func(path string) error { return os.Mkdir(path, 0o700) },
		"a link to itself":     func(path string) error { return os.Symlink(path, path) },
		"a link to a device":   func(path string) error { return os.Symlink("/dev/zero", path) },
		"a terabyte of zeroes": func(path string) error { return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 1<<40)) },
	} {
		p := v.licensed(l, 1)
		for _, place := range []string{"first", "second"} {
			path := p.stateFile(place, l)
			v.must(errors.Join(os.Remove(path), plant(path)))
		}
		done := make(chan error, 1)
		go func() {
			c, err := p.open()
			if err == nil {
				_, err = c.Request(release, protector.RequestOptions{})
			}
			done <- err
		}()
		select {
		case err := <-done:
			if r := protector.ReasonOf(err); r != protector.ReasonStateUnreadable && r != protector.ReasonStateDamaged {
				t.Errorf("%s: have %v, want the state unreadable or damaged", name, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: the program hangs", name)
		}
	}
}

// Somebody who may write a file into the vendor's product folder, or sends one that
// the vendor puts there, makes it a pipe or a device: the desk must not hang, and the
// other products go on.
func TestProductFileThatNeverEnds(t *testing.T) {
	v := newVendor(t, nil)
	v.must(syscall.Mkfifo(v.productFile("a-pipe"), 0o600))
	v.must(os.Symlink("/dev/zero", v.productFile("a-device")))
	v.must(os.Symlink(v.productFile("itself"), v.productFile("itself")))
	done := make(chan error, 1)
	go func() {
		desk, err := activator.Open(context.Background(), v.config())
		if err == nil {
			defer desk.Close()
			s := desk.Session(activator.Operator{Name: "anna"}, "test")
			if have := len(s.Products()); have != 2 {
				t.Errorf("products: have %d, want 2", have)
			}
			var names []string
			for _, b := range s.BrokenProducts() {
				names = append(names, filepath.Base(b.File))
			}
			if have := strings.Join(names, " "); have != "a-device.toml a-pipe.toml itself.toml" {
				t.Errorf("broken products: have %s, want the three", have)
			}
		}
		done <- err
	}()
	select {
	case err := <-done:
		v.must(err)
	case <-time.After(time.Minute):
		t.Fatal("the desk hangs")
	}
}

// A stick with another desk's folder, or what is named as its journal, is a pipe or a device. Bringing it in must not hang.
func TestOtherJournalThatNeverEnds(t *testing.T) {
	v := newVendor(t, nil)
	folder := func(plant func(dir string) error) string {
		dir := filepath.Join(t.TempDir(), "stick")
		v.must(os.Mkdir(dir, 0o700))
		v.must(plant(dir))
		return dir
	}
	settings := func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "activator.toml"), []byte("desk = \"laptop\"\n"), 0o600)
	}
	tries := map[string]string{
		"a pipe":          filepath.Join(folder(func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600) }), "pipe"),
		"a device":        "/dev/zero",
		"a settings pipe": folder(func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "activator.toml"), 0o600) }),
		"a journal pipe": folder(func(dir string) error {
			return errors.Join(settings(dir), syscall.Mkfifo(filepath.Join(dir, "journal.db"), 0o600))
		}),
		"a journal device": folder(func(dir string) error {
			return errors.Join(settings(dir), os.Symlink("/dev/zero", filepath.Join(dir, "journal.db")))
		}),
	}
	for name, path := range tries {
		done := make(chan error, 1)
		go func() {
			_, err := v.Merge(context.Background(), path)
			done <- err
		}()
		select {
		case err := <-done:
			if err == nil {
				t.Errorf("%s: have it brought in, want it refused", name)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: the desk hangs", name)
		}
	}
}

// Somebody is told a name, of a backup or a machine, that is a pipe: nothing waits for what is never written.
func TestPipesNamedAsFiles(t *testing.T) {
	v := newVendor(t, nil)
	pipe := filepath.Join(t.TempDir(), "pipe")
	v.must(syscall.Mkfifo(pipe, 0o600))
	for name, try := range map[string]func() error{
		"a backup": func() error {
			_, err := activator.Restore(context.Background(), pipe, activator.Setup{Dir: filepath.Join(t.TempDir(), "new")})
			return err
		},
		"a machine": func() error { _, err := fingerprint.Load(pipe); return err },
	} {
		done := make(chan error, 1)
		go func() { done <- try() }()
		select {
		case err := <-done:
			if !errors.Is(err, regular.ErrNotRegular) {
				t.Errorf("%s: have %v, want it refused as no regular file", name, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: it hangs", name)
		}
	}
}
