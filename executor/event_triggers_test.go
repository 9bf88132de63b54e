package executor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// makesSchema has a role of each kind that an event trigger may give something on the schema.
const makesSchema = `version: 1
roles:
  o: {owns: [SCHEMA nw]}
  r: {}
  few: {direct_grants: [USAGE ON SCHEMA nw]}
  via: {grants: [CONNECT ON DATABASE warehouse, USAGE ON SCHEMA nw]}
`

// addition is what an event trigger does when a schema has been made. It is refused with some words, or the schema's
// ACL is the wanted one, in which the privilege role has no number.
type addition struct {
	name, tags, does string
	// also is what the spec has beside [makesSchema].
	also     string
	want     string
	refused  []string
	isSilent bool
	// asAdmin tells that it matters who runs the plan.
	asAdmin bool
}

const (
	asPlanned = "{o=UC/o,_pgsr_=U/o,few=U/o}"
	onlyAtEnd = "'CREATE SCHEMA'"
)

var additions = []addition{
	{name: "to roles of the spec", tags: onlyAtEnd, does: `GRANT ALL ON SCHEMA nw TO r, via, o; GRANT ALL ON SCHEMA nw TO few WITH GRANT OPTION`, want: asPlanned, asAdmin: true},
	{name: "to others", tags: onlyAtEnd, does: `GRANT USAGE ON SCHEMA nw TO outsider, r, PUBLIC`, want: "{o=UC/o,outsider=U/o,=U/o,_pgsr_=U/o,few=U/o}"},
	{name: "to everyone, and public takes it", tags: onlyAtEnd, does: `GRANT USAGE ON SCHEMA nw TO PUBLIC`, also: "public: {revokes: [USAGE ON SCHEMA nw]}\n", want: asPlanned},
	{name: "in mode add", tags: onlyAtEnd, does: `GRANT USAGE ON SCHEMA nw TO r`, also: "mode: add\n", want: "{o=UC/o,r=U/o,_pgsr_=U/o,few=U/o}"},
	{name: "again", tags: onlyAtEnd + `, 'REVOKE'`, does: `GRANT CREATE ON SCHEMA nw TO r`, refused: []string{"create", "schema", "nw"}, asAdmin: true},
	{name: "after each command", does: `IF pg_catalog.to_regnamespace('nw') IS NOT NULL THEN GRANT CREATE ON SCHEMA nw TO few; END IF`, refused: []string{"create", "schema", "nw", "few"}},
	{name: "through a privilege role", tags: onlyAtEnd, does: `EXECUTE (SELECT 'GRANT CREATE ON SCHEMA nw TO ' || rolname FROM pg_catalog.pg_roles WHERE rolname ~ '^_pgsr_.*_connect')`,
		refused: []string{"_connect_"}, asAdmin: true},
	{name: "to another owner", tags: onlyAtEnd, does: `ALTER SCHEMA nw OWNER TO outsider`, refused: []string{"schema", "nw"}, asAdmin: true},
	{name: "default privileges", tags: onlyAtEnd, does: `ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA nw GRANT SELECT ON TABLES TO r`,
		refused: []string{"default privileges", "postgres", "nw"}, asAdmin: true},
	{name: "default privileges that the spec lists, or of others", tags: onlyAtEnd,
		does: `ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA nw GRANT SELECT ON TABLES TO outsider; ALTER DEFAULT PRIVILEGES FOR ROLE o IN SCHEMA nw GRANT USAGE ON SEQUENCES TO admin`,
		also: "  outsider: {direct_grants: [SELECT ON FUTURE TABLES IN SCHEMA nw FOR ROLE o]}\n", want: asPlanned},
	{name: "an error", tags: onlyAtEnd, does: `RAISE 'not on a Friday'`, refused: []string{"not on a friday", "function public.meddle()"}},
	{name: "for another command", tags: `'CREATE TABLE'`, does: `GRANT CREATE ON SCHEMA nw TO r`, want: asPlanned, isSilent: true},
}

