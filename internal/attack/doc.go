// Package attack plays everybody who wants more than was sold: a customer, a copier,
// a forger with a script, a thief of the laptop, a dishonest agent, somebody who
// writes hostile files. It drives a real vendor's desk and real programs of
// customers, and has no code of its own beside its tests.
//
// Each test is named for what the attacker does, and says in its comment who he is,
// what he has, what he tries and what stops him. Where nothing stops him the test
// says so too, and docs/security.md with it. Attacks on one package alone stand in
// that package; docs/security.md names them all.
package attack
