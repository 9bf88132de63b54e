package executor

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/ledger"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// planAsSpecs are planned in the warehouse, by whoever. Some are refused, which has to be in the same words.
var planAsSpecs = []string{
	strings.NewReplacer("    grants: [SELECT ON TABLES", "    login: {}\n    grants: [SELECT ON TABLES", "  bi:\n", "  bi:\n    login: {}\n", "intern: {}", "intern: {login: {}}").Replace(warehouseSpecs["postgres"]),
	warehouseSpecs["dba"],
	// What is passed on, owned, set, given for a while and gone.
	`
version: 1
roles:
  loader: {absent: true, reassign_to: etl}
  fresh:
    login: {}
    owns: [TABLE sales.t1]
    member_of: [app_owner, readers]
    attributes: [CREATEDB]
    settings: {work_mem: 64MB, session_preload_libraries: nothing}
    direct_grants: ["SELECT ON TABLE sales.t1 UNTIL '2037-01-01T00:00:00Z'", SELECT ON FUTURE TABLES IN SCHEMA marts FOR ROLE etl]
  bi:
    login: {}
    direct_grants: [USAGE ON SCHEMA marts, "SELECT (id) ON TABLE finance.t1"]
`,
	"version: 1\nroles:\n  lea: {absent: true, reassign_to: etl}\n",
	"version: 1\nroles:\n  stuck: {absent: true, reassign_to: etl}\n  bi: {login: {}, direct_grants: [SELECT ON LARGE OBJECT 4711]}\n",
	// What locks out, and what only a superuser may.
	`
version: 1
roles:
  dba: {login: {}, member_of: []}
  postgres_two: {attributes: [SUPERUSER]}
`,
	// Typing errors, and settings that only some are shown.
	`
version: 1
roles:
  bi:
    settings: {log_directory: x, work_men: 1MB}
    grants: [SELECT ON TABLE sales.t01, USAGE ON SCHEMA sale]
`,
	`
version: 1
mode: add
missing: warn
public: {grants: [USAGE ON SCHEMA public]}
roles:
  readers: {members: [bi, intern, nobody], grants: [SELECT ON ALL TABLES IN SCHEMA sales, SELECT ON TABLE sales.nothing]}
`,
}

// planAsParameters is for servers that have privileges on parameters.
const planAsParameters = `
version: 1
roles:
  bi: {login: {}, direct_grants: ["SET ON PARAMETER work_mem, session_preload_libraries, log_min_messages"]}
`

// manySpec is of so many roles that the server may read all.
func manySpec() string {
	var text strings.Builder
	text.WriteString("version: 1\nroles:\n")
	for i := range 30 {
		fmt.Fprintf(&text, "  many%d: {login: {}, member_of: [readers], grants: [SELECT ON TABLE sales.t%d, USAGE ON SCHEMA sales]}\n", i, i%3+1)
	}
	return text.String()
}

// newPlanAsWarehouse has a reader that may do nothing.
func newPlanAsWarehouse(t *testing.T) *cluster {
	needs(t, 11, "procedures")
	c := newCluster(t)
	c.name = warehouse
	script, err := os.ReadFile("testdata/warehouse.sql")
	if err != nil {
		t.Fatal(err)
	}
	if out, status := c.psql("postgres", string(script)); status != 0 || strings.Contains(out, "ERROR") {
		t.Fatalf("%d: %s", status, out)
	}
	c.exec(`CREATE ROLE reader LOGIN`, `GRANT CONNECT ON DATABASE warehouse TO reader`, `ALTER DATABASE warehouse OWNER TO dba`,
		`CREATE ROLE deployer LOGIN NOINHERIT`, `GRANT CONNECT ON DATABASE warehouse TO deployer`, `GRANT dba TO deployer`, `ALTER ROLE deployer SET role = dba`)
	c.exec(`CREATE ROLE lea`, `GRANT lea TO dba WITH ADMIN OPTION`, `SELECT lo_create(4711)`, `ALTER LARGE OBJECT 4711 OWNER TO lea`, `CREATE COLLATION coll FROM "C"`, `ALTER COLLATION coll OWNER TO lea`,
		`CREATE POLICY po ON sales.t1 TO lea, bi`, `CREATE ROLE stuck SUPERUSER`, `CREATE PUBLICATION pub`, `ALTER PUBLICATION pub OWNER TO stuck`,
		`CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)`, `ALTER SUBSCRIPTION sub OWNER TO stuck`, `ALTER ROLE stuck NOSUPERUSER`)
	if c.major >= 16 {
		c.exec(`GRANT app_owner, etl, loader TO dba WITH ADMIN TRUE, INHERIT TRUE, SET TRUE`, `ALTER ROLE dba SET createrole_self_grant = 'set, inherit'`,
			`ALTER ROLE dba IN DATABASE warehouse SET createrole_self_grant = 'inherit'`)
	}
	return c
}

