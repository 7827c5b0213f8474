// Package exchange tests both sides together: a vendor's desk and customers'
// machines that clone, restore backups, lose codes, type old ones and install
// again. It has no code of its own beside its tests.
package exchange
