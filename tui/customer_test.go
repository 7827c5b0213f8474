package tui

import (
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

// What the training's customer says wrongly can never be read as another code: the desk
// would refuse it, where the agent is to learn about proposals.
func TestTheSlipOfTheTrainingIsNoticed(t *testing.T) {
	d := opened(t)
	_, c := d.license("Print Shop Miller", 1)
	for range 20_000 { // the check misses about 12 exchanges of so many
		code := c.asks(t, 1).String()
		if read, err := codes.Parse(slipped(code)); err == nil {
			t.Fatalf("%s with a slip: have %v read, want it noticed", code, read)
		}
	}
}
