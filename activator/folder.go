package activator

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/postgres"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/regular"
)

// The vendor folder:
//
//	activator.toml  this desk's name
//	identity.age    the operator's identity, under the passphrase
//	keyring.age     the vendor's secrets, to the operators' identities
//	journal.db      the journal and what follows from it, unless it is in a database
//	products/       one TOML file a product
//	replies/        the vendor's own reply texts, if any
const (
	settingsFile = "activator.toml"
	journalFile  = "journal.db"
	productsDir  = "products"
)

// ErrNoFolder says that a folder is no vendor folder.
var ErrNoFolder = errors.New("no vendor folder")

// settings is the content of activator.toml.
type settings struct {
	Desk    string `toml:"desk"`
	Journal string `toml:"journal"`
	Mirror  string `toml:"mirror"`
	// Registry is that of a desk that works apart from the one whose keyring it has; nil: the keyring's.
	Registry *uint8 `toml:"registry"`
}

const settingsText = `# Settings of this desk.

# The name under which this desk's entries stand in the journal.
desk = %q

# The journal is the file journal.db in this folder, or, for several desks, a
# PostgreSQL database:
#
#	journal = "postgres://USER@HOST/DATABASE"
#
# A password may stand in it, as USER:PASSWORD, if nobody else can read this file;
# PGPASSWORD, PGPASSFILE and ~/.pgpass do as well.
#
# A desk that recorded something copies the journal, without the keys, to a folder
# elsewhere when it closes:
#
#	mirror = "/media/stick/mirror"
%s`

func readSettings(dir string) (settings, error) {
	var s settings
	path := filepath.Join(dir, settingsFile)
	if err := regular.Check(path); err != nil { // the folder may be a stick's
		return s, err
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("%s: %w: expected the file %s in it; make one with `activator init`, or name another with --dir", dir, ErrNoFolder, settingsFile)
	}
	if err != nil {
		return s, err
	}
	d := toml.NewDecoder(strings.NewReader(string(b))).DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) {
			if strings.Contains(string(b), "postgres") { // the drawing would show the address, and a password in it
				row, _ := strict.Errors[0].Position()
				return s, fmt.Errorf("%s: line %d: unknown setting %q", path, row, strings.Join(strict.Errors[0].Key(), "."))
			}
			return s, fmt.Errorf("%s: unknown settings:\n%s", path, strict.String())
		}
		return s, fmt.Errorf("%s: %w", path, err)
	}
	if err := validDesk(s.Desk); err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	if s.Mirror != "" && !filepath.IsAbs(s.Mirror) {
		return s, fmt.Errorf("%s: mirror: have %q, want a folder from the root on, which must be there", path, s.Mirror)
	}
	if s.Registry != nil && *s.Registry > 15 {
		return s, fmt.Errorf("%s: registry: have %d, want 0 to 15", path, *s.Registry)
	}
	if s.Journal != "" && !postgres.IsAddress(s.Journal) {
		return s, fmt.Errorf("%s: journal: have something else, want postgres://USER@HOST/DATABASE, or no such line for the file %s", path, journalFile)
	}
	if s.Journal != "" && postgres.HasPassword(s.Journal) {
		if err := ownersOnly(path); err != nil {
			return s, err
		}
	}
	return s, nil
}

// ownersOnly refuses a file with a secret that others can read.
func ownersOnly(path string) error {
	info, err := os.Stat(path)
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: there is a password in it, and others than its owner can read it: want mode 0600, found %#o (chmod 600 %s)", path, info.Mode().Perm(), path)
	}
	return err
}

// text writes settings as a new vendor folder has them.
func (s settings) text() string {
	line := ""
	if s.Journal != "" {
		line = fmt.Sprintf("journal = %q\n", s.Journal)
	}
	if s.Registry != nil {
		line += fmt.Sprintf("\n# The license numbers that this desk draws, 0 to 15: desks that work apart have\n# different ones.\nregistry = %d\n", *s.Registry)
	}
	return fmt.Sprintf(settingsText, s.Desk, line)
}

// validDesk says whether a text can be the name of a desk.
func validDesk(name string) error {
	if name == "" || len(name) > 64 || strings.TrimSpace(name) != name {
		return fmt.Errorf("desk: have %q, want a name of 1 to 64 characters", name)
	}
	for _, r := range name {
		if r < ' ' || r == 0x7f {
			return fmt.Errorf("desk: have %q, want no control characters in it", name)
		}
	}
	return nil
}

