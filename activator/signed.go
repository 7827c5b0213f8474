package activator

import (
	"fmt"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// A codeSigner signs signed activation codes with the key of an epoch: the keyring.
type codeSigner interface {
	SignCode(id uint8, message []byte) ([64]byte, error)
}

// write makes the activation code of a claim whose terms are set, under the key of
// the state that it is given to: a signed one where the definition says so, and
// nothing else. The key is that of the license's epoch: programs that know the license
// have it, also where the keys were changed since.
func (a *answerClaim) write(h *history, parent *node, s codeSigner) error {
	if a.terms.Flags&product.FlagSigned == 0 {
		a.tag = h.taggerOf(parent).AnswerTag(a.terms)
		return nil
	}
	covers := codes.Signed{
		Terms: a.terms, Commit: h.keyOf(parent).Commitment(), Vouch: h.keyOf(h.root).Vouch(h.uid, h.license),
	}
	a.signed = codes.SignedAnswer{KeyID: h.license.Epoch(), Day: a.terms.Day, Parameter: a.terms.Parameter}
	signature, err := s.SignCode(a.signed.KeyID, covers.Message(a.signed.KeyID))
	if err != nil {
		return fmt.Errorf("sign the activation code: %w", err)
	}
	a.signed.Signature = signature
	a.tag = a.signed.Tag()
	return nil
}

// code is the activation code of the claim, the same whenever it is asked for.
func (a *answerClaim) code() codes.Code {
	if a.terms.Flags&product.FlagSigned != 0 {
		return a.signed.Code()
	}
	return codes.Answer{Day: a.terms.Day, Parameter: a.terms.Parameter, Tag: a.tag}.Code()
}
