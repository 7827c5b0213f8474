package tui

import (
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Every message but those of the keyboard and the window.

// doneMsg is the end of something that was under way.
type doneMsg struct {
	id  int
	msg any
}

type (
	tickMsg  struct{} // once a second
	spinMsg  struct{} // while the keyring opens
	laterMsg struct { // something put off, if it is still wanted
		gen int
		of  string
	}
)

// What happened to the desk as a whole.
type (
	openedMsg struct {
		opened *Opened
		err    error
	}
	createdMsg struct {
		err error
	}
	settingsMsg struct{ err error }
	savedMsg    struct {
		path string
		err  error
	}
)

// What a screen asks of the root.
type (
	openLicenseMsg struct{ number codes.LicenseNumber }
	openEntryMsg   struct{ id journal.EntryID }
	takeCodeMsg    struct { // into the box of the desk
		text, ref string
		profile   string  // the hardware profile that came with the text
		row       *badRow // of a file; nil for none
	}
	submittingMsg struct{} // something is about to be recorded
	showMsg       struct{ screen int }
	readAloudMsg  struct {
		call   int // whose answer it is
		code   codes.Code
		digits bool
	}
	noticeMsg struct {
		text       string
		bad        bool
		passing    bool // the answer to a key: it goes with the next one
		unrecorded bool // what was submitted was not recorded: it goes when something else is
	}
)

// Answers of the office.
type (
	readMsg struct {
		gen     int
		ref     string // with which it was read
		reading *activator.Reading
		err     error
	}
	lifeMsg struct { // of the license of a code
		gen     int
		entries []journal.Entry
	}
	submitMsg struct {
		call    int
		outcome *activator.Outcome
		err     error
	}
	foundMsg struct { // codes in a pasted text
		gen     int
		text    string
		matches []codes.Match
	}
	keptMsg struct { // of a request that was parked
		call int
		err  error
	}
	takenMsg struct{ err error } // of one that is parked no longer
	shelfMsg struct {
		before int // what the desk had changed when it was asked for
		all    []Parked
		err    error
	}
	namesMsg struct { // that begin with a path
		gen   int
		names []string
		err   error
	}
	outMsg struct { // of a form that asked for a file of answers
		form  *form
		run   FileRun
		there bool
	}
	rowsSavedMsg struct { // of a file
		savedMsg
		rows map[*mending]*activator.Outcome // as they were saved
	}
	fileTickMsg struct{ run *fileRun } // a look at a run under way
	fileDoneMsg struct {
		run  *fileRun
		done FileDone
		err  error
	}
	ringMsg struct { // a training call, with its random number
		number uint32
		err    error
	}
	parkedMsg struct {
		call    int
		reading *activator.Reading
		err     error
	}
	replyMsg struct {
		language, text string
		err            error
	}
	licensesMsg struct {
		gen  int
		rows []journal.License
		more bool
		err  error
	}
	licenseMsg struct {
		gen      int
		license  *activator.License
		machines []activator.Machine
		life     life
		err      error
	}
	changedMsg struct {
		kind    activator.ChangeKind
		form    *form // that asked for it
		what    string
		outcome *activator.Outcome
		err     error
	}
	registeredMsg struct {
		form    *form // that asked for it
		license *activator.License
		first   bool // no profile of its product was exported yet
		err     error
	}
	serialMsg struct {
		code codes.Code
		err  error
	}
	entriesMsg struct {
		gen      int
		entries  []journal.Entry
		end      bool                           // nothing is left behind these
		searched int                            // entries looked through, of a text search
		names    map[codes.LicenseNumber]string // customers
		followed map[codes.LicenseNumber]bool   // licenses whose entries the text finds
		last     *journal.EntryID
		at       time.Time // of the last one looked at
		err      error
	}
	entryMsg struct {
		entry journal.Entry
		err   error
	}
	collisionsMsg struct { // that a merge found, and what it brought in
		brought *activator.Brought
		merge   journal.EntryID
		entries []journal.Entry
		err     error
	}
	todayMsg struct {
		entries []journal.Entry
		names   map[codes.LicenseNumber]string // customers
		err     error
	}
)
