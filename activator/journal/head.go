package journal

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Head is the state of a log: how many entries, and the Merkle tree hash over their leaves (RFC 6962).
type Head struct {
	Log        LogID  // the log's number in this store; 0 from ParseCheckpoint
	Origin     string // the log's name, unique in the world: a line without spaces at its ends
	Size       uint64
	Hash       tlog.Hash
	Checkpoint []byte // the signed note; its text form to keep elsewhere
}

// A checkpoint is a signed note (golang.org/x/mod/sumdb/note) in the C2SP tlog-checkpoint form:
//
//	ORIGIN \n
//	SIZE, decimal \n
//	tree hash, base64 \n
//	\n
//	— KEY-NAME base64(key hash ‖ signature) \n

// checkpointText returns the text that is signed.
func checkpointText(origin string, size uint64, hash tlog.Hash) string {
	return origin + "\n" + strconv.FormatUint(size, 10) + "\n" + base64.StdEncoding.EncodeToString(hash[:]) + "\n"
}

// SignHead returns the head with its checkpoint, signed. Stores call it within Append.
func SignHead(log LogID, origin string, size uint64, hash tlog.Hash, sign Signer) (Head, error) {
	if err := ValidOrigin(origin); err != nil {
		return Head{}, err
	}
	msg, err := note.Sign(&note.Note{Text: checkpointText(origin, size, hash)}, sign)
	if err != nil {
		return Head{}, fmt.Errorf("signing the journal's head: %w", err)
	}
	return Head{Log: log, Origin: origin, Size: size, Hash: hash, Checkpoint: msg}, nil
}

// ParseCheckpoint reads a checkpoint and verifies its signature by one of the verifiers.
func ParseCheckpoint(text []byte, verifiers note.Verifiers) (Head, error) {
	n, err := note.Open(text, verifiers)
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		return Head{}, errors.New("checkpoint: not signed by a key that is trusted here")
	case err != nil:
		return Head{}, fmt.Errorf("checkpoint: %w", err)
	}
	h, err := parseCheckpointText(n.Text)
	if err != nil {
		return Head{}, err
	}
	for _, sig := range append(n.Sigs, n.UnverifiedSigs...) { // else one signature could be written in several ways
		if _, err := base64.StdEncoding.Strict().DecodeString(sig.Base64); err != nil {
			return Head{}, errors.New("checkpoint: its signature is not in its canonical form")
		}
	}
	h.Checkpoint = append([]byte(nil), text...)
	return h, nil
}

func parseCheckpointText(text string) (Head, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return Head{}, fmt.Errorf("checkpoint: have %d lines of text, want 3: origin, size, hash", len(lines)-1)
	}
	size, err := strconv.ParseUint(lines[1], 10, indexBits)
	if err != nil {
		return Head{}, fmt.Errorf("checkpoint: have size %q, want a number up to 2^%d", lines[1], indexBits)
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Head{}, fmt.Errorf("checkpoint: have hash %q, want 32 bytes in base64", lines[2])
	}
	if checkpointText(lines[0], size, hash) != text {
		return Head{}, errors.New("checkpoint: not in its canonical form")
	}
	return Head{Origin: lines[0], Size: size, Hash: hash}, ValidOrigin(lines[0])
}

// ValidOrigin says whether a text can be the name of a log: 1 to 255 printable ASCII characters, no space at its ends.
func ValidOrigin(origin string) error {
	ok := len(origin) >= 1 && len(origin) <= 255 && strings.TrimSpace(origin) == origin
	for i := 0; ok && i < len(origin); i++ {
		ok = origin[i] >= 0x20 && origin[i] < 0x7f
	}
	if !ok {
		return fmt.Errorf("log origin: have %q, want 1 to 255 printable ASCII characters without spaces at its ends", origin)
	}
	return nil
}

// CheckpointHash returns the tree hash that a checkpoint names, without verifying anything.
func CheckpointHash(checkpoint []byte) (tlog.Hash, error) {
	text, _, found := strings.Cut(string(checkpoint), "\n\n")
	if !found {
		return tlog.Hash{}, errors.New("checkpoint: no signature")
	}
	h, err := parseCheckpointText(text + "\n")
	return h.Hash, err
}
