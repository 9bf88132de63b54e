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
	"pgsr/planner/spec"
)

// TestAccessIsTheServers asks the server about every role, object and privilege of random clusters, and then about
// what a plan was said to mean.
func TestAccessIsTheServers(t *testing.T) {
	t.Parallel()
	needs(t, 11, "procedures")
	seeds := []uint64{11, 13}
	if *seed != 0 {
		seeds = []uint64{*seed}
	}
	planned, attacks := 0, 0
	for _, s := range seeds {
		t.Run(fmt.Sprint("seed=", s), func(t *testing.T) {
			j := newJudge(t, s)
			for range 3 {
				j.mess()
				j.whole()
				j.narrow()
				j.effect()
			}
			planned, attacks = planned+j.planned, attacks+j.attacks
		})
	}
	if planned < len(seeds) {
		t.Errorf("only %d specs came to a plan", planned)
	}
	if attacks == 0 {
		t.Error("no role could come to have anything")
	}
}

// judge is a random cluster that is asked.
type judge struct {
	*testing.T
	world *world
	conn  *pgx.Conn
	// planned counts specs that came to a plan, attacks those by which a role came to have something.
	planned, attacks int
}

func newJudge(t *testing.T, seed uint64) *judge {
	c := newCluster(t, `CREATE DATABASE `+currentDatabase)
	j := &judge{T: t, world: newWorld(seed, c.major), conn: c.connect("postgres", currentDatabase, "")}
	for _, statement := range j.world.setup(currentDatabase) {
		mustExec(t, j.conn, statement)
	}
	schema := j.world.schemas[0]
	for _, statement := range []string{
		`CREATE FUNCTION ` + id(schema, "f") + `(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'`,
		`CREATE PROCEDURE ` + id(schema, "f") + `(text) LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`,
		`CREATE DOMAIN ` + id(schema, "d") + ` AS integer`, `CREATE FOREIGN DATA WRAPPER w`, `CREATE SERVER srv FOREIGN DATA WRAPPER w`,
	} {
		mustExec(t, j.conn, statement)
	}
	if j.asksLargeObjects() {
		mustExec(t, j.conn, `SELECT lo_create(4711)`)
	}
	return j
}

// asksLargeObjects tells whether the server can be asked who may do what with them.
func (j *judge) asksLargeObjects() bool { return j.world.major >= 18 }

// thing is an object of a kind that the world does not know: how GRANT names it, with a privilege, and how ALTER does.
type thing struct {
	catalog.ObjectID
	grant, alter string
}

func (j *judge) things() []thing {
	schema := j.world.schemas[0]
	f, p, d := id(schema, "f")+`(integer)`, id(schema, "f")+`(text)`, id(schema, "d")
	all := []thing{
		{catalog.ObjectID{Kind: catalog.Routine, Schema: schema, Name: "f", Arguments: "(integer)"}, `EXECUTE ON ROUTINE ` + f, `ALTER ROUTINE ` + f},
		{catalog.ObjectID{Kind: catalog.Routine, Schema: schema, Name: "f", Arguments: "(text)"}, `EXECUTE ON ROUTINE ` + p, `ALTER ROUTINE ` + p},
		{catalog.ObjectID{Kind: catalog.Type, Schema: schema, Name: "d"}, `USAGE ON TYPE ` + d, `ALTER DOMAIN ` + d},
		{catalog.ObjectID{Kind: catalog.ForeignDataWrapper, Name: "w"}, `USAGE ON FOREIGN DATA WRAPPER w`, ``},
		{catalog.ObjectID{Kind: catalog.ForeignServer, Name: "srv"}, `USAGE ON FOREIGN SERVER srv`, `ALTER SERVER srv`},
	}
	if j.world.major >= 15 {
		all = append(all, thing{catalog.ObjectID{Kind: catalog.SettingParameter, Name: "log_statement"}, `SET ON PARAMETER log_statement`, ``},
			thing{catalog.ObjectID{Kind: catalog.SettingParameter, Name: "my.x"}, `ALL ON PARAMETER my.x`, ``})
	}
	if j.asksLargeObjects() {
		all = append(all, thing{catalog.ObjectID{Kind: catalog.LargeObject, Name: "4711"}, `SELECT ON LARGE OBJECT 4711`, `ALTER LARGE OBJECT 4711`})
	}
	return all
}