// everyForm plans, and gives what is written of it in each form; an error, if it is refused.
func (c *cluster) everyForm(conn *pgx.Conn, yaml, as string, whole bool) string {
	c.Helper()
	s := parse(c, yaml)
	o := Options{
		As: as, Undecided: true, Effect: true, Passwords: script.PasswordsOmitted,
	}
	op, err := syncOperation(s, o)
	if err != nil {
		c.Fatal(err)
	}
	if whole {
		op.planning.reading = inspect.Whole
	}
	plan, err := op.planAlone(context.Background(), conn)
	if err != nil {
		return "refused: " + err.Error()
	}
	return c.writtenInAll(&planner.Sequence{Plans: []*planner.Plan{plan}}, yaml, o)
}

func (c *cluster) writtenInAll(sequence *planner.Sequence, yaml string, o Options) string {
	c.Helper()
	var out bytes.Buffer
	for _, plan := range sequence.Plans {
		fmt.Fprintln(&out, plan.Digest(), strings.Join(plan.Undecided, "\n"), strings.Join(plan.Warnings, "\n"))
	}
	for _, format := range report.FormatNames() {
		fmt.Fprintf(&out, "--- %s\n", format)
		if err := WriteSequenceAs(&out, format, parse(c, yaml), sequence, o); err != nil { // one that can not hold several databases
			fmt.Fprintln(&out, err)
		}
	}
	return out.String()
}

// samePlans compares what a role plans with what the reader plans for it.
func (c *cluster) samePlans(conn, reader *pgx.Conn, yaml string, whole bool) {
	c.Helper()
	role := conn.Config().User
	own := c.everyForm(conn, yaml, "", whole)
	read := c.everyForm(reader, yaml, role, whole)
	if own != read {
		d := diffLines(strings.Split(own, "\n"), strings.Split(read, "\n"))
		c.Errorf("%s, all read: %t: the reader's plan is another one:\n%s\nspec: %s", role, whole, strings.Join(d[:min(len(d), 12)], "\n"), yaml)
	}
}

// TestPlanAs: a role that may do nothing but connect plans, in every form and to the byte, what the role would that is
// to apply it.
func TestPlanAs(t *testing.T) {
	t.Parallel()
	c := newPlanAsWarehouse(t)
	specs := append(slices.Clone(planAsSpecs), manySpec())
	if c.major >= 15 {
		specs = append(specs, planAsParameters)
	}
	reader := c.connect("reader", warehouse, "")
	for role, few := range map[string]bool{"postgres": false, "dba": false, "deployer": true, "etl": true} {
		conn := c.connect(role, warehouse, "")
		for i, yaml := range specs {
			if few && i != 2 {
				continue
			}
			c.samePlans(conn, reader, yaml, false)
			if i == len(planAsSpecs) {
				c.samePlans(conn, reader, yaml, true)
			}
		}
	}
}

// TestAccessIsForEveryone: what explain and who say does not depend on who asks.
func TestAccessIsForEveryone(t *testing.T) {
	t.Parallel()
	c := newPlanAsWarehouse(t)
	ctx, super, reader := context.Background(), c.super, c.connect("reader", warehouse, "")
	for _, role := range []string{"dba", "bi", "app", "Jane.Doe", "loader", "postgres"} {
		a, err := Explain(ctx, super, role, nil)
		b, failed := Explain(ctx, reader, role, nil)
		if err != nil || failed != nil || !reflect.DeepEqual(a, b) || len(a.Access) == 0 {
			t.Errorf("%s: %v, %v: the reader is told something else", role, err, failed)
		}
	}
	for _, on := range []string{"TABLE sales.t1", "SCHEMA hr", "DATABASE warehouse", "FUNCTION app.f2(int, text)"} {
		grants, err := spec.ParseGrants("ALL ON " + on)
		if err != nil {
			t.Fatal(err)
		}
		q := access.Question{Privileges: grants[0].Target.Kind.Info().Privileges}
		a, err := Who(ctx, super, &grants[0].Target, q)
		b, failed := Who(ctx, reader, &grants[0].Target, q)
		if err != nil || failed != nil || !reflect.DeepEqual(a, b) || len(a) == 0 {
			t.Errorf("%s: %v, %v: the reader is told something else", on, err, failed)
		}
	}
}

