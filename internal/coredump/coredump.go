// Package coredump keeps a process that holds secrets from leaving its memory in a file
// when it crashes.
package coredump
