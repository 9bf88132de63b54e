package executor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// lawWorld makes up cases: worlds with what makes memberships and grants hard to follow, the same for the same seed.
type lawWorld struct {
	*world
	actor string
	// everyone is the roles and those that create roles.
	everyone []string
	objects  []lawObject
	// byOption are grants with an option that were tried, so that others are made from them: chains come about by no
	// other way.
	byOption []optionHeld
	// more draws what came to the laws later, so that the rest of a state stays what it was.
	more *world
	// ignored tells that specs leave something alone.
	ignored bool
	// fleet tells that they say something of the other database.
	fleet bool
}

// optionHeld is a role, or an object and a privilege, that someone may pass on.
type optionHeld struct{ what, holder string }

func newLawWorld(seed uint64, major int, actor string) *lawWorld {
	w := &lawWorld{world: newWorld(seed, major), actor: actor}
	w.Rand = rand.New(rand.NewPCG(seed, 2))
	more := *w.world
	more.Rand = rand.New(rand.NewPCG(seed, 4))
	w.more = &more
	w.ignored, w.fleet = more.chance(30), *lawFleet || rand.New(rand.NewPCG(seed, 5)).IntN(100) < 12
	w.everyone = append(slices.Clone(w.roles), "admin", "maker")
	for _, schema := range w.schemas {
		w.objects = append(w.objects, lawObject{kind: "SCHEMA", name: schema})
	}
	for _, table := range w.tables {
		w.objects = append(w.objects, lawObject{kind: "TABLE", schema: table.Schema, name: table.Name})
	}
	for _, sequence := range w.others {
		w.objects = append(w.objects, lawObject{kind: "SEQUENCE", schema: sequence.Schema, name: sequence.Name})
	}
	w.objects = append(w.objects, lawObject{kind: "LANGUAGE", name: "plpgsql"}, lawObject{kind: "TABLESPACE", name: "pg_default"},
		lawObject{kind: "FOREIGN DATA WRAPPER", name: "law's"}, lawObject{kind: "FOREIGN SERVER", name: "law's"}, lawObject{kind: "LARGE OBJECT", name: "4711"})
	if major >= 15 {
		w.objects = append(w.objects, lawObject{kind: "PARAMETER", name: "my.x"}, lawObject{kind: "PARAMETER", name: "log_statement"})
	}
	for _, routine := range w.routines() {
		w.objects = append(w.objects, lawObject{"ROUTINE", routine.Schema, routine.Name, routine.Arguments})
	}
	for _, schema := range w.schemas[:2] {
		w.objects = append(w.objects, lawObject{kind: "TYPE", schema: schema, name: "kind"}, lawObject{kind: "TYPE", schema: schema, name: "domain"})
	}
	return w
}

// routines are of each sort, overloaded, and with types of another schema.
func (w *lawWorld) routines() []catalog.ObjectID {
	one, other := w.schemas[0], w.schemas[1]
	odd := catalog.TypeName{Schema: one, Name: "kind", Array: true}
	integer, text := catalog.BuiltInType("int4"), catalog.BuiltInType("text")
	return []catalog.ObjectID{
		{Schema: one, Name: "f", Arguments: catalog.Arguments([]catalog.TypeName{integer})},
		{Schema: one, Name: "f", Arguments: catalog.Arguments([]catalog.TypeName{integer, text})},
		{Schema: other, Name: "F;", Arguments: catalog.Arguments([]catalog.TypeName{odd})},
		{Schema: other, Name: "p", Arguments: catalog.Arguments(nil)},
		{Schema: other, Name: "a", Arguments: catalog.Arguments([]catalog.TypeName{integer})},
	}
}

// makeRoutines makes them, one as SECURITY DEFINER, and types.
func (w *lawWorld) makeRoutines() (out []string) {
	for _, schema := range w.schemas[:2] {
		out = append(out, `CREATE TYPE `+id(schema, "kind")+` AS ENUM ('a')`, `CREATE DOMAIN `+id(schema, "domain")+` AS int`)
	}
	word := `ROUTINE`
	if w.major < 11 {
		word = `FUNCTION`
	}
	for i, r := range w.routines() {
		name := id(r.Schema, r.Name) + r.Arguments
		create := `CREATE FUNCTION ` + name + ` RETURNS int LANGUAGE sql ` + []string{"", "SECURITY DEFINER"}[i%2] + ` AS 'SELECT 1'`
		switch r.Name {
		case "p":
			if w.major < 11 { // which has no procedures
				break
			}
			create = `CREATE PROCEDURE ` + name + ` LANGUAGE sql AS 'SELECT 1'`
		case "a":
			create = `CREATE AGGREGATE ` + name + ` (sfunc = int4pl, stype = int)`
		}
		out = append(out, create, `ALTER `+word+` `+name+` OWNER TO `+id(w.owner()))
	}
	return append(out, `SELECT lo_create(4711)`, `ALTER LARGE OBJECT 4711 OWNER TO `+id(w.owner()), `CREATE FOREIGN DATA WRAPPER "law's"`, `CREATE SERVER "law's" FOREIGN DATA WRAPPER "law's"`, `ALTER SERVER "law's" OWNER TO `+id(w.owner()))
}

// newCase makes up a state, makes it, and makes up a spec for what is there.
func (l *lawServer) newCase(seed uint64, actor string) lawCase {
	w := newLawWorld(seed, l.major, actor)
	c := lawCase{statements: append(w.make(), w.mess(20+w.IntN(40))...), trusts: seed%2 == 1}
	if w.fleet {
		c.there = w.elsewhereMade()
	}
	l.build(c, actor)
	if w.chance(20) && !w.fleet {
		c.earlier = newSpecMaker(w, l).spec()
		c.later = w.mess(w.IntN(15))
		l.build(c, actor)
	}
	c.spec = newSpecMaker(w, l).spec()
	return l.fits(c, seed, actor)
}

// as runs a statement as a role.
func as(role, statement string) string {
	return `SET ROLE ` + id(role) + `; ` + statement + `; RESET ROLE`
}

// make gives what there is at first.
func (w *lawWorld) make() []string {
	out := []string{`CREATE ROLE admin LOGIN CREATEROLE`, `CREATE ROLE maker CREATEROLE`}
	owner := pick(w.world, []string{"postgres", "admin", w.roles[0]})
	if w.chance(w.mostly(60)) {
		owner = "admin"
	}
	for i, role := range w.roles {
		switch {
		case w.chance(w.mostly(50)):
			out = append(out, as("admin", `CREATE ROLE `+id(role)))
		case i > 0 && w.chance(50):
			out = append(out, as("maker", `CREATE ROLE `+id(role)))
		default:
			out = append(out, `CREATE ROLE `+id(role))
		}
		if w.chance(w.mostly(25)) {
			out = append(out, `GRANT `+id(role)+` TO admin WITH ADMIN OPTION`)
		}
	}
	out = append(out, `ALTER DATABASE `+id(currentDatabase)+` OWNER TO `+id(owner))
	for _, schema := range w.schemas {
		out = append(out, `CREATE SCHEMA `+id(schema)+` AUTHORIZATION `+id(w.owner()))
	}
	for i, table := range w.tables {
		out = append(out, w.table(i%6, id(table.Schema, table.Name)), `ALTER TABLE `+id(table.Schema, table.Name)+` OWNER TO `+id(w.owner()))
	}
	for _, s := range w.others {
		out = append(out, `CREATE SEQUENCE `+id(s.Schema, s.Name), `ALTER SEQUENCE `+id(s.Schema, s.Name)+` OWNER TO `+id(w.owner()))
	}
	out = append(out, `CREATE TABLE public.open (a int, b text)`, `ALTER TABLE public.open OWNER TO `+pick(w.world, []string{"admin", "pg_database_owner", id(w.owner())}))
	if w.actor == "admin" && w.more.chance(50) {
		out = append(out, `ALTER ROLE admin CREATEDB`)
	}
	return slices.Concat(out, w.makeRoutines(), w.makeMembers(), w.unmanagedByHand(), w.settingsElsewhere())
}

// mostly gives p out of a hundred, and more if the connecting role has to administer others to get anywhere.
func (w *lawWorld) mostly(p int) int {
	if w.actor == "admin" {
		return (p + 100) / 2
	}
	return p
}

// owner is mostly one for whom the connecting role may act.
func (w *lawWorld) owner() string {
	if w.chance(40) {
		return "admin"
	}
	return pick(w.world, w.roles)
}

