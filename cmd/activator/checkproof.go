package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
)

func (a *app) journalCheckProofCmd() *cobra.Command {
	var keys []string
	var kept string
	c := &cobra.Command{
		Use: "check-proof FILE --key KEY", Short: "check a proof with the vendor's public key alone",
		Long: `check-proof checks what journal prove and journal receipt write, and prints what
is proven. It needs no vendor folder and no passphrase. KEY is the vendor's
journal key, as activator keys list shows it. Take it from where the vendor
published it: a key that came with the proof proves nothing. After the vendor
changed the key, --key may be given again, for older proofs and checkpoints.

A proof that the journal continues a checkpoint needs the checkpoint that you
kept: --checkpoint FILE. Exit status 3: not proven; 4: not a proof.`,
		Args: args(1, 1, "the file of the proof, or -"),
	}
	c.Flags().StringArrayVar(&keys, "key", nil, "the vendor's published journal `key`; required, may be given again")
	c.Flags().StringVar(&kept, "checkpoint", "", "the `file` of the checkpoint that you kept, for a proof of consistency")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(keys) == 0 {
			return &usageError{text: "--key is missing: the vendor's journal key, from where the vendor published it; a key that came with the proof proves nothing", cmd: cmd}
		}
		var published []note.Verifier
		for _, key := range keys {
			v, err := note.NewVerifier(key)
			if err != nil {
				return &usageError{text: fmt.Sprintf("--key: have %q, want a key as activator keys list shows it, NAME+ID+KEY", key), cmd: cmd}
			}
			published = append(published, v)
		}
		text, err := a.proofText(args[0])
		if err != nil {
			return err
		}
		if journal.IsConsistency(text) {
			return a.checkConsistency(cmd, text, kept, published)
		}
		if kept != "" {
			return &usageError{text: "--checkpoint goes with a proof of consistency; this is the proof of an entry", cmd: cmd}
		}
		return a.checkProof(text, published)
	}
	return c
}

// proofText reads a file and returns what begins with the first line of a proof: a receipt has words before it.
func (a *app) proofText(file string) ([]byte, error) {
	in := a.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	const words = 1 << 16
	text, err := io.ReadAll(io.LimitReader(in, journal.MaxProof+words+1))
	if err != nil {
		return nil, err
	}
	if len(text) > journal.MaxProof+words {
		return nil, &refusal{exitUnreadable, fmt.Sprintf("%s is too long for a proof", file)}
	}
	if i := journal.FindProof(text); i >= 0 {
		return text[i:], nil
	}
	if bytes.IndexByte(text, '\r') >= 0 {
		return nil, &refusal{exitUnreadable, file + ": no proof is in it; its line ends were changed on the way: have it sent as a file"}
	}
	return nil, &refusal{exitUnreadable, file + ": no proof is in it; a proof begins with the line manual-activator/1 journal proof"}
}

// provenJSON is what a proof shows, for programs.
type provenJSON struct {
	Verdict journal.Verdict `json:"verdict"`
	Origin  string          `json:"origin"`
	Entries uint64          `json:"entries"` // of the log, by the checkpoint
	Key     string          `json:"key"`     // name and id of the key that signed
	Old     uint64          `json:"old,omitempty"`
	Entry   *entryJSON      `json:"entry,omitempty"`
	Closed  []string        `json:"not_opened,omitempty"` // personal texts of which the proof has the hash alone
}

// signedBy names the first of the keys that signed a verified checkpoint.
func signedBy(h journal.Head, keys []note.Verifier) string {
	for _, v := range keys {
		if _, err := journal.ParseCheckpoint(h.Checkpoint, note.VerifierList(v)); err == nil {
			return fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash())
		}
	}
	return ""
}

func (a *app) checkProof(text []byte, keys []note.Verifier) error {
	p, err := journal.ParseProof(text)
	if err != nil {
		return &refusal{exitUnreadable, err.Error()}
	}
	e, head, err := p.Check(note.VerifierList(keys...))
	if err != nil {
		return &refusal{exitRefused, "not proven: " + err.Error()}
	}
	j := newEntryJSON(&e, nil)
	if a.json {
		out := provenJSON{Verdict: journal.OK, Origin: head.Origin, Entries: head.Size, Key: signedBy(head, keys), Entry: &j, Closed: j.Erased}
		j.Erased = nil
		return a.put(out)
	}
	w := a.printer()
	w.title(fmt.Sprintf("Proven: entry %s of the journal %s: %s", j.Entry, head.Origin, what(&e)))
	w.blank()
	w.entryFields(&e, j, "(not opened)")
	w.blank()
	w.field("checkpoint", "of "+entries(head.Size))
	w.asGoodAs(signedBy(head, keys))
	return nil
}

// asGoodAs says which key signed, and what to do about it.
func (p *printer) asGoodAs(key string) {
	p.field("signed by", key)
	p.blank()
	p.sentence(2, "This is as good as the key you gave: compare it with the one that the vendor published. A key that came with the proof proves nothing.")
}

func (a *app) checkConsistency(cmd *cobra.Command, text []byte, kept string, published []note.Verifier) error {
	if kept == "" {
		return &usageError{text: "a proof of consistency needs --checkpoint: the one that you kept", cmd: cmd}
	}
	c, err := journal.ParseConsistency(text)
	if err != nil {
		return &refusal{exitUnreadable, err.Error()}
	}
	b, err := os.ReadFile(kept)
	if err != nil {
		return err
	}
	keys := note.VerifierList(published...)
	old, err := journal.ParseCheckpoint(b, keys)
	if err != nil {
		return &refusal{exitRefused, fmt.Sprintf("%s: %v", kept, err)}
	}
	head, err := c.Check(old, keys)
	if err != nil {
		return &refusal{exitRefused, "not proven: " + err.Error()}
	}
	if a.json {
		return a.put(provenJSON{Verdict: journal.OK, Origin: head.Origin, Entries: head.Size, Key: signedBy(head, published), Old: old.Size})
	}
	w := a.printer()
	w.title(fmt.Sprintf("Proven: the journal %s continues the checkpoint that you kept", head.Origin))
	w.blank()
	w.field("checkpoint kept", "of "+entries(old.Size))
	w.field("newer one", "of "+entries(head.Size))
	w.asGoodAs(signedBy(head, published))
	return nil
}
