package batch

import (
	"fmt"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
)

// What a desk shows and saves of a row stands in the columns that its file has, with
// the code's own marked, and without the results of a run before.
func TestCarriedCells(t *testing.T) {
	for _, test := range []struct {
		name, input string
		format      Format
		want        []string // a row each
	}{
		{"table", "Order; CODE ;verdict;Note;entry\nA-17;" + slip + ";unreadable;\"two; words\";4\nA-18;" + request + "\n", Auto, []string{
			"Order=A-17 | * CODE =" + slip + " | Note=two; words",
			"Order=A-18 | * CODE =" + request + " | Note=", // a row with fewer cells than columns
		}},
		{"table with a spoiled line", "order,code\n\"A-17\" x," + request + "\nA-18," + request + "\n", Auto, []string{
			"order= | *code=\"A-17\" x," + request,
			"order=A-18 | *code=" + request,
		}},
		{"lines of JSON", `{"order": 17, "code": "` + request + `", "verdict": "ok"}` + "\nno object\n", Auto, []string{
			`input={"order": 17, "code": "` + request + `", "verdict": "ok"}`,
			"input=no object",
		}},
		{"mails", "From: Anna <anna@example.com>\nSubject: our two codes\n\n" + request + "\nand\n" + slip + "\n", Auto, []string{
			"*code=" + request + " | from=Anna <anna@example.com> | subject=our two codes",
			"*code=" + slip + " | from=Anna <anna@example.com> | subject=our two codes",
		}},
		{"text", "please answer " + request + " soon", Text, []string{"*code=" + request + " | from= | subject="}},
	} {
		in := open(t, test.input, test.format)
		rows := readAll(t, in)
		if len(rows) != len(test.want) {
			t.Errorf("%s: have %d rows, want %d", test.name, len(rows), len(test.want))
			continue
		}
		for i, row := range rows {
			var cells []string
			for _, c := range in.Carried(&row) {
				mark := ""
				if c.Code {
					mark = "*"
				}
				cells = append(cells, fmt.Sprintf("%s%s=%s", mark, c.Column, c.Text))
			}
			if have := strings.Join(cells, " | "); have != test.want[i] {
				t.Errorf("%s, row %d: have %s, want %s", test.name, i+1, have, test.want[i])
			}
		}
	}
	in := open(t, "code\n"+request+"\n", Auto)
	if have := in.Carried(&activator.Row{Text: request}); have != nil {
		t.Errorf("a row that this input did not read: have %v, want nothing", have)
	}
}
