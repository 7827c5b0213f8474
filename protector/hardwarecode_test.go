package protector

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// The example in docs/format.md: a recorded machine, the license of docs/profile.md.
func TestHardwareCodeInTheDocument(t *testing.T) {
	document, err := os.ReadFile("../docs/format.md")
	if err != nil {
		t.Fatal(err)
	}
	p, err := fingerprint.Load("../testdata/machines/workstation.json")
	if err != nil {
		t.Fatal(err)
	}
	var uid codes.UID
	hex.Decode(uid[:], []byte("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"))
	code, err := codes.Parse("S17aKj-VkDegs-EHgNjE-c5SV6j-SqbD6G")
	if err != nil {
		t.Fatal(err)
	}
	fold, err := p.Fold(uid)
	if err != nil {
		t.Fatal(err)
	}
	serial := code.Serial()
	h := hardwareOf(p, uid, product.Policy{}, codes.Statement{License: serial.License, Fingerprint: codes.Fingerprint(fold), Random: 0x89abcdef})
	h.Tag = serial.Key.Stretch(uid, serial.License).HardwareTag(uid, 7, h)
	var b strings.Builder
	text := strings.Split(h.String(), "-")
	fmt.Fprintf(&b, "    %s-\n    %s\n\n", strings.Join(text[:6], "-"), strings.Join(text[6:], "-"))
	fmt.Fprintf(&b, "    license       %v\n    fingerprint   %v\n    random        %08x\n    kinds         ", h.License, h.Fingerprint, h.Random)
	for _, list := range h.Kinds {
		if list == nil {
			b.WriteByte('0')
		} else {
			b.WriteByte('1')
		}
	}
	b.WriteByte('\n')
	for n, list := range h.Kinds {
		if list == nil {
			continue
		}
		line := fmt.Sprintf("    %-13s %d", fingerprint.Kind(n+1), len(list))
		for _, x := range list {
			line += fmt.Sprintf("  %04x", x)
		}
		b.WriteString(line + "\n")
	}
	fmt.Fprintf(&b, "    tag           %09x\n", h.Tag)
	if !strings.Contains(string(document), b.String()) {
		t.Errorf("docs/format.md has another example than\n%s", b.String())
	}
}

// The code goes with its request, and only the kinds that weigh are in it.
func TestHardwareCode(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Policy.Weights = map[string][3]int{"memory": {}}
	w.profile = w.vendor.Export()
	c := w.licensed()
	r, err := c.Request(1, RequestOptions{})
	w.must(err)
	h := r.Hardware
	if h == nil || h.License != r.License || h.Fingerprint != r.Fingerprint || h.Random != r.Random {
		t.Fatalf("have %+v, want one of the request %v", h, r.Code)
	}
	if len(h.Kinds[0]) != 1 || len(h.Kinds[2]) != 1 || h.Kinds[3] != nil || h.Kinds[4] != nil {
		t.Errorf("have %v, want network card, processor and drive, and no memory", h.Kinds)
	}
	again, err := c.Request(1, RequestOptions{})
	w.must(err)
	if !again.Repeat || again.Hardware.String() != h.String() {
		t.Errorf("have %v, want the same code with the same request: %v", again.Hardware, h)
	}
	w.enter(c, w.issue(r.Code, protectortest.Answer{}))
	next, err := c.Request(5, RequestOptions{})
	w.must(err)
	if next.Hardware.Tag == h.Tag {
		t.Error("have the tag of another request")
	}
}

// A machine with more than fits gives what fits.
func TestHardwareCodeOfManyParts(t *testing.T) {
	p := fingerprint.New()
	for _, k := range []fingerprint.Kind{fingerprint.MAC, fingerprint.Video, fingerprint.SCSI} {
		c := fingerprint.Component{Kind: k}
		for n := range 14 {
			c.Instances = append(c.Instances, fingerprint.Instance{ID: fmt.Sprintf("3c:ec:ef:00:00:%02x", n+1)})
		}
		p.Components = append(p.Components, c)
	}
	p.Tidy()
	h := hardwareOf(p, codes.UID{1}, product.Policy{}, codes.Statement{License: 1, Random: 1})
	if h.String() == "" || len(h.Kinds[0]) != 14 || h.Kinds[7] != nil {
		t.Errorf("have %v, want the network cards, and the last kinds left out", h.Kinds)
	}
}
