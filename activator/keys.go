package activator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
)

// A KeyChange is what was done to the keyring. It is in the journal.
type KeyChange struct {
	Entry journal.EntryID
	Keys  keyring.Listing
}

// RotateKeys begins a new epoch of keys: licenses that are registered from now on, and
// product profiles, are made with new secrets. Licenses of former epochs are answered as
// before, and their signatures still verify. Export the products again afterwards.
func (s *Session) RotateKeys(ctx context.Context, reason string) (*KeyChange, error) {
	return s.changeKeys(ctx, reason, func(k *keyring.Keyring) (*keyring.Change, string, error) {
		c, err := k.Rotate(s.desk.rand, s.desk.now())
		if err != nil {
			return nil, "", err
		}
		return c, fmt.Sprintf("%s %d", keysRotated, c.Next().Epoch()), nil
	})
}

// RevokeEpoch gives up a former epoch whose secrets are not the vendor's alone any more.
// Nothing of its licenses is answered from then on, and programs refuse them once they
// have a profile exported after it; see [Session.Reissue].
func (s *Session) RevokeEpoch(ctx context.Context, epoch uint8, reason string) (*KeyChange, error) {
	return s.changeKeys(ctx, reason, func(k *keyring.Keyring) (*keyring.Change, string, error) {
		c, err := k.Revoke(epoch)
		if err != nil {
			return nil, "", err
		}
		return c, fmt.Sprintf("%s %d", keysRevoked, epoch), nil
	})
}

// ChangePassphrase puts the keyring under a new passphrase; workFactor is as in [Setup].
func (s *Session) ChangePassphrase(ctx context.Context, fresh []byte, workFactor int) (*KeyChange, error) {
	return s.changeKeys(ctx, "", func(k *keyring.Keyring) (*keyring.Change, string, error) {
		c, err := k.ChangePassphrase(fresh, workFactor)
		return c, keysPassphrase, err
	})
}

// AdoptKeys takes over keys that were changed at another desk which works apart: path is its vendor folder, or a copy of
// it, under the same passphrase. This desk's own log is signed with the new key from then on, and says so.
func (s *Session) AdoptKeys(ctx context.Context, path string) (*KeyChange, error) {
	return s.changeKeys(ctx, "", func(k *keyring.Keyring) (*keyring.Change, string, error) {
		pass, err := s.desk.unlock()
		if err != nil {
			return nil, "", err
		}
		defer clear(pass)
		other, err := keyring.Open(path, pass)
		if err != nil {
			return nil, "", err
		}
		defer other.Wipe()
		c, err := k.Adopt(other)
		if err != nil {
			return nil, "", err
		}
		return c, fmt.Sprintf("%s %d", keysAdopted, c.Next().Epoch()), nil
	})
}

// changeKeys changes the keyring and records it: the new files are prepared, the entry
// is made durable, the files are put in place. What a crash leaves between is settled
// when the keyring is opened next.
func (s *Session) changeKeys(ctx context.Context, reason string, change func(*keyring.Keyring) (*keyring.Change, string, error)) (*KeyChange, error) {
	d := s.desk
	if err := s.may(ActKeys); err != nil {
		return nil, err
	}
	if err := trim(&reason, "reason"); err != nil {
		return nil, err
	}
	if err := d.readOnly; err != nil {
		return nil, fmt.Errorf("nothing can be recorded, so nothing was done: %w", err)
	}
	k, err := d.keys()
	if err != nil {
		return nil, err
	}
	if err := d.trusted(ctx); err != nil {
		return nil, err
	}
	unlock, err := keyring.Lock(d.dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if k.Outdated() {
		return nil, errOutdated
	}
	c, what, err := change(k)
	if err != nil {
		return nil, keysUsage(err)
	}
	e, err := s.keyEntry(ctx, k, c, what, reason)
	if err != nil {
		return nil, err
	}
	if err := c.Prepare(); err != nil {
		return nil, err
	}
	d.changing.Lock() // what is recorded before is signed with the former key, what comes after with the next
	defer d.changing.Unlock()
	id, err := d.recordKeys(ctx, c, e)
	if err != nil {
		return nil, err
	}
	if err := c.Commit(); err != nil {
		return nil, fmt.Errorf("the change of the keys is recorded as entry %v, and the files are not in place yet (%w): they are put there when the keyring is opened next", id, err)
	}
	d.adopt(c.Next())
	return &KeyChange{Entry: id, Keys: c.Next().List()}, nil
}

// errOutdated says that another process changed the keys.
var errOutdated = errors.New("the keys were changed since this desk was opened: close it and open it again; nothing was recorded")

// keysUsage makes an operator's mistake of what no keyring does.
func keysUsage(err error) error {
	if errors.Is(err, keyring.ErrEpoch) || errors.Is(err, keyring.ErrLastEpoch) {
		return usage(err.Error())
	}
	return err
}

// keyEntry is the entry about a change. Where the journal's key changes with it, the
// present one says who follows.
func (s *Session) keyEntry(ctx context.Context, k *keyring.Keyring, c *keyring.Change, what, reason string) (journal.Entry, error) {
	var detail strings.Builder
	detail.WriteString(what + "\n")
	for _, sum := range c.Digests() {
		detail.WriteString(keysFile + sum + "\n")
	}
	if next := c.Next().JournalVerifier(); next != k.JournalVerifier() {
		head, err := s.desk.store.Head(ctx)
		if err != nil {
			return journal.Entry{}, err
		}
		over, err := journal.SignHandover(journal.Handover{Origin: head.Origin, Next: next}, k.JournalSigner(), c.Next().JournalSigner())
		if err != nil {
			return journal.Entry{}, err
		}
		detail.WriteString(over)
	}
	d := Decision{salts: s.desk.salt}
	return s.stamp(journal.Entry{
		At: s.desk.now(), Kind: journal.KindKey, Verdict: journal.OK, Detail: detail.String(), Personal: d.personal("reason", reason),
	}, s.desk.salt()), nil
}

// recordKeys appends the entry about a change, under the key that is in force with it.
func (d *Desk) recordKeys(ctx context.Context, c *keyring.Change, e journal.Entry) (journal.EntryID, error) {
	d.mu.Lock()
	d.coming = c.Next()
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		d.coming = nil
		d.mu.Unlock()
	}()
	ids, err := d.store.Append(ctx, nil, []journal.Entry{e}, c.Next().JournalSigner())
	if err != nil {
		// It may be durable all the same: then it is settled when the keyring is opened next.
		if known, lookErr := d.keysRecorded(c.Digests()[0]); lookErr == nil && !known {
			err = errors.Join(err, c.Discard())
		}
		return 0, err
	}
	d.keepHead(ctx)
	return ids[0], nil
}

