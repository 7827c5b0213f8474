//go:build unix

package journal_test

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/storetest"
)

// cpu is the time that processors spent for this process, in nanoseconds: unlike the clock's, it says what a machine
// can do that is busy with something else.
func cpu(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkVerify verifies a journal of 100,000 answers: leaves and tree alone, and everything.
func BenchmarkVerify(b *testing.B) {
	ctx := context.Background()
	s, err := sqlite.Create(ctx, filepath.Join(b.TempDir(), "journal.db"), sqlite.Options{Origin: storetest.Origin, Verifiers: storetest.Verifiers()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const licenses, answers = 10_000, 100_000
	es := []journal.Entry{storetest.Entry(journal.KindLog)}
	add := func(e journal.Entry) {
		if es = append(es, e); len(es) >= 5000 {
			if _, err := s.Append(ctx, nil, es, storetest.Signer()); err != nil {
				b.Fatal(err)
			}
			es = es[:0]
		}
	}
	for l := range codes.LicenseNumber(licenses) {
		add(storetest.Register(l+1, 100, "", "Customer"))
	}
	for i := range answers {
		add(storetest.Request(codes.LicenseNumber(1+i%licenses), codes.Fingerprint(i), uint32(i)+1, 1+i/licenses, 100))
	}
	if _, err := s.Append(ctx, nil, append(es, storetest.Entry(journal.KindBackup)), storetest.Signer()); err != nil {
		b.Fatal(err)
	}
	for name, verify := range map[string]func(context.Context, journal.Snapshotter, note.Verifiers) (*journal.Report, error){
		"tree": journal.VerifyTree,
		"all": func(ctx context.Context, from journal.Snapshotter, keys note.Verifiers) (*journal.Report, error) {
			return journal.Verify(ctx, from, keys)
		},
	} {
		b.Run(name, func(b *testing.B) {
			entries, began := uint64(0), cpu(b)
			for b.Loop() {
				r, err := verify(ctx, s, storetest.Verifiers())
				if err != nil {
					b.Fatal(err)
				}
				entries += r.Entries
			}
			b.ReportMetric(float64(entries)/b.Elapsed().Seconds(), "entries/s")
			b.ReportMetric(float64(cpu(b)-began)/float64(entries), "cpu-ns/entry")
		})
	}
}