// make makes the event trigger.
func (c *cluster) makeTrigger(a addition) {
	c.Helper()
	tags := ""
	if a.tags != "" {
		tags = ` WHEN TAG IN (` + a.tags + `)`
	}
	c.exec(`CREATE FUNCTION public.meddle() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $f$ BEGIN
		IF pg_catalog.to_regnamespace('nw') IS NOT NULL AND pg_catalog.pg_trigger_depth() < 1 AND current_setting('test.inside', true) IS DISTINCT FROM 'yes' THEN
			PERFORM set_config('test.inside', 'yes', true); `+a.does+`; PERFORM set_config('test.inside', 'no', true); END IF; END $f$`,
		`CREATE EVENT TRIGGER "Meddles" ON ddl_command_end`+tags+` EXECUTE PROCEDURE public.meddle()`,
		`CREATE EVENT TRIGGER "asleep" ON ddl_command_end EXECUTE PROCEDURE public.meddle()`, `ALTER EVENT TRIGGER "asleep" DISABLE`)
}

// TestEventTriggersOnNewSchemas: what one gives roles of the spec on a schema that the plan makes is revoked right
// after, what it gives others stays; what can not be foreseen is refused, with its name. Apply, saved plan and script
// decide the same, and the way back works.
func TestEventTriggersOnNewSchemas(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"postgres", "admin"} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			c := newOffice(t, `SET ROLE admin`, `CREATE ROLE o`, `CREATE ROLE r`, `CREATE ROLE few`, `CREATE ROLE via`, `CREATE ROLE outsider`, `RESET ROLE`)
			c.name = warehouse
			c.sync("version: 1\nroles:\n  via: {grants: [CONNECT ON DATABASE warehouse]}\n", true)
			conn := c.connect(user, warehouse, "")
			for _, a := range additions {
				if user == "admin" && !a.asAdmin {
					continue
				}
				c.makeTrigger(a)
				c.adds(conn, user, a)
				c.exec(`DROP EVENT TRIGGER "Meddles"`, `DROP EVENT TRIGGER "asleep"`, `DROP FUNCTION public.meddle`)
			}
		})
	}
}

// adds makes the schema in all ways, and goes back after each.
func (c *cluster) adds(conn *pgx.Conn, user string, a addition) {
	c.Helper()
	yaml := makesSchema + a.also
	s := parse(c, yaml)
	plan, err := Plan(context.Background(), conn, s, Options{})
	if err != nil {
		c.Fatal(err)
	}
	says := strings.Join(plan.Warnings, "\n")
	if strings.Contains(says, `"Meddles" of role "postgres", function "public.meddle", on CREATE SCHEMA`) == a.isSilent || strings.Contains(says, "asleep") {
		c.Errorf("%s: it warns: %s", a.name, says)
	}
	back, err := plan.Back()
	if err != nil {
		c.Fatal(err)
	}
	ways := []string{"script", "apply", "saved plan"}
	if !a.asAdmin { // a saved plan has the same statements and checks as the script
		ways = ways[:2]
	}
	for _, way := range ways {
		before := c.fingerprint()
		if err := c.by(way, conn, user, s, plan); len(a.refused) > 0 {
			c.saysOf(a, way, err)
			if c.fingerprint() != before {
				c.Errorf("%s, %s: something was changed", a.name, way)
			}
			continue
		} else if err != nil {
			c.Errorf("%s, %s: %v", a.name, way, err)
			continue
		}
		acl := one[string](c, `SELECT regexp_replace(nspacl::text, '_pgsr_[^=]*_usage_[^=]*', '_pgsr_') FROM pg_namespace WHERE nspname = 'nw'`)
		if acl != a.want {
			c.Errorf("%s, %s: the schema has %s", a.name, way, acl)
		}
		c.syncAs(conn, yaml, false)
		if out, status := c.psql(user, c.written("psql", s, back, Options{})); status != 0 {
			c.Errorf("%s, way back after %s: %s", a.name, way, out)
		}
		if c.fingerprint() != before {
			c.Errorf("%s, %s: it is not as before", a.name, way)
		}
	}
}

