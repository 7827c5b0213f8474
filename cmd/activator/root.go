package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// version is set by the linker for releases.
var version = ""

const rootLong = `activator is the vendor's side of activation by telephone, letter and mail.

A customer's program shows a request code; you type it here and read back the
activation code. When the customer gives a license back, the program shows a
confirmation code, which is typed here too and counts once.

Without a command, on a terminal, it opens the desk: one screen for all of that.

Try it without any setup:

  activator demo

Or begin for real:

  activator init
  activator product export press-studio -o press-studio.profile
  activator license add --product press-studio --customer "Acme" --order 1

Vendor folder: --dir, else $ACTIVATOR_DIR, else the data folder of this system.
Journal: a file in the vendor folder, or a PostgreSQL database: --journal, else
the line "journal" in the folder's activator.toml.
Passphrase: --passphrase-file, else $ACTIVATOR_PASSPHRASE, else asked for.
A code given as - is read from standard input.

Exit status: 0 done, a repeat included; 1 could not; 2 wrong usage; 3 understood
and refused; 4 the code could not be read.`

// Commands are listed in the order of the work, not of the alphabet.
func init() { cobra.EnableCommandSorting = false }

// root makes the whole tree of commands.
func (a *app) root() *cobra.Command {
	root := group("activator", "the vendor's side of activation by telephone, letter and mail",
		a.demoCmd(), a.initCmd(), a.productCmd(), a.licenseCmd(),
		a.readCmd(), a.issueCmd(), a.confirmCmd(), a.refundCmd(), a.goneCmd(), a.repliesCmd(),
		a.batchCmd(), a.journalCmd(), a.backupCmd(), a.restoreCmd(), a.keysCmd(), a.compareCmd(), a.versionCmd(),
	)
	root.Long = rootLong
	root.RunE = func(cmd *cobra.Command, _ []string) error { return a.deskUI(cmd) }
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "Flags.FlagUsages ", fmt.Sprintf("Flags.FlagUsagesWrapped %d ", width)))
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{text: err.Error(), cmd: cmd}
	})
	f := root.PersistentFlags()
	f.SortFlags = false
	f.StringVar(&a.dir, "dir", "", "vendor `folder`")
	f.StringVar(&a.passphraseFile, "passphrase-file", "", "`file` whose first line is the passphrase")
	f.StringVar(&a.operator, "operator", "", "who works here, as the journal keeps it (default: the system's user `name`)")
	f.StringVar(&a.journal, "journal", "", "the journal's `address`, postgres://USER@HOST/DATABASE (default: what the vendor folder's settings say)")
	f.BoolVar(&a.json, "json", false, "answer in JSON, for programs")
	return root
}

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the version", Args: args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			v := version
			if v == "" {
				v = "(devel)"
				if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
					v = info.Main.Version
				}
			}
			if a.json {
				return a.put(map[string]string{"version": v, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
			}
			_, err := fmt.Fprintf(a.out, "activator %s %s %s/%s\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