// TestPlanAsIsApplied: the plan that the reader has saved is applied by the role that it was made for, after which the
// reader finds nothing to do, and by no other role; also in several databases.
func TestPlanAsIsApplied(t *testing.T) {
	t.Parallel()
	c := newFleet(t, oddDatabases[1], "marts")
	c.exec(`CREATE ROLE reader LOGIN`, `CREATE ROLE other LOGIN CREATEROLE`)
	const yaml = `
version: 1
roles:
  alice:
    login: {}
    direct_grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]
    in:
      MATCHING 'o.*|marts': {direct_grants: [USAGE ON SCHEMA s, SELECT ON TABLE s.t]}
  fresh: {in: {marts: {grants: [SELECT ON ALL TABLES IN SCHEMA s]}}}
`
	reader, ctx := c.connect("reader", warehouse, ""), context.Background()
	for _, role := range []string{"admin", "postgres"} {
		conn := c.connect(role, warehouse, "")
		o := Options{Undecided: true, Passwords: script.PasswordsOmitted}
		own := c.sequenceIn(conn, yaml, o)
		o.As = role
		if read := c.sequenceIn(reader, yaml, o); own != read {
			t.Errorf("%s: the reader's plan is another one:\n%s", role, strings.Join(diffLines(strings.Split(own, "\n"), strings.Split(read, "\n")), "\n"))
		}
	}
	o := Options{As: "admin", Passwords: script.PasswordsOmitted}
	sequence, err := PlanDatabases(ctx, reader, parse(t, yaml), o)
	if err != nil {
		t.Fatal(err)
	}
	var saved bytes.Buffer
	if err := WriteSequenceAs(&saved, "json", parse(t, yaml), sequence, o); err != nil {
		t.Fatal(err)
	}
	read, err := report.ReadPlan(&saved)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ApplySavedSequence(ctx, c.connect("other", warehouse, ""), read, Options{}); err == nil || !strings.Contains(err.Error(), "run as role other, but written for admin") {
		t.Errorf("another role: %v", err)
	}
	if _, err := ApplySavedSequence(ctx, reader, read, Options{As: "admin"}); err == nil || !strings.Contains(err.Error(), "connect as that role") {
		t.Errorf("the reader: %v", err)
	}
	if _, err := SyncDatabases(ctx, reader, parse(t, yaml), Options{As: "admin"}); err == nil || !strings.Contains(err.Error(), "connect as that role") {
		t.Errorf("the reader: %v", err)
	}
	if _, err := ApplySavedSequence(ctx, c.asAdmin(), read, Options{}); err != nil {
		t.Fatal(err)
	}
	if sequence, err = PlanDatabases(ctx, reader, parse(t, yaml), o); err != nil || !sequence.InSync() {
		t.Errorf("%v: the reader finds something to do", err)
	}
	c.canIn(true, "marts", "alice", `SELECT FROM s.t`)
}

// sequenceIn plans in all databases, and gives what is written in each form.
func (c *cluster) sequenceIn(conn *pgx.Conn, yaml string, o Options) string {
	c.Helper()
	sequence, err := PlanDatabases(context.Background(), conn, parse(c, yaml), o)
	if err != nil {
		c.Fatal(err)
	}
	return c.writtenInAll(sequence, yaml, o)
}

