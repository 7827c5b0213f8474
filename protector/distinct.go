package protector

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// folders is a disk on which two names may stand for one folder, or one file.
type folders interface {
	// folder makes a folder as needed and says which one it is.
	folder(dir string, open bool) (fs.FileInfo, error)
	// file says which file a name stands for.
	file(name string) (fs.FileInfo, error)
}

func (osDisk) folder(dir string, open bool) (fs.FileInfo, error) {
	if err := os.MkdirAll(dir, folderMode(open)); err != nil {
		return nil, err
	}
	return os.Stat(dir)
}

func (osDisk) file(name string) (fs.FileInfo, error) { return os.Stat(name) }

// distinct returns the places with each folder once, whatever links lead to it, for
// two copies in one folder are one copy. The user's own places stay two: a folder
// within the first one stands in for the second.
func (c *Client) distinct(places []place) []place {
	d, ok := c.disk.(folders)
	if !ok {
		return places
	}
	for range 2 { // a link may lead to a folder that is made after it
		for _, p := range places {
			_, _ = d.folder(p.dir, p.shared) // the lock will say why
		}
	}
	var out []place
	var infos []fs.FileInfo
	take := func(p place) bool {
		info, err := d.folder(p.dir, p.shared)
		if err == nil {
			if slices.ContainsFunc(infos, func(i fs.FileInfo) bool { return os.SameFile(i, info) }) {
				return false
			}
			infos = append(infos, info)
		}
		out = append(out, p)
		return true
	}
	for _, p := range places {
		if !take(p) && !p.shared {
			take(place{dir: filepath.Join(places[0].dir, "second")})
		}
	}
	return out
}

// lockedAlready reports whether a lock file is one of those that are held, by another
// name: it would be waited for in vain.
func (c *Client) lockedAlready(name string, held []string) bool {
	d, ok := c.disk.(folders)
	if !ok {
		return false
	}
	info, err := d.file(name)
	return err == nil && slices.ContainsFunc(held, func(other string) bool {
		i, err := d.file(other)
		return err == nil && os.SameFile(i, info)
	})
}
