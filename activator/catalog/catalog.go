package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/regular"
)

// Catalog is all products of a vendor folder.
type Catalog struct {
	products []*Product                // without mistakes, by id
	broken   map[string]*MistakesError // by id, and by uid where it could be read
}

// ErrUnknownProduct is wrapped by errors about a name that is no product's.
var ErrUnknownProduct = errors.New("unknown product")

// Load reads all product files of a folder. Files with mistakes do not fail it:
// [Catalog.Product] returns their mistakes, [Catalog.Broken] lists them. A
// folder that is not there is an empty catalog.
func Load(dir string) (*Catalog, error) {
	c := &Catalog{broken: make(map[string]*MistakesError)}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("product files: %w", err)
	}
	seen := make(map[codes.UID]*Product)
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || filepath.Ext(e.Name()) != extension {
			continue
		}
		path := filepath.Join(dir, e.Name())
		p, d := parseFile(path)
		if first := seen[p.UID]; first != nil && p.UID != (codes.UID{}) {
			d.mistake(at("uid"), fmt.Sprintf("%s is the uid of %s already", p.UID, filepath.Base(first.Path)), "draw a new one with activator product new; a uid is never used twice")
		} else {
			seen[p.UID] = p
		}
		if err := d.err(); err != nil {
			c.breakdown(p, err)
			continue
		}
		c.products = append(c.products, p)
	}
	slices.SortFunc(c.products, func(a, b *Product) int { return cmp.Compare(a.ID, b.ID) })
	return c, nil
}

func at(key string) path { return path("").key(key) }

// breakdown keeps the mistakes of a file under the names that it can be asked by.
func (c *Catalog) breakdown(p *Product, err error) {
	var mistakes *MistakesError
	if !errors.As(err, &mistakes) {
		panic("catalog: " + err.Error()) // document.err returns nothing else
	}
	c.broken[p.ID] = mistakes
	if p.UID != (codes.UID{}) && !slices.ContainsFunc(c.products, func(q *Product) bool { return q.UID == p.UID }) {
		c.broken[p.UID.String()] = mistakes
	}
}

// LoadFile reads one product file. Errors are those of the file system and
// *MistakesError.
func LoadFile(path string) (*Product, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text)
}

// parseFile reads and parses a file. One that cannot be read is a mistake like others:
// it must not stop the desk from working with the rest.
func parseFile(path string) (*Product, *document) {
	text, err := read(path)
	if err != nil {
		d := &document{file: path}
		return &Product{ID: idOf(path), Path: path}, d.stop(Mistake{Problem: err.Error(), Remedy: "put a readable file there, or take this one away"})
	}
	return parse(path, text)
}

// read reads a file up to a size that Parse refuses.
func read(path string) ([]byte, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("product file: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("product file: %w", err)
	}
	return text, nil
}

// Products returns the products without mistakes, by id.
func (c *Catalog) Products() []*Product { return slices.Clone(c.products) }

// Broken returns the mistakes of the files that have some, by file.
func (c *Catalog) Broken() []*MistakesError {
	var all []*MistakesError
	for _, e := range c.broken {
		if !slices.Contains(all, e) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b *MistakesError) int { return cmp.Compare(a.File, b.File) })
	return all
}

// Product returns the product with this id or uid. For a file with mistakes the
// error is its *MistakesError; for a name that no file has it wraps
// ErrUnknownProduct and lists the ones there are.
func (c *Catalog) Product(nameOrUID string) (*Product, error) {
	name := strings.ToLower(strings.TrimSpace(nameOrUID))
	for _, p := range c.products {
		if p.ID == name || p.UID.String() == name {
			return p, nil
		}
	}
	if e, ok := c.broken[name]; ok {
		return nil, e
	}
	var known []string
	for _, p := range c.products {
		known = append(known, p.ID)
	}
	if len(known) == 0 {
		return nil, fmt.Errorf("%w %q: there is no product file without mistakes", ErrUnknownProduct, clip(nameOrUID))
	}
	return nil, fmt.Errorf("%w %q: known are %s", ErrUnknownProduct, clip(nameOrUID), clip(strings.Join(known, ", ")))
}
