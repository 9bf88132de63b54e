package executor

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// TestAccessIsTheServers asks the server about every role, object and privilege of random clusters, and then about
// what a plan was said to mean.
func TestAccessIsTheServers(t *testing.T) {
	t.Parallel()
	seeds := []uint64{11, 13}
	if *seed != 0 {
		seeds = []uint64{*seed}
	}
	planned := 0
	for _, s := range seeds {
		t.Run(fmt.Sprint("seed=", s), func(t *testing.T) {
			j := newJudge(t, s)
			for range 3 {
				j.mess()
				j.whole()
				j.narrow()
				j.effect()
			}
			planned += j.planned
		})
	}
	if planned < len(seeds) {
		t.Errorf("only %d specs came to a plan", planned)
	}
}

// judge is a random cluster that is asked.
type judge struct {
	*testing.T
	world   *world
	conn    *pgx.Conn
	planned int
}

func newJudge(t *testing.T, seed uint64) *judge {
	c := newCluster(t, `CREATE DATABASE `+currentDatabase)
	j := &judge{T: t, world: newWorld(seed, c.major), conn: c.connect("postgres", currentDatabase, "")}
	for _, statement := range j.world.setup(currentDatabase) {
		mustExec(t, j.conn, statement)
	}
	return j
}

// mess makes a mess, also of what the planner has nothing to do with: superusers, and PostgreSQL's own roles.
func (j *judge) mess() {
	j.Helper()
	w := j.world
	predefined := []string{"pg_read_all_data", "pg_write_all_data", "pg_database_owner", "pg_monitor"}
	if w.major >= 17 {
		predefined = append(predefined, "pg_maintain")
	}
	statements := w.mess(40)
	for range 4 {
		t := pick(w, w.tables)
		statements = append(statements,
			`GRANT `+pick(w, predefined)+` TO `+id(pick(w, w.roles)),
			`REVOKE `+pick(w, predefined)+` FROM `+id(pick(w, w.roles)),
			`GRANT `+pick(w, []string{"SELECT", "TRIGGER"})+` ON `+id(t.Schema, t.Name)+` TO `+pick(w, predefined),
			`ALTER ROLE `+id(pick(w, w.roles))+` `+pick(w, []string{"SUPERUSER", "NOSUPERUSER", "NOSUPERUSER", "NOSUPERUSER"}),
			`GRANT INSERT, SELECT ON pg_catalog.pg_class TO `+id(pick(w, w.roles)),
			`ALTER DATABASE `+id(currentDatabase)+` OWNER TO `+id(pick(w, append(w.roles, "admin"))),
			`REVOKE `+pick(w, []string{"ALL", "SELECT"})+` ON `+id(t.Schema, t.Name)+` FROM `+id(pick(w, w.roles)),
			`GRANT USAGE ON LANGUAGE plpgsql TO `+id(pick(w, w.roles)), `REVOKE USAGE ON LANGUAGE plpgsql FROM `+pick(w, []string{"PUBLIC", id(pick(w, w.roles))}),
			`GRANT CREATE ON TABLESPACE pg_default TO `+id(pick(w, w.roles)), `ALTER TABLESPACE pg_default OWNER TO `+id(pick(w, w.roles)),
			`GRANT postgres TO `+id(pick(w, w.roles)), `REVOKE postgres FROM `+id(pick(w, w.roles)),
		)
	}
	for _, statement := range statements {
		if _, err := j.conn.Exec(context.Background(), statement); err != nil {
			mustExec(j, j.conn, `RESET ROLE`)
		}
	}
}

// answers are what the server says: role, privilege, object, column.
type answers map[[4]string]bool

