package activator

import (
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// What the journal keeps of the keyring, in the first line of the detail of its entries;
// lines "file SHA-256" of the encrypted files follow, and a handover where the journal's
// own key changed:
//
//	rotate EPOCH          a new epoch began
//	revoke EPOCH          an epoch was given up
//	adopt EPOCH           keys were taken over from another desk; this epoch is the current one
//	passphrase            the passphrase was changed
//	backup SET M N EPOCHS the secrets were split into N shares, M of which bring them back
const (
	keysRotated    = "rotate"
	keysRevoked    = "revoke"
	keysAdopted    = "adopt"
	keysPassphrase = "passphrase"
	keysBackup     = "backup"
	keysFile       = "file "
)

// SayKeys says in words what an entry about the keyring records.
func SayKeys(e *journal.Entry) string {
	first, _, _ := strings.Cut(e.Detail, "\n")
	words := strings.Fields(first)
	switch {
	case len(words) == 2 && words[0] == keysRotated:
		return "keys rotated: epoch " + words[1] + " begins"
	case len(words) == 2 && words[0] == keysRevoked:
		return "keys of epoch " + words[1] + " revoked"
	case len(words) == 2 && words[0] == keysAdopted:
		return "keys of another desk taken over: epoch " + words[1] + " is current"
	case len(words) == 1 && words[0] == keysPassphrase:
		return "passphrase changed"
	case len(words) == 5 && words[0] == keysBackup:
		return fmt.Sprintf("keys split into %s shares, any %s bring them back (set %s, epochs %s)", words[3], words[2], words[1], words[4])
	}
	return "keys changed"
}
