package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// ReadJSON reads what [WriteJSON] wrote. Of the server it knows what the file holds. It refuses a file that was
// changed after it was written, that has a statement whose SQL or summary is not that of its change, that has no
// guards, or that holds anything it does not know. What it reads is written as the same file, but for white space.
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
	var file jsonFile
	if err := decodeJSON(data, &file); err != nil {
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
	d.Digest = digest
	return d, checkWritten(jsonVersion, file.Digest, digest, file.Checksum, data, written)
}

func decodeJSON(data []byte, file any) error {
	if !utf8.Valid(data) {
		return errors.New("it is not in UTF-8")
	}
	return script.DecodeStrictly(data, file)
}

// digestError says that a plan's digest or checksum is not that of what the plan says.
type digestError struct{ what, says, is string }

func (e *digestError) Error() string {
	if e.says == "" {
		return "the plan has no " + e.what + ", so that nobody can know whether it was changed: plan again"
	}
	return fmt.Sprintf("the plan was changed after it was written: its %s is %s, and it says %s", e.what, e.is, catalog.Printable(e.says))
}

var errNotAPlan = errors.New("this is no plan: pgsr plan --format json writes one")

func checkVersion(data []byte) error {
	version, err := versionOf(data)
	switch {
	case err != nil:
		return err
	case version == sequenceVersion:
		return errors.New("the plan is of several databases")
	case version != jsonVersion:
		return fmt.Errorf("the plan is of version %d, and this pgsr reads versions %d and %d", version, jsonVersion, sequenceVersion)
	}
	return nil
}

// versionOf gives the version that a file says.
func versionOf(data []byte) (int, error) {
	var file struct {
		Version *int `json:"version"`
	}
	switch err := json.Unmarshal(data, &file); {
	case err != nil:
		return 0, fmt.Errorf("%w (%w)", errNotAPlan, err)
	case file.Version == nil:
		return 0, errNotAPlan
	}
	return *file.Version, nil
}

// document gives what the file says.
func (f jsonFile) document() (Document, error) {
	if slices.ContainsFunc(f.Elsewhere, func(in access.DatabaseEffect) bool { return in.Effect == nil }) {
		return Document{}, errNoEffect
	}
	d := Document{Effect: f.Effect, Elsewhere: f.Elsewhere, Document: script.Document{
		Origin: script.Origin{Version: f.Program, Sources: f.Sources}, Server: f.Server.server(), LockKey: f.LockKey,
		NoLedger: f.NoLedger, LedgerOwners: slices.Clip(f.LedgerOwners),
		LockTimeout: time.Duration(f.LockTimeout) * time.Millisecond, StatementTimeout: time.Duration(f.StatementTimeout) * time.Millisecond,
	}}
	if err := f.jsonPlan.fill(&d.Document); err != nil {
		return Document{}, err
	}
	if f.Rollback != nil {
		back := d.RollbackDocument()
		if err := f.Rollback.fill(&back); err != nil {
			return Document{}, fmt.Errorf("on the way back: %w", err)
		}
		d.Rollback = &back
	}
	d.Header = script.HeaderLines(d.Document)
	return d, nil
}

func (s jsonServer) server() catalog.Server {
	return catalog.Server{
		VersionNum: s.VersionNum, SystemIdentifier: s.SystemIdentifier, Database: s.Database, DatabaseOID: s.DatabaseOID,
		CurrentUser: s.CurrentUser, SessionUser: s.SessionUser,
	}
}

// fill sets what the plan says of a document.
func (p jsonPlan) fill(d *script.Document) error {
	d.Warnings, d.Ends = slices.Clip(p.Warnings), slices.Clip(p.Ends)
	d.Left = slices.Clip(p.Left)
	if err := p.checkGuards(); err != nil {
		return err
	}
	d.ReliesOn, d.LeadsTo = stateOf(p.ReliesOn), stateOf(p.LeadsTo)
	for i, s := range p.Statements {
		statement, err := s.statement(d.Server)
		if err != nil {
			return fmt.Errorf("statement %d of the plan: %w", i+1, err)
		}
		d.Statements = append(d.Statements, statement)
	}
	return p.fillParts(d)
}

// checkGuards refuses a transaction without guards: it would run whatever has changed, and commit whatever came of it.
func (p jsonPlan) checkGuards() error {
	if len(p.Parts) == 0 && len(p.Statements) == 0 {
		return nil
	}
	if len(p.Parts) == 0 {
		return checkGuarded("the plan", p.ReliesOn, p.LeadsTo)
	}
	if p.ReliesOn != nil || p.LeadsTo != nil {
		return errors.New("the plan has parts, each with its relies_on and leads_to, and others that nobody would look at")
	}
	for i, part := range p.Parts {
		if err := checkGuarded(fmt.Sprintf("part %d of the plan", i+1), part.ReliesOn, part.LeadsTo); err != nil {
			return err
		}
	}
	return nil
}

func checkGuarded(what string, reliesOn, leadsTo *script.State) error {
	switch {
	case saysNothing(reliesOn):
		return fmt.Errorf("%s lacks relies_on: it would run whatever has changed since it was made", what)
	case saysNothing(leadsTo):
		return fmt.Errorf("%s lacks leads_to: it would be committed whatever came of it", what)
	}
	for _, state := range []*script.State{reliesOn, leadsTo} {
		if err := state.CheckKinds(); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}

// saysNothing tells whether a state says nothing of roles and objects. A moment that has not come says nothing of them.
func saysNothing(s *script.State) bool {
	of := stateOf(s)
	of.Before = script.Timestamp{}
	return of.IsEmpty()
}

// fillParts gives each part its statements. None may be left.
func (p jsonPlan) fillParts(d *script.Document) error {
	left := d.Statements
	for i, part := range p.Parts {
		if part.Statements < 1 || part.Statements > len(left) {
			return fmt.Errorf("part %d of the plan is to have %d statements, of %d that are left", i+1, part.Statements, len(left))
		}
		d.Parts = append(d.Parts, script.Part{Statements: slices.Clip(left[:part.Statements]), ReliesOn: stateOf(part.ReliesOn), LeadsTo: stateOf(part.LeadsTo)})
		left = left[part.Statements:]
	}
	if len(p.Parts) > 0 && len(left) > 0 {
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

// statement reads a statement. Its SQL must be what pgsr writes, and its texts what its change says.
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
				text.key, catalog.Printable(text.says), catalog.Printable(text.is))
		}
	}
	return read, nil
}
