package executor

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// TestResultSaysWhatCameOfIt: what was missing, what was left out, what was created, how many statements, and a digest
// that is that of the plan; the second run has all of it but for what it created.
func TestResultSaysWhatCameOfIt(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	const yaml = `version: 1
missing: warn
roles:
  newcomer:
    member_of: [crowd, {role: nobody, if_exists: true}]
    owns: [SCHEMA den]
    grants: [SELECT ON TABLE sales.orders]
    direct_grants:
      - SELECT ON TABLE sales.nothing
      - SELECT ON TABLE IF EXISTS sales.nowhere, sales.parts
      - SELECT ON TABLES MATCHING 'zz.*' IN SCHEMA IF EXISTS sales
`
	plan, err := Plan(context.Background(), c.super, parse(t, yaml), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, applies := range []bool{true, false} {
		r := c.sync(yaml, applies)
		all := InOne(r)
		names := func(all []Missing) string {
			var out []string
			for _, m := range all {
				out = append(out, m.Group+m.Object.Name+m.Pattern)
			}
			return strings.Join(out, " ")
		}
		missing := map[bool]string{true: "crowd nothing", false: "nothing"}[applies]
		if got := names(r.Missing); got != missing || names(all.Missing) != missing {
			t.Errorf("missing is %s", got)
		}
		if got := names(r.Skipped); got != "nothing nobody nowhere zz.*" {
			t.Errorf("skipped is %s", got)
		}
		created := fmt.Sprint(r.Created.Roles, r.Created.Schemas, len(r.Created.PrivilegeRoles))
		if want := map[bool]string{true: "[crowd newcomer] [den] 1", false: "[] [] 0"}[applies]; created != want {
			t.Errorf("created is %s", created)
		}
		if r.Statements != len(r.Plan.Statements) || (r.Statements > 0) != applies {
			t.Errorf("%d statements", r.Statements)
		}
		if applies && (r.Digest() != plan.Digest() || all.Digest() != r.Digest()) {
			t.Error("it has another digest than the plan")
		}
	}
}

// TestResultOfDatabases: of all of them together.
func TestResultOfDatabases(t *testing.T) {
	t.Parallel()
	c := newFleet(t, "a", "b")
	const yaml = "version: 1\nmissing: warn\nroles:\n  newcomer:\n    direct_grants: [SELECT ON TABLE none.here]\n    in:\n" +
		"      a: {direct_grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.nothing]}\n      b: {grants: [USAGE ON SCHEMA s], owns: [SCHEMA den]}\n"
	for _, applies := range []bool{true, false} {
		r := c.syncAll(c.super, yaml, applies)
		if len(r.Missing) != 2 || len(r.Skipped) != 2 {
			t.Errorf("missing %v, skipped %v", r.Missing, r.Skipped)
		}
		if created := fmt.Sprint(r.Created.Roles, r.Created.Schemas); created != map[bool]string{true: "[newcomer] [den]", false: "[] []"}[applies] {
			t.Errorf("created is %s", created)
		}
		if (r.Statements > 0) != applies {
			t.Errorf("%d statements", r.Statements)
		}
	}
}

// logged is what a logger was given, a line a record.
func logged(level slog.Level) (*slog.Logger, *bytes.Buffer) {
	var log bytes.Buffer
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duration" && a.Value.Duration() > 0 {
			return slog.Attr{}
		}
		return a
	}
	return slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level, ReplaceAttr: drop})), &log
}

// TestLogger: each statement at debug, each run at info, warnings at warn, and no secret at any. What is not asked for
// costs no round trip, nor does what is.
func TestLogger(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	s := parse(t, shopSpec+"  super: {attributes: [SUPERUSER]}\n")
	s.Roles[1].Login.Password.Clear = "never to be logged"
	c.exec(`CREATE ROLE super SUPERUSER`)
	conn, counted := c.asCounted("postgres")
	trips := map[bool]int64{}
	for _, logs := range []bool{false, true} {
		logger, log := logged(slog.LevelDebug)
		o := Options{}
		if logs {
			o.Logger = logger
		}
		before := counted.trips.Load()
		result, err := Sync(context.Background(), conn, s, o)
		if err != nil || !result.Applied {
			t.Fatalf("%+v, %v", result, err)
		}
		trips[logs] = counted.trips.Load() - before
		if !logs {
			c.exec(`DROP OWNED BY alice, old`, `DROP ROLE alice, old`)
			continue
		}
		text := log.String()
		if got := strings.Count(text, "level=DEBUG msg=\"statement ran\""); got != result.Statements {
			t.Errorf("%d statements are logged, of %d", got, result.Statements)
		}
		for _, word := range []string{
			"level=INFO msg=\"run ended\" operation=sync database=warehouse role=postgres outcome=applied statements=", "digest=" + result.Digest(), "created_roles=2",
			"level=WARN msg=\"warning of a plan\"", "CREATE ROLE", "(hidden)",
		} {
			if !strings.Contains(text, word) {
				t.Errorf("it is not logged: %s\n%s", word, text)
			}
		}
		for _, secret := range []string{"never to be logged", one[string](c, `SELECT substr(rolpassword, 15) FROM pg_authid WHERE rolname = 'alice'`)} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is logged", secret)
			}
		}
	}
	if trips[true] != trips[false] {
		t.Errorf("with a log it takes %d round trips, without %d", trips[true], trips[false])
	}
}

