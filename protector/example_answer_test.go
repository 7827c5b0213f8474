package protector_test

import (
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// answer is the vendor's side of the telephone call.
func answer(vendor *protectortest.Vendor, request string) string {
	code, err := codes.Parse(request)
	if err != nil {
		return err.Error()
	}
	reply, err := vendor.Issue(code, protectortest.Answer{})
	if err != nil {
		return err.Error()
	}
	return reply.String()
}
