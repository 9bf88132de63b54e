package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/script"
)

// sequenceVersion is the version of the file format of plans over several databases.
const sequenceVersion = 2

// jsonSequence is the whole file: each step is a plan that could be a file, with its own digest and checksum.
type jsonSequence struct {
	Version  int               `json:"version"`
	Checksum string            `json:"checksum"`
	Digest   string            `json:"digest"`
	Warnings []string          `json:"warnings"`
	Steps    []json.RawMessage `json:"steps"`
	// Effects is what it means for people in the end.
	Effects []access.DatabaseEffect `json:"effect,omitempty"`
}

// writeSequenceJSON writes a sequence so that any program can read it, and pgsr run it later: see [ReadPlan].
func writeSequenceJSON(w io.Writer, s Sequence) error {
	data, _, err := s.compactJSON()
	if err != nil {
		return err
	}
	return writeIndented(w, data)
}

// compactJSON gives the canonical form of the file, and its digest.
func (s Sequence) compactJSON() (data []byte, digest string, err error) {
	file := jsonSequence{Version: sequenceVersion, Checksum: noChecksum, Warnings: orEmpty(s.Warnings), Effects: s.Effects}
	var digests []string
	for _, d := range s.Documents {
		step, digest, err := compactJSON(d)
		if err != nil {
			return nil, "", err
		}
		file.Steps, digests = append(file.Steps, step), append(digests, digest)
	}
	file.Digest = script.DigestOf(digests)
	data, err = canonicalJSON(file, sequenceVersion)
	return data, file.Digest, err
}

var errNoEffect = errors.New("it names a database without an effect")

// ReadPlan reads a saved plan, of one database or of several: see [ReadJSON].
func ReadPlan(r io.Reader) (Sequence, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return Sequence{}, err
	}
	version, err := versionOf(data)
	switch {
	case err != nil:
		return Sequence{}, err
	case version != sequenceVersion:
		d, err := ReadJSON(bytes.NewReader(data))
		return Sequence{Documents: []Document{d}}, err
	}
	s, err := readSequence(data)
	if err != nil {
		return Sequence{}, fmt.Errorf("reading the plan: %w", err)
	}
	return s, nil
}

func readSequence(data []byte) (Sequence, error) {
	var file jsonSequence
	if err := decodeJSON(data, &file); err != nil {
		return Sequence{}, err
	}
	if len(file.Steps) == 0 {
		return Sequence{}, errors.New("it has no steps")
	}
	if slices.ContainsFunc(file.Effects, func(in access.DatabaseEffect) bool { return in.Effect == nil }) {
		return Sequence{}, errNoEffect
	}
	s := Sequence{Warnings: file.Warnings, Elsewhere: true, Effects: file.Effects}
	for i, step := range file.Steps {
		d, err := readStep(step)
		if err != nil {
			return Sequence{}, fmt.Errorf("step %d: %w", i+1, err)
		}
		if i > 0 && (d.Server.SystemIdentifier != s.server().SystemIdentifier || d.Server.VersionNum != s.server().VersionNum) {
			return Sequence{}, fmt.Errorf("step %d is for another server than the first", i+1)
		}
		s.Documents = append(s.Documents, d)
	}
	written, digest, err := s.compactJSON()
	if err != nil {
		return Sequence{}, err
	}
	return s, checkWritten(sequenceVersion, file.Digest, digest, file.Checksum, data, written)
}

func readStep(data []byte) (Document, error) {
	if version, err := versionOf(data); err != nil || version != jsonVersion {
		return Document{}, errNotAPlan
	}
	return readJSON(data)
}
