package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"math/big"
	"strings"
)

// signedCase is one signed activation code: what it says, what its signature covers,
// and the key that follows.
type signedCase struct {
	Name      string `json:"name"`
	Letters   string `json:"letters"`
	Value     string `json:"value"` // hexadecimal, without leading zeros
	KeyID     uint8  `json:"key_id"`
	Day       uint16 `json:"day"`
	Parameter string `json:"parameter"`
	Signature string `json:"signature"`
	Tag       string `json:"tag"` // what stands for one

	Public      string `json:"public"` // the vendor's key with this id
	Key         string `json:"key"`    // the request was tagged under it
	License     string `json:"license"`
	LK          string `json:"license_key_stretched"`
	Release     uint16 `json:"release"`
	Definition  uint8  `json:"definition"`
	Type        uint8  `json:"type"`
	Flags       uint8  `json:"flags"`
	Fingerprint string `json:"fingerprint"`
	Random      string `json:"random"` // as it is signed
	Message     string `json:"message"`
	Genuine     bool   `json:"genuine"`
	Next        string `json:"next,omitempty"` // the key that follows; none: the current one stays
}

// signedAnswer is the content of an E.
type signedAnswer struct {
	keyID     uint8
	day       uint16
	parameter uint32
	signature []byte
}

func (a signedAnswer) value() *big.Int {
	return packed(num(13, 0), num(8, uint64(a.keyID)), num(14, uint64(a.day)), num(32, uint64(a.parameter)), raw(a.signature))
}

// The sample vendor's signing keys: of id 0 and of id 3.
var (
	sampleSigner = ed25519.NewKeyFromSeed(seq(0x40, 32))
	otherSigner  = ed25519.NewKeyFromSeed(seq(0x60, 32))
)

// order is the number of points of Ed25519's group, L in RFC 8032.
var order, _ = new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)

// shifted is a signature with S + L in place of S, which loose readers take.
func shifted(signature []byte) []byte {
	little := func(b []byte) []byte {
		out := make([]byte, len(b))
		for i := range b {
			out[len(b)-1-i] = b[i]
		}
		return out
	}
	s := new(big.Int).SetBytes(little(signature[32:]))
	s.Add(s, order)
	return append(append([]byte(nil), signature[:32]...), little(s.FillBytes(make([]byte, 32)))...)
}

func signedVectors() (out []vector) {
	type making struct {
		signer    ed25519.PrivateKey
		under     []byte // K
		commit    []byte // to another key than K, where given
		lk        []byte
		license   uint32
		release   uint16
		grant     grant
		signature func([]byte) []byte // what becomes of it
		shown     *signedAnswer       // other values than were signed
	}
	add := func(name string, a signedAnswer, r statement, m making) {
		terms := answer{day: a.day, parameter: a.parameter}.termsFor(r, m.release, m.grant)
		commit := m.commit
		if commit == nil {
			commit = m.under
		}
		vouch := mac(m.lk, "vouch", sampleUID, be32(m.license))[:12]
		fields := append(append([][]byte{{a.keyID}}, terms...), mac(commit, "commit")[:16], vouch)
		signed := message("signed activation code", fields...)
		a.signature = ed25519.Sign(m.signer, signed)
		c := signedCase{
			Name: name, Public: hexOf(m.signer.Public().(ed25519.PublicKey)), Key: hexOf(m.under), LK: hexOf(m.lk),
			License: fmt.Sprintf("%08x", r.license), Release: m.release, Definition: m.grant.id, Type: m.grant.typ, Flags: m.grant.flags,
			Fingerprint: fmt.Sprintf("%07x", r.fingerprint), Random: hexOf(terms[7]), Genuine: true,
		}
		if m.signature != nil {
			a.signature, c.Genuine = m.signature(a.signature), false
		}
		if m.shown != nil {
			a.keyID, a.day, a.parameter, c.Genuine = m.shown.keyID, m.shown.day, m.shown.parameter, false
			terms = answer{day: a.day, parameter: a.parameter}.termsFor(r, m.release, m.grant)
		}
		c.Genuine = c.Genuine && m.commit == nil && m.license == r.license
		// What a reader with the right keys holds the signature against.
		own := mac(sampleLK, "vouch", sampleUID, be32(r.license))[:12]
		c.Message = hexOf(message("signed activation code", append(append([][]byte{{a.keyID}}, terms...), mac(m.under, "commit")[:16], own)...))
		c.LK = hexOf(sampleLK)
		sum := sha256.Sum256(a.signature)
		c.KeyID, c.Day, c.Parameter, c.Signature, c.Tag = a.keyID, a.day, fmt.Sprintf("%08x", a.parameter), hexOf(a.signature), hexOf(sum[:8])
		c.Value, c.Letters = a.value().Text(16), inLetters('E', a.value())
		if c.Genuine && m.grant.flags&1 == 0 && m.grant.typ != typeRecover {
			c.Next = hexOf(mac(m.under, "activation key", append(terms, sum[:8])...))
		}
		out = append(out, vector{name, c})
	}
	r := sampleRequest
	plain := making{signer: sampleSigner, under: sampleLK, lk: sampleLK, license: sampleLicense, release: 7, grant: grant{3, 1, 2}}
	a := signedAnswer{day: 1066, parameter: 5}

	add("release", a, r, plain)
	m := plain
	m.signer = otherSigner
	add("another signing key, no last day", signedAnswer{keyID: 3}, r, m)
	add("largest values", signedAnswer{keyID: 255, day: 1<<14 - 1, parameter: 1<<32 - 1}, r, m)
	m = plain
	m.grant = grant{5, typeFeature, 3}
	add("reusable", signedAnswer{parameter: 0xff}, r, m)
	m = plain
	m.under, m.grant = sampleT, grant{12, typeReactivate, 2}
	add("reactivate, under the key after a deactivation", a, r, m)
	m = plain
	m.release, m.grant = 8, grant{13, typeRecover, 2}
	add("recover", signedAnswer{day: 1101, parameter: 1091}, r, m)
	m = plain
	m.under, m.grant = sampleC, grant{4, typeFeature, 2}
	add("another definition than was asked for", a, r, m)

	m = plain
	m.signature = shifted
	add("not genuine: S is not below L", a, r, m)
	m = plain
	m.signature = func(s []byte) []byte { s[0] ^= 1; return s }
	add("not genuine: another R", a, r, m)
	m = plain
	m.shown = &signedAnswer{keyID: 3, day: a.day, parameter: a.parameter}
	add("not genuine: another key id", a, r, m)
	m.shown = &signedAnswer{day: a.day + 1, parameter: a.parameter}
	add("not genuine: another day", a, r, m)
	m.shown = &signedAnswer{day: a.day, parameter: a.parameter | 2}
	add("not genuine: another parameter", a, r, m)
	m = plain
	m.commit = sampleC
	add("not genuine: made for a request under another key", a, r, m)
	m = plain
	m.license, m.lk = sampleLicense+1, seq(0x11, 32)
	add("not genuine: vouches for another license", a, r, m)
	return out
}

