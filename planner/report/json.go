package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// jsonVersion is the version of the file format, which docs/plan.schema.json describes. It goes up when older readers
// would get a file wrong.
const jsonVersion = 1

// WriteJSON writes a document so that any program can read it, and pgsr run it later: see [ReadJSON]. Verifiers of
// passwords stand in fields secret_verifier alone; holds_secrets tells whether there are any. No character in the
// file is invisible. Its digest is the plan's, and its checksum covers all of it. It fails for a name or text that is
// not UTF-8.
func WriteJSON(w io.Writer, d Document) error {
	data, _, err := compactJSON(d)
	if err != nil {
		return err
	}
	return writeIndented(w, data)
}

// writeIndented writes JSON for people, too.
func writeIndented(w io.Writer, data []byte) error {
	var text bytes.Buffer
	if err := json.Indent(&text, data, "", "  "); err != nil {
		return err
	}
	text.WriteByte('\n')
	_, err := w.Write(text.Bytes())
	return err
}

// compactJSON gives the canonical form of the file, without white space, and the digest of the plan.
func compactJSON(d Document) (data []byte, digest string, err error) {
	file, err := jsonFileOf(d)
	if err != nil {
		return nil, "", err
	}
	data, err = canonicalJSON(file, jsonVersion)
	return data, file.Digest, err
}

func jsonFileOf(d Document) (jsonFile, error) {
	file := jsonFile{
		Version: jsonVersion, Checksum: noChecksum, Digest: d.PlanDigest(),
		Program: d.Origin.Version, Sources: orEmpty(d.Origin.Sources),
		Server: jsonServerOf(d.Server), LockKey: d.LockKey,
		LockTimeout: script.Milliseconds(d.LockTimeout), StatementTimeout: script.Milliseconds(d.StatementTimeout),
		NoLedger: d.NoLedger, LedgerOwners: d.LedgerOwners,
		HoldsSecrets: script.HoldsPasswords(d.Statements) || script.HoldsPasswords(d.RollbackDocument().Statements),
		Effect:       jsonEffectOf(d.Effect),
		Elsewhere: lists.Map(d.Elsewhere, func(in access.DatabaseEffect) access.DatabaseEffect {
			return access.DatabaseEffect{Database: in.Database, Effect: jsonEffectOf(in.Effect)}
		}),
	}
	var err error
	if file.jsonPlan, err = jsonPlanOf(d.Document); err != nil || d.Rollback == nil {
		return file, err
	}
	way, err := jsonPlanOf(d.RollbackDocument())
	file.Rollback = &way
	return file, err
}

// jsonEffectOf writes empty lists where others would look for some.
func jsonEffectOf(e *access.Effect) *access.Effect {
	if e == nil {
		return nil
	}
	out := *e
	out.Gains, out.Losses, out.Marks = orEmpty(e.Gains), orEmpty(e.Losses), orEmpty(e.Marks)
	return &out
}

// jsonFile is the whole file.
type jsonFile struct {
	Version          int             `json:"version"`
	Checksum         string          `json:"checksum"`
	Digest           string          `json:"digest"`
	Program          string          `json:"pgsr"`
	Sources          []script.Source `json:"sources"`
	Server           jsonServer      `json:"server"`
	LockKey          int64           `json:"lock_key"`
	LockTimeout      int64           `json:"lock_timeout_ms,omitempty"`
	StatementTimeout int64           `json:"statement_timeout_ms,omitempty"`
	NoLedger         bool            `json:"no_ledger,omitempty"`
	LedgerOwners     []string        `json:"ledger_owners,omitempty"`
	HoldsSecrets     bool            `json:"holds_secrets"`
	jsonPlan
	Effect *access.Effect `json:"effect,omitempty"`
	// Elsewhere is what it means for people in other databases.
	Elsewhere []access.DatabaseEffect `json:"effect_elsewhere,omitempty"`
	Rollback  *jsonPlan               `json:"rollback,omitempty"`
}

