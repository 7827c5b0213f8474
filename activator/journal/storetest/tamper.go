package storetest

import (
	"testing"
)

func tamper(t *testing.T, f Factory) {
	if f.Raw == nil {
		t.Skip("the store gives no access to its tables")
	}
}
