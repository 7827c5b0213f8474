// Command vectors makes the test vectors in testdata/vectors that docs/format.md
// describes.
//
//	go run ./internal/vectors        compares, and fails on any difference
//	go run ./internal/vectors -add   appends vectors that are new
//
// A published vector never changes: both fail when one would. The vectors are
// computed from docs/format.md with big integers and plain HMAC, not with
// package codes, which is tested against them.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// A vector is one case of a file. Its name is unique within the file.
type vector struct {
	name string
	body any // marshals to an object with a "name"
}

// files lists what is made.
var files = []struct {
	name string
	make func() []vector
}{
	{"checks.json", checkVectors},
	{"codes.json", codeVectors},
	{"reading.json", readingVectors},
	{"bad.json", badVectors},
	{"repair.json", repairVectors},
	{"keys.json", keyVectors},
	{"hardware.json", hardwareVectors},
	{"signed.json", signedVectors},
}

func main() {
	dir := flag.String("dir", "testdata/vectors", "folder of the vectors")
	add := flag.Bool("add", false, "append vectors that are not published yet")
	flag.Parse()
	failed := false
	for _, f := range files {
		if err := update(filepath.Join(*dir, f.name), f.make(), *add); err != nil {
			fmt.Fprintf(os.Stderr, "vectors: %s: %v\n", f.name, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

// update compares the vectors with a file and appends new ones if it may.
func update(path string, made []vector, add bool) error {
	published, order, err := load(path)
	if err != nil {
		return err
	}
	fresh := make(map[string]bool)
	var lines [][]byte
	for _, name := range order {
		lines = append(lines, published[name])
	}
	for _, v := range made {
		if fresh[v.name] {
			return fmt.Errorf("%q is made twice", v.name)
		}
		fresh[v.name] = true
		line, err := encode(v.body)
		if err != nil {
			return err
		}
		switch old, ok := published[v.name]; {
		case ok && !bytes.Equal(old, line):
			return fmt.Errorf("%q is published and would change:\n  is    %s\n  would %s", v.name, old, line)
		case !ok:
			lines = append(lines, line)
		}
	}
	for _, name := range order {
		if !fresh[name] {
			return fmt.Errorf("%q is published and is no longer made", name)
		}
	}
	if len(lines) == len(order) {
		return nil
	}
	if !add {
		return fmt.Errorf("%d vectors are not published yet: add them with -add", len(lines)-len(order))
	}
	text := append([]byte("[\n"), bytes.Join(lines, []byte(",\n"))...)
	return os.WriteFile(path, append(text, "\n]\n"...), 0o644)
}

// load reads a file of vectors, each in the spelling that encode gives.
func load(path string) (map[string][]byte, []string, error) {
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, nil, err
	}
	byName := make(map[string][]byte, len(raw))
	var order []string
	for _, r := range raw {
		var head struct{ Name string }
		if err := json.Unmarshal(r, &head); err != nil {
			return nil, nil, err
		}
		byName[head.Name] = r
		order = append(order, head.Name)
	}
	return byName, order, nil
}

func encode(body any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
