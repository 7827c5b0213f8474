// Package postgres keeps a journal in a PostgreSQL database, for several desks at once.
//
// [Create] makes the tables in an empty database, [Open] opens it; both give a [*Store], which is a [journal.Store] and
// a [journal.Snapshotter]. One database holds one journal. Writers take turns by an advisory lock that ends with their
// transaction, so append order is commit order and no desk ever has to try again because of another one.
//
// Settings that the guarantees rest on (fsync, synchronous_commit, triggers in force, UTF-8) are read back on every
// connection, and the schema when the journal is opened: a database whose tables, keys, triggers or indexes are not
// exactly this version's is refused.
//
// A connection that is lost is opened again. What was being appended just then is there whole or not at all; the
// entries' Intent tells which. The rest is package sqlstore's, and the same in every database.
package postgres
