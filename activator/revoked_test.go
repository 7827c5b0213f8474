package activator_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
)

// A keyring from before a revocation opens nothing: not another desk's, nor a former copy.
func TestRevocationIsNotUndoneByAnOldKeyring(t *testing.T) {
	ctx := context.Background()
	o, request := robbed(t)
	path := filepath.Join(o.dir, keyring.KeysFile)
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.RevokeEpoch(ctx, 0, "stolen"); err != nil {
		t.Fatal(err)
	}
	present, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(b []byte) {
		o.desk.Close()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		o.open()
	}
	put(old)
	const want = "the keys of epoch 0 were revoked"
	if _, err := o.Submit(ctx, request, activator.Decision{}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a request: have %v, want %q", err, want)
	}
	if _, _, err := o.Export(ctx, "press-studio"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("an export: have %v, want %q", err, want)
	}
	if _, err := o.RotateKeys(ctx, ""); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a rotation: have %v, want %q", err, want)
	}
	put(present)
	if out, err := o.Submit(ctx, request, activator.Decision{}); err != nil || out.Verdict != journal.Refused {
		t.Errorf("with the present keyring: have %+v, %v, want the request refused", out, err)
	}
}

// Shares from before a revocation bring the keys back, and what the journal says was
// revoked stays so.
func TestRevocationSurvivesOldShares(t *testing.T) {
	ctx := context.Background()
	o, request := robbed(t)
	secrets, _ := o.secretsOf()
	if _, err := o.RevokeEpoch(ctx, 0, "stolen"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "desk.backup")
	if err := o.Backup(ctx, file, 10); err != nil {
		t.Fatal(err)
	}
	o.desk.Close()

	o.dir, o.heads = filepath.Join(t.TempDir(), "new"), t.TempDir()
	setup := activator.Setup{Dir: o.dir, Operator: "anna", WorkFactor: 10, Passphrase: []byte(passphrase), Now: o.clock, Rand: o.rand()}
	restored, err := activator.RestoreKeys(ctx, secrets, file, setup)
	if err != nil {
		t.Fatal(err)
	}
	if e := restored.Keys.Epochs; len(e) != 2 || e[0].State != keyring.Revoked {
		t.Errorf("restored: have %+v, want epoch 0 revoked", e)
	}
	o.open()
	o.verified()
	out, err := o.Submit(ctx, request, activator.Decision{})
	if err != nil || out.Verdict != journal.Refused || !strings.Contains(out.Reason, "keys of epoch 0, which were revoked") {
		t.Errorf("a request: have %+v, %v, want it refused for its keys", out, err)
	}
}

// robbed is an office that rotated its keys after a theft, with a request of a license of
// the keys before.
func robbed(t *testing.T) (o *office, request string) {
	t.Helper()
	o = newOffice(t)
	o.smallPool()
	request = o.machine(o.license(1), 7).request(1).String()
	if _, err := o.RotateKeys(context.Background(), "stolen"); err != nil {
		t.Fatal(err)
	}
	return o, request
}
