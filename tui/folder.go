package tui

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
)

// Place says where the desk works, for [Folder].
type Place struct {
	Dir        string // the vendor folder
	Operator   activator.Operator
	Host       string                         // proposed as the desk's name
	Passphrase []byte                         // nil: asked for
	Settings   string                         // the file of the operator's settings; empty: not kept
	Files      func(*activator.Session) Files // answers files of codes
	Heads      string                         // the operator's folder of last heads, as in [activator.Config]
	Out        string                         // where receipts and exports are written
	Journal    string                         // address of a database with the journal; empty for what the folder's settings say
	Light      bool                           // as in [Config]
	WorkFactor int                            // of a passphrase made here, log2; 0 for the default
}

// Folder makes the Config of a vendor folder.
func Folder(p Place) Config {
	entries, err := os.ReadDir(p.Dir)
	c := Config{
		Folder: p.Dir, Present: err == nil && len(entries) > 0, Operator: p.Operator.Name, Host: p.Host, Passphrase: p.Passphrase,
		Open:   p.open,
		Create: p.create,
		Train:  p.train,
		Now:    time.Now,
		After: func(d time.Duration, m tea.Msg) tea.Cmd {
			return tea.Tick(d, func(time.Time) tea.Msg { return m })
		},
		Copy:         tea.SetClipboard,
		Save:         p.save,
		Settings:     p.settings(),
		SaveSettings: p.saveSettings,
		Light:        p.Light,
	}
	return c
}

func (p Place) open(ctx context.Context, passphrase []byte) (*Opened, error) {
	d, err := activator.Open(ctx, activator.Config{
		Dir: p.Dir, Now: time.Now, Rand: rand.Reader, Heads: p.Heads, Journal: p.Journal,
		Unlock: func() ([]byte, error) { return append([]byte(nil), passphrase...), nil },
	})
	if err != nil {
		return nil, err
	}
	if err := d.Unlock(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	s := d.Session(p.Operator, "terminal")
	o := &Opened{Office: s, Close: d.Close, Shelf: folderShelf{filepath.Join(p.Dir, "parked")}}
	if p.Files != nil {
		o.Files = p.Files(s)
	}
	return o, nil
}

func (p Place) create(ctx context.Context, b Beginning) error {
	return activator.Init(ctx, activator.Setup{
		Dir: p.Dir, Vendor: b.Vendor, Desk: b.Desk, Operator: p.Operator.Name, WorkFactor: p.WorkFactor, Journal: p.Journal,
		Passphrase: b.Passphrase, Now: time.Now, Rand: rand.Reader,
	})
}

// train makes a vendor folder that is thrown away when it is closed, with a
// license whose customer calls.
func (p Place) train(ctx context.Context) (_ *Opened, err error) {
	dir, err := os.MkdirTemp("", "activator-training-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	const pass = "training"
	const cheap = 10 // log2: nothing here is worth guessing
	q := p
	q.Dir, q.WorkFactor, q.Heads = filepath.Join(dir, "vendor"), cheap, "" // nothing of it is worth remembering
	if err := q.create(ctx, Beginning{Vendor: "Training", Desk: "training", Passphrase: []byte(pass)}); err != nil {
		return nil, err
	}
	o, err := q.open(ctx, []byte(pass))
	if err != nil {
		return nil, err
	}
	ls, err := o.Office.Register(ctx, activator.Order{Product: "press-studio", Customer: "Print Shop Miller (training)", Order: "T-1", Seats: 1})
	if err != nil {
		return nil, errors.Join(err, o.Close())
	}
	if o.Customer, err = NewCustomer(o.Office.Products()[0], &ls[0], rand.Reader); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	shut := o.Close
	o.Close = func() error { return errors.Join(shut(), os.RemoveAll(dir)) }
	return o, nil
}

// save writes a new file in the folder for receipts and exports. Where the name
// is taken it counts up.
func (p Place) save(name string, write func(io.Writer) error) (string, error) {
	if rest, ok := strings.CutPrefix(name, "~"+string(filepath.Separator)); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		name = filepath.Join(home, rest)
	}
	ext := filepath.Ext(name)
	for n := 1; ; n++ {
		path := name
		if n > 1 {
			path = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext)
		}
		if filepath.Base(name) == name { // a name alone; else it says where
			path = filepath.Join(p.Out, path)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) && n < 1000 {
			continue
		}
		if err != nil {
			return "", err
		}
		err = errors.Join(write(f), f.Close())
		if err != nil {
			return "", errors.Join(err, os.Remove(path))
		}
		return path, nil
	}
}

func (p Place) settings() Settings {
	s := DefaultSettings()
	b, err := os.ReadFile(p.Settings)
	if err != nil || json.Unmarshal(b, &s) != nil {
		return DefaultSettings()
	}
	return s
}

func (p Place) saveSettings(s Settings) error {
	if p.Settings == "" {
		return nil
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(p.Settings), 0o700); err != nil {
		return err
	}
	return os.WriteFile(p.Settings, append(b, '\n'), 0o600)
}
