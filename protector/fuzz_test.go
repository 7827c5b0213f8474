package protector

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// FuzzState reads state files: they never panic, what is taken is canonical, and a
// client over whatever is there answers and can be used on.
func FuzzState(f *testing.F) {
	vendor := protectortest.Fixed(start)
	serial := vendor.Vouch(number)
	profile := vendor.Export()
	config := func(disk memory) Config {
		return Config{
			Profile: profile, Anchor: vendor.Anchor, Dir: "/state", disk: disk,
			Now:     func() time.Time { return start },
			Machine: func(context.Context) (*fingerprint.Profile, error) { return protectortest.Machine(1), nil },
		}
	}
	disk := memory{}
	c, err := Open(config(disk))
	if err != nil {
		f.Fatal(err)
	}
	add := func() {
		for _, data := range disk {
			body, _, _ := bytes.Cut(data[len(recordLine):], []byte("\n"))
			f.Add(body, true)
			f.Add(data, false)
		}
	}
	add()
	if _, err := c.EnterSerial(serial.Code().String()); err != nil {
		f.Fatal(err)
	}
	add()
	r, err := c.Request(1, RequestOptions{})
	if err != nil {
		f.Fatal(err)
	}
	add()
	answer, err := vendor.Issue(r.Code, protectortest.Answer{})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := c.Enter(answer.String()); err != nil {
		f.Fatal(err)
	}
	add()
	for _, id := range []uint8{protectortest.Bundle, protectortest.Hours, protectortest.Rental} {
		r, err := c.Request(id, RequestOptions{})
		if err != nil {
			f.Fatal(err)
		}
		code, err := vendor.Issue(r.Code, protectortest.Answer{Parameter: 1100})
		if err != nil {
			f.Fatal(err)
		}
		if _, err := c.Enter(code.String()); err != nil {
			f.Fatal(err)
		}
	}
	recovery, err := c.Request(protectortest.Recover, RequestOptions{})
	if err != nil {
		f.Fatal(err)
	}
	repair, err := vendor.Issue(recovery.Code, protectortest.Answer{Parameter: uint32(today)})
	if err != nil {
		f.Fatal(err)
	}
	add()
	if _, err := c.CheckIn(0, yes); err != nil {
		f.Fatal(err)
	}
	add()
	if _, err := c.Deactivate(0, yes); err != nil {
		f.Fatal(err)
	}
	add()
	f.Add([]byte(recordLine+"{}\ntag 00\n"), false)
	f.Add([]byte(`{"product":"00000000000000000000000000000000","sequence":18446744073709551615}`), true)

	uid := vendor.Profile.UID
	f.Fuzz(func(t *testing.T, data []byte, sign bool) {
		if sign { // behind the tag: what somebody with the serial number can write
			rec := &record{Product: uid}
			if bytes.Contains(data, []byte(`"license":`)) {
				rec.License, rec.LicenseKey = number, licenseSecret{serial.Key}
			}
			text := append(append([]byte(recordLine), data...), '\n')
			data = append(bytes.Clone(text), "tag "+hexOf(rec.tag(text))+"\n"...)
		}
		taken := false
		for _, license := range []codes.LicenseNumber{0, number} {
			rec, err := decodeRecord(data, uid, license)
			if err == nil && !bytes.Equal(rec.encode(), data) {
				t.Fatalf("taken, and written differently:\n%s\n%s", data, rec.encode())
			}
			taken = taken || err == nil
		}
		if !taken && len(data)%16 != 0 { // damage is all the same to a client, and slow
			return
		}
		disk := memory{}
		for _, p := range placesBelow("/state", uid) {
			disk[filepath.Join(p.dir, licenseFile(number))] = data
			disk[filepath.Join(p.dir, recoveryFile(number))] = data
			disk[filepath.Join(p.dir, machineFile)] = data
		}
		c, err := Open(config(disk))
		if err != nil {
			if ReasonOf(err) == "" {
				t.Fatalf("an error without a reason: %v", err)
			}
			return
		}
		status, err := c.Status()
		if err != nil {
			t.Fatal(err)
		}
		if len(status.Definitions) != len(vendor.Profile.Definitions) {
			t.Fatalf("%d definitions", len(status.Definitions))
		}
		for _, act := range []func() error{
			func() error { _, err := c.Confirmation(); return err },
			func() error { _, err := c.Enter(answer.String()); return err },
			func() error {
				r, err := c.Begin()
				if err == nil {
					_, err = r.Tick()
				}
				return err
			},
			func() error { _, err := c.Request(0, RequestOptions{}); return err },
			func() error { _, err := c.CheckIn(0, yes); return err },
			func() error { _, err := c.Request(protectortest.Recover, RequestOptions{}); return err },
			func() error { _, err := c.Enter(repair.String()); return err },
			func() error { _, err := c.Deactivate(0, yes); return err },
			func() error { _, err := c.EnterSerial(serial.Code().String()); return err },
			func() error { _, err := c.Request(0, RequestOptions{New: true}); return err },
		} {
			if err := act(); err != nil && ReasonOf(err) == "" {
				t.Fatalf("an error without a reason: %v", err)
			}
		}
	})
}
