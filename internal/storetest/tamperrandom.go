package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomly makes 250 random single changes (fewer where copying is slow), times the flag: any table, any column, a value of another row, a byte, a
// row taken out, put in or exchanged, the end cut off, the head replaced. For a change of entry N, Verify must not
// point behind N.
func randomly(t *testing.T, r *rand.Rand, raw Raw, rows map[string]int, slow bool, run func(change) bool) {
	done := map[string]int{}
	n := 250 * *Large
	if slow {
		n /= 8
	}
	for i := range n {
		how := kinds[i%len(kinds)]
		for tries := 0; ; tries++ {
			if tries == 1000 {
				t.Fatalf("%s: have no such change in %d tries", how.name, tries)
			}
			tab := tables[r.IntN(len(tables))]
			c, ok := how.make(tab, raw, r, rows[tab.name])
			if c.name = tab.name + ", " + how.name + ": " + c.name; ok && run(c) {
				done[how.name]++
				break
			}
		}
	}
	t.Logf("random changes: %v", done)
}

// kind is a kind of change. make draws one of a table with so many rows; ok is false where there is none.
type kind struct {
	name string
	make func(tab table, raw Raw, r *rand.Rand, rows int) (c change, ok bool)
}

var kinds = []kind{
	{"column", func(tab table, raw Raw, r *rand.Rand, rows int) (change, bool) {
		i := r.IntN(rows)
		if len(tab.ints) > 0 && r.IntN(2) == 0 {
			col := pick(r, tab.ints)
			by := []int{1, -1, 256, 1 << 20}[r.IntN(4)]
			return tab.update(col, fmt.Sprintf("coalesce(%s, 0) + %d", col, by), i), true
		}
		if len(tab.text) == 0 {
			return change{}, false
		}
		col := pick(r, tab.text)
		return tab.update(col, []string{"'x'", "''", "upper(" + col + ")", "NULL", col + " || ' '"}[r.IntN(5)], i), true
	}},
	{"byte", func(tab table, raw Raw, r *rand.Rand, rows int) (change, bool) {
		if len(tab.blob) == 0 {
			return change{}, false
		}
		col, at, b := pick(r, tab.blob), r.IntN(400), r.IntN(256)
		place := fmt.Sprintf("%d %% length(%s)", at, col)
		value := raw.Joined(fmt.Sprintf("substr(%[1]s, 1, %[2]s) || %[3]s || substr(%[1]s, %[2]s + 2)", col, place, raw.Bytes(fmt.Sprintf("%02x", b))))
		return tab.update(col, value, r.IntN(rows)), true
	}},
	{"value of another row", func(tab table, raw Raw, r *rand.Rand, rows int) (change, bool) {
		col := pick(r, slices.Concat(tab.ints, tab.text, tab.blob))
		value := fmt.Sprintf("(SELECT o.%s FROM %s o ORDER BY %s LIMIT 1 OFFSET %d)", col, tab.name, tab.key, r.IntN(rows))
		return tab.update(col, value, r.IntN(rows)), true
	}},
	{"row removed", func(tab table, raw Raw, r *rand.Rand, rows int) (change, bool) {
		c := tab.update("", "", r.IntN(rows))
		c.query = fmt.Sprintf("DELETE FROM %s WHERE (%s) = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET $1)", tab.name, tab.key, tab.key, tab.name, tab.key)
		return c, true
	}},
	{"row inserted", func(tab table, raw Raw, r *rand.Rand, rows int) (change, bool) {
		all := slices.Concat(tab.ints, tab.text, tab.blob)
		col := pick(r, tab.ints) // a copy of a row, with one number otherwise
		list, values := "", ""
		for _, c := range all {
			v := c
			switch {
			case c == col:
				v = fmt.Sprintf("coalesce(%s, 0) + %d", c, 1+r.IntN(2000))
			case tab.name == "journal" && (c == "intent" || c == "batch" || c == "line"), tab.name == "licenses" && c == "order_key":
				v = "NULL"
			}
			list, values = list+", "+c, values+", "+v
		}
		i := r.IntN(rows)
		c := tab.update("", "", i)
		c.query = fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET $1", tab.name, list[2:], values[2:], tab.name, tab.key)
		c.name, c.entry = fmt.Sprintf("a copy of row %d with another %s", i, col), nil
		return c, true
	}},
	{"two rows exchanged", func(tab table, raw Raw, r *rand.Rand, rows int) (change, bool) {
		if tab.name != "journal" {
			return change{}, false
		}
		col := []string{"leaf", "leaf", "verdict", "operator", "at", "fingerprint", "license"}[r.IntN(7)]
		i, j := r.IntN(rows), r.IntN(rows)
		c := change{name: fmt.Sprintf("%s of entries %d and %d", col, i, j), entry: first(i, j)}
		c.query = fmt.Sprintf(`UPDATE journal SET %[1]s = (SELECT o.%[1]s FROM journal o WHERE o.id = %[2]d + %[3]d - journal.id)
			WHERE id IN (%[2]d, %[3]d) AND (SELECT a.%[1]s FROM journal a WHERE a.id = %[2]d) IS DISTINCT FROM (SELECT b.%[1]s FROM journal b WHERE b.id = %[3]d)`, col, i, j)
		return c, true
	}},
	{"tail cut off", func(tab table, raw Raw, r *rand.Rand, rows int) (change, bool) {
		if tab.name != "journal" && tab.name != "subtrees" {
			return change{}, false
		}
		i := r.IntN(rows)
		c := change{name: fmt.Sprintf("from row %d on", i)}
		if c.query = fmt.Sprintf("DELETE FROM subtrees WHERE n >= %d", i); tab.name == "journal" {
			c.query, c.entry = fmt.Sprintf("DELETE FROM journal WHERE id >= %d", i), first(i, i)
		}
		return c, true
	}},
	{"head replaced", func(tab table, raw Raw, r *rand.Rand, rows int) (change, bool) {
		if tab.name != "logs" {
			return change{}, false
		}
		value := []string{raw.Bytes(""), raw.Bytes("68656164"), raw.Replaced("checkpoint", "A", "B"),
			raw.Replaced("checkpoint", "\n646\n", fmt.Sprintf("\n%d\n", r.IntN(642)))}[r.IntN(4)]
		return change{name: value, query: "UPDATE logs SET checkpoint = " + value + " WHERE checkpoint IS DISTINCT FROM " + value}, true
	}},
}

// update is the change of one column of row i, if it changes anything.
func (tab table) update(column, value string, i int) change {
	c := change{name: fmt.Sprintf("%s of row %d = %s", column, i, value), args: []any{i}}
	c.query = fmt.Sprintf("UPDATE %s SET %s = %s WHERE (%s) = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET $1) AND %s IS DISTINCT FROM %s",
		tab.name, column, value, tab.key, tab.key, tab.name, tab.key, column, value)
	if tab.name == "journal" {
		c.entry = first(i, i)
	}
	return c
}

func first(i, j int) *uint64 {
	n := uint64(min(i, j))
	return &n
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }
