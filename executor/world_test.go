package executor

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// oddNames are names that a careless program gets wrong. Roles, schemas and tables of the tests have them.
var oddNames = []string{
	`plain`, `Two Words`, `dotted.name`, `CamelCase`, `select`, `größe_日本`, `semi;--colon`, `quote"inside`,
	`apo'strophe`, `back\slash`, `dollar$1`, `new` + "\n" + `line`, strings.Repeat("x", 63), `"; DROP ROLE postgres; --`,
}

// world is a random cluster, the same for the same seed: roles, objects of odd names, and a way to make a mess of them.
type world struct {
	*rand.Rand
	roles   []string
	schemas []string
	tables  []catalog.ObjectID
	others  []catalog.ObjectID // sequences
	major   int
}

func newWorld(seed uint64, major int) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 1)), major: major}
	for i := range 9 {
		w.roles = append(w.roles, fmt.Sprintf("r%d %s", i, oddNames[i%len(oddNames)])[:min(63, len(oddNames[i%len(oddNames)])+3)])
	}
	for i := range 3 {
		w.schemas = append(w.schemas, "s"+oddNames[i*4+1])
	}
	for i, schema := range w.schemas {
		for j := range 4 {
			w.tables = append(w.tables, catalog.ObjectID{Kind: catalog.Table, Schema: schema, Name: oddNames[(i+j*3)%(len(oddNames)-2)]})
		}
		w.others = append(w.others, catalog.ObjectID{Kind: catalog.Sequence, Schema: schema, Name: "seq"})
	}
	return w
}

func id(parts ...string) string { return pgx.Identifier(parts).Sanitize() }

func pick[T any](w *world, from []T) T { return from[w.IntN(len(from))] }

// chance is true p times out of a hundred.
func (w *world) chance(p int) bool { return w.IntN(100) < p }

// setup gives the statements that make the world. The role admin is no superuser: it has CREATEROLE and owns the
// database.
func (w *world) setup(database string) []string {
	out := []string{
		`CREATE ROLE admin LOGIN CREATEROLE`, `ALTER DATABASE ` + id(database) + ` OWNER TO admin`,
	}
	for i, role := range w.roles {
		if i%3 == 2 { // the superuser's, which admin may grant
			out = append(out, `CREATE ROLE `+id(role), `GRANT `+id(role)+` TO admin WITH ADMIN OPTION`)
		} else {
			out = append(out, `SET ROLE admin`, `CREATE ROLE `+id(role), `RESET ROLE`)
		}
	}
	for i, schema := range w.schemas {
		out = append(out, `CREATE SCHEMA `+id(schema)+` AUTHORIZATION `+id(w.roles[i]))
	}
	for i, table := range w.tables {
		name := id(table.Schema, table.Name)
		switch i % 4 {
		case 0:
			out = append(out, `CREATE TABLE `+name+` (a serial, b text)`)
		case 1:
			out = append(out, `CREATE VIEW `+name+` AS SELECT 1 AS a, 'x'::text AS b`)
		case 2:
			out = append(out, `CREATE TABLE `+name+` (a int, b text) PARTITION BY LIST (a)`)
		case 3:
			out = append(out, `CREATE MATERIALIZED VIEW `+name+` AS SELECT 1 AS a, 'x'::text AS b`)
		}
		out = append(out, `ALTER TABLE `+name+` OWNER TO `+id(pick(w, append(w.roles, "admin"))))
	}
	for _, seq := range w.others {
		out = append(out, `CREATE SEQUENCE `+id(seq.Schema, seq.Name),
			`ALTER SEQUENCE `+id(seq.Schema, seq.Name)+` OWNER TO `+id(pick(w, w.roles)))
	}
	return out
}