// jsonPlan is the plan, or its way back.
type jsonPlan struct {
	Warnings   []string        `json:"warnings"`
	Ends       []string        `json:"ends,omitempty"`
	Left       []catalog.Left  `json:"left,omitempty"`
	ReliesOn   *script.State   `json:"relies_on,omitempty"`
	Statements []jsonStatement `json:"statements"`
	LeadsTo    *script.State   `json:"leads_to,omitempty"`
	// Parts are the transactions, if there are several. Each has the next so many statements.
	Parts []jsonPart `json:"parts,omitempty"`
}

type jsonPart struct {
	Statements int           `json:"statements"`
	ReliesOn   *script.State `json:"relies_on,omitempty"`
	LeadsTo    *script.State `json:"leads_to,omitempty"`
}

type jsonServer struct {
	VersionNum       int    `json:"version_num"`
	SystemIdentifier string `json:"system_identifier,omitempty"`
	Database         string `json:"database"`
	DatabaseOID      uint32 `json:"database_oid"`
	CurrentUser      string `json:"current_user"`
	SessionUser      string `json:"session_user"`
}

// jsonStatement is one statement. Change counts. Summary and SQL are for people, and never hold a verifier.
type jsonStatement struct {
	Section string          `json:"section"`
	Summary string          `json:"summary"`
	SQL     string          `json:"sql"`
	Reason  string          `json:"reason,omitempty"`
	As      string          `json:"as,omitempty"`
	Refresh bool            `json:"refresh,omitempty"`
	Change  json.RawMessage `json:"change"`
}

// jsonSections are the sections' names in the file.
var jsonSections = [...]string{
	script.LosingLogin: "losing_login", script.Administrators: "administrators", script.Roles: "roles", script.Leaving: "leaving", script.ActingFor: "acting_for",
	script.PrivilegeRoles: "privilege_roles", script.Schemas: "schemas", script.Owners: "owners", script.Privileges: "privileges", script.DefaultPrivileges: "default_privileges", script.DroppingSchemas: "dropping_schemas",
	script.GivingBackFirst: "giving_back_first", script.Memberships: "memberships", script.LaterDefaultPrivileges: "later_default_privileges", script.GainingLogin: "gaining_login",
	script.Dropping: "dropping", script.Departing: "departing", script.EndingSessions: "ending_sessions", script.Policies: "policies", script.Pruning: "pruning", script.GivingBack: "giving_back",
}

func jsonPlanOf(d script.Document) (jsonPlan, error) {
	way := jsonPlan{
		Warnings: orEmpty(d.Warnings), Ends: d.Ends, Left: d.Left, Statements: []jsonStatement{}, ReliesOn: jsonState(d.ReliesOn), LeadsTo: jsonState(d.LeadsTo),
	}
	way.Parts = lists.Map(d.Parts, func(p script.Part) jsonPart {
		return jsonPart{len(p.Statements), jsonState(p.ReliesOn), jsonState(p.LeadsTo)}
	})
	for _, s := range d.Statements {
		statement, err := jsonStatementOf(s, d.Server)
		if err != nil {
			return jsonPlan{}, err
		}
		way.Statements = append(way.Statements, statement)
	}
	return way, nil
}

// jsonState gives nil for a state that says nothing.
func jsonState(s script.State) *script.State {
	if s.IsEmpty() {
		return nil
	}
	return &s
}

// jsonStatementOf refuses what is not UTF-8: JSON would hold another name in its place.
func jsonStatementOf(s script.Statement, server catalog.Server) (jsonStatement, error) {
	if err := script.CheckNames(s); err != nil {
		return jsonStatement{}, err
	}
	sql := script.Masked(s.Change, server)
	if !utf8.ValidString(sql + s.Reason) {
		return jsonStatement{}, fmt.Errorf("a text is not in UTF-8, which JSON can not hold: %s", script.Summary(s.Change))
	}
	change, err := script.EncodeChange(s.Change)
	return jsonStatement{
		Section: jsonSections[s.Section], Summary: script.Summary(s.Change), SQL: sql,
		Reason: s.Reason, As: s.As, Refresh: s.Refresh, Change: change,
	}, err
}

func jsonServerOf(s catalog.Server) jsonServer {
	return jsonServer{s.VersionNum, s.SystemIdentifier, s.Database, s.DatabaseOID, s.CurrentUser, s.SessionUser}
}