// Setup says how a vendor folder is made.
type Setup struct {
	Dir        string
	Vendor     string // the vendor's name, for people and in the names of keys
	Desk       string // the name of this desk
	Operator   string // who makes it
	Registry   uint8  // 0 to 15: desks that register licenses apart have different ones
	Apart      bool   // of Join: with a journal and a Registry of its own
	Journal    string // the address of an empty PostgreSQL database for the journal; empty: a file in the folder
	WorkFactor int    // of the passphrase, log2; 0: about 0.3 s to unlock
	Passphrase []byte
	Now        func() time.Time
	Rand       io.Reader
}

// Init makes a vendor folder: keyring, journal with its first entry, and the
// sample product press-studio. It refuses a folder that holds anything, and
// leaves nothing behind when it fails.
func Init(ctx context.Context, s Setup) error {
	if err := validDesk(s.Desk); err != nil {
		return err
	}
	return s.build(func(draft Setup) error { return draft.fill(ctx) })
}

const draftPrefix = ".new-"

// build fills a vendor folder in a draft below it, and moves the files up when they
// are complete, the settings last: until then it is no vendor folder.
func (s Setup) build(fill func(draft Setup) error) (err error) {
	_, statErr := os.Stat(s.Dir)
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	if err := emptyFolder(s.Dir); err != nil {
		return err
	}
	draft := s
	if draft.Dir, err = os.MkdirTemp(s.Dir, draftPrefix); err != nil {
		return err
	}
	defer func() {
		os.RemoveAll(draft.Dir)
		if err != nil && errors.Is(statErr, fs.ErrNotExist) {
			os.Remove(s.Dir)
		}
	}()
	if err := os.Mkdir(filepath.Join(draft.Dir, productsDir), 0o700); err != nil {
		return err
	}
	if err := fill(draft); err != nil {
		return renamed(err, draft.Dir, s.Dir)
	}
	entries, err := os.ReadDir(draft.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != settingsFile {
			if err := os.Rename(filepath.Join(draft.Dir, e.Name()), filepath.Join(s.Dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return os.Rename(filepath.Join(draft.Dir, settingsFile), filepath.Join(s.Dir, settingsFile))
}

// renamed has an error name a folder that is still there instead of a draft that is gone.
func renamed(err error, draft, dir string) error {
	if err == nil || !strings.Contains(err.Error(), draft) {
		return err
	}
	return &renamedError{strings.ReplaceAll(err.Error(), draft, dir), err}
}

type renamedError struct {
	text string
	err  error
}

func (e *renamedError) Error() string { return e.text }

func (e *renamedError) Unwrap() error { return e.err }

// fill writes what a new vendor folder holds.
func (s Setup) fill(ctx context.Context) error {
	k, err := keyring.Create(s.Dir, s.Passphrase, keyring.Options{
		Vendor: s.Vendor, Registry: s.Registry, WorkFactor: s.WorkFactor, Rand: s.Rand, Now: s.Now,
	})
	if err != nil {
		return err
	}
	defer k.Wipe()
	text := settings{Desk: s.Desk, Journal: s.Journal}.text()
	if err := writeNew(filepath.Join(s.Dir, settingsFile), strings.NewReader(text)); err != nil {
		return err
	}
	var uid codes.UID
	if _, err := io.ReadFull(s.Rand, uid[:]); err != nil {
		return err
	}
	sample := filepath.Join(s.Dir, productsDir, catalog.SampleName+".toml")
	if err := writeNew(sample, bytes.NewReader(catalog.Sample(uid))); err != nil {
		return err
	}
	return s.openLog(ctx, k, "init", "")
}

// openLog makes the journal and its first entry, with a word on where the keys came from.
func (s Setup) openLog(ctx context.Context, k *keyring.Keyring, via, from string) (err error) {
	v, err := note.NewVerifier(k.JournalVerifier())
	if err != nil {
		return err
	}
	var id, intent [16]byte
	if _, err := io.ReadFull(s.Rand, id[:]); err != nil {
		return err
	}
	if _, err := io.ReadFull(s.Rand, intent[:]); err != nil {
		return err
	}
	store, err := settings{Journal: s.Journal}.place(s.Dir, "").create(ctx, logOrigin(id), note.VerifierList(v))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	_, err = store.Append(ctx, nil, []journal.Entry{{
		At: s.Now(), Kind: journal.KindLog, Verdict: journal.OK, Operator: s.Operator, Desk: s.Desk, Via: via, Intent: intent,
		Detail: journal.OpenedWith + k.JournalVerifier() + from,
	}}, k.JournalSigner())
	return err
}

// logOrigin is the name of a log, unique in the world.
func logOrigin(id [16]byte) string { return "manual-activator/journal/" + hex.EncodeToString(id[:]) }

// emptyFolder refuses a folder that holds anything, and clears away the draft of a
// folder whose making was cut off.
func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), draftPrefix) {
			return fmt.Errorf("%s: expected an empty or absent folder, found %q in it; nothing was changed", dir, e.Name())
		}
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
