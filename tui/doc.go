// Package tui is the desk as a terminal shows it: one box for every code, and
// around it licenses, journal, products, and the calls of the day.
//
// [New] makes the program's model from a [Config]; [Folder] makes the Config of a
// vendor folder. The root model owns the window, the clock and everything that is
// under way; each screen is a file group of its own (desk, licenses, journal, ...)
// that returns lines of text and never touches the terminal.
//
// Update does no I/O. Whatever asks the journal or the disk runs as a command
// through [shared.do], which also shows what is under way and for how long: a
// store that hangs leaves the desk usable.
package tui
