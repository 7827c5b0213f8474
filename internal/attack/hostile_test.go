package attack

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"filippo.io/age"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector"
)

// Somebody who can write to the backup's place lets it ask for scrypt work that takes
// a day and all memory. The work is read off the header first, for the backup as for
// the keyring.
func TestBackupThatAsksForADay(t *testing.T) {
	v := newVendor(t, nil)
	path := filepath.Join(t.TempDir(), "backup")
	v.must(v.Backup(context.Background(), path, 10))
	good, err := os.ReadFile(path)
	v.must(err)
	for _, work := range []string{"21", "30", "62", "63", "99999999999"} {
		bad := bytes.Replace(good, []byte(" 10\n"), []byte(" "+work+"\n"), 1)
		if bytes.Equal(bad, good) {
			t.Fatal("the backup's header has no work factor 10")
		}
		v.must(os.WriteFile(path, bad, 0o600))
		if err := restore(t, v, path); err == nil || errors.Is(err, keyring.ErrPassphrase) {
			t.Errorf("work factor %s: have %v, want it refused before any work", work, err)
		}
	}
}

// restore restores a backup into a new folder, which must be left empty on an error.
func restore(t *testing.T, v *vendor, path string) error {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "restored")
	_, err := activator.Restore(context.Background(), path, activator.Setup{
		Dir: dir, Operator: "anna", Passphrase: []byte(passphrase), Now: v.clock, Rand: bytes.NewReader(make([]byte, 1<<16)),
	})
	if _, there := os.Lstat(dir); err != nil && there == nil {
		t.Errorf("%s: have a folder after %v, want none", path, err)
	}
	return err
}

// A dishonest administrator, who knows the passphrase, makes a backup that is to write
// somewhere else when it is restored: up the tree, to an absolute name, through a
// link, over a program's start file.
func TestBackupThatWritesElsewhere(t *testing.T) {
	v := newVendor(t, nil)
	outside := filepath.Join(t.TempDir(), "outside")
	for name, headers := range map[string][]tar.Header{
		"up the tree":        {{Name: "../outside", Typeflag: tar.TypeReg}},
		"within a product":   {{Name: "products/../../outside.toml", Typeflag: tar.TypeReg}},
		"an absolute name":   {{Name: outside, Typeflag: tar.TypeReg}},
		"a link":             {{Name: "products/press-studio.toml", Typeflag: tar.TypeSymlink, Linkname: outside}},
		"a hard link":        {{Name: "activator.toml", Typeflag: tar.TypeLink, Linkname: "/etc/passwd"}},
		"a folder":           {{Name: "products/", Typeflag: tar.TypeDir}},
		"a device":           {{Name: "journal.db", Typeflag: tar.TypeChar}},
		"a file of the home": {{Name: ".profile", Typeflag: tar.TypeReg}},
		"a name twice":       {{Name: "activator.toml", Typeflag: tar.TypeReg}, {Name: "activator.toml", Typeflag: tar.TypeReg}},
		"backslashes":        {{Name: `products\..\..\outside.toml`, Typeflag: tar.TypeReg}},
	} {
		path := filepath.Join(t.TempDir(), "backup")
		var inner bytes.Buffer
		archive := tar.NewWriter(&inner)
		for _, h := range headers {
			h.Mode, h.Size = 0o600, 0
			v.must(archive.WriteHeader(&h))
		}
		v.must(archive.Close())
		v.must(os.WriteFile(path, backupOf(v, inner.Bytes()), 0o600))
		err := restore(t, v, path)
		if want := map[bool]string{false: "which no backup of this program does", true: "exists"}[name == "a name twice"]; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: have %v, want it refused: %s", name, err, want)
		}
		if _, err := os.Lstat(outside); err == nil {
			t.Fatalf("%s: have a file outside of the vendor folder", name)
		}
	}
}

