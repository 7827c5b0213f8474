package fingerprint

import (
	"errors"
	"strings"
)

// boardOf makes the component of the main board out of the names of its maker
// and model, leaving out placeholders.
func boardOf(texts []string) (f finding, err error) {
	var names []string
	for _, text := range texts {
		if !isJunk(Board, normalize(Board, text)) {
			names = append(names, text)
		}
	}
	if len(names) == 0 {
		return f, errors.New("the firmware names neither the machine nor its main board")
	}
	f.instances = []Instance{NewInstance(Board, strings.Join(names, " / "), names[0], Counts)}
	return f, nil
}
