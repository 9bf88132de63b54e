package executor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// clearPassword, and what a verifier of it is made of, are looked for in all that is shown. Nothing else in these
// tests has such words.
const clearPassword = "Geh31m:Zwetschgen'knödel"

const readyVerifier = "SCRAM-SHA-256$4096:UmVhZHlTYWx0UmVhZHlTYQ==$UmVhZHlTdG9yZWRLZXlSZWFkeVN0b3JlZEtleVJlYWQ=:UmVhZHlTZXJ2ZXJLZXlSZWFkeVNlcnZlcktleVJlYWQ="

const secretSpec = `
version: 1
roles:
  alice:
    login: {password: {env: PASSWORD}}
    direct_grants: [SELECT ON TABLE sales.orders]
  bob:
    login: {password: {verifier: "` + readyVerifier + `"}}
`

// shown collects all texts that somebody may come to see.
type shownTexts struct {
	testing.TB
	texts   map[string]string
	secrets []string
}

func newShownTexts(t testing.TB) *shownTexts {
	return &shownTexts{TB: t, texts: map[string]string{}, secrets: append(secretsOf(readyVerifier), clearPassword, "Zwetschgen")}
}

// secretsOf gives the parts of a verifier that nobody should see: the salt and the two keys.
func secretsOf(verifier string) []string {
	parts := strings.FieldsFunc(strings.TrimPrefix(verifier, "SCRAM-SHA-256$4096:"), func(r rune) bool { return r == '$' || r == ':' })
	var out []string
	for _, part := range parts {
		out = append(out, strings.TrimRight(part, "="))
	}
	return out
}

// add formats values in the ways that fit any value. JSON is tried: not everything has one. (Of a verb that does not
// fit, such as %s for a struct that holds a pointer, package fmt calls no methods, and shows all: go vet finds
// those.)
func (s *shownTexts) add(what string, values ...any) {
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v"} {
			s.texts[what+" "+verb] += fmt.Sprintf(verb, value)
		}
		if text, err := json.Marshal(value); err == nil {
			s.texts[what+" as JSON"] += string(text)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("shown", "value", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("shown", "value", value)
		s.texts[what+" in a log"] += log.String()
	}
}

// addError adds an error and all that it wraps.
func (s *shownTexts) addError(what string, err error) {
	s.Helper()
	if err == nil {
		s.Errorf("%s: there is no error", what)
	}
	for ; err != nil; err = errors.Unwrap(err) {
		s.add(what, err, err.Error())
	}
}

// check looks for the secrets.
func (s *shownTexts) check() {
	s.Helper()
	for what, text := range s.texts {
		for _, secret := range s.secrets {
			if at := strings.Index(text, secret); at >= 0 {
				s.Errorf("%s shows %q: ...%s...", what, secret, text[max(0, at-200):min(len(text), at+200)])
			}
		}
	}
}

