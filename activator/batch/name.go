package batch

import (
	"context"
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/activator"
)

// FindName finds the name under which a file is run, and what the journal knows of
// that batch, nil where it is new. It is the file's own name; where a batch of that
// name was made of another file and came to its end, the name with a number behind it.
// A batch that did not come to its end must be finished with the file that it began
// with: so a file that was changed meanwhile is not run as a new one.
func FindName(ctx context.Context, s *activator.Session, file string, source [32]byte) (string, *activator.BatchState, error) {
	name := file
	for n := 2; ; n++ {
		st, err := s.BatchState(ctx, name)
		switch {
		case errors.Is(err, activator.ErrNoBatch):
			return name, nil, nil
		case err != nil:
			return "", nil, err
		case st.Source == source:
			return name, st, nil
		case !st.Done:
			return "", nil, fmt.Errorf("the batch %q, which %s began on %s, is not finished, and this file is another one or was changed since (SHA-256 %x, it began with %x): put that file back and go on with it, or give this one a name of its own",
				name, st.Operator, st.Began.UTC().Format("2 January 2006"), source[:4], st.Source[:4])
		}
		name = fmt.Sprintf("%s %d", file, n)
	}
}
