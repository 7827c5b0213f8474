package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"protector": main})
}

// TestScripts runs testdata/script. Besides the program, scripts have a vendor:
//
//	vendor export FILE             signs the next product profile
//	vendor test no                 makes the product a real one
//	vendor trial days|hours|runs N gives the product a trial
//	vendor serial N                sets $SERIAL, in the roster from the next export on
//	vendor unvouched N             sets $SERIAL, not in the roster
//	vendor license N FILE          signs a license file
//	vendor answer [as=D] [parameter=N] [day=D]   answers the R in the last stdout, sets $ANSWER
//	vendor confirm                 checks the D in the last stdout
//	machine N FILE                 records an invented machine
//	json                           checks that the last stdout is one JSON value
func TestScripts(t *testing.T) {
	type key struct{}
	vendorOf := func(ts *testscript.TestScript) *protectortest.Vendor {
		return ts.Value(key{}).(*protectortest.Vendor)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Condition: func(cond string) (bool, error) {
			if cond == "testclock" { // built with -tags testclock: $FAKETIME is the clock
				return settable, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Setup: func(env *testscript.Env) error {
			signed := time.Now()
			if settable {
				signed = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
			}
			env.Values[key{}] = protectortest.New(signed)
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			env.Setenv("XDG_STATE_HOME", env.WorkDir+"/local")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"vendor": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) == 0 {
					ts.Fatalf("usage: vendor VERB ...")
				}
				runVendor(ts, vendorOf(ts), args[0], args[1:])
			},
			"machine": func(ts *testscript.TestScript, _ bool, args []string) {
				n, err := strconv.ParseUint(args[0], 10, 32)
				ts.Check(err)
				data, err := json.Marshal(protectortest.Machine(uint32(n)))
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o600))
			},
			"json": func(ts *testscript.TestScript, _ bool, _ []string) {
				d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
				var v any
				ts.Check(d.Decode(&v))
				if d.More() {
					ts.Fatalf("more than one JSON value on stdout")
				}
			},
		},
	})
}

func runVendor(ts *testscript.TestScript, v *protectortest.Vendor, verb string, args []string) {
	number := func() codes.LicenseNumber {
		n, err := strconv.ParseUint(args[0], 10, 32)
		ts.Check(err)
		return codes.LicenseNumber(n)
	}
	said := func(kind codes.Kind) codes.Code {
		for _, m := range codes.Find(ts.ReadFile("stdout")) {
			if m.Code.Kind() == kind {
				return m.Code
			}
		}
		ts.Fatalf("no %s in stdout", kind)
		return codes.Code{}
	}
	switch verb {
	case "export":
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), v.Export(), 0o600))
	case "test":
		v.Profile.Test = args[0] == "yes"
	case "trial":
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		switch args[0] {
		case "days":
			v.Profile.Trial.Days = n
		case "hours":
			v.Profile.Trial.Hours = n
		case "runs":
			v.Profile.Trial.Runs = n
		}
	case "anchor":
		ts.Setenv("ANCHOR", v.Anchor)
	case "serial":
		ts.Setenv("SERIAL", v.Vouch(number()).Code().String())
	case "unvouched":
		ts.Setenv("SERIAL", v.Serial(number()).Code().String())
	case "license":
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), v.LicenseFile(number(), nil), 0o600))
	case "answer":
		var a protectortest.Answer
		for _, arg := range args {
			name, value, _ := strings.Cut(arg, "=")
			switch name {
			case "as", "parameter":
				n, err := strconv.ParseUint(value, 0, 32)
				ts.Check(err)
				if name == "as" {
					a.As = uint8(n)
				} else {
					a.Parameter = uint32(n)
				}
			case "day":
				day, err := codes.ParseDay(value)
				ts.Check(err)
				a.Day = day
			default:
				ts.Fatalf("unknown %q", arg)
			}
		}
		code, err := v.Issue(said(codes.KindRequest), a)
		ts.Check(err)
		ts.Setenv("ANSWER", code.String())
		ts.Setenv("ANSWER_DIGITS", code.Digits())
	case "confirm":
		_, err := v.Confirm(said(codes.KindConfirmation))
		ts.Check(err)
	default:
		ts.Fatalf("unknown verb %q", verb)
	}
}

// TestAnchorBuiltIn: with an anchor nothing is pinned, and no other key is taken.
func TestAnchorBuiltIn(t *testing.T) {
	ours, theirs := protectortest.New(time.Now()), protectortest.New(time.Now())
	theirs.Profile.UID = ours.Profile.UID
	anchor = ours.Anchor
	defer func() { anchor = "" }()
	dir := t.TempDir()
	for _, test := range []struct {
		vendor *protectortest.Vendor
		want   int
		says   string
	}{
		{ours, exitDone, ""},
		{theirs, exitRefused, "not by a key that is trusted here"},
	} {
		file := filepath.Join(dir, "profile")
		if err := os.WriteFile(file, test.vendor.Export(), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, messages bytes.Buffer
		have := run([]string{"--state", filepath.Join(dir, "st"), "--product", file, "--json", "status"}, strings.NewReader(""), &out, &messages)
		if have != test.want || test.says == "" && messages.Len() > 0 {
			t.Errorf("exit status %d, want %d; said %q", have, test.want, messages.String())
		}
		if !strings.Contains(messages.String(), test.says) {
			t.Errorf("said %q, want %q in it", messages.String(), test.says)
		}
		if !json.Valid(out.Bytes()) {
			t.Errorf("stdout is no JSON: %q", out.String())
		}
	}
	if pinned, _ := filepath.Glob(filepath.Join(dir, "st", "*.anchor")); len(pinned) > 0 {
		t.Errorf("a key was pinned: %v", pinned)
	}
}

// TestAgreed: only a whole yes deactivates.
func TestAgreed(t *testing.T) {
	for typed, want := range map[string]bool{"yes\n": true, " YES \r\n": true, "y\n": false, "no\n": false, "\n": false, "yes": false, "": false, "yes please\n": false} {
		var messages bytes.Buffer
		a := &app{stdin: strings.NewReader(typed), stderr: &messages}
		if have := a.agreed(protector.Warning{Text: "It stops working."}); have != want {
			t.Errorf("%q is taken as %v, want %v", typed, have, want)
		}
		if !strings.HasPrefix(messages.String(), "It stops working.") {
			t.Errorf("the warning is %q", messages.String())
		}
	}
}

// TestPlain keeps control characters of signed texts off the terminal.
func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Druckerei Müller":    "Druckerei Müller",
		"a\x1b[31mred\x07":    "a [31mred ",
		"left\u202eright\nup": "left right up",
	} {
		if have := plain(text); have != want {
			t.Errorf("plain(%q) = %q, want %q", text, have, want)
		}
	}
}