func parseSecret(t testing.TB, yaml string) *spec.Spec {
	t.Helper()
	s, err := specfile.Parse([]specfile.File{{Name: "spec.yaml", Data: []byte(yaml)}}, specfile.Secrets{
		LookupEnv: func(string) (string, bool) { return clearPassword, true },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNoFailureShowsAPassword makes things go wrong around the setting of passwords.
func TestNoFailureShowsAPassword(t *testing.T) {
	c := newShop(t, `CREATE ROLE helper LOGIN`, `ALTER SYSTEM SET log_statement = 'none'`)
	shown := newShownTexts(t)
	s := parseSecret(t, secretSpec)
	plan, err := Plan(context.Background(), c.super, s, Options{Effect: true})
	if err != nil {
		t.Fatal(err)
	}
	shown.secrets = append(shown.secrets, plannedSecrets(t, plan)...)
	shown.add("spec", s, *s, s.Roles[0].Login, *s.Roles[0].Login, s.Roles[1].Login.Password)
	shown.add("plan", plan, *plan, plan.Statements, plan.Effect(), plan.Digest(), &Result{Plan: plan})
	for _, st := range plan.Statements {
		shown.add("statement", st, st.Change, script.Masked(st.Change, plan.Server), script.Summary(st.Change))
	}

	_, err = Sync(context.Background(), c.connect("helper", warehouse, ""), s, Options{})
	shown.addError("refusal", err)
	c.failing(shown, s)
	c.conflicting(shown, s)
	c.afterwards(shown, s)
	shown.check()
	if strings.Contains(c.log(), "Zwetschgen") {
		t.Error("the password has come to the server in clear")
	}
}

// plannedSecrets gives the verifiers that a plan makes.
func plannedSecrets(t testing.TB, plan *planner.Plan) []string {
	t.Helper()
	var out []string
	for _, s := range plan.Statements {
		var verifier catalog.Verifier
		switch ch := s.Change.(type) {
		case catalog.AlterRole:
			verifier = ch.Verifier
		case catalog.CreateRole:
			verifier = ch.With.Verifier
		}
		if verifier != "" && verifier != catalog.NoPassword {
			out = append(out, secretsOf(string(verifier))...)
		}
	}
	if len(out) != 6 {
		t.Fatalf("not the passwords of two roles: %d parts", len(out))
	}
	return out
}

// failing lets each statement that sets a password fail, and the verification.
func (c *cluster) failing(shown *shownTexts, s *spec.Spec) {
	c.Helper()
	c.exec(`CREATE ROLE alice`, `CREATE ROLE bob`)
	tx, release := c.hold(99)
	mustExec(c, tx.Conn(), `ALTER ROLE bob CONNECTION LIMIT 5`)
	_, err := Sync(context.Background(), c.asPostgres(), s, Options{LockTimeout: 50 * time.Millisecond})
	release()
	var failed *StatementError
	if !errors.As(err, &failed) || !strings.Contains(failed.SQL, "PASSWORD") {
		c.Errorf("not the setting of a password: %v", err)
	}
	shown.addError("failed statement", err)

	c.onCommand("ddl_command_end", `REVOKE SELECT ON sales.orders FROM alice;`)
	_, err = Sync(context.Background(), c.asPostgres(), s, Options{})
	shown.addError("not as planned", err)
	c.exec(`DROP EVENT TRIGGER meddle`, `DROP FUNCTION public.meddle`)

	_, err = Sync(context.Background(), c.asPostgres(), s, Options{Confirm: func(*planner.Plan) (bool, error) {
		c.exec(`GRANT INSERT ON sales.orders TO alice`)
		return true, nil
	}})
	shown.addError("stale", err)
}

// conflicting lets an attempt meet another transaction, which is logged.
func (c *cluster) conflicting(shown *shownTexts, s *spec.Spec) {
	c.Helper()
	var log bytes.Buffer
	conn := c.asPostgres()
	tx, release := c.hold(99)
	mustExec(c, tx.Conn(), `ALTER ROLE alice CONNECTION LIMIT 5`)
	done := start(func() (*Result, error) {
		return Sync(context.Background(), conn, s, Options{Logger: slog.New(slog.NewTextHandler(&log, nil)), Version: "1"})
	})
	c.awaitWaiter(conn, "transactionid")
	release()
	got := <-done
	if got.err != nil || got.result.Attempts < 2 || !strings.Contains(log.String(), "ALTER ROLE") {
		c.Errorf("no retry of the setting of a password: %+v, %v, %s", got.result, got.err, log.String())
	}
	shown.add("log", log.String())
	shown.add("result", got.result, *got.result)
}

// afterwards looks at what is kept: the ledger, a plan that changes a password, and what its scripts show.
func (c *cluster) afterwards(shown *shownTexts, s *spec.Spec) {
	c.Helper()
	c.install(c.super)
	c.exec(`ALTER ROLE alice PASSWORD 'another'`, `ALTER ROLE bob NOLOGIN PASSWORD NULL`)
	conn := c.asPostgres()
	plan, err := Plan(context.Background(), conn, s, Options{Effect: true})
	if err != nil {
		c.Fatal(err)
	}
	shown.secrets = append(shown.secrets, plannedSecrets(c, plan)...)
	shown.add("second plan", plan, *plan)
	for _, passwords := range []script.Passwords{script.PasswordVariables, script.PasswordsOmitted} {
		text := c.written("psql", s, plan, Options{Passwords: passwords})
		shown.add("script with "+string(passwords), text)
	}
	for _, format := range report.Formats() {
		for _, secret := range []string{clearPassword, "Zwetschgen"} {
			if text := c.written(format.Name, s, plan, Options{}); strings.Contains(text, secret) {
				c.Errorf("format %s shows the password in clear:\n%s", format.Name, text)
			}
		}
	}
	if _, err := Sync(context.Background(), conn, s, Options{}); err != nil {
		c.Fatal(err)
	}
	entries := c.ledger(conn)
	if len(entries) != 1 || !strings.Contains(entries[0].Script, "(hidden)") {
		c.Errorf("the ledger does not hold it: %+v", entries)
	}
	shown.add("ledger", entries, one[string](c, `SELECT string_agg(l::text, '') FROM pgsr.ledger AS l`))
	c.exec(`GRANT INSERT ON sales.orders TO bob`)
	current, err := inspect.Catalog(context.Background(), conn, resolve.Scope(s))
	if err != nil {
		c.Fatal(err)
	}
	for _, verb := range []string{"%s", "%q", "%x", "%X"} {
		shown.texts["secret "+verb] = fmt.Sprintf(verb+verb, s.Roles[0].Login.Password.Clear, current.Roles["bob"].Verifier)
	}
	shown.secrets = append(shown.secrets, fmt.Sprintf("%x", "Zwetschgen"), fmt.Sprintf("%X", "Zwetschgen"), fmt.Sprintf("%x", "StoredKey"))
	shown.add("catalog", current, *current, current.Roles, current.Roles["alice"], *current.Roles["alice"], current.Roles["bob"].Verifier)
}

// TestBadSpecShowsNoPassword: whatever is wrong with a password or near it.
func TestBadSpecShowsNoPassword(t *testing.T) {
	shown := newShownTexts(t)
	for name, yaml := range map[string]string{
		"unknown key":      "version: 1\nroles:\n  alice: {login: {password: {clear: \"" + clearPassword + "\"}}}",
		"scalar":           "version: 1\nroles:\n  alice: {login: {password: \"" + clearPassword + "\"}}",
		"not a verifier":   "version: 1\nroles:\n  alice: {login: {password: {verifier: \"" + clearPassword + "\"}}}",
		"cut verifier":     "version: 1\nroles:\n  alice: {login: {password: {verifier: \"" + readyVerifier[:60] + "\"}}}",
		"twice":            "version: 1\nroles:\n  alice: {login: {password: {env: PASSWORD, verifier: \"" + readyVerifier + "\"}}}",
		"wrong place":      "version: 1\nroles:\n  alice: {password: \"" + clearPassword + "\"}",
		"unfinished quote": "version: 1\nroles:\n  alice: {login: {password: {verifier: \"" + readyVerifier + "}}}",
	} {
		_, err := specfile.Parse([]specfile.File{{Name: "spec.yaml", Data: []byte(yaml)}}, specfile.Secrets{
			LookupEnv: func(string) (string, bool) { return clearPassword, true },
		})
		shown.addError(name, err)
	}
	for name, password := range map[string]spec.Password{
		"NUL":      {Clear: clearPassword + "\x00"},
		"both":     {Clear: clearPassword, Verifier: readyVerifier},
		"verifier": {Verifier: clearPassword},
	} {
		s := &spec.Spec{Roles: []spec.Role{{Name: "alice", Login: &spec.Login{Password: password}}}}
		_, err := Sync(context.Background(), nothingListens(t), s, Options{})
		shown.addError(name, err)
	}
	shown.check()
}

// nothingListens gives no connection: what is refused before anything is asked needs none.
func nothingListens(testing.TB) *pgx.Conn { return nil }

// TestSamePasswordHasAnotherSalt: who may read verifiers does not learn that two roles have the same password.
func TestSamePasswordHasAnotherSalt(t *testing.T) {
	c := newShop(t)
	yaml := "version: 1\nroles:\n  alice: {login: {password: {env: PASSWORD}}}\n  bob: {login: {password: {env: PASSWORD}}}"
	c.sync(yaml, true)
	c.sync(yaml, false)
	c.can("alice", `SELECT 1`)
	c.can("bob", `SELECT 1`)
	if n := one[int](c, `SELECT count(DISTINCT rolpassword) FROM pg_authid WHERE rolname IN ('alice', 'bob')`); n != 2 {
		t.Error("both have the same verifier")
	}
}
