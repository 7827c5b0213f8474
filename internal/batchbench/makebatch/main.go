// Command makebatch makes a vendor folder with licenses and a table of codes for it,
// to measure a whole run of `activator batch`:
//
//	go run ./internal/batchbench/makebatch FOLDER ROWS [LICENSES]
//	export ACTIVATOR_DIR=FOLDER/vendor ACTIVATOR_PASSPHRASE='a passphrase for benchmarks'
//	activator batch FOLDER/orders.csv -o FOLDER/answers.csv
//
// There are as many licenses as rows, with one seat each, or so many with as many seats
// as the rows may need.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/manual-activator/manual-activator/internal/batchbench"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "makebatch:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 && len(args) != 3 {
		return errors.New("usage: makebatch FOLDER ROWS [LICENSES]")
	}
	rows, err := strconv.Atoi(args[1])
	if err != nil || rows < 1 {
		return fmt.Errorf("rows: have %q, want a number from 1", args[1])
	}
	licenses := rows
	if len(args) == 3 {
		if licenses, err = strconv.Atoi(args[2]); err != nil || licenses < 1 {
			return fmt.Errorf("licenses: have %q, want a number from 1", args[2])
		}
	}
	o, err := batchbench.NewOffice(filepath.Join(args[0], "vendor"), licenses, (rows+licenses-1)/licenses, time.Now())
	if err != nil {
		return err
	}
	defer o.Close()
	f, err := os.Create(filepath.Join(args[0], "orders.csv"))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	return errors.Join(o.WriteCSV(w, rows, 1), w.Flush(), f.Close())
}