// mess gives n statements as people run them by hand. Some of them fail, which is no matter.
func (w *world) mess(n int) []string {
	var out []string
	for range n {
		switch w.IntN(10) {
		case 0, 1, 2, 3:
			out = append(out, w.privilegeByHand())
		case 4, 5:
			out = append(out, w.membershipByHand())
		case 6:
			t := pick(w, w.tables)
			out = append(out, `ALTER TABLE `+id(t.Schema, t.Name)+` OWNER TO `+id(pick(w, append(w.roles, "admin"))))
		case 7:
			t := pick(w, w.tables)
			out = append(out, fmt.Sprintf(`GRANT %s (%s) ON %s TO %s`, pick(w, []string{"SELECT", "UPDATE", "REFERENCES"}),
				pick(w, []string{"a", "b"}), id(t.Schema, t.Name), id(pick(w, w.roles))))
		case 8:
			out = append(out, `ALTER ROLE `+id(pick(w, w.roles))+` `+pick(w, []string{"LOGIN", "NOLOGIN", "NOINHERIT", "INHERIT", "VALID UNTIL '2031-01-01'"}))
		case 9:
			out = append(out, fmt.Sprintf(`ALTER SCHEMA %s OWNER TO %s`, id(pick(w, w.schemas)), id(pick(w, w.roles))))
		}
	}
	return out
}

// privilegeByHand grants or revokes something, now and then as another role than the owner.
func (w *world) privilegeByHand() string {
	on, privilege := w.target()
	grantee := id(pick(w, w.roles))
	if w.chance(5) {
		grantee = "PUBLIC"
	}
	statement := fmt.Sprintf(`GRANT %s ON %s TO %s`, privilege, on, grantee)
	switch {
	case w.chance(15):
		statement = fmt.Sprintf(`REVOKE %s ON %s FROM %s`, privilege, on, grantee)
	case w.chance(40) && grantee != "PUBLIC":
		statement += ` WITH GRANT OPTION`
	}
	if w.chance(40) {
		return `SET ROLE ` + id(pick(w, w.roles)) + `; ` + statement + `; RESET ROLE`
	}
	return statement
}

