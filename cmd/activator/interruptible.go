package main

import (
	"context"
	"io"
	"os"
)

// An interruptedError ends what waits for an input when the operator ends the program.
type interruptedError struct{}

func (interruptedError) Error() string { return "interrupted" }

func (interruptedError) Unwrap() error { return context.Canceled }

// interruptible is a reader of what somebody may never write: a terminal, a pipe. When ctx
// ends, Read ends with an interruptedError, and leaves the read under way to its goroutine.
type interruptible struct {
	ctx  context.Context
	r    io.Reader
	buf  []byte
	got  chan readResult // of the read under way; nil for none
	left []byte          // what was read and not yet taken
	err  error           // behind it
}

// A readResult is what a Read returned.
type readResult struct {
	n   int
	err error
}

// Read implements [io.Reader].
func (i *interruptible) Read(p []byte) (int, error) {
	if len(i.left) == 0 && i.err == nil {
		if i.got == nil {
			if i.buf == nil {
				i.buf = make([]byte, 64<<10)
			}
			i.got = make(chan readResult, 1)
			go func(c chan<- readResult) {
				n, err := i.r.Read(i.buf)
				c <- readResult{n, err}
			}(i.got)
		}
		select {
		case g := <-i.got:
			i.got, i.left, i.err = nil, i.buf[:g.n], g.err
		case <-i.ctx.Done():
			return 0, interruptedError{}
		}
	}
	if len(i.left) == 0 {
		return 0, i.err
	}
	n := copy(p, i.left)
	i.left = i.left[n:]
	return n, nil
}

// input is standard input, which an interrupt ends.
func (a *app) input() io.Reader { return &interruptible{ctx: a.ctx, r: a.in} }

// open opens a file that may be a pipe, which opens when somebody writes into it.
func (a *app) open(path string) (*os.File, error) {
	type opened struct {
		f   *os.File
		err error
	}
	c := make(chan opened, 1)
	go func() {
		f, err := os.Open(path)
		c <- opened{f, err}
	}()
	select {
	case o := <-c:
		return o.f, o.err
	case <-a.ctx.Done():
		return nil, interruptedError{}
	}
}
