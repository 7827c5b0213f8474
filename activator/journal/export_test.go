package journal

import (
	"context"

	"golang.org/x/mod/sumdb/note"
)

// VerifyTree is the part of Verify that reads every leaf and computes the tree anew: leaves, columns, personal texts,
// subtrees, heads. It leaves out the tables that follow from the leaves, and the store's own form.
func VerifyTree(ctx context.Context, from Snapshotter, verifiers note.Verifiers) (*Report, error) {
	snap, err := from.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	v := &verification{ctx: ctx, snap: snap, verifiers: verifiers, report: &Report{}}
	for _, step := range []func() error{v.openLogs, v.walk, v.subtrees, v.closeLogs} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return v.report, v.report.finish()
}