func (w *lawWorld) table(kind int, name string) string {
	switch kind {
	case 1:
		return `CREATE TABLE ` + name + ` (a int, b text) PARTITION BY LIST (a)`
	case 2:
		return `CREATE TABLE ` + name + ` (a serial, b text)`
	case 3:
		return `CREATE VIEW ` + name + ` AS SELECT 1 AS a, 'x'::text AS b`
	case 4:
		return `CREATE MATERIALIZED VIEW ` + name + ` AS SELECT 1 AS a, 'x'::text AS b`
	}
	return `CREATE TABLE ` + name + ` (a int, b text)`
}

// mess gives n statements as people run them by hand.
func (w *lawWorld) mess(n int) []string {
	var out []string
	for range n {
		switch k := w.IntN(100); {
		case k < 33:
			out = append(out, w.grantByHand())
		case k < 60:
			out = append(out, w.memberByHand())
		case k < 65:
			out = append(out, w.revokeByHand())
		case k < 70:
			out = append(out, w.ownerByHand())
		case k < 78:
			out = append(out, w.attributeByHand())
		case k < 83:
			out = append(out, w.defaultsByHand())
			if w.chance(40) {
				out = append(out, w.newObjectByHand())
			}
		case k < 91:
			out = append(out, w.privilegeRoleByHand()...)
		case k < 95:
			out = append(out, w.predefinedByHand())
		case k < 99:
			out = append(out, w.elsewhereByHand())
		case w.chance(50):
			if trigger := w.eventTrigger(); !w.fleet { // what it does elsewhere nobody can foresee
				out = append(out, trigger...)
			}
		}
	}
	return out
}

func privilegesOfKind(kind string, major int) []string {
	var all []string
	for _, p := range catalog.Kind(kind).Info().Privileges {
		if p != catalog.Maintain || major >= 17 {
			all = append(all, string(p))
		}
	}
	return all
}

var theDatabase = lawObject{kind: "DATABASE", name: currentDatabase}

func (w *lawWorld) object() lawObject {
	switch w.IntN(12) {
	case 0:
		return theDatabase
	case 1:
		return lawObject{kind: "TABLE", schema: "public", name: "open"}
	case 2:
		return lawObject{kind: "SCHEMA", name: pick(w.world, append(w.schemas, "public"))}
	}
	return pick(w.world, w.objects)
}

// grantByHand grants something, often as one who has it from somebody else.
func (w *lawWorld) grantByHand() string {
	o := w.object()
	grantee := pick(w.world, w.everyone)
	privilege := pick(w.world, privilegesOfKind(o.kind, w.major))
	what := privilege + ` ON ` + o.sql()
	if o.kind == "TABLE" && w.chance(20) {
		what = pick(w.world, []string{"SELECT", "INSERT", "UPDATE", "REFERENCES"}) + ` (` + pick(w.world, []string{"a", "b"}) + `) ON ` + o.sql()
	}
	by := ""
	if held := w.held(false); held != nil && w.chance(50) {
		what, by = held.what, held.holder
	} else if w.chance(15) {
		by = pick(w.world, w.everyone)
	}
	if w.chance(5) {
		return w.by(by, `GRANT `+what+` TO PUBLIC`)
	}
	if w.chance(40) {
		w.byOption = append(w.byOption, optionHeld{what, grantee})
		return w.by(by, `GRANT `+what+` TO `+id(grantee)+` WITH GRANT OPTION`)
	}
	return w.by(by, `GRANT `+what+` TO `+id(grantee))
}

func (w *lawWorld) by(role, statement string) string {
	if role == "" {
		return statement
	}
	return as(role, statement)
}

// held picks an option on a role, or on something else.
func (w *lawWorld) held(role bool) *optionHeld {
	var all []optionHeld
	for _, h := range w.byOption {
		if strings.Contains(h.what, " ON ") != role {
			all = append(all, h)
		}
	}
	if len(all) == 0 {
		return nil
	}
	h := pick(w.world, all)
	return &h
}

