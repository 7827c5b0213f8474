package main

import "github.com/spf13/cobra"

func (a *app) useCommand() *cobra.Command {
	return &cobra.Command{
		Use: "use", Short: "begin and end a run, for trials by starts and hours (not in this version yet)",
		RunE: func(*cobra.Command, []string) error { return later("counting runs and hours") },
	}
}