// messOfThings gives random statements about them, and about grant options, columns and ADMIN OPTION.
func (j *judge) messOfThings() []string {
	w := j.world
	role := func() string { return id(pick(w, w.roles)) }
	var out []string
	for range 12 {
		some := pick(w, j.things())
		t := pick(w, w.tables)
		table, option := id(t.Schema, t.Name), pick(w, []string{"", " WITH GRANT OPTION"})
		word := pick(w, []string{"SELECT", "INSERT", "REFERENCES", "SELECT (a)", "UPDATE (a)", "SELECT (ctid)"})
		out = append(out, pick(w, []string{
			`GRANT ` + some.grant + ` TO ` + role() + option, `REVOKE ` + some.grant + ` FROM ` + pick(w, []string{"PUBLIC", role()}) + ` CASCADE`,
			`GRANT ` + word + ` ON ` + table + ` TO ` + role() + option, `REVOKE ` + word + ` ON ` + table + ` FROM ` + role() + ` CASCADE`,
			`GRANT ` + role() + ` TO ` + role() + ` WITH ADMIN OPTION`, `REVOKE ALL ON ` + table + ` FROM ` + role() + ` CASCADE`,
			`ALTER ROLE ` + role() + pick(w, []string{" CREATEROLE", " NOCREATEROLE", " NOCREATEROLE", " NOINHERIT", " INHERIT"}),
		}))
		if some.alter != "" && w.chance(30) {
			out = append(out, some.alter+` OWNER TO `+role())
		}
	}
	return out
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
	for _, statement := range append(statements, j.messOfThings()...) {
		if _, err := j.conn.Exec(context.Background(), statement); err != nil {
			mustExec(j, j.conn, `RESET ROLE`)
		}
	}
}

const option = " WITH GRANT OPTION"

// answers are what the server says: role, privilege, object, column.
type answers map[[4]string]bool