// memberByHand grants a role: by the superuser, by one who created it, or by one who was given the right to.
func (w *lawWorld) memberByHand() string {
	role, member, by := pick(w.world, w.everyone), pick(w.world, w.everyone), ""
	switch k := w.IntN(100); {
	case k < 40:
		if h := w.held(true); h != nil {
			role, by = h.what, h.holder
		}
	case k < 65:
		by = "admin"
	case k < 75:
		by = "maker"
	}
	statement := `GRANT ` + id(role) + ` TO ` + id(member)
	var options []string
	if w.chance(35) {
		options = append(options, "ADMIN OPTION")
		w.byOption = append(w.byOption, optionHeld{role, member})
	}
	if w.major >= 16 {
		for _, name := range []string{"INHERIT", "SET"} {
			if w.chance(25) {
				options = append(options, name+" "+pick(w.world, []string{"TRUE", "FALSE"}))
			}
		}
	}
	if len(options) > 0 {
		statement += ` WITH ` + strings.Join(options, ", ")
	}
	if by == "" && w.chance(15) {
		return statement + ` GRANTED BY ` + id(pick(w.world, w.everyone))
	}
	return w.by(by, statement)
}

func (w *lawWorld) revokeByHand() string {
	if w.chance(40) {
		statement := `REVOKE ` + id(pick(w.world, w.everyone)) + ` FROM ` + id(pick(w.world, w.everyone))
		return w.by(pick(w.world, []string{"", "", "admin", "maker"}), statement)
	}
	o := w.object()
	from := id(pick(w.world, w.everyone))
	if w.chance(15) {
		from = "PUBLIC"
	}
	return `REVOKE ` + pick(w.world, append(privilegesOfKind(o.kind, w.major), "ALL")) + ` ON ` + o.sql() + ` FROM ` + from
}

func (w *lawWorld) ownerByHand() string {
	switch w.IntN(4) {
	case 0:
		return `ALTER SCHEMA ` + id(pick(w.world, w.schemas)) + ` OWNER TO ` + id(w.owner())
	case 1:
		return `ALTER DATABASE ` + id(currentDatabase) + ` OWNER TO ` + id(pick(w.world, []string{"admin", "postgres", w.owner()}))
	}
	o := pick(w.world, w.objects)
	return `ALTER ` + strings.Replace(o.sql(), "FOREIGN SERVER", "SERVER", 1) + ` OWNER TO ` + id(w.owner())
}

// lawVerifier is a password whose salt is the same each time.
const lawVerifier = `SCRAM-SHA-256$4096:P7FcSSzSoIm2Y8g8Mx4wkg==$qpUrLbHyUpU0Ga4jjCHTwsDiTKOXB2Pt3rmV1K3uuC0=:my23p5Vb0JXWM5SY+b65p5NKJOFtnXN2MbiDCOv/K5Y=`

func (w *lawWorld) attributeByHand() string {
	role := id(pick(w.world, w.everyone[:len(w.everyone)-2]))
	switch w.IntN(12) {
	case 0:
		return `COMMENT ON ROLE ` + role + ` IS 'hm; --'`
	case 1:
		return `ALTER ROLE ` + role + pick(w.world, []string{"", "", ` IN DATABASE ` + currentDatabase, ` IN DATABASE postgres`}) +
			` SET ` + pick(w.world, []string{`work_mem = '5MB'`, `search_path = a, "B c"`, `search_path = ''`, `my.x = 'it''s'`, `datestyle = iso`, `log_statement = 'all'`})
	case 2:
		return `ALTER ROLE ` + role + ` LOGIN PASSWORD '` + lawVerifier + `'`
	}
	return `ALTER ROLE ` + role + ` ` + pick(w.world, []string{
		"LOGIN", "LOGIN", "LOGIN", "NOLOGIN", "NOINHERIT", "NOINHERIT", "NOINHERIT", "INHERIT", "CREATEROLE", "CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION",
		"CONNECTION LIMIT 3", "VALID UNTIL '2031-01-01'", "VALID UNTIL '-infinity'", "VALID UNTIL '2000-01-01'", "VALID UNTIL '0044-03-15 12:00:00+00 BC'", "VALID UNTIL 'infinity'",
	})
}

// defaultsByHand gives something to come.
func (w *lawWorld) defaultsByHand() string {
	statement := `ALTER DEFAULT PRIVILEGES FOR ROLE ` + id(pick(w.world, append(w.everyone, "postgres")))
	what := pick(w.world, []string{"SELECT ON TABLES", "ALL ON TABLES", "INSERT ON TABLES", "USAGE ON SEQUENCES", "USAGE ON SCHEMAS", "ALL ON SCHEMAS", "EXECUTE ON FUNCTIONS", "USAGE ON TYPES"})
	if !strings.HasSuffix(what, "SCHEMAS") && w.chance(50) {
		statement += ` IN SCHEMA ` + id(pick(w.world, w.schemas))
	}
	if w.chance(15) {
		return statement + ` REVOKE ` + strings.Replace(what, "SELECT", "ALL", 1) + ` FROM ` + id(pick(w.world, w.everyone))
	}
	return statement + ` GRANT ` + what + ` TO ` + id(pick(w.world, w.everyone)) + pick(w.world, []string{"", "", " WITH GRANT OPTION"})
}