// TestLoggerOfWhatDoesNothing: what finds nothing to do, what only plans and what is refused are logged, too.
func TestLoggerOfWhatDoesNothing(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	conn, s := c.asPostgres(), parse(t, shopSpec)
	c.sync(shopSpec, true)
	logger, log := logged(slog.LevelInfo)
	for _, call := range []func() error{
		func() error { _, err := Sync(context.Background(), conn, s, Options{Logger: logger}); return err },
		func() error { _, err := Plan(context.Background(), conn, s, Options{Logger: logger}); return err },
		func() error {
			_, err := Sync(context.Background(), conn, &spec.Spec{Roles: []spec.Role{{Name: "x", MemberOf: spec.Memberships("y")}}}, Options{Logger: logger})
			if err == nil {
				return fmt.Errorf("it is not refused")
			}
			return nil
		},
	} {
		if err := call(); err != nil {
			t.Fatal(err)
		}
	}
	for _, word := range []string{"operation=sync database=warehouse role=postgres outcome=\"in sync\"", "operation=plan", "outcome=missing error="} {
		if !strings.Contains(log.String(), word) {
			t.Errorf("it is not logged: %s\n%s", word, log)
		}
	}
}

// TestProgressNeverRepeats: over databases, parts and attempts no value is told twice, and a count only grows.
func TestProgressNeverRepeats(t *testing.T) {
	t.Parallel()
	t.Run("parts", func(t *testing.T) {
		t.Parallel()
		c, p := newArchive(t), &told{}
		if _, err := Sync(context.Background(), c.asPostgres(), parse(t, archiveSpec), Options{Progress: p.tell, Running: p.run}); err != nil {
			t.Fatal(err)
		}
		checkNeverRepeats(t, p)
		if len(p.running) != 1 || p.running[0].Parts == nil {
			t.Errorf("what runs is told as %d plans", len(p.running))
		}
		if last := p.all[len(p.all)-1]; !slices.ContainsFunc(p.all, func(p Progress) bool { return p.Part > 1 && p.Part == p.Parts }) {
			t.Errorf("no parts are told: %+v", last)
		}
	})
	t.Run("databases", func(t *testing.T) {
		t.Parallel()
		c, p := newFleet(t, "a", "b"), &told{}
		s := parse(t, "version: 1\nroles:\n  newcomer: {in: {a: {direct_grants: [USAGE ON SCHEMA s]}, b: {direct_grants: [USAGE ON SCHEMA s]}}}")
		if _, err := SyncDatabases(context.Background(), c.super, s, Options{Progress: p.tell, Running: p.run}); err != nil {
			t.Fatal(err)
		}
		checkNeverRepeats(t, p)
		if len(p.running) != 3 {
			t.Errorf("what runs is told as %d plans", len(p.running))
		}
		for _, name := range []string{"", "a", "b"} {
			if !slices.ContainsFunc(p.all, func(p Progress) bool { return p.Doing == Committing && p.Database == name && p.Steps == 3 }) {
				t.Errorf("no commit in database %q is told: %+v", name, p.all)
			}
		}
	})
	t.Run("attempts", func(t *testing.T) {
		t.Parallel()
		c, p := newShop(t), &told{}
		c.exec(`CREATE SEQUENCE public.tries`, `GRANT USAGE ON SEQUENCE public.tries TO PUBLIC`)
		c.onCommand("ddl_command_start", `IF nextval('public.tries') < 3 THEN RAISE SQLSTATE '40001'; END IF;`)
		result, err := c.syncShop(context.Background(), c.asPostgres(), Options{Progress: p.tell})
		if err != nil || result.Attempts != 3 {
			t.Fatalf("%+v, %v", result, err)
		}
		checkNeverRepeats(t, p)
		if !slices.ContainsFunc(p.all, func(p Progress) bool { return p.Attempt == 3 && p.Done > 0 }) {
			t.Error("the third attempt is not told")
		}
	})
}

// checkNeverRepeats checks that no value was told twice, and that counts grew.
func checkNeverRepeats(t *testing.T, p *told) {
	t.Helper()
	seen, most := map[Progress]bool{}, map[Progress]int{}
	for _, now := range p.all {
		key := now
		key.Done = 0
		if done, known := most[key]; seen[now] || known && now.Done <= done {
			t.Errorf("told again: %+v", now)
		}
		seen[now], most[key] = true, now.Done
	}
	if len(p.all) < 10 {
		t.Errorf("only %d are told", len(p.all))
	}
}

// TestWarningsAreTheConnectionsOwn: what is warned of on one connection never fails what runs on another at the time.
func TestWarningsAreTheConnectionsOwn(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	const calls = 8
	loud := c.asPostgres()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				_ = loud.PgConn().Exec(context.Background(), `DO $$ BEGIN RAISE WARNING 'of another'; END $$`).Close()
			}
		}
	}()
	failed := make(chan error, calls)
	for i := range calls {
		go func() {
			conn, err := c.tryConnect("postgres", warehouse, "")
			for n := 0; n < 3 && err == nil; n++ {
				s := &spec.Spec{Roles: []spec.Role{{Name: fmt.Sprintf("clerk %d", i), Grants: spec.MustGrants("SELECT ON TABLE sales.orders")[:n%2]}}}
				_, err = Sync(context.Background(), conn, s, Options{})
			}
			failed <- err
		}()
	}
	for range calls {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	close(stop)
	<-stopped
}
