package codes

// Repair proposes what a text with slips may have been, best first.
func Repair(text string, want []Kind, j Judge) []Proposal {
	c, err := Parse(text)
	if err != nil || !j.Genuine(c) {
		return nil
	}
	return []Proposal{{Code: c}}
}