// signedBad are the texts with the shape of an E that a reader refuses.
func signedBad(plain func(name, text, err string), slip func(name, text, kind string, char int, groups ...int)) {
	plain("signed activation code of 2^566", inLetters('E', new(big.Int).Lsh(big.NewInt(1), 566)), "value")
	plain("largest value of a signed activation code", grouped("E"+strings.Repeat("z", 99), letterOf), "value")
	text := sampleSigned()
	slip("signed activation code, two wrong characters", replace(replace(text, 9, other(text[9])), 133, other(text[133])), "check", 0, 2, 20)
	slip("signed activation code, quoted, one character missing",
		"> "+strings.ReplaceAll(text[:75]+text[76:], "-", "-\n> "), "short", 0, 11)
	plain("within a mail, a request and a signed activation code",
		"Dear customer,\n\nfor "+inLetters('R', sampleRequest.value())+" please enter\n\n"+text+"\n\nThe desk\n", "many")
}

// sampleSigned is the first signed activation code of signed.json.
func sampleSigned() string { return signedVectors()[0].body.(signedCase).Letters }

// signedReading are spellings of an E that a forgiving reader takes.
func signedReading(add func(name, text, letters string)) {
	text := sampleSigned()
	bare := undashed(text)
	in := func(name, spelled string) { add("signed activation code, "+name, spelled, text) }
	block := text[:35] + "\n" + text[35:70] + "\n" + text[70:105] + "\n" + text[105:]
	mail := "Dear Ann,\n\nhere is the code for Press Studio:\n\n" + block + "\n\nPlease enter it by 2026-12-02.\n-- \nThe desk\n"
	in("canonical", text)
	in("no dashes", bare)
	in("in lines of five groups", block)
	in("within a mail", mail)
	in("quoted", "> "+strings.ReplaceAll(mail, "\n", "\n> "))
	in("quoted three times", ">>> "+strings.ReplaceAll(mail, "\n", "\n>>> "))
	in("wrapped within groups", "> "+wrapped(text, 17, "\n> "))
	in("wrapped at one character", wrapped(bare, 1, "\r\n"))
	in("non-breaking hyphens and spaces", strings.ReplaceAll(text, "-", "\u2011\u00a0"))
	in("typographic quotation marks", "\u201e"+text+"\u201c")
	in("full width", strings.Map(func(r rune) rune { return r + 0xfee0 }, text))
	in("character references", "&ldquo;"+strings.ReplaceAll(text, "-", "&#8209;&nbsp;")+"&rdquo;")
	in("character references, hexadecimal", strings.ReplaceAll(text, "-", "&#x2011;&#X200b;"))
	in("character references for its characters", "&#69;"+text[1:])
	in("in angle brackets", "code: <"+text+">, thanks")
}

// wrapped breaks a text into lines.
func wrapped(s string, width int, by string) string {
	var lines []string
	for ; len(s) > width; s = s[width:] {
		lines = append(lines, s[:width])
	}
	return strings.Join(append(lines, s), by)
}
