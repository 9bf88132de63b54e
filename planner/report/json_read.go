package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// ReadJSON reads what [WriteJSON] wrote. Of the server only what the file holds is known. It refuses a file in which
// a statement says other than it does, that was changed after it was written, that has no guards, or anything that it
// does not understand: what it reads is written as the same file, but for the space between its parts.
func ReadJSON(r io.Reader) (Document, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return Document{}, err
	}
	if err := checkVersion(data); err != nil {
		return Document{}, err
	}
	d, err := readJSON(data)
	if err != nil {
		return Document{}, fmt.Errorf("reading the plan: %w", err)
	}
	return d, nil
}

func readJSON(data []byte) (Document, error) {
	if !utf8.Valid(data) {
		return Document{}, errors.New("it is not in UTF-8")
	}
	var file jsonFile
	if err := script.DecodeStrictly(data, &file); err != nil {
		return Document{}, err
	}
	d, err := file.document()
	if err != nil {
		return Document{}, err
	}
	written, digest, err := compactJSON(d)
	if err != nil {
		return Document{}, err
	}
	if file.Digest != digest {
		return Document{}, &digestError{file.Digest, digest}
	}
	d.Digest = digest
	return d, checkCanonical(data, written)
}

// digestError says that a plan's digest is not that of what the plan says.
type digestError struct{ says, is string }

func (e *digestError) Error() string {
	if e.says == "" {
		return "the plan has no digest, so that nobody can know whether it was changed: plan again"
	}
	return fmt.Sprintf("the plan was changed after it was written: its digest is %s, and it says %s", e.is, script.Printable(e.says))
}

var errNotAPlan = errors.New("this is no plan: pgsr plan --format json writes one")

func checkVersion(data []byte) error {
	var file struct {
		Version *int `json:"version"`
	}
	switch err := json.Unmarshal(data, &file); {
	case err != nil:
		return fmt.Errorf("%w (%w)", errNotAPlan, err)
	case file.Version == nil:
		return errNotAPlan
	case *file.Version != jsonVersion:
		return fmt.Errorf("the plan is of version %d, and this pgsr reads version %d", *file.Version, jsonVersion)
	}
	return nil
}

// document gives what the file says.
func (f jsonFile) document() (Document, error) {
	d := Document{Effect: f.Effect.effect(), Document: script.Document{
		Origin: script.Origin{Version: f.Program, Sources: f.sources()}, Server: f.Server.server(), LockKey: f.LockKey,
		LockTimeout: time.Duration(f.LockTimeout) * time.Millisecond, StatementTimeout: time.Duration(f.StatementTimeout) * time.Millisecond,
	}}
	if f.PlannedAt != nil {
		d.Origin.Now = *f.PlannedAt
	}
	if err := f.jsonWay.into(&d.Document); err != nil {
		return Document{}, err
	}
	if f.Rollback != nil {
		back := d.RollbackDocument()
		if err := f.Rollback.into(&back); err != nil {
			return Document{}, fmt.Errorf("on the way back: %w", err)
		}
		d.Rollback = &back
	}
	d.Header = script.HeaderLines(d.Document)
	return d, nil
}

func (f jsonFile) sources() []script.Source {
	var out []script.Source
	for _, s := range f.Sources {
		out = append(out, script.Source(s))
	}
	return out
}

func (s jsonServer) server() catalog.Server {
	return catalog.Server{
		VersionNum: s.VersionNum, SystemIdentifier: s.SystemIdentifier, Database: s.Database, DatabaseOID: s.DatabaseOID,
		CurrentUser: s.CurrentUser, SessionUser: s.SessionUser,
	}
}

// into fills in the statements and what is around them.
func (way jsonWay) into(d *script.Document) error {
	d.Warnings = slices.Clip(way.Warnings)
	if err := way.checkGuards(); err != nil {
		return err
	}
	d.ReliesOn, d.LeadsTo = stateOf(way.ReliesOn), stateOf(way.LeadsTo)
	for i, s := range way.Statements {
		statement, err := s.statement(d.Server)
		if err != nil {
			return fmt.Errorf("statement %d of the plan: %w", i+1, err)
		}
		d.Statements = append(d.Statements, statement)
	}
	return way.intoParts(d)
}

// checkGuards refuses what would run whatever has changed since, or whatever came of it: each transaction has guards.
func (way jsonWay) checkGuards() error {
	if len(way.Parts) == 0 && len(way.Statements) == 0 {
		return nil
	}
	if len(way.Parts) == 0 {
		return guardsMissing("the plan", way.ReliesOn, way.LeadsTo)
	}
	if way.ReliesOn != nil || way.LeadsTo != nil {
		return errors.New("the plan has parts, each with its relies_on and leads_to, and others that nobody would look at")
	}
	for i, part := range way.Parts {
		if err := guardsMissing(fmt.Sprintf("part %d of the plan", i+1), part.ReliesOn, part.LeadsTo); err != nil {
			return err
		}
	}
	return nil
}

func guardsMissing(what string, reliesOn, leadsTo *script.State) error {
	switch {
	case stateOf(reliesOn).IsEmpty():
		return fmt.Errorf("%s lacks relies_on: it would run whatever has changed since it was made", what)
	case stateOf(leadsTo).IsEmpty():
		return fmt.Errorf("%s lacks leads_to: it would be committed whatever came of it", what)
	}
	return nil
}

// intoParts gives each part its statements: all statements have to be in one.
func (way jsonWay) intoParts(d *script.Document) error {
	left := d.Statements
	for i, part := range way.Parts {
		if part.Statements < 1 || part.Statements > len(left) {
			return fmt.Errorf("part %d of the plan is to have %d statements, of %d that are left", i+1, part.Statements, len(left))
		}
		d.Parts = append(d.Parts, script.Part{Statements: slices.Clip(left[:part.Statements]), ReliesOn: stateOf(part.ReliesOn), LeadsTo: stateOf(part.LeadsTo)})
		left = left[part.Statements:]
	}
	if len(way.Parts) > 0 && len(left) > 0 {
		return fmt.Errorf("%d statements of the plan are in none of its parts", len(left))
	}
	return nil
}

// stateOf gives an empty state where the file has none.
func stateOf(s *script.State) script.State {
	if s == nil {
		return script.State{}
	}
	return *s
}

// statement reads one, which must be one that can be written, and say what it does.
func (s jsonStatement) statement(server catalog.Server) (script.Statement, error) {
	section := slices.Index(jsonSections[:], s.Section)
	if section < 0 {
		return script.Statement{}, fmt.Errorf("there is no section %q", s.Section)
	}
	change, err := script.DecodeChange(s.Change)
	if err != nil {
		return script.Statement{}, err
	}
	read := script.Statement{Change: change, As: s.As, Section: script.Section(section), Reason: s.Reason, Refresh: s.Refresh}
	if err := script.CheckNames(read); err != nil {
		return script.Statement{}, err
	}
	if err := script.CheckSQL(change, server); err != nil {
		return script.Statement{}, err
	}
	sql := script.Masked(change, server)
	for _, text := range []struct{ key, says, is string }{{"sql", s.SQL, sql}, {"summary", s.Summary, script.Summary(change)}} {
		if text.says != text.is {
			return script.Statement{}, fmt.Errorf("its %s says other than its change does: it says %s, and the change is %s",
				text.key, script.Printable(text.says), script.Printable(text.is))
		}
	}
	return read, nil
}