// Somebody changes the journal past the program, has a backup made of it, and lets it be restored: on the new computer
// nothing remembers what the journal was. It is verified there before anything is put in place.
func TestBackupOfChangedJournal(t *testing.T) {
	for name, change := range map[string]string{
		"":                   "",
		"seats of a license": `UPDATE licenses SET seats = 99`,
		"who sold it":        `UPDATE journal SET leaf = CAST(replace(CAST(leaf AS TEXT), 'operator "anna"', 'operator "bert"') AS BLOB) WHERE kind = 'license'`,
		"the customer":       `UPDATE personal SET value = 'somebody else' WHERE field = 'customer'`,
	} {
		v := newVendor(t, nil)
		v.sell(studio, 1)
		v.must(v.desk.Close())
		if change != "" {
			tamper(t, filepath.Join(v.dir, "journal.db"), change)
		}
		v.open()
		path := filepath.Join(t.TempDir(), "backup")
		v.must(v.Backup(context.Background(), path, 10))
		err := restore(t, v, path)
		var tampered *journal.TamperedError
		if name == "" {
			v.must(err)
		} else if !errors.As(err, &tampered) {
			t.Errorf("%s: have %v, want a TamperedError", name, err)
		}
	}
}

// backupOf makes a backup of any inner archive: what the passphrase opens, and behind it
// what that opens.
func backupOf(v *vendor, inner []byte) []byte {
	encrypt := func(text []byte, to age.Recipient) []byte {
		var b bytes.Buffer
		w, err := age.Encrypt(&b, to)
		v.must(err)
		_, err = w.Write(text)
		v.must(errors.Join(err, w.Close()))
		return b.Bytes()
	}
	by, err := age.NewScryptRecipient(passphrase)
	v.must(err)
	by.SetWorkFactor(10)
	id, err := age.GenerateX25519Identity()
	v.must(err)
	var b bytes.Buffer
	outer := tar.NewWriter(&b)
	for _, f := range []struct {
		name string
		data []byte
	}{{"passphrase.age", encrypt([]byte(id.String()), by)}, {"backup.age", encrypt(inner, id.Recipient())}} {
		v.must(outer.WriteHeader(&tar.Header{Name: f.name, Mode: 0o600, Size: int64(len(f.data)), Typeflag: tar.TypeReg}))
		_, err := outer.Write(f.data)
		v.must(err)
	}
	v.must(outer.Close())
	return b.Bytes()
}

// A customer sends a mail that is made to keep the desk busy: a megabyte of what looks
// like codes, of characters that nobody could hear, of one code thousands of times.
// Every text gets an answer, and at most 2^14 tags are tried for it.
func TestMailThatKeepsTheDeskBusy(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	r := p.request(release)
	slip := []byte(r.String())
	slip[2], slip[9], slip[16], slip[23], slip[30] = '?', '?', '?', '?', '?'
	for name, text := range map[string]string{
		"near-codes":          strings.Repeat(string(slip)+"\n", 1<<15),
		"unheard":             strings.Repeat("?", 1<<20),
		"unheard groups":      strings.Repeat("??????-", 1<<17),
		"one code, again":     strings.Repeat(r.String()+"\n", 1<<15),
		"letters":             strings.Repeat("R", 1<<20),
		"digits":              strings.Repeat("1", 1<<20),
		"dashes":              strings.Repeat("-", 1<<20),
		"quotes":              strings.Repeat("> ", 1<<19) + r.String(),
		"invisible marks":     strings.Repeat("\u200b\u202e", 1<<17) + r.String(),
		"no text":             strings.Repeat("\xff\x00\xfe", 1<<18),
		"one slip in each":    string(slip),
		"case lost and slips": strings.ToLower(string(slip)),
	} {
		rd, err := v.Read(context.Background(), text, activator.Decision{})
		if err != nil {
			t.Errorf("%s: the desk has %v, want a reading", name, err)
			continue
		}
		again := name == "one code, again" || name == "quotes" || name == "invisible marks"
		if rd.Verdict != journal.Unreadable && !(again && rd.Code == r) {
			t.Errorf("%s: the desk has %s for %s, want it unreadable", name, rd.Verdict, rd.Code)
		}
		_, stats := codes.RepairCount(text, []codes.Kind{codes.KindRequest, codes.KindConfirmation}, yes{})
		if stats.Trials > 1<<14 {
			t.Errorf("%s: have %d tags tried, want at most %d", name, stats.Trials, 1<<14)
		}
		if _, err := p.client().Enter(text); protector.ReasonOf(err) != protector.ReasonUnreadable && protector.ReasonOf(err) != protector.ReasonWrongKind {
			t.Errorf("%s: the program has %v, want it unreadable", name, err)
		}
		if _, err := p.client().EnterFile(text); err == nil {
			t.Errorf("%s: the program takes it as a file", name)
		}
	}
}