// TestPlanAsUnseen: what the reader does not see is said, once and where it matters.
func TestPlanAsUnseen(t *testing.T) {
	t.Parallel()
	c := newFleet(t)
	ctx := context.Background()
	c.exec(`CREATE ROLE reader LOGIN`, `CREATE ROLE barred LOGIN CREATEROLE`, `REVOKE CONNECT ON DATABASE warehouse FROM PUBLIC`,
		`GRANT CONNECT ON DATABASE warehouse TO reader`, `REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC`)
	if _, _, err := ledger.Install(ctx, c.super); err != nil {
		t.Fatal(err)
	}
	reader := c.connect("reader", warehouse, "")
	s := parse(t, "version: 1\nroles:\n  alice: {login: {password: {env: PASSWORD}}}\n")
	plan, err := Plan(ctx, reader, s, Options{As: "postgres"})
	if err != nil {
		t.Fatal(err)
	}
	word := "ROUTINE"
	if c.major < 11 {
		word = "FUNCTION"
	}
	if got := strings.Join(plan.Warnings, "\n"); len(plan.Warnings) != 2 || !strings.Contains(got, `GRANT EXECUTE ON `+word+` "pg_catalog"."pg_control_system"() TO "reader"`) ||
		!strings.Contains(got, "stored passwords are not read") {
		t.Errorf("warnings: %s", got)
	}
	_, hidden, err := Vanished(ctx, reader, s, Options{As: "postgres"})
	if err != nil || !strings.Contains(hidden, `role "reader" may not read the ledger`) || !strings.Contains(hidden, "GRANT SELECT") {
		t.Errorf("%v: %q", err, hidden)
	}
	if _, hidden, err = Vanished(ctx, reader, s, Options{As: "admin"}); err != nil || hidden != "" { // who may not read it, either
		t.Errorf("%v: %q", err, hidden)
	}
	c.exec(`ALTER TABLE pgsr.ledger OWNER TO reader`) // whom the role that applies does not trust
	plan, err = Plan(ctx, reader, s, Options{As: "postgres", Passwords: script.PasswordsOmitted})
	if err != nil || !strings.Contains(strings.Join(plan.Warnings, "\n"), "pgsr apply will refuse") {
		t.Errorf("%v: the reader's ledger is trusted: %s", err, plan.Warnings)
	}
	refused := map[string]string{"barred": `it may not connect to database "warehouse"`}
	if c.major >= 16 {
		c.exec(`ALTER ROLE reader SET createrole_self_grant = 'set'`)
		reader = c.connect("reader", warehouse, "")
		refused["admin"] = `ALTER ROLE "reader" RESET "createrole_self_grant"`
	}
	for role, why := range refused {
		if _, err := Plan(ctx, reader, s, Options{As: role}); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

// TestHiddenSettings: what the server shows of settings only to superusers is what the list in queries/settings.sql
// has.
func TestHiddenSettings(t *testing.T) {
	t.Parallel()
	needs(t, 13, "settings in files as settings are, such as primary_conninfo")
	c := newCluster(t, `CREATE ROLE reader LOGIN`, `CREATE ROLE seer`, `GRANT pg_read_all_settings TO seer`)
	all := one[[]string](c, `SELECT array_agg(name || ' ' || context ORDER BY name) FROM pg_settings
		WHERE name <> 'extension_destdir'`) // which is Debian's alone
	for role, sees := range map[string]bool{"seer": true, "postgres": true, "alone": false} {
		if role == "alone" {
			c.exec(`CREATE ROLE alone`)
		}
		rows, err := c.connect("reader", warehouse, "").Query(context.Background(), gen.Parameters, []string{"none_of_them"}, []string{}, role)
		if err != nil {
			t.Fatal(err)
		}
		var known []string
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gen.ParametersRow])
		for _, p := range found {
			if p.Context != "" {
				known = append(known, p.Name+" "+p.Context)
			}
		}
		slices.Sort(known)
		slices.Sort(all)
		if err != nil || slices.Equal(known, all) != sees {
			t.Errorf("%s: %v: %s", role, err, strings.Join(diffLines(all, known), ", "))
		}
	}
}

// TestActingIsWhatASessionIs: as whom a role would act, and with which createrole_self_grant, is what a session of it
// says, wherever these are set.
func TestActingIsWhatASessionIs(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE reader LOGIN`, `CREATE ROLE login LOGIN`, `CREATE ROLE "Its Own"`, `CREATE ROLE stranger`, `CREATE ROLE nested`,
		`GRANT "Its Own", nested TO login`)
	ctx, reader := context.Background(), c.connect("reader", warehouse, "")
	levels := []string{`ROLE login IN DATABASE warehouse`, `ROLE login`, `DATABASE warehouse`, `ROLE ALL`}
	roles := []string{`"Its Own"`, `stranger`, `none`, `nested`}
	grants := []string{"set", "inherit", "set, inherit", ""}
	for i := range 64 {
		for at, level := range levels {
			c.exec(fmt.Sprintf(`ALTER %s RESET ALL`, level))
			if i>>at&1 > 0 {
				c.exec(fmt.Sprintf(`ALTER %s SET role = %s`, level, roles[(i+at*(i>>4+1))%len(roles)]))
			}
			if i>>at&1 > 0 && c.major >= 16 {
				c.exec(fmt.Sprintf(`ALTER %s SET createrole_self_grant = '%s'`, level, grants[(i+at)%len(grants)]))
			}
		}
		conn := c.connect("login", warehouse, "")
		var user, grant string
		if err := conn.QueryRow(ctx, `SELECT current_user, coalesce(current_setting('createrole_self_grant', true), '')`).Scan(&user, &grant); err != nil {
			t.Fatal(err)
		}
		conn.Close(ctx)
		found, err := lookUpActing(ctx, wire.Session{Conn: reader}, "login")
		if want := (catalog.As{CurrentUser: user, SessionUser: "login", SelfGrant: inspect.SelfGrant(grant)}); err != nil || found.As != want {
			t.Errorf("%d: %v: %+v, but the session is %+v", i, err, found.As, want)
		}
	}
}
