package tui

import (
	"context"
	"io"
	"iter"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Office is what the screens need of the desk. [*activator.Session] is one.
type Office interface {
	activator.Service
	Desk() string
	License(ctx context.Context, number codes.LicenseNumber) (*activator.License, error)
	Machines(ctx context.Context, number codes.LicenseNumber) ([]activator.Machine, error)
	Serial(l *activator.License) (codes.Code, error)
	Entry(ctx context.Context, id journal.EntryID) (journal.Entry, error)
	Collisions(ctx context.Context, merge journal.EntryID) iter.Seq2[journal.Entry, error]
	Brought(ctx context.Context, merge *journal.Entry) (*activator.Brought, error)
	Reply(o *activator.Outcome, language string) (string, error)
	ReplyLanguages() ([]string, error)
	BrokenProducts() []*catalog.MistakesError
}

var _ Office = (*activator.Session)(nil)

// Opened is an office whose keyring is unlocked.
type Opened struct {
	Office Office
	Close  func() error
	Shelf  Shelf // of parked requests
	Files  Files // of codes
	// Customer plays the other end of the line in training; nil otherwise.
	Customer *Customer
}

// Beginning is what the first run asks for.
type Beginning struct {
	Vendor     string
	Desk       string
	Passphrase []byte
}

// Config is what the program may touch. Every field must be set unless it says
// otherwise; [Folder] sets them for a vendor folder.
type Config struct {
	Folder   string // the vendor folder, for people
	Present  bool   // there is a vendor folder
	Operator string
	Host     string // proposed as the desk's name
	// Passphrase, if not nil, opens the desk without asking.
	Passphrase []byte

	Open   func(ctx context.Context, passphrase []byte) (*Opened, error)
	Create func(ctx context.Context, b Beginning) error
	Train  func(ctx context.Context) (*Opened, error) // an office on throw-away keys

	Now func() time.Time
	// After sends the message later. Tests decide when.
	After func(d time.Duration, m tea.Msg) tea.Cmd
	// Copy sends a text to the clipboard. There is no acknowledgment.
	Copy func(text string) tea.Cmd
	// Save writes a new file, never over another, and tells its path. A name with a folder
	// in it says where; else it is the folder that is meant for what is saved.
	Save func(name string, write func(io.Writer) error) (string, error)

	Settings     Settings
	SaveSettings func(Settings) error

	// Light says that the terminal is a light one, as far as that is known before it
	// answers what its background is. Many never answer.
	Light bool
}

// Settings are an operator's own.
type Settings struct {
	Spelling string `json:"spelling"` // "en", "de", "fr"
	Form     string `json:"form"`     // of answers: "as asked", "letters", "digits"
	Reply    string `json:"reply"`    // language of mails
	Idle     int    `json:"idle"`     // minutes until the desk locks; 0 never
	Mouse    bool   `json:"mouse"`
}

// DefaultSettings are those of a new operator.
func DefaultSettings() Settings {
	return Settings{Spelling: "en", Form: formAsked, Reply: "en", Idle: 15}
}

const (
	formAsked   = "as asked"
	formLetters = "letters"
	formDigits  = "digits"
)

// valid puts what makes no sense back to the default.
func (s Settings) valid() Settings {
	d := DefaultSettings()
	if spellingOf(s.Spelling) == nil {
		s.Spelling = d.Spelling
	}
	if s.Form != formLetters && s.Form != formDigits {
		s.Form = formAsked
	}
	if s.Reply == "" {
		s.Reply = d.Reply
	}
	if s.Idle < 0 || s.Idle > 24*60 {
		s.Idle = d.Idle
	}
	return s
}
