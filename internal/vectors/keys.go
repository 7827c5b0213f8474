package main

import "fmt"

// keyCase is one hash, step by step: mac is the whole HMAC-SHA256 of message
// under key (SHA-256 where key is empty), result its leftmost bits.
type keyCase struct {
	Name    string `json:"name"`
	Label   string `json:"label"`
	Key     string `json:"key"`
	Message string `json:"message"`
	Mac     string `json:"mac"`
	Bits    int    `json:"bits"`
	Result  string `json:"result"` // hexadecimal; a result of 34 or 20 bits as a number
	Code    string `json:"code,omitempty"`

	// Where a tag's are other than 7, 1, 0, and the definition that was asked for.
	Release    uint16 `json:"release,omitempty"`
	Type       uint8  `json:"type,omitempty"`
	Flags      uint8  `json:"flags,omitempty"`
	Definition uint8  `json:"definition,omitempty"`
}

// newKeyCase hashes the fields under the key.
func newKeyCase(name, label string, key []byte, bits int, code string, fields ...[]byte) keyCase {
	sum := mac(key, label, fields...)
	result := hexOf(sum[:bits/8])
	if bits == 34 {
		result = fmt.Sprintf("%09x", leftmost(sum, bits))
	}
	return keyCase{Name: name, Label: label, Key: hexOf(key), Message: hexOf(message(label, fields...)), Mac: hexOf(sum),
		Bits: bits, Result: result, Code: code}
}

func keyVectors() (out []vector) {
	add := func(name, label string, key []byte, bits int, code string, fields ...[]byte) {
		out = append(out, vector{name, newKeyCase(name, label, key, bits, code, fields...)})
	}
	r, d := sampleRequest, sampleConfirm
	release := [][]byte{sampleUID, be16(7), {1}}
	add("license key", "license key", sampleMaster, 88, inLetters('S', serialValue(sampleLicense, sampleKey)), sampleUID, be32(sampleLicense))
	add("stretched license key", "stretched license key", sampleUID, 256, "", be32(sampleLicense), sampleKey)
	add("vouch", "vouch", sampleLK, 96, "", sampleUID, be32(sampleLicense))
	add("key id", "key id", sampleLK, 64, "")
	add("request tag", "request", sampleLK, 34, inLetters('R', r.value()), append(release, r.fields()...)...)
	add("activation tag", "activation code", sampleLK, 64, inLetters('A', sampleAnswer.value()), sampleAnswer.terms(r)...)
	add("activation key", "activation key", sampleLK, 256, "", append(sampleAnswer.terms(r), be64(sampleAnswer.tag))...)
	add("confirmation tag", "confirmation", sampleC, 34, inLetters('D', d.value()), append(release, d.fields()...)...)
	ended := append(append([][]byte{sampleUID}, d.fields()...), be64(d.tag))
	add("deactivated key", "deactivated", sampleC, 256, "", ended...)
	add("checked in key", "checked in", sampleC, 256, "", ended...)
	after := statement{kind: 'R', random: 0x2468ace0, fingerprint: r.fingerprint, license: r.license, definition: 4}.tagged(sampleT)
	add("request tag after the deactivation", "request", sampleT, 34, inLetters('R', after.value()), append(release, after.fields()...)...)
	return append(out, typeVectors()...)
}
