package codes_test

import (
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

func TestLicenseOfACode(t *testing.T) {
	const number codes.LicenseNumber = 0x00c0ffee
	signed := codes.SignedAnswer{}.Code()
	for name, c := range map[string]struct {
		code codes.Code
		want codes.LicenseNumber
	}{
		"request":      {codes.Statement{Kind: codes.KindRequest, Random: 1, License: number, Definition: 1}.Code(), number},
		"confirmation": {codes.Statement{Kind: codes.KindConfirmation, Random: 1, License: number, Definition: 2}.Code(), number},
		"serial":       {codes.Serial{License: number}.Code(), number},
		"activation":   {codes.Answer{Day: 1100}.Code(), 0},
		"signed":       {signed, 0},
		"none":         {codes.Code{}, 0},
	} {
		if have := c.code.License(); have != c.want {
			t.Errorf("%s: have license %v, want %v", name, have, c.want)
		}
	}
}
