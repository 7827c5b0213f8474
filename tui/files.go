package tui

import (
	"context"

	"github.com/manual-activator/manual-activator/activator"
)

// Files answers files of codes, for the Batch screen. It opens what the operator
// names; the screens themselves touch no file.
type Files interface {
	// List completes a path: the files and folders that begin with it, folders with a
	// separator at their end, at most some hundred.
	List(ctx context.Context, path string) ([]string, error)
	// Run answers a file, or only looks what would be answered. Where ctx ends, it
	// returns ctx's error, after what was being recorded; the same file goes on later.
	Run(ctx context.Context, r FileRun) (FileDone, error)
}

// FileRun says how a file is run.
type FileRun struct {
	In  string
	Out string // the file of the answers, never one that is there; not used by a dry run
	Dry bool   // decide, record nothing
	// Progress and Each are called from Run's goroutine: Progress now and then, Each for
	// every row that is done.
	Progress func(FileProgress)
	Each     func(*activator.RowOutcome, func() []Cell)
}

// A Cell is what the file says of a row in one of its columns, without the results of a
// run before.
type Cell struct {
	Column, Text string
	Code         bool // it is the code's own
}

// FileProgress is how far a run is.
type FileProgress struct {
	activator.BatchTotals       // of the rows that are done
	Before                int   // of them, recorded by a run before
	Waiting               int   // rows that wait for seats that other rows may free
	Read, Size            int64 // bytes of the input; Size is 0 where it is not known
}

// FileDone is what a run came to. It holds for the rows that were done, where the run
// ended early too.
type FileDone struct {
	FileProgress
	Batch string   // the batch's name in the journal
	Again bool     // the batch had come to its end before: nothing is recorded
	Out   string   // the file of the answers; empty where there is none
	Aside []string // columns that look as if they meant something, and are only carried through

	CodeLess int // mails in which no code was found, which are no rows
}