// TestEventTriggerGivesToALeaver: a role that gets something on the new schema is dropped all the same, in each way.
func TestEventTriggerGivesToALeaver(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `SET ROLE admin`, `CREATE ROLE o`, `CREATE ROLE outsider`, `RESET ROLE`)
	c.name = warehouse
	const yaml = "version: 1\nroles:\n  o: {owns: [SCHEMA nw]}\n  gone: {absent: true}\n"
	given := addition{tags: onlyAtEnd, does: `GRANT USAGE ON SCHEMA nw TO gone, outsider; GRANT CREATE ON SCHEMA nw TO gone WITH GRANT OPTION`}
	for _, user := range []string{"postgres", "admin"} {
		conn, s := c.connect(user, warehouse, ""), parse(t, yaml)
		for _, way := range []string{"script", "apply", "saved plan"} {
			c.exec(`SET ROLE admin`, `CREATE ROLE gone`, `RESET ROLE`)
			c.makeTrigger(given)
			plan, err := Plan(context.Background(), conn, s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.by(way, conn, user, s, plan); err != nil {
				t.Fatalf("%s, as %s: %v", way, user, err)
			}
			if acl := one[string](c, `SELECT nspacl::text FROM pg_namespace WHERE nspname = 'nw'`); acl != "{o=UC/o,outsider=U/o}" {
				t.Errorf("%s, as %s: the schema has %s", way, user, acl)
			}
			if one[bool](c, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gone')`) {
				t.Errorf("%s, as %s: the role is still there", way, user)
			}
			c.exec(`DROP EVENT TRIGGER "Meddles"`, `DROP EVENT TRIGGER "asleep"`, `DROP FUNCTION public.meddle`, `DROP SCHEMA nw`)
		}
	}
}

// by runs a plan in one of the ways.
func (c *cluster) by(way string, conn *pgx.Conn, user string, s *spec.Spec, plan *planner.Plan) (err error) {
	c.Helper()
	switch way {
	case "script":
		if out, status := c.psql(user, c.written("psql", s, plan, Options{})); status != 0 {
			err = errors.New(out)
		}
	case "saved plan":
		_, err = ApplySaved(context.Background(), conn, c.readBack(s, plan), Options{})
	case "apply":
		_, err = Sync(context.Background(), conn, s, Options{})
	}
	return err
}

// saysOf checks a refusal. A script names the event triggers in its head alone.
func (c *cluster) saysOf(a addition, way string, err error) {
	c.Helper()
	if err == nil {
		c.Errorf("%s, %s: it is not refused", a.name, way)
		return
	}
	words := a.refused
	if way != "script" {
		words = append([]string{`"meddles"`}, words...)
	}
	for _, word := range words {
		if !strings.Contains(strings.ToLower(err.Error()), word) {
			c.Errorf("%s, %s: it does not say %q: %v", a.name, way, word, err)
		}
	}
}

// TestEventTriggersInOtherDatabases: each database has its own, and the plan of each says which.
func TestEventTriggersInOtherDatabases(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE o`, `CREATE ROLE r`, `CREATE DATABASE b`)
	c.execIn("b", `CREATE FUNCTION public.gives() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN GRANT USAGE ON SCHEMA nw TO r; END'`,
		`CREATE EVENT TRIGGER gives ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE PROCEDURE public.gives()`)
	const yaml = "version: 1\nroles:\n  o: {owns: [SCHEMA nw], in: {b: {owns: [SCHEMA nw]}}}\n  r: {in: {b: {}}}\n"
	sequence, err := PlanDatabases(context.Background(), c.super, parse(t, yaml), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, plan := range sequence.Plans {
		if names := strings.Join(plan.Warnings, "\n"); strings.Contains(names, `"gives"`) != (plan.Server.Database == "b") {
			t.Errorf("%s: %s", plan.Server.Database, names)
		}
	}
	c.syncAll(c.super, yaml, true)
	c.syncAll(c.super, yaml, false)
	var acl string
	if err := c.in("b").QueryRow(context.Background(), `SELECT nspacl::text FROM pg_namespace WHERE nspname = 'nw'`).Scan(&acl); err != nil || acl != "{o=UC/o}" {
		t.Errorf("the schema has %s, %v", acl, err)
	}
}