// privilegeRoleByHand makes a role as pgsr does, now and then with more than it has there, and gives it to some.
func (w *lawWorld) privilegeRoleByHand() []string {
	o := pick(w.world, w.objects)
	privilege := pick(w.world, privilegesOfKind(o.kind, w.major))
	reach := "local_{{oid}}"
	if catalog.Kind(o.kind).Info().Shared {
		reach = "global"
	}
	words := strings.ReplaceAll(strings.ToLower(o.kind+"_"+privilege), " ", "_")
	name := fmt.Sprintf("_pgsr_%s_%s_%08x", reach, words, w.Uint32())
	by := pick(w.world, []string{"", "maker"})
	if w.chance(w.mostly(60)) {
		by = "admin"
	}
	out := []string{w.by(by, `CREATE ROLE `+id(name)), `GRANT ` + privilege + ` ON ` + o.sql() + ` TO ` + id(name)}
	if w.chance(30) {
		other := pick(w.world, []lawObject{o, pick(w.world, w.objects)})
		out = append(out, `GRANT `+pick(w.world, privilegesOfKind(other.kind, w.major))+` ON `+other.sql()+` TO `+id(name)+pick(w.world, []string{"", " WITH GRANT OPTION"}))
	}
	for range 1 + w.IntN(2) {
		member := pick(w.world, w.roles)
		out = append(out, w.by(by, `GRANT `+id(name)+` TO `+id(member)+pick(w.world, []string{"", "", "", " WITH ADMIN OPTION"})))
	}
	return out
}

func (w *lawWorld) predefinedByHand() string {
	roles := []string{"pg_read_all_data", "pg_write_all_data", "pg_monitor", "pg_monitor"}
	switch w.IntN(6) {
	case 0:
		o := pick(w.world, w.objects)
		return `GRANT ` + pick(w.world, privilegesOfKind(o.kind, w.major)) + ` ON ` + o.sql() + ` TO ` + pick(w.world, append(roles, "pg_database_owner"))
	case 1:
		return `GRANT CREATE, USAGE ON SCHEMA public TO ` + pick(w.world, append(roles, "pg_database_owner"))
	case 2:
		o := pick(w.world, w.objects)
		return `ALTER ` + o.sql() + ` OWNER TO pg_database_owner`
	}
	return `GRANT ` + pick(w.world, roles) + ` TO ` + id(pick(w.world, w.everyone))
}

// elsewhereByHand grants what lies outside of people's schemas, or is seldom thought of.
func (w *lawWorld) elsewhereByHand() string {
	grantee := id(pick(w.world, w.everyone)) + pick(w.world, []string{"", "", " WITH GRANT OPTION"})
	switch w.IntN(6) {
	case 0:
		return `GRANT SELECT ON pg_catalog.pg_authid TO ` + grantee
	case 1:
		return `GRANT INSERT ON pg_catalog.pg_class TO ` + grantee
	case 2:
		return `GRANT ` + pick(w.world, []string{"CONNECT", "CREATE"}) + ` ON DATABASE postgres TO ` + grantee
	case 3:
		return `GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO ` + grantee
	case 4:
		return `GRANT USAGE ON TYPE ` + id(w.tables[0].Schema, w.tables[0].Name) + ` TO ` + grantee
	}
	return `GRANT USAGE ON SCHEMA information_schema TO ` + grantee
}

// eventTrigger gives something on each schema that is made.
func (w *lawWorld) eventTrigger() []string {
	return []string{
		`CREATE OR REPLACE FUNCTION public.law() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$DECLARE s text; BEGIN
			FOR s IN SELECT object_identity FROM pg_event_trigger_ddl_commands() WHERE command_tag = 'CREATE SCHEMA' LOOP
			EXECUTE 'GRANT USAGE ON SCHEMA ' || s || ' TO ` + strings.ReplaceAll(id(pick(w.world, w.roles)), `'`, `''`) + `'; END LOOP; END$$`,
		`CREATE EVENT TRIGGER law ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE PROCEDURE public.law()`,
	}
}
