package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/internal/regular"
)

// machines reads the two arguments of compare. A hardware profile code does not
// say which product its hashes are for: it is the named one, else that of its
// license at this desk. The licenses are those of two codes.
func (a *app) machines(ctx context.Context, args [2]string, named *catalog.Product) (two [2]*fingerprint.Profile, licenses []codes.LicenseNumber, err error) {
	var found [2]*codes.Hardware
	for n, arg := range args {
		if two[n], found[n], err = a.machine(arg); err != nil {
			return two, nil, err
		}
		if found[n] != nil && named != nil {
			two[n] = activator.ProfileOf(named.UID, found[n])
		}
	}
	if found[0] != nil && found[1] != nil {
		licenses = []codes.LicenseNumber{found[0].License, found[1].License}
	}
	if found == [2]*codes.Hardware{} || named != nil {
		return two, licenses, nil
	}
	err = a.with(ctx, func(_ *activator.Desk, s *activator.Session) error {
		for n, h := range found {
			if h == nil {
				continue
			}
			l, err := s.License(ctx, h.License)
			if err != nil {
				return err
			}
			two[n] = activator.ProfileOf(l.Product, h)
		}
		return nil
	})
	if err != nil {
		return two, nil, fmt.Errorf("which product the hardware profile code is for: %w; --product names it", err)
	}
	return two, licenses, nil
}

// machine reads one argument of compare: a profile or a code, in a file, on
// standard input, or, for a code, as the argument itself.
func (a *app) machine(arg string) (*fingerprint.Profile, *codes.Hardware, error) {
	if arg == "-" {
		text, err := a.stdin()
		if err != nil {
			return nil, nil, err
		}
		return profileIn("standard input", []byte(text))
	}
	f, err := regular.Open(arg)
	if errors.Is(err, regular.ErrNotRegular) {
		return nil, nil, fmt.Errorf("hardware profile: %w", err)
	}
	if err != nil {
		h, bad := codes.ParseHardware(arg)
		switch {
		case bad == nil:
			return nil, h, nil
		case errors.Is(bad, codes.ErrNoHardware):
			return nil, nil, fmt.Errorf("hardware profile: neither a file nor a hardware profile code: %w", err)
		}
		return nil, nil, &refusal{exitUnreadable, bad.Error()}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, fingerprint.MaxSize+1))
	if err != nil {
		return nil, nil, fmt.Errorf("hardware profile %q: %w", arg, err)
	}
	return profileIn(fmt.Sprintf("%q", arg), data)
}

// profileIn reads what a file holds: a profile in JSON, or a text with a code in it.
func profileIn(where string, data []byte) (*fingerprint.Profile, *codes.Hardware, error) {
	p, err := fingerprint.Parse(data)
	if err == nil {
		return p, nil, nil
	}
	if len(data) > fingerprint.MaxSize || bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return nil, nil, fmt.Errorf("%s: %w", where, err)
	}
	h, bad := codes.ParseHardware(string(data))
	switch {
	case bad == nil:
		return nil, h, nil
	case errors.Is(bad, codes.ErrNoHardware):
		return nil, nil, fmt.Errorf("%s: holds neither a hardware profile in JSON nor a hardware profile code", where)
	}
	return nil, nil, &refusal{exitUnreadable, fmt.Sprintf("%s: %v", where, bad)}
}