// TestCommandTags asks the server for which statements of a plan event triggers run, and by which tag.
func TestCommandTags(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE o`, `CREATE ROLE r`, `CREATE TABLE public.seen (tag text)`, `CREATE TABLE public.t (a int)`, `CREATE VIEW public.v AS SELECT 1`,
		`CREATE MATERIALIZED VIEW public.m AS SELECT 1 AS a`, `CREATE SEQUENCE public.s`, `CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
		`CREATE TYPE public.e AS ENUM ()`, `CREATE DOMAIN public.d AS int`, `CREATE FOREIGN DATA WRAPPER w`, `CREATE SERVER w FOREIGN DATA WRAPPER w`,
		`CREATE FOREIGN TABLE public.ft () SERVER w`, `SELECT lo_create(4711)`, `CREATE POLICY p ON public.t TO r`,
		`CREATE FUNCTION public.see() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.seen VALUES (tg_tag); END'`,
		`CREATE EVENT TRIGGER see ON ddl_command_start EXECUTE PROCEDURE public.see()`)
	server := inspectReading(t, c.super, catalog.Scope{}, inspect.Scoped).Server
	in := func(kind catalog.Kind, name string) catalog.ObjectID {
		return catalog.ObjectID{Kind: kind, Schema: "public", Name: name}
	}
	table, future := in(catalog.Table, "t"), catalog.Future{Owner: "o", Kind: "TABLES"}
	function := in(catalog.Routine, "f")
	function.Arguments = "()"
	changes := []catalog.Change{
		catalog.CreateSchema{Name: "nw", Owner: "o"}, catalog.Grant{Privileges: []catalog.Privilege{catalog.Usage}, Object: catalog.ObjectID{Kind: catalog.Schema, Name: "nw"}, Grantees: []string{"r"}},
		catalog.DropSchema{Name: "nw"}, catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{"r"}},
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Column: "a", Grantees: []string{"r"}},
		catalog.Revoke{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{"r"}},
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: catalog.ObjectID{Kind: catalog.LargeObject, Name: "4711"}, Grantees: []string{"r"}},
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Connect}, Object: catalog.ObjectID{Kind: catalog.Database, Name: warehouse}, Grantees: []string{"r"}},
		catalog.Grant{Privileges: []catalog.Privilege{catalog.Create}, Object: catalog.ObjectID{Kind: catalog.Tablespace, Name: "pg_default"}, Grantees: []string{"r"}},
		catalog.GrantDefault{Privileges: []catalog.Privilege{catalog.Select}, Future: future, Grantees: []string{"r"}},
		catalog.RevokeDefault{Privileges: []catalog.Privilege{catalog.Select}, Future: future, Grantees: []string{"r"}},
		catalog.CreateRole{Name: "n"}, catalog.CommentOnRole{Name: "n", Comment: "x"}, catalog.GrantRole{Roles: []string{"n"}, Members: []string{"r"}},
		catalog.AlterPolicy{Policy: catalog.PolicyID{Table: table, Name: "p"}, Roles: []string{"o"}}, catalog.DropOwned{Role: "r"}, catalog.DropRole{Name: "n"},
		catalog.SetOwner{Object: catalog.ObjectID{Kind: catalog.Database, Name: warehouse}, Owner: "o"}, catalog.SetOwner{Object: catalog.ObjectID{Kind: catalog.LargeObject, Name: "4711"}, Owner: "o"},
		catalog.SetOwner{Object: table, Owner: "o", Relkind: "r"}, catalog.SetOwner{Object: in(catalog.Table, "v"), Owner: "o", Relkind: "v"},
		catalog.SetOwner{Object: in(catalog.Table, "m"), Owner: "o", Relkind: "m"}, catalog.SetOwner{Object: in(catalog.Table, "ft"), Owner: "o", Relkind: "f"},
		catalog.SetOwner{Object: in(catalog.Sequence, "s"), Owner: "o", Relkind: "S"}, catalog.SetOwner{Object: function, Owner: "o"},
		catalog.SetOwner{Object: in(catalog.Type, "e"), Owner: "o", Relkind: "e"}, catalog.SetOwner{Object: in(catalog.Type, "d"), Owner: "o", Relkind: "d"},
		catalog.SetOwner{Object: catalog.ObjectID{Kind: catalog.ForeignServer, Name: "w"}, Owner: "postgres"}, catalog.SetOwner{Object: catalog.ObjectID{Kind: catalog.ForeignDataWrapper, Name: "w"}, Owner: "postgres"},
	}
	for _, change := range changes {
		sql := script.SQL(change, server)
		c.exec(`TRUNCATE public.seen`)
		c.exec(sql)
		tags := one[[]string](c, `SELECT coalesce(array_agg(tag), '{}') FROM public.seen WHERE tag <> 'TRUNCATE TABLE'`)
		if strings.Join(tags, ", ") != script.CommandTag(change, server) {
			t.Errorf("for %s the server says %q, and we %q", sql, tags, script.CommandTag(change, server))
		}
	}
}
