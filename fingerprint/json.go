package fingerprint

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/manual-activator/manual-activator/internal/regular"
)

// Limits of the JSON form. A real profile has about 3 KiB and 30 instances.
const (
	MaxSize      = 8 << 20 // bytes of a profile in JSON
	MaxInstances = 50_000  // of all components together
	maxParts     = 1_000   // components, and notes
	maxVersion   = 255
)

// The JSON form. Reading is strict in its fields and forgiving in its values:
//
//	{
//	  "version": 1,
//	  "components": [
//	    {"kind": "mac", "instances": [
//	      {"id": "52:54:00:6b:3c:01", "label": "eth0 (virtio)"},
//	      {"id": "02:42:5c:00:00:01", "label": "docker0", "excluded": "virtual"}
//	    ]},
//	    {"kind": "cd-rom", "instances": []}
//	  ],
//	  "notes": [{"probe": "system drive", "text": "..."}]
//	}
//
// A profile of hashes (see [Profile.Hash]) says so after its version, and has
// hexadecimal digits for identifiers:
//
//	"hashed": {"uid": "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", "bits": 24}
type profileJSON struct {
	Version    int             `json:"version"`
	Hashed     *hashedJSON     `json:"hashed,omitempty"`
	Components []componentJSON `json:"components"`
	Notes      []noteJSON      `json:"notes,omitempty"`
}

type hashedJSON struct {
	UID  string `json:"uid"`
	Bits int    `json:"bits"`
}

type componentJSON struct {
	Kind      string         `json:"kind"`
	Instances []instanceJSON `json:"instances"`
}

type instanceJSON struct {
	ID       string `json:"id"`
	Label    string `json:"label,omitempty"`
	Excluded string `json:"excluded,omitempty"`
}

type noteJSON struct {
	Probe string `json:"probe"`
	Text  string `json:"text"`
}

// MarshalJSON writes the canonical form: tidy (see [Profile.Tidy]), known kinds
// in their fixed order, others after them by word. The same machine gives the
// same bytes.
func (p Profile) MarshalJSON() ([]byte, error) {
	tidied := p.clone()
	tidied.Tidy()
	out := profileJSON{Version: tidied.Version, Components: make([]componentJSON, len(tidied.Components))}
	if h := tidied.Hashed; h != nil {
		out.Hashed = &hashedJSON{UID: hex.EncodeToString(h.UID[:]), Bits: h.Bits}
	}
	for n, c := range tidied.Components {
		instances := make([]instanceJSON, len(c.Instances))
		for m, i := range c.Instances {
			instances[m] = instanceJSON{ID: i.ID, Label: i.Label, Excluded: string(i.Excluded)}
		}
		out.Components[n] = componentJSON{Kind: c.Word(), Instances: instances}
	}
	for _, n := range tidied.Notes {
		out.Notes = append(out.Notes, noteJSON(n))
	}
	return json.Marshal(out)
}

// clone returns a copy that shares no slice with p.
func (p Profile) clone() Profile {
	c := Profile{Version: p.Version}
	if p.Hashed != nil {
		h := *p.Hashed
		c.Hashed = &h
	}
	for _, part := range p.Components {
		part.Instances = append([]Instance(nil), part.Instances...)
		c.Components = append(c.Components, part)
	}
	c.Notes = append([]Note(nil), p.Notes...)
	return c
}

// UnmarshalJSON reads the JSON form with the rules and limits of [Parse].
func (p *Profile) UnmarshalJSON(data []byte) error {
	read, err := Parse(data)
	if err != nil {
		return err
	}
	*p = *read
	return nil
}

// Parse reads a profile in the JSON form, of this machine or recorded on
// another. Missing kinds are kinds that were not read. Kinds and reasons that
// this version does not know are kept; fields it does not know are refused.
// Identifiers are normalized, placeholders marked as junk, duplicates folded,
// and any order will do. A profile above [MaxSize] or [MaxInstances] is refused.
func Parse(data []byte) (*Profile, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("hardware profile: %d bytes, at most %d are read", len(data), MaxSize)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New(`hardware profile: empty, want a JSON object such as {"version": 1, "components": [...]}`)
	}
	if err := checkShape(data); err != nil {
		return nil, fmt.Errorf("hardware profile: %w", err)
	}
	var in *profileJSON
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return nil, fmt.Errorf("hardware profile: %w", position(data, err))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("hardware profile: more text after its end, want one JSON object")
	}
	if in == nil {
		return nil, errors.New("hardware profile: null, want a JSON object")
	}
	return in.profile()
}

// profile checks the counts and makes a tidy profile.
func (in *profileJSON) profile() (*Profile, error) {
	if in.Version < 1 || in.Version > maxVersion {
		return nil, fmt.Errorf("hardware profile: version %d, want 1 to %d (1 is this program's)", in.Version, maxVersion)
	}
	if len(in.Components) > maxParts || len(in.Notes) > maxParts {
		return nil, fmt.Errorf("hardware profile: %d components and %d notes, at most %d of each are read",
			len(in.Components), len(in.Notes), maxParts)
	}
	total := 0
	p := &Profile{Version: in.Version}
	if in.Hashed != nil {
		h, err := in.Hashed.hashing()
		if err != nil {
			return nil, fmt.Errorf("hardware profile: %w", err)
		}
		p.Hashed = &h
	}
	for n, c := range in.Components {
		if tidy(c.Kind) == "" {
			return nil, fmt.Errorf(`hardware profile: component %d has no kind, want a word such as "mac"`, n+1)
		}
		if total += len(c.Instances); total > MaxInstances {
			return nil, fmt.Errorf("hardware profile: more than %d instances", MaxInstances)
		}
		part := Component{Other: c.Kind, Instances: make([]Instance, len(c.Instances))}
		for m, i := range c.Instances {
			part.Instances[m] = Instance{ID: i.ID, Label: i.Label, Excluded: Reason(i.Excluded)}
		}
		p.Components = append(p.Components, part)
	}
	for _, n := range in.Notes {
		p.Notes = append(p.Notes, Note(n))
	}
	p.Tidy()
	return p, nil
}

func (in hashedJSON) hashing() (Hashing, error) {
	h := Hashing{Bits: in.Bits}
	uid, err := hex.DecodeString(in.UID)
	if err != nil || len(uid) != len(h.UID) {
		return h, fmt.Errorf("hashed for the product with uid %q, want 32 hexadecimal digits", clip(tidy(in.UID)))
	}
	copy(h.UID[:], uid)
	return h, h.valid()
}

// position adds the line to an error of the JSON decoder that knows its offset.
func position(data []byte, err error) error {
	var offset int64
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mistyped):
		offset = mistyped.Offset
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the text ends in the middle; is the file complete?")
	default:
		return err
	}
	if offset > int64(len(data)) {
		offset = int64(len(data))
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:offset], []byte{'\n'}), err)
}

// Load reads a profile from a file; see [Parse].
func Load(path string) (*Profile, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("hardware profile: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("hardware profile %q: %w", path, err)
	}
	p, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	return p, nil
}
