// Package sqlite keeps a journal in one SQLite file, without cgo.
//
// [Create] makes the file, [Open] opens it; both give a [*Store], which is a [journal.Store] and a
// [journal.Snapshotter]. The file runs in WAL mode with synchronous=FULL: what Append returned is on the disk. It wants
// a local disk. Several processes may use it at once; a lock file beside it (NAME.lock) takes turns between writers,
// because SQLite's own waiting starves some of them.
//
// Settings that the guarantees rest on are read back when the file is opened, and so is the schema: a file whose
// tables, keys, triggers or indexes are not exactly this version's is refused.
//
// The rest is package sqlstore's, and the same in every database.
package sqlite