// target gives something to grant on, in SQL, and a privilege that fits.
func (w *world) target() (string, string) {
	switch w.IntN(8) {
	case 0:
		return `DATABASE ` + id(currentDatabase), pick(w, []string{"CONNECT", "TEMPORARY", "CREATE"})
	case 1:
		return `SCHEMA ` + id(pick(w, w.schemas)), pick(w, []string{"USAGE", "CREATE"})
	case 2:
		s := pick(w, w.others)
		return `SEQUENCE ` + id(s.Schema, s.Name), pick(w, []string{"USAGE", "SELECT", "UPDATE"})
	}
	t := pick(w, w.tables)
	return id(t.Schema, t.Name), pick(w, []string{"SELECT", "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "ALL"})
}

// membershipByHand grants or revokes a role.
func (w *world) membershipByHand() string {
	role, member := id(pick(w, w.roles)), id(pick(w, w.roles))
	statement := `GRANT ` + role + ` TO ` + member
	switch {
	case w.chance(25):
		statement = `REVOKE ` + role + ` FROM ` + member
	case w.chance(30):
		statement += ` WITH ADMIN OPTION`
	case w.chance(20) && w.major >= 16:
		statement += ` WITH INHERIT ` + pick(w, []string{"TRUE", "FALSE"}) + `, SET ` + pick(w, []string{"TRUE", "FALSE"})
	}
	switch { // mostly as admin, who can then take it back
	case w.chance(90):
		return `SET ROLE admin; ` + statement + `; RESET ROLE`
	case w.chance(50):
		return `SET ROLE ` + id(pick(w, w.roles)) + `; ` + statement + `; RESET ROLE`
	}
	return statement
}

// currentDatabase is the one that the world is made in.
const currentDatabase = "world"

// spec makes up a spec for some of the roles. Its memberships go from lower to higher roles, so that they have no
// circle of their own.
func (w *world) spec() *spec.Spec {
	s := &spec.Spec{}
	owned := map[catalog.ObjectID]bool{}
	for i, name := range w.roles {
		if !w.chance(55) {
			continue
		}
		role := spec.Role{Name: name, Login: w.login()}
		for _, group := range w.roles[i+1:] {
			if w.chance(15) {
				role.MemberOf = append(role.MemberOf, spec.Membership{Role: group})
			}
		}
		for range w.IntN(5) {
			role.Grants = append(role.Grants, w.grant())
		}
		for range w.IntN(4) {
			role.DirectGrants = append(role.DirectGrants, w.grant())
		}
		if w.chance(50) {
			role.Owns = []spec.Ownership{}
		}
		for _, target := range w.ownerships() {
			if !owned[target.Objects[0]] {
				owned[target.Objects[0]] = true
				role.Owns = append(role.Owns, spec.Ownership{Target: target})
			}
		}
		if w.chance(20) {
			role.PreserveInSchemas = []string{pick(w, w.schemas)}
		}
		s.Roles = append(s.Roles, role)
	}
	return s
}

func (w *world) login() *spec.Login {
	until := time.Date(2030, 5, 6, 7, 8, 9, 0, time.UTC)
	return pick(w, []*spec.Login{nil, nil, {}, {ValidUntil: &until}, {NoEnd: true}})
}

// grant makes up a phrase.
func (w *world) grant() spec.Grant {
	switch w.IntN(8) {
	case 0:
		return spec.Grant{
			Privileges: []catalog.Privilege{pick(w, []catalog.Privilege{catalog.Connect, catalog.Create, catalog.Temporary})},
			Target:     spec.Target{Kind: catalog.Database, Objects: []catalog.ObjectID{{Kind: catalog.Database, Name: currentDatabase}}},
		}
	case 1:
		return spec.Grant{
			Privileges: []catalog.Privilege{pick(w, []catalog.Privilege{catalog.Usage, catalog.Create})},
			Target:     spec.Target{Kind: catalog.Schema, Objects: []catalog.ObjectID{{Kind: catalog.Schema, Name: pick(w, w.schemas)}}},
		}
	case 2:
		return spec.Grant{
			Privileges: []catalog.Privilege{catalog.Usage, catalog.Select}[:1+w.IntN(2)],
			Target:     spec.Target{Kind: catalog.Sequence, Schemas: []string{pick(w, w.schemas)}},
		}
	case 3:
		g := spec.Grant{Target: spec.Target{
			Kind: catalog.Table, Schemas: []string{pick(w, w.schemas)}, Matching: regexp.MustCompile(`\A(?:.*e.*)\z`),
		}}
		if g.AllPrivileges = w.chance(50); !g.AllPrivileges {
			g.Privileges = []catalog.Privilege{catalog.Select}
		}
		return g
	}
	return spec.Grant{
		Privileges: []catalog.Privilege{catalog.Select, catalog.Insert, catalog.Delete}[:1+w.IntN(3)],
		Target:     spec.Target{Kind: catalog.Table, Objects: []catalog.ObjectID{pick(w, w.tables)}},
	}
}

func (w *world) ownerships() []spec.Target {
	var out []spec.Target
	for range w.IntN(3) {
		out = append(out, spec.Target{Kind: catalog.Table, Objects: []catalog.ObjectID{pick(w, w.tables)}})
	}
	if w.chance(25) {
		out = append(out, spec.Target{Kind: catalog.Schema, Objects: []catalog.ObjectID{{Kind: catalog.Schema, Name: pick(w, w.schemas)}}})
	}
	if w.chance(10) {
		name := fmt.Sprintf("made %d", w.IntN(4))
		out = append(out, spec.Target{Kind: catalog.Schema, Objects: []catalog.ObjectID{{Kind: catalog.Schema, Name: name}}})
	}
	return out
}

// wholeScope is that of everything there is.
func wholeScope(ctx context.Context, conn *pgx.Conn) (catalog.Scope, error) {
	var scope catalog.Scope
	rows, _ := conn.Query(ctx, `SELECT rolname::text FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1`)
	roles, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return scope, err
	}
	rows, _ = conn.Query(ctx, `SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1`)
	schemas, err := pgx.CollectRows(rows, pgx.RowTo[string])
	scope.Roles, scope.Contents, scope.SettingsOf = roles, tablesIn(schemas...), roles
	scope.Objects = append(scope.Objects, catalog.ObjectID{Kind: catalog.LargeObject, Name: "4711"},
		catalog.ObjectID{Kind: catalog.SettingParameter, Name: "my.x"}, catalog.ObjectID{Kind: catalog.SettingParameter, Name: "log_statement"})
	for _, schema := range schemas {
		scope.Contents = append(scope.Contents, catalog.Contents{Kind: catalog.Routine, Schema: schema}, catalog.Contents{Kind: catalog.Type, Schema: schema})
	}
	return scope, err
}