// ask asks about all that has to do with our roles.
func (j *judge) ask() answers {
	j.Helper()
	out := answers{}
	const options = ` FROM pg_roles r, unnest('{""," WITH GRANT OPTION"}'::text[]) o, `
	privileges := func(words string) string { return `unnest(string_to_array('` + words + `', ',')) p` }
	questions := []string{
		`SELECT r.rolname, p || o, 'DATABASE ' || d.datname, ''` + options + `pg_database d, ` + privileges("CREATE,CONNECT,TEMPORARY") + `
			WHERE has_database_privilege(r.oid, d.oid, p || o)`,
		`SELECT r.rolname, p || o, 'SCHEMA ' || n.nspname, ''` + options + `pg_namespace n, ` + privileges("CREATE,USAGE") + `
			WHERE has_schema_privilege(r.oid, n.oid, p || o)`,
		`SELECT r.rolname, p || o, 'LANGUAGE ' || l.lanname, ''` + options + `pg_language l, ` + privileges("USAGE") + `
			WHERE has_language_privilege(r.oid, l.oid, p || o)`,
		`SELECT r.rolname, p || o, 'TABLESPACE ' || t.spcname, ''` + options + `pg_tablespace t, ` + privileges("CREATE") + `
			WHERE has_tablespace_privilege(r.oid, t.oid, p || o)`,
		`SELECT r.rolname, p || o, 'FOREIGN DATA WRAPPER ' || f.fdwname, ''` + options + `pg_foreign_data_wrapper f, ` + privileges("USAGE") + `
			WHERE has_foreign_data_wrapper_privilege(r.oid, f.oid, p || o)`,
		`SELECT r.rolname, p || o, 'FOREIGN SERVER ' || s.srvname, ''` + options + `pg_foreign_server s, ` + privileges("USAGE") + `
			WHERE has_server_privilege(r.oid, s.oid, p || o)`,
		`SELECT r.rolname, p || o, 'TYPE ' || n.nspname || '.' || t.typname, ''` + options + `pg_namespace n, pg_type t, ` + privileges("USAGE") + `
			WHERE n.oid = t.typnamespace AND nspname ~ '^s' AND typtype = 'd' AND has_type_privilege(r.oid, t.oid, p || o)`,
		`SELECT r.rolname, p || o, 'ROUTINE ' || n.nspname || '.' || f.proname || '(' || oidvectortypes(f.proargtypes) || ')', ''` + options + `pg_namespace n, pg_proc f, ` + privileges("EXECUTE") + `
			WHERE n.oid = f.pronamespace AND nspname ~ '^s' AND has_function_privilege(r.oid, f.oid, p || o)`,
		`SELECT r.rolname, p || o, 'TABLE ' || n.nspname || '.' || c.relname, ''` + options + `pg_namespace n, pg_class c, ` + privileges(j.tablePrivileges()) + `
			WHERE n.oid = c.relnamespace AND relkind IN ('r','p','v','m') AND (nspname ~ '^s' OR relname = 'pg_class') AND has_table_privilege(r.oid, c.oid, p || o)`,
		`SELECT r.rolname, p || o, 'SEQUENCE ' || n.nspname || '.' || c.relname, ''` + options + `pg_namespace n, pg_class c, ` + privileges("SELECT,UPDATE,USAGE") + `
			WHERE n.oid = c.relnamespace AND relkind = 'S' AND has_sequence_privilege(r.oid, c.oid, p || o)`,
		`SELECT r.rolname, p || o, 'TABLE ' || n.nspname || '.' || c.relname, a.attname` + options + `pg_namespace n, pg_class c, pg_attribute a, ` + privileges("SELECT,INSERT,UPDATE,REFERENCES") + `
			WHERE n.oid = c.relnamespace AND relkind IN ('r','p','v','m') AND nspname ~ '^s' AND attrelid = c.oid AND NOT attisdropped AND has_column_privilege(r.oid, c.oid, a.attnum, p || o)`,
	}
	if j.world.major >= 15 {
		questions = append(questions, `SELECT r.rolname, p || o, 'PARAMETER ' || n, ''`+options+`unnest('{my.x,log_statement}'::text[]) n, `+privileges("SET,ALTER SYSTEM")+`
			WHERE has_parameter_privilege(r.oid, n, p || o)`)
	}
	if j.asksLargeObjects() {
		questions = append(questions, `SELECT r.rolname, p || o, 'LARGE OBJECT ' || l.oid, ''`+options+`pg_largeobject_metadata l, `+privileges("SELECT,UPDATE")+`
			WHERE has_largeobject_privilege(r.oid, l.oid, p || o)`)
	}
	for _, question := range questions {
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
			if len(a.Paths) > 0 {
				said[[4]string{role, string(a.Privilege), unquoted(a.Object), a.Column}] = true
			}
			if len(a.Options) > 0 {
				said[[4]string{role, string(a.Privilege) + option, unquoted(a.Object), a.Column}] = true
			}
		}
		for a := range server {
			if a[0] == role && a[3] == "" && !strings.HasPrefix(a[2], "SCHEMA pg_") && a[2] != "SCHEMA information_schema" && a[2] != "TABLE pg_catalog.pg_class" && !isLarge(a[2]) {
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
		if one[3] != "" && server[one] || strings.HasSuffix(one[2], " pg_catalog") || one[2] == "TABLE pg_catalog.pg_class" && server[one] || isLarge(one[2]) && server[one] {
			continue
		}
		out[one] = true
	}
	return out
}

// isLarge tells whether it is a large object, of which a role may own a million, or a setting: these are read where
// they are named, or granted to somebody.
func isLarge(object string) bool {
	return strings.HasPrefix(object, "LARGE OBJECT ") || strings.HasPrefix(object, "PARAMETER ")
}

// narrow asks who can do something, and explains single objects: from as much of the catalog as that takes.
func (j *judge) narrow() {
	j.Helper()
	server := j.ask()
	ctx := context.Background()
	for range 6 {
		object := pick(j.world, j.objects())
		q := access.Question{Object: object, WithOption: j.world.chance(30)}
		privilege := j.privilegeOn(object.Kind.Info().Privileges)
		if object.Kind == catalog.Table && j.world.chance(50) {
			q.Columns, privilege = []string{"a"}, j.privilegeOn(object.Kind.Info().ColumnPrivileges)
		}
		q.Privileges = []catalog.Privilege{privilege}
		j.who(server, q)
		role := pick(j.world, j.world.roles)
		e, err := Explain(ctx, j.conn, role, named(object))
		if err != nil {
			j.Fatal(err)
		}
		can := slices.ContainsFunc(e.Access, func(a access.Access) bool {
			return a.Privilege == privilege && len(a.Paths) > 0 && (a.Column == "" || q.Columns != nil && a.Column == q.Columns[0])
		})
		if can != server[[4]string{role, string(privilege), unquoted(object), strings.Join(q.Columns, "")}] {
			j.Errorf("%q can %s on %s%s: we say %v", role, privilege, object, q.Columns, can)
		}
	}
}

// privilegeOn gives one of some privileges that this server has.
func (j *judge) privilegeOn(all []catalog.Privilege) catalog.Privilege {
	privilege := pick(j.world, all)
	for privilege == catalog.Maintain && j.world.major < 17 {
		privilege = pick(j.world, all)
	}
	return privilege
}

// who compares who has something with what the server says, and who could come to have it with what becomes of roles
// that grant themselves what they may.
func (j *judge) who(server answers, q access.Question) {
	j.Helper()
	all, err := Who(context.Background(), j.conn, named(q.Object), q)
	if err != nil {
		j.Fatal(err)
	}
	word, object, column := string(q.Privileges[0]), unquoted(q.Object), strings.Join(q.Columns, "")
	if q.WithOption {
		word += option
	}
	said, asked, could := answers{}, answers{}, map[string]bool{}
	everybody := false
	for _, a := range all {
		switch {
		case a.Column != column:
		case a.Role == catalog.Public:
			everybody = true
		case a.Could != nil:
			could[a.Role] = true
		default:
			said[[4]string{a.Role, word, object, column}] = true
		}
	}
	for a := range server {
		if a[1] == word && a[2] == object && a[3] == column && !isOurs(a[0]) && (!everybody || said[a]) {
			asked[a] = true
		}
	}
	j.sameAnswers(fmt.Sprintf("who can %s on %s%s", word, object, q.Columns), said, asked)
	for range 2 {
		role := pick(j.world, j.world.roles)
		if everybody || said[[4]string{role, word, object, column}] {
			continue
		}
		if could[role] != j.attack(role, word, object, column) {
			j.Errorf("%q could come to have %s on %s%s: we say %v", role, word, object, q.Columns, could[role])
		}
		if could[role] {
			j.attacks++
		}
	}
}

func (j *judge) objects() []catalog.ObjectID {
	all := slices.Concat(j.world.tables, j.world.others, []catalog.ObjectID{databaseID(currentDatabase)})
	for _, schema := range j.world.schemas {
		all = append(all, schemaID(schema))
	}
	for _, some := range j.things() {
		all = append(all, some.ObjectID)
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
						if slices.Contains(systemsOwn, unquoted(o)) {
							continue
						}
						said[[4]string{sign + role, string(p), unquoted(o), g.Column}] = true
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
			if implied := a[3] != "" && of[whole] && !other[whole]; other[a] || implied || slices.Contains(systemsOwn, a[2]) || supers[a[0]] || isOurs(a[0]) || strings.HasSuffix(a[1], option) {
				continue
			}
			a[0] = sign + a[0]
			if !isLarge(a[2]) || said[a] {
				asked[a] = true
			}
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

// named is a target that names one object.
func named(id catalog.ObjectID) *spec.Target {
	return &spec.Target{Kind: id.Kind, Objects: []catalog.ObjectID{id}}
}
