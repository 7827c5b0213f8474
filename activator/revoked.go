package activator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
)

// A revocation is in the keyring and in the journal. A keyring that was written before,
// of another desk of a team, of an old copy, of shares, is signed for like the present
// one, and would answer for keys that others have. So the journal's word counts.

// revocations are the epochs that the journal says were revoked, and the entries that do.
func (d *Desk) revocations(ctx context.Context) (map[uint8]journal.EntryID, error) {
	all := map[uint8]journal.EntryID{}
	for e, err := range d.store.Entries(ctx, journal.Query{Kinds: []journal.Kind{journal.KindKey}}) {
		if err != nil {
			return nil, err
		}
		first, _, _ := strings.Cut(e.Detail, "\n")
		word, number, _ := strings.Cut(first, " ")
		if word != keysRevoked {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 8)
		if err != nil {
			return nil, fmt.Errorf("journal: entry %v revokes the key epoch %.20q, which this version does not write", e.ID, number)
		}
		all[uint8(n)] = e.ID
	}
	return all, nil
}

// unaware lists the epochs that the journal says were revoked and a keyring does not.
func unaware(k *keyring.Keyring, revoked map[uint8]journal.EntryID) []uint8 {
	var all []uint8
	epochs := k.List().Epochs
	for _, n := range slices.Sorted(maps.Keys(revoked)) {
		if slices.ContainsFunc(epochs, func(e keyring.Epoch) bool { return e.Number == n && e.State != keyring.Revoked }) {
			all = append(all, n)
		}
	}
	return all
}

// knowsRevoked refuses a keyring that was written before keys were revoked.
func (d *Desk) knowsRevoked(ctx context.Context, k *keyring.Keyring) error {
	revoked, err := d.revocations(ctx)
	if err != nil {
		return err
	}
	for _, n := range unaware(k, revoked) {
		return fmt.Errorf("the keys of epoch %d were revoked, as entry %v of the journal says, and %s in %s is from before: copy that file, and %s with it, from the desk that revoked them, or bring the keys back from shares (`activator keys restore`)",
			n, revoked[n], keyring.KeysFile, d.dir, keyring.IdentityFile)
	}
	return nil
}

// revokeAgain revokes in a restored keyring what the restored journal says was revoked.
// It is recorded already.
func (d *Desk) revokeAgain(ctx context.Context) (err error) {
	revoked, err := d.revocations(ctx)
	if err != nil {
		return err
	}
	k, err := d.keys()
	if err != nil {
		return err
	}
	again := unaware(k, revoked)
	if len(again) == 0 {
		return nil
	}
	unlock, err := keyring.Lock(d.dir)
	if err != nil {
		return err
	}
	defer unlock()
	for _, n := range again {
		c, err := k.Revoke(n)
		if err != nil {
			return err
		}
		if err := errors.Join(c.Prepare(), c.Commit()); err != nil {
			return err
		}
		d.adopt(c.Next())
		k = c.Next()
	}
	return nil
}