// ask asks about all that has to do with our roles.
func (j *judge) ask() answers {
	j.Helper()
	out := answers{}
	for _, question := range []string{
		`SELECT r.rolname, p, 'DATABASE ' || d.datname, '' FROM pg_roles r, pg_database d, unnest('{CREATE,CONNECT,TEMPORARY}'::text[]) p
			WHERE has_database_privilege(r.oid, d.oid, p)`,
		`SELECT r.rolname, p, 'SCHEMA ' || n.nspname, '' FROM pg_roles r, pg_namespace n, unnest('{CREATE,USAGE}'::text[]) p
			WHERE has_schema_privilege(r.oid, n.oid, p)`,
		`SELECT r.rolname, 'USAGE', 'LANGUAGE ' || l.lanname, '' FROM pg_roles r, pg_language l WHERE has_language_privilege(r.oid, l.oid, 'USAGE')`,
		`SELECT r.rolname, 'CREATE', 'TABLESPACE ' || t.spcname, '' FROM pg_roles r, pg_tablespace t WHERE has_tablespace_privilege(r.oid, t.oid, 'CREATE')`,
		`SELECT r.rolname, p, 'TABLE ' || n.nspname || '.' || c.relname, '' FROM pg_roles r, pg_namespace n, pg_class c, unnest(string_to_array('` + j.tablePrivileges() + `', ',')) p
			WHERE n.oid = c.relnamespace AND relkind IN ('r','p','v','m') AND (nspname ~ '^s' OR relname = 'pg_class') AND has_table_privilege(r.oid, c.oid, p)`,
		`SELECT r.rolname, p, 'SEQUENCE ' || n.nspname || '.' || c.relname, '' FROM pg_roles r, pg_namespace n, pg_class c, unnest('{SELECT,UPDATE,USAGE}'::text[]) p
			WHERE n.oid = c.relnamespace AND relkind = 'S' AND has_sequence_privilege(r.oid, c.oid, p)`,
		`SELECT r.rolname, p, 'TABLE ' || n.nspname || '.' || c.relname, a.attname FROM pg_roles r, pg_namespace n, pg_class c, pg_attribute a, unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) p
			WHERE n.oid = c.relnamespace AND relkind IN ('r','p','v','m') AND nspname ~ '^s' AND attrelid = c.oid AND attnum > 0 AND has_column_privilege(r.oid, c.oid, a.attname, p)`,
	} {
		rows, err := j.conn.Query(context.Background(), question)
		if err != nil {
			j.Fatal(err)
		}
		var a [4]string
		if _, err := pgx.ForEachRow(rows, []any{&a[0], &a[1], &a[2], &a[3]}, func() error {
			out[a] = true
			return nil
		}); err != nil {
			j.Fatal(err)
		}
	}
	return out
}

func (j *judge) tablePrivileges() string {
	all := `SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER`
	if j.world.major >= 17 {
		all += `,MAINTAIN`
	}
	return all
}

// whole explains every role with everything there is.
func (j *judge) whole() {
	j.Helper()
	server := j.ask()
	for _, role := range append(j.world.roles, "admin", "postgres") {
		e, err := Explain(context.Background(), j.conn, role, nil)
		if err != nil {
			j.Fatal(err)
		}
		said, asked := answers{}, answers{}
		for _, a := range e.Access {
			said[[4]string{role, string(a.Privilege), a.Object.String(), a.Column}] = true
		}
		for a := range server {
			if a[0] == role && a[3] == "" && !strings.HasPrefix(a[2], "SCHEMA pg_") && a[2] != "SCHEMA information_schema" && a[2] != "TABLE pg_catalog.pg_class" {
				asked[a] = true
			}
		}
		j.sameAnswers(fmt.Sprintf("what %q can do", role), said.confined(server), asked)
	}
}

// confined leaves out what is not asked, and what is said of columns where the server agrees.
func (a answers) confined(server answers) answers {
	out := answers{}
	for one := range a {
		if one[3] != "" && server[one] || strings.HasSuffix(one[2], " pg_catalog") || one[2] == "TABLE pg_catalog.pg_class" && server[one] {
			continue
		}
		out[one] = true
	}
	return out
}

// narrow asks who can do something, and explains single objects: from as much of the catalog as that takes.
func (j *judge) narrow() {
	j.Helper()
	server := j.ask()
	ctx := context.Background()
	for range 6 {
		object, privileges := pick(j.world, j.objects()), []catalog.Privilege(nil)
		for _, p := range object.Kind.Info().Privileges {
			if p != catalog.Maintain || j.world.major >= 17 {
				privileges = append(privileges, p)
			}
		}
		privilege := pick(j.world, privileges)
		all, err := Who(ctx, j.conn, object, privilege)
		if err != nil {
			j.Fatal(err)
		}
		said, asked := answers{}, answers{}
		everybody := len(all) > 0 && all[0].Role == catalog.Public && all[0].Column == ""
		for _, a := range all {
			if a.Column == "" && a.Role != catalog.Public {
				said[[4]string{a.Role, string(privilege), object.String()}] = true
			}
		}
		for a := range server {
			if a[1] == string(privilege) && a[2] == object.String() && a[3] == "" && !isOurs(a[0]) && (!everybody || said[a]) {
				asked[a] = true
			}
		}
		j.sameAnswers(fmt.Sprintf("who can %s on %s", privilege, object), said, asked)
		role := pick(j.world, j.world.roles)
		e, err := Explain(ctx, j.conn, role, &object)
		if err != nil {
			j.Fatal(err)
		}
		can := slices.ContainsFunc(e.Access, func(a access.Access) bool { return a.Privilege == privilege && a.Column == "" })
		if can != server[[4]string{role, string(privilege), object.String()}] {
			j.Errorf("%q can %s on %s: we say %v", role, privilege, object, can)
		}
	}
}

