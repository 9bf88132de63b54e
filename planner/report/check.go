package report

import (
	"io"
	"slices"
	"time"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Check is what pgsr check found: see [WriteCheck].
type Check struct {
	// Origin is the spec's.
	script.Origin
	// At is when it was found; the zero time: not said.
	At time.Time
	// Digest is that of what would have to be done.
	Digest string
	InSync bool
	// Databases hold what differs in each, as statements, with warnings, what ends soon, and what mode add leaves.
	Databases []script.Document
	// Warnings are of no single database, Undecided is what the roles have that the spec says nothing of, Vanished are
	// roles of earlier applies that are no longer in the spec.
	Warnings, Undecided, Vanished []string
}

// checkFormVersion is the version of the form, which docs/check.schema.json describes.
const checkFormVersion = 1

// jsonCheck is the whole document.
type jsonCheck struct {
	Version   int             `json:"version"`
	Digest    string          `json:"digest"`
	Program   string          `json:"pgsr"`
	CheckedAt *time.Time      `json:"checked_at,omitempty"`
	Sources   []script.Source `json:"sources"`
	InSync    bool            `json:"in_sync"`
	Counts    jsonCounts      `json:"counts"`
	Databases []jsonChecked   `json:"databases"`
	Warnings  []string        `json:"warnings"`
	Undecided []string        `json:"undecided"`
	Vanished  []string        `json:"vanished"`
}

// jsonCounts counts differences.
type jsonCounts struct {
	Gives   int `json:"gives"`
	Takes   int `json:"takes"`
	Changes int `json:"changes"`
}

type jsonChecked struct {
	Server      jsonServer       `json:"server"`
	Differences []jsonDifference `json:"differences"`
	Warnings    []string         `json:"warnings"`
	Ends        []string         `json:"ends"`
	Left        []catalog.Left   `json:"left"`
}

// jsonDifference is a statement that would have to run. It never holds a verifier.
type jsonDifference struct {
	Mark    string `json:"mark"`
	Section string `json:"section"`
	Summary string `json:"summary"`
	SQL     string `json:"sql"`
	Reason  string `json:"reason,omitempty"`
	As      string `json:"as,omitempty"`
}

// WriteCheck writes what a check found as one document for programs. It fails for a name or text that is not UTF-8.
func WriteCheck(w io.Writer, c Check) error {
	file := jsonCheck{
		Version: checkFormVersion, Digest: c.Digest, Program: c.Version, CheckedAt: jsonTime(c.At), Sources: orEmpty(c.Sources), InSync: c.InSync,
		Databases: []jsonChecked{}, Warnings: orEmpty(c.Warnings), Undecided: orEmpty(c.Undecided), Vanished: orEmpty(c.Vanished),
	}
	for _, d := range c.Databases {
		checked, err := jsonCheckedOf(d, &file.Counts)
		if err != nil {
			return err
		}
		file.Databases = append(file.Databases, checked)
	}
	data, err := script.EncodeJSON(file)
	if err != nil {
		return err
	}
	return writeIndented(w, escapedJSON(data))
}

func jsonTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

func jsonCheckedOf(d script.Document, counts *jsonCounts) (jsonChecked, error) {
	out := jsonChecked{
		Server: jsonServerOf(d.Server), Differences: []jsonDifference{}, Warnings: orEmpty(d.Warnings), Ends: orEmpty(d.Ends), Left: orEmpty(d.Left),
	}
	for _, s := range d.Statements {
		statement, err := jsonStatementOf(s, d.Server)
		if err != nil {
			return out, err
		}
		counts.add(s.Mark())
		out.Differences = append(out.Differences, jsonDifference{
			Mark: markWord(s.Mark()), Section: statement.Section, Summary: statement.Summary, SQL: statement.SQL, Reason: statement.Reason, As: statement.As,
		})
	}
	return out, nil
}

func (c *jsonCounts) add(mark script.Mark) {
	switch mark {
	case script.Gives:
		c.Gives++
	case script.Takes:
		c.Takes++
	default:
		c.Changes++
	}
}

// orEmpty gives a list that JSON writes as one, where there is none.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return slices.Clip(list)
}
