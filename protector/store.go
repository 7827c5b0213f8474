package protector

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/manual-activator/manual-activator/codes"
)

// copyState is what was found in one place.
type copyState int

const (
	copyMissing copyState = iota
	copyGood
	copyDamaged
	copyNewer      // written by a newer version: never touched
	copyUnreadable // there may be one, this user cannot tell
)

// fileCopy is one copy of a state.
type fileCopy struct {
	state copyState
	data  []byte
	rec   *record
	err   error
}

// loaded is a state with all its copies, one for each place.
type loaded struct {
	license  codes.LicenseNumber
	recovery bool    // what is kept for the license's recovery
	rec      *record // the one that counts; nil when there is none
	copies   []fileCopy
}

// file is the name of the state's file in every place.
func (l *loaded) file() string {
	if l.recovery {
		return recoveryFile(l.license)
	}
	return licenseFile(l.license)
}

// damaged reports whether there are copies and none is good.
func (l *loaded) damaged() bool {
	return l.rec == nil && slices.ContainsFunc(l.copies, func(c fileCopy) bool { return c.state == copyDamaged })
}

// load reads a state from every place.
func (c *Client) load(license codes.LicenseNumber) (*loaded, error) {
	return c.loadAll(&loaded{license: license})
}

func (c *Client) loadAll(l *loaded) (*loaded, error) {
	l.copies = make([]fileCopy, len(c.places))
	var good []*record
	var unreadable error
	for i, p := range c.places {
		l.copies[i] = c.loadCopy(p, l)
		switch f := &l.copies[i]; f.state {
		case copyGood:
			good = append(good, f.rec)
		case copyNewer:
			return nil, refuse(ReasonStateNewer, "the activation state in %s was written by a newer version of the program: use that version", p.dir).because(f.err)
		case copyUnreadable:
			if !p.shared {
				unreadable = f.err
			}
		}
	}
	l.rec = choose(good)
	if l.rec == nil && unreadable != nil {
		return nil, refuse(ReasonStateUnreadable, "the activation state of this machine cannot be read (%v): check the permissions of the folder", unreadable).because(unreadable)
	}
	return l, nil
}

func (c *Client) loadCopy(p place, l *loaded) fileCopy {
	data, err := c.disk.read(filepath.Join(p.dir, l.file()))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fileCopy{state: copyMissing}
	case err != nil:
		return fileCopy{state: copyUnreadable, err: err}
	}
	rec, err := decodeRecord(data, c.profile.UID, l.license)
	switch {
	case errors.Is(err, errNewer):
		return fileCopy{state: copyNewer, data: data, err: err}
	case err != nil, rec.Recovery != l.recovery:
		return fileCopy{state: copyDamaged, data: data, err: err}
	}
	return fileCopy{state: copyGood, data: data, rec: rec}
}

// licenses returns the licenses of which there is a file in some place.
func (c *Client) licenses() []codes.LicenseNumber { return c.filesOf(licenseOf) }

// filesOf returns the licenses that the names of files in some place stand for.
func (c *Client) filesOf(number func(name string) (codes.LicenseNumber, bool)) []codes.LicenseNumber {
	var found []codes.LicenseNumber
	for _, p := range c.places {
		names, err := c.disk.list(p.dir)
		if err != nil {
			continue // reading the file will say why
		}
		for _, name := range names {
			if l, ok := number(name); ok {
				found = append(found, l)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// written is the outcome of writing a record.
type written struct {
	places int   // in which it is durable
	left   int   // in which an older copy is, or may be, left
	err    error // why the places that should hold it do not
}

// write puts the record into every place.
func (c *Client) write(l *loaded, rec *record) written {
	for _, f := range l.copies {
		if f.rec != nil {
			rec.Sequence = max(rec.Sequence, f.rec.Sequence)
		}
	}
	rec.Sequence++
	data := rec.encode()
	var w written
	for i, p := range c.places {
		f := &l.copies[i]
		err := c.disk.replace(filepath.Join(p.dir, l.file()), data, p.shared)
		if err == nil {
			*f = fileCopy{state: copyGood, data: data, rec: rec}
			w.places++
			continue
		}
		if f.state != copyMissing {
			w.left++
		}
		if !p.shared || f.state == copyGood {
			w.err = errors.Join(w.err, err)
		}
	}
	if w.places > 0 {
		l.rec = rec
	} else {
		c.undo(l, data)
	}
	return w
}

// undo puts back what was there in places where a write that failed shows all the
// same (the rename was done, and could not be made durable).
func (c *Client) undo(l *loaded, data []byte) {
	for i, p := range c.places {
		name := filepath.Join(p.dir, l.file())
		if now, err := c.disk.read(name); err == nil && bytes.Equal(now, data) && l.copies[i].data != nil {
			_ = c.disk.replace(name, l.copies[i].data, p.shared) // the disk already failed once
		}
	}
}

// repair puts the copy that counts in place of missing, damaged and older ones.
func (c *Client) repair(l *loaded) {
	if l.rec == nil {
		return
	}
	data := l.rec.encode()
	for i, p := range c.places {
		f := &l.copies[i]
		if f.state == copyUnreadable && !p.shared {
			c.note(ReasonStateUnreadable, "a copy of the activation state in %s cannot be read (%v)", p.dir, f.err)
		}
		if f.state == copyUnreadable || bytes.Equal(f.data, data) {
			continue
		}
		if err := c.disk.replace(filepath.Join(p.dir, l.file()), data, p.shared); err != nil {
			if !p.shared || f.state != copyMissing {
				c.note(ReasonStateNotWritable, "a copy of the activation state in %s cannot be written (%v)", p.dir, err)
			}
			continue
		}
		switch f.state {
		case copyMissing:
			c.note(ReasonStateRepaired, "a missing copy of the activation state in %s was written again", p.dir)
		case copyDamaged:
			c.note(ReasonStateRepaired, "a damaged copy of the activation state in %s was replaced by a good one", p.dir)
		default:
			c.note(ReasonStateRepaired, "an old copy of the activation state in %s was replaced by the newest one", p.dir)
		}
		*f = fileCopy{state: copyGood, data: data, rec: l.rec}
	}
}

// setAside keeps damaged files under another name before a state begins anew.
func (c *Client) setAside(l *loaded) error {
	for i, p := range c.places {
		if l.copies[i].state != copyDamaged {
			continue
		}
		name := filepath.Join(p.dir, l.file())
		if err := c.disk.rename(name, name+".damaged"); err != nil {
			return fmt.Errorf("a damaged copy cannot be set aside: %w", err)
		}
		l.copies[i] = fileCopy{state: copyMissing}
	}
	return nil
}
