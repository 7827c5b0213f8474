package main

import "github.com/spf13/cobra"

func (a *app) checkInCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "check-in DEFINITION", Short: "give one thing back and keep the rest (not in this version yet)",
		RunE: func(*cobra.Command, []string) error { return later("check-in") },
	}
	cmd.Flags().Bool("yes", false, "do not ask")
	return cmd
}
