package codes_test

import (
	"fmt"

	"github.com/manual-activator/manual-activator/codes"
)

// A desk reads a request and finds it genuine.
func ExampleParse() {
	uid, err := codes.ParseUID("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf")
	if err != nil {
		panic(err)
	}
	secret := make([]byte, 32) // the vendor's, out of the keyring
	for i := range secret {
		secret[i] = byte(i)
	}
	master := codes.NewMaster(secret)

	c, err := codes.Parse("rmhztp is my name, and the code is RMhZtp FQBSVY RgS3Kw KX9Rui zzJfM2, thanks!")
	if err != nil {
		fmt.Println(err) // a sentence for the agent
		return
	}
	r := c.Statement()
	key := master.LicenseKey(uid, r.License).Stretch(uid, r.License)
	const release, typ = 7, 1
	genuine := codes.EqualTags(key.StatementTag(uid, release, typ, r), r.Tag)
	fmt.Println(c.Kind(), "of license", r.License, "genuine:", genuine)
	// Output: request code of license 00c0ffee genuine: true
}

func ExampleParse_slip() {
	_, err := codes.Parse("RMhZtp-FQBSVY-RgS3Kw-KX9Rni-zzJfM2")
	fmt.Println(err)
	// Output: group 4 of 5: "KX9Rni" does not fit its check character, so one character is wrong or two are exchanged: ask for the group again
}

// everything is a judge that knows every license and finds one code genuine.
type everything struct{ right string }

func (e everything) Known(numbers []codes.LicenseNumber) []bool {
	known := make([]bool, len(numbers))
	for i := range known {
		known[i] = true
	}
	return known
}

func (e everything) Genuine(c codes.Code) bool { return c.String() == e.right }

func ExampleRepair() {
	judge := everything{"RMhZtp-FQBSVY-RgS3Kw-KX9Rui-zzJfM2"}
	for _, p := range codes.Repair("RMhZtp-FQ8SVY-RgS3Kw-KX9Rui-zzJMf2", nil, judge) {
		fmt.Println(p.Code)
		for _, c := range p.Changes {
			fmt.Println(c)
		}
	}
	// Output:
	// RMhZtp-FQBSVY-RgS3Kw-KX9Rui-zzJfM2
	// group 2, character 3: "B" instead of "8"
	// group 5, characters 4 and 5: "fM" instead of "Mf"
}
