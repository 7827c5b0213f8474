// Package sqlstore is the store of a journal in an SQL database, over database/sql: what SQLite and PostgreSQL have in
// common, which is nearly everything. What differs is a [Dialect]. Packages sqlite and postgres open their databases,
// bring the schema up to date, and hand them to [New].
//
// Before anything is appended, the head that is there is verified by its signature and against the stored hashes, so
// a program never signs on top of somebody else's changes.
package sqlstore