// yes knows every license and finds no tag genuine, which is the most work.
type yes struct{}

func (yes) Known(n []codes.LicenseNumber) []bool { return slices.Repeat([]bool{true}, len(n)) }
func (yes) Genuine(codes.Code) bool              { return false }

// Somebody gives the program a file of his own in place of its profile or of a license
// file: too large, cut off, without an end, with another kind in it.
func TestFilesThatAreNotTheVendors(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	license, err := v.LicenseFile(l)
	v.must(err)
	p := v.program(studio, 1)
	good := p.profile
	lines := bytes.Repeat([]byte("roster 000000000000000000000000\n"), 1<<16)
	for name, text := range map[string][]byte{
		"nothing": nil, "one byte": {0}, "zeroes": make([]byte, 1<<20), "line feeds": bytes.Repeat([]byte("\n"), 1<<20),
		"half":                  good[:len(good)/2],
		"without its signature": good[:bytes.LastIndex(good, []byte("\n\n"))+1],
		"with more in it":       bytes.Replace(good, []byte("\ntest "), append([]byte("\n"), append(lines, []byte("test ")...)...), 1),
		"twice":                 append(slices.Clone(good), good...),
		"the other kind":        license,
		"another product's":     bytes.Replace(good, []byte("press-studio"), []byte("press-lab"), 1),
	} {
		q := *p
		q.profile = text
		if _, err := q.open(); protector.ReasonOf(err) != protector.ReasonProfile {
			t.Errorf("profile, %s: have %v, want reason %q", name, err, protector.ReasonProfile)
		}
		if name == "the other kind" {
			text = good
		}
		if _, err := p.client().EnterLicenseFile(text); protector.ReasonOf(err) != protector.ReasonLicenseFile {
			t.Errorf("license file, %s: have %v, want reason %q", name, err, protector.ReasonLicenseFile)
		}
	}
}

// Somebody gives terminal commands as the reference of a case, as a machine's name and
// in place of a code; the desk answers by mail, to a customer who reads it in a
// terminal. Replies and receipts hold what prints.
func TestTextsInReplies(t *testing.T) {
	const evil = "Mallory\x1b[2J\x1b]0;owned\x07\u009b31m\u202e\u2066\u200b\u2028\x7f\r\n\x08x"
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	p.activate(release)
	_, err := v.Change(t.Context(), activator.Change{License: l.Number, Kind: activator.NameMachine, Name: evil})
	v.must(err)
	full := v.submit(v.licensed(l, 2).request(release).String(), activator.Decision{}) // names who has the seat
	d := p.deactivate()
	first := v.submit(d.String(), activator.Decision{Reference: evil})
	again := v.submit(d.String(), activator.Decision{Reference: "another"}) // names the first reference
	unreadable := v.submit(evil, activator.Decision{})
	shown := 0
	for name, out := range map[string]*activator.Outcome{"no seat": full, "first": first, "again": again, "unreadable": unreadable} {
		for _, language := range []string{"en", "de", "fr"} {
			reply, err := v.Reply(out, language)
			v.must(err)
			for _, text := range []string{reply, out.Receipt} {
				shown += strings.Count(text, "Mallory")
				if i := strings.IndexFunc(text, func(r rune) bool {
					return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
				}); i >= 0 {
					t.Errorf("%s, %s: have %q, want only what prints", name, language, text[max(0, i-40):min(len(text), i+40)])
				}
			}
		}
	}
	if shown < 6 {
		t.Errorf("have the hostile text shown %d times, want it shown with its letters", shown)
	}
}