// adopt makes a changed keyring the desk's.
func (d *Desk) adopt(k *keyring.Keyring) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ring.Wipe()
	d.ring = k
}

// keysRecorded reports whether the journal has a change of the keyring to a file with
// this digest.
func (d *Desk) keysRecorded(digest string) (bool, error) {
	for e, err := range d.store.Entries(context.Background(), journal.Query{Newest: true, Kinds: []journal.Kind{journal.KindKey}}) {
		if err != nil {
			return false, err
		}
		if strings.Contains(e.Detail, "\n"+keysFile+digest+"\n") {
			return true, nil
		}
	}
	return false, nil
}

// headVerifiers are the keys that heads of the journal may have been signed with, at any
// time. They come from the keyring, so it is unlocked when the first one is needed.
type headVerifiers struct{ d *Desk }

// Verifier implements [note.Verifiers].
func (h headVerifiers) Verifier(name string, hash uint32) (note.Verifier, error) {
	k, err := h.d.keys()
	if err != nil {
		return nil, err
	}
	return verifiersOf(k).Verifier(name, hash)
}

// ownVerifiers are the keys that the head of the log which is written may be signed
// with: the current one, and while the keys change the one that comes. A former key is
// not enough: it may have been stolen since.
type ownVerifiers struct{ d *Desk }

// Verifier implements [note.Verifiers].
func (o ownVerifiers) Verifier(name string, hash uint32) (note.Verifier, error) {
	k, err := o.d.keys()
	if err != nil {
		return nil, err
	}
	o.d.mu.Lock()
	coming := o.d.coming
	o.d.mu.Unlock()
	return o.d.writers(k, coming).Verifier(name, hash)
}

// writers are the keys that may have signed the head of the desk's own log. A desk that
// is being restored takes those of all epochs: its journal may be older than its keys.
func (d *Desk) writers(k, coming *keyring.Keyring) note.Verifiers {
	if d.restoring {
		return verifiersOf(k)
	}
	texts := []string{k.JournalVerifier()}
	if coming != nil && coming.JournalVerifier() != k.JournalVerifier() {
		texts = append(texts, coming.JournalVerifier())
	}
	return verifierList(texts)
}

// validVerifiers are the journal's keys of the epochs that were not given up.
func validVerifiers(k *keyring.Keyring) note.Verifiers {
	var texts []string
	for _, e := range k.List().Epochs {
		if e.State != keyring.Revoked {
			texts = append(texts, e.JournalVerifier)
		}
	}
	return verifierList(texts)
}

// verifiersOf are the journal's keys of all epochs.
func verifiersOf(k *keyring.Keyring) note.Verifiers {
	var texts []string
	for _, e := range k.List().Epochs {
		texts = append(texts, e.JournalVerifier)
	}
	return verifierList(texts)
}

func verifierList(texts []string) note.Verifiers {
	var all []note.Verifier
	for _, text := range texts {
		v, err := note.NewVerifier(text)
		if err != nil {
			panic("activator: " + err.Error()) // the keyring's own
		}
		all = append(all, v)
	}
	return note.VerifierList(all...)
}