func (j *judge) objects() []catalog.ObjectID {
	all := slices.Concat(j.world.tables, j.world.others, []catalog.ObjectID{databaseID(currentDatabase)})
	for _, schema := range j.world.schemas {
		all = append(all, schemaID(schema))
	}
	return all
}

// systemsOwn is what is not read where everything is.
var systemsOwn = []string{"SCHEMA pg_catalog", "SCHEMA pg_toast", "SCHEMA information_schema", "TABLE pg_catalog.pg_class"}

// effect plans and applies a spec, and compares what the server says before and after with what was said beforehand.
func (j *judge) effect() {
	j.Helper()
	ctx := context.Background()
	s := j.world.spec()
	before := j.ask()
	knowing := trusting(j.conn)
	knowing.Effect = true
	plan, err := Plan(ctx, j.conn, s, knowing)
	if err != nil {
		if _, err = Plan(ctx, j.conn, s, trusting(j.conn)); err == nil {
			j.Error("a plan with effect is refused, one without is not")
		}
		return
	}
	j.planned++
	if plain, err := Plan(ctx, j.conn, s, trusting(j.conn)); err != nil {
		j.Error(err)
	} else if d := diffLines(sentences(plain), sentences(plan)); d != nil {
		j.Errorf("plans with (+) and without (-) effect differ:\n%s", strings.Join(d, "\n"))
	}
	if _, err := Sync(ctx, j.conn, s, trusting(j.conn)); err != nil {
		j.Fatal(err)
	}
	said, asked := answers{}, answers{}
	note := func(sign string, groups []access.Group) {
		for _, g := range groups {
			for _, role := range g.Roles {
				for _, p := range g.Privileges {
					for _, o := range g.Objects {
						if slices.Contains(systemsOwn, o.String()) {
							continue
						}
						said[[4]string{sign + role, string(p), o.String(), g.Column}] = true
					}
				}
			}
		}
	}
	effect := plan.Effect()
	note("+", effect.Gains)
	note("-", effect.Losses)
	supers := j.superusers()
	difference := func(sign string, of, other answers) {
		for a := range of {
			whole := [4]string{a[0], a[1], a[2]}
			if implied := a[3] != "" && of[whole] && !other[whole]; other[a] || implied || slices.Contains(systemsOwn, a[2]) || supers[a[0]] || isOurs(a[0]) {
				continue
			}
			a[0] = sign + a[0]
			asked[a] = true
		}
	}
	after := j.ask()
	difference("+", after, before)
	difference("-", before, after)
	j.sameAnswers("the effect of a plan", said, asked)
}

// isOurs tells whether a role is none of people's: one of pgsr's, or one of PostgreSQL's own.
func isOurs(role string) bool {
	return strings.HasPrefix(role, "_pgsr_") || strings.HasPrefix(role, "pg_")
}

// superusers are the same before and after: a spec has no say in that.
func (j *judge) superusers() map[string]bool {
	out := map[string]bool{}
	rows, _ := j.conn.Query(context.Background(), `SELECT rolname::text FROM pg_roles WHERE rolsuper`)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		j.Fatal(err)
	}
	for _, name := range names {
		out[name] = true
	}
	return out
}

func (j *judge) sameAnswers(what string, said, asked answers) {
	j.Helper()
	var lines []string
	for a := range said {
		if !asked[a] {
			lines = append(lines, fmt.Sprintf("we say, the server does not: %q", a))
		}
	}
	for a := range asked {
		if !said[a] {
			lines = append(lines, fmt.Sprintf("the server says, we do not: %q", a))
		}
	}
	if len(lines) > 0 {
		slices.Sort(lines)
		j.Fatalf("%s:\n%s", what, strings.Join(lines, "\n"))
	}
}

// sentences says what statements do, without what is random in the names of privilege roles, and in what order these
// therefore are.
func sentences(plan *planner.Plan) []string {
	var lines []string
	for _, s := range plan.Statements {
		words := strings.Split(randomDigits.ReplaceAllString(script.Summary(s.Change), "xxxxxxxx"), " ")
		slices.Sort(words)
		lines = append(lines, s.As+": "+strings.Join(words, " "))
	}
	slices.Sort(lines)
	return lines
}

var randomDigits = regexp.MustCompile(`[0-9a-f]{8}\b`)
