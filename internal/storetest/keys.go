package storetest

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// signers tests that the key of a log's head must be the one that its entries name, also
// where others of the vendor's keys are known.
func signers(t *testing.T, f Factory) {
	key := func(seed byte) (note.Signer, string, note.Verifier) {
		skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), "storetest.example/key")
		if err != nil {
			t.Fatal(err)
		}
		s, err1 := note.NewSigner(skey)
		v, err2 := note.NewVerifier(vkey)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		return s, vkey, v
	}
	former, formerText, v1 := key(11)
	next, nextText, v2 := key(12)
	third, thirdText, v3 := key(13)
	all := note.VerifierList(v1, v2, v3)
	over := func(from, to note.Signer, verifier string) journal.Entry {
		e := Entry(journal.KindKey)
		text, err := journal.SignHandover(journal.Handover{Origin: Origin, Next: verifier}, from, to)
		if err != nil {
			t.Fatal(err)
		}
		e.Detail = "rotate 1\n" + text
		return e
	}
	opens := Entry(journal.KindLog)
	opens.Detail = journal.OpenedWith + formerText
	plain := Entry(journal.KindBackup)
	type step struct {
		e  journal.Entry
		by note.Signer
	}
	for what, c := range map[string]struct {
		steps []step
		want  string
	}{
		"one key":                        {[]step{{opens, former}, {plain, former}}, ""},
		"handed over":                    {[]step{{opens, former}, {over(former, next, nextText), next}, {plain, next}}, ""},
		"handed over twice":              {[]step{{opens, former}, {over(former, next, nextText), next}, {over(next, third, thirdText), third}}, ""},
		"another key, no handover":       {[]step{{opens, former}, {plain, next}}, "is not signed by " + v1.Name()},
		"the former key, handed over":    {[]step{{opens, former}, {over(former, next, nextText), next}, {plain, former}}, "is not signed by " + v2.Name()},
		"a thief of the former key":      {[]step{{opens, former}, {over(former, next, nextText), next}, {over(former, third, thirdText), third}}, "not signed by"},
		"handed over by another":         {[]step{{opens, former}, {over(third, next, nextText), next}}, "not signed by"},
		"opened under a key not at hand": {[]step{{opens, next}}, "is not signed by " + v1.Name()},
	} {
		t.Run(what, func(t *testing.T) {
			s, err := f.Create(t.TempDir(), all)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for _, step := range c.steps {
				if _, err := s.Append(ctx, nil, []journal.Entry{step.e}, step.by); err != nil {
					t.Fatal(err)
				}
			}
			_, err = journal.Verify(ctx, s, all)
			var tampered *journal.TamperedError
			switch {
			case c.want == "" && err != nil:
				t.Errorf("have %v, want no error", err)
			case c.want != "" && (!errors.As(err, &tampered) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("have %v, want it to say %q", err, c.want)
			}
		})
	}
}
