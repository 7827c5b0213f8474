// Package journal is the desk's append-only journal: what it holds, how an entry is written down, what follows from
// it, and how anybody checks that nothing was changed.
//
// An [Entry] is one event: a code that was submitted, an answer, a registration, a change. Its canonical encoding, the
// leaf ([Entry.Leaf], [ParseLeaf]), is one record of a Merkle log (RFC 6962, golang.org/x/mod/sumdb/tlog); the log's
// head is signed with every append ([Head]). Everything that counts once (an answer, a give-back, a seat, a license
// number) is an [Effect] of an entry. Effects are part of the leaf, so licenses, seats, claims and pools follow from
// the leaves alone, without any rule: [Verify] rebuilds them and compares.
//
// A [Store] keeps the entries and the tables. [Store.Facts] reads what a decision needs, outside any lock;
// [Store.Append] writes entries and their effects, all or none, and signs the head in the same transaction. What a
// constraint refuses comes back as [*TakenError], what was decided on old facts as [*StaleError].
//
// Personal text (a customer's name, a reference, a reason) is not in the leaf: the leaf holds SHA-256(salt ‖ text),
// the text is kept beside it and can be erased ([Erase]) while every proof stays valid.
//
// A [Proof] shows one entry to somebody who has nothing else than the vendor's public key, a [Consistency] that nothing
// changed since a checkpoint. docs/journal.md has both formats for checkers in other languages.
//
// The package does no I/O of its own and has no clock and no randomness: times, salts and intents come with the
// entries. Below this package, sqlite is the store on a local file, postgres the one on a server, and sqlstore what every
// SQL database shares. internal/storetest is the suite that every store must pass.
package journal
