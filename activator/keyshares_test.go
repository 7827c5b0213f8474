package activator_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
)

// Shares are the keys: who may not change those may not print them, and nothing of it is
// prepared.
func TestSharesNeedTheRight(t *testing.T) {
	o := newOffice(t)
	s := o.desk.Session(activator.Operator{Name: "ben", Only: []activator.Action{activator.ActRead, activator.ActIssue, activator.ActRegister, activator.ActExport}}, "test")
	var forbidden *activator.ForbiddenError
	_, err := s.BackupKeys(context.Background(), 2, 3, func(*activator.KeyShares) error {
		t.Error("the shares were made ready")
		return nil
	})
	if !errors.As(err, &forbidden) {
		t.Errorf("have %v, want it forbidden", err)
	}
}

// A desk whose keys were changed by another process prints no shares, which would lack
// the new ones.
func TestSharesOfFormerKeys(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.license(1) // unlocks
	other := *o
	other.open()
	if _, err := other.RotateKeys(ctx, ""); err != nil {
		t.Fatal(err)
	}
	_, err := o.BackupKeys(ctx, 2, 3, func(*activator.KeyShares) error {
		t.Error("the shares were made ready")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "close it and open it again") {
		t.Errorf("have %v, want it refused", err)
	}
}

// What shares and backups lack of the keys is told until newer ones are made.
func TestKeyBackups(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	is := func(when string, shares, folder, stale bool, missing ...int) {
		t.Helper()
		b, err := o.KeyBackups(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if (b.Shares != nil) != shares || (b.Folder != nil) != folder || b.Stale != stale || !slices.Equal(b.Missing, missing) {
			t.Errorf("%s: have %+v, want shares %v, a backup %v, stale %v, missing %v", when, b, shares, folder, stale, missing)
		}
	}
	backup := func(name string) {
		t.Helper()
		if err := o.Backup(ctx, filepath.Join(t.TempDir(), name), 10); err != nil {
			t.Fatal(err)
		}
	}
	is("new", false, false, false, 0)
	o.secretsOf()
	is("shares", true, false, false)
	backup("one")
	is("shares and a backup", true, true, false)
	if _, err := o.RotateKeys(ctx, ""); err != nil {
		t.Fatal(err)
	}
	is("rotated", true, true, true, 1)
	backup("two")
	is("a backup since", true, true, false, 1)
	o.secretsOf()
	is("shares since", true, true, false)
}
