package tui

import (
	"charm.land/lipgloss/v2"
)

// theme is how things look. Colors never carry a meaning alone: a mark or a word
// always says the same.
type theme struct {
	plain, dim, strong, good, bad, warn, accent, key  lipgloss.Style
	band, bandGood, bandBad, bandWarn, tab, tabActive lipgloss.Style
	selected                                          lipgloss.Style
}

func newTheme(dark bool) theme {
	pick := lipgloss.LightDark(dark)
	c := func(light, dark string) lipgloss.Style {
		return lipgloss.NewStyle().Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	s := lipgloss.NewStyle()
	// Bands are reversed, so that they stand out without color too.
	on := func(light, dark string) lipgloss.Style { return c(light, dark).Bold(true).Reverse(true) }
	return theme{
		plain: s, dim: c("#6a6d7c", "#8b8fa3"), strong: s.Bold(true),
		good: c("#1a7f37", "#8bd98b").Bold(true), bad: c("#b3152e", "#ff8098").Bold(true),
		warn: c("#8a5300", "#f2cc6b").Bold(true), accent: c("#0550ae", "#8ab8ff"), key: c("#0550ae", "#8ab8ff").Bold(true),
		band: on("#5c5f77", "#a6adc8"), bandGood: on("#1a7f37", "#8bd98b"), bandBad: on("#b3152e", "#ff8098"),
		bandWarn: on("#8a5300", "#f2cc6b"),
		tab:      c("#6a6d7c", "#8b8fa3"), tabActive: c("#0550ae", "#8ab8ff").Bold(true).Underline(true),
		selected: s.Reverse(true),
	}
}
