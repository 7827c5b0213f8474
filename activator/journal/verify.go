package journal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Verify reads a whole journal and recomputes all of it: every leaf's form and columns, the Merkle tree and its
// stored parts, the signed heads, the personal texts' hashes, and every table that follows from the leaves. known are
// heads kept elsewhere (see [ParseCheckpoint]): each must be a former state of a log here, so a tail that was cut off
// is found too.
//
// Differences come as *[TamperedError], with the report. Any other error, beside it or alone, means that the journal
// could not be read to its end.
func Verify(ctx context.Context, from Snapshotter, verifiers note.Verifiers, known ...Head) (*Report, error) {
	snap, err := from.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	v := &verification{ctx: ctx, snap: snap, verifiers: verifiers, report: &Report{}, books: newBooks()}
	var wrong []string
	var formErr error
	var form sync.WaitGroup
	form.Go(func() { wrong, formErr = snap.Form() }) // beside everything else, since it takes long
	err = v.run(known)
	form.Wait()
	for _, w := range wrong {
		v.report.whole("store", "%s", w)
	}
	if err = errors.Join(err, formErr); err != nil {
		err = fmt.Errorf("verifying the journal: %w", err)
	}
	return v.report, errors.Join(v.report.finish(), err)
}

func (v *verification) run(known []Head) error {
	expect := func() error { v.expect(known); return nil }
	for _, step := range []func() error{v.openLogs, v.openMerges, expect, v.walk, v.subtrees, v.closeLogs, v.erasures, v.merges, v.tables} {
		err := step()
		if value := (*ValueError)(nil); errors.As(err, &value) {
			v.report.whole("table "+value.Table, "a row cannot be read, and what follows it was not compared: %v", value.Err)
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// verification is one run of Verify.
type verification struct {
	ctx       context.Context
	snap      Snapshot
	verifiers note.Verifiers
	report    *Report
	logs      []*logWalk    // by number
	books     *books        // nil: the leaves and the tree alone
	missing   []missingText // personal texts that are not there
	merging   merging
}

// logWalk is a log while its entries go by.
type logWalk struct {
	row    LogRow
	tree   Frontier
	next   uint64      // index of the entry that comes next
	broken bool        // an entry is missing: from there on, hashes cannot fit
	bad    bool        // a leaf's block does not fit its stored hash
	roots  []tlog.Hash // of full subtrees, as computed
	known  []Head      // heads kept elsewhere, by size, those not yet compared
	signer string      // the verifier of the key that signs the log's heads, as its entries say
}

func (w *logWalk) id(index uint64) EntryID { return NewEntryID(w.row.ID, index) }

func (v *verification) openLogs() error {
	own := 0
	err := v.snap.Logs(func(row LogRow) error {
		if row.ID >= 1<<23 || row.Size > MaxIndex+1 {
			v.report.whole(fmt.Sprintf("log %q", row.Origin), "number %d or size %d is out of range", row.ID, row.Size)
			return nil
		}
		switch row.Own {
		case 0:
		case 1:
			own++
		default:
			v.report.whole(fmt.Sprintf("log %q", row.Origin), "is marked with %d, want 1 where this store appends to it, else 0", row.Own)
		}
		v.logs = append(v.logs, &logWalk{row: row})
		if v.books != nil {
			v.books.logs[row.Origin] = row.ID
		}
		return nil
	})
	if own != 1 && err == nil {
		v.report.whole("logs", "%d logs are to be appended to, want 1", own)
	}
	return err
}

func (v *verification) log(id LogID) *logWalk {
	for _, w := range v.logs {
		if w.row.ID == id {
			return w
		}
	}
	return nil
}

// expect files the heads that are known from elsewhere with their logs.
func (v *verification) expect(known []Head) {
	for _, h := range known {
		i := slices.IndexFunc(v.logs, func(w *logWalk) bool { return w.row.Origin == h.Origin })
		if i < 0 {
			v.report.absent(h)
			continue
		}
		w := v.logs[i]
		w.known = append(w.known, h)
		slices.SortFunc(w.known, func(a, b Head) int { return cmp.Compare(a.Size, b.Size) })
	}
}

// compareKnown compares the tree with the heads kept elsewhere that are of just this size.
func (v *verification) compareKnown(w *logWalk) {
	for len(w.known) > 0 && w.known[0].Size <= w.tree.Size {
		h := w.known[0]
		w.known = w.known[1:]
		if h.Size == w.tree.Size && h.Size > 0 && h.Hash != w.tree.Root() && !w.broken {
			v.report.differs(w.row.ID, h)
		}
	}
}

// leaf takes the next entry's place in its log and in the tree.
func (v *verification) leaf(p *parsed) {
	id := p.row.ID
	w := v.log(id.Log())
	if w == nil {
		v.report.at(id, "its log %d is not there", id.Log())
		return
	}
	switch index := id.Index(); {
	case index > w.next:
		w.broken = true
		v.report.span(w.id(w.next), w.id(index-1), "missing")
	case index >= w.row.Size:
		v.report.at(id, "stands behind the signed head, which has %d entries", w.row.Size)
	}
	w.next = id.Index() + 1
	if id.Index() >= w.row.Size {
		return
	}
	if (p.entry.Kind == KindLog) != (id.Index() == 0) && p.err == nil {
		v.report.at(id, "its kind is %q; the first entry of a log, and only that, is %q", p.entry.Kind, KindLog)
	}
	if p.err == nil {
		signer, err := p.entry.signedBy(w.row.Origin, w.signer)
		if w.signer = signer; err != nil {
			v.report.at(id, "%v", err)
		}
	}
	if root, full := w.tree.AddHash(p.hash); full {
		w.roots = append(w.roots, root)
	}
	v.compareKnown(w)
	v.merging.passed(w)
}

// subtrees compares the stored roots of full subtrees.
func (v *verification) subtrees() error {
	seen := map[LogID]uint64{}
	missing := func(w *logWalk, from, to uint64) {
		if !w.broken && from < to {
			v.report.span(w.id(from*SubtreeLeaves), w.id(to*SubtreeLeaves-1), "their subtree hash is missing")
		}
	}
	err := v.snap.Subtrees(func(row SubtreeRow) error {
		w := v.log(row.Log)
		if w == nil || row.N >= uint64(len(w.roots)) {
			v.report.whole(fmt.Sprintf("subtree %d of log %d", row.N, row.Log), "there are no entries for it")
			return nil
		}
		missing(w, seen[row.Log], row.N)
		seen[row.Log] = row.N + 1
		if string(row.Hash) != string(w.roots[row.N][:]) && !w.broken {
			w.bad = true
			v.report.among(w.id(row.N*SubtreeLeaves), w.id((row.N+1)*SubtreeLeaves-1), "do not give their stored subtree hash: an entry among them was changed, or the hash")
		}
		return nil
	})
	for _, w := range v.logs {
		missing(w, seen[w.row.ID], uint64(len(w.roots)))
	}
	return err
}

// closeLogs compares what the walk gave with the logs' sizes, frontiers, signed heads, and heads known elsewhere.
func (v *verification) closeLogs() error {
	for _, w := range v.logs {
		where := fmt.Sprintf("head of log %q", w.row.Origin)
		if w.next < w.row.Size {
			w.broken = true
			v.report.span(w.id(w.next), w.id(w.row.Size-1), "missing: cut off at the end")
		}
		for _, h := range w.known {
			v.report.cut(w.row.ID, w.next, h)
		}
		v.closeFrontier(w)
		v.closeHead(w, where)
	}
	return nil
}

// closeFrontier compares the stored frontier, and names the entries under the first hash that differs.
func (v *verification) closeFrontier(w *logWalk) {
	if w.broken || w.tree.Size != w.row.Size {
		return
	}
	stored, err := ParseFrontier(w.row.Size, w.row.Frontier)
	if err != nil {
		v.report.whole(fmt.Sprintf("log %q", w.row.Origin), "%v", err)
		return
	}
	first := uint64(0)
	for i, h := range w.tree.hashes {
		leaves := subtreeSize(w.row.Size, i)
		if stored.hashes[i] != h {
			if !(w.bad && leaves >= SubtreeLeaves) { // else the subtree said it closer
				v.report.among(w.id(first), w.id(first+leaves-1), "do not give their stored hash: an entry among them was changed, or the hash")
			}
			return
		}
		first += leaves
	}
}

func (v *verification) closeHead(w *logWalk, where string) {
	if w.row.Size == 0 {
		if len(w.row.Checkpoint) > 0 {
			v.report.whole(where, "is signed, and the log is empty")
		}
		return
	}
	h, err := ParseCheckpoint(w.row.Checkpoint, v.verifiers)
	switch {
	case err != nil:
		v.report.whole(where, "%v", err)
		return
	case h.Origin != w.row.Origin:
		v.report.whole(where, "is that of log %q", h.Origin)
		return
	case h.Size != w.row.Size:
		v.report.whole(where, "is of %d entries, the log says %d", h.Size, w.row.Size)
		return
	case !w.broken && h.Hash != w.tree.Root():
		v.report.among(w.id(0), w.id(w.row.Size-1), "do not give the tree hash of the signed head: something among them was changed; "+
			"where hashes were computed anew too, a backup or a head kept elsewhere tells which")
		return
	}
	if w.signer != "" {
		if said, err := note.NewVerifier(w.signer); err != nil {
			v.report.at(w.id(0), "the key that it names: %v", err)
		} else if _, err := ParseCheckpoint(w.row.Checkpoint, note.VerifierList(said)); err != nil {
			v.report.whole(where, "is not signed by %s+%08x, which signs this log as its entries say", said.Name(), said.KeyHash())
			return
		}
	}
	h.Log = w.row.ID
	v.report.Heads = append(v.report.Heads, h)
}

// subtreeSize returns the leaves under the i-th hash of a frontier of so many leaves.
func subtreeSize(size uint64, i int) uint64 {
	for ; i > 0; i-- {
		size &^= highBit(size)
	}
	return highBit(size)
}

func highBit(n uint64) uint64 {
	for n&(n-1) != 0 {
		n &= n - 1
	}
	return n
}
