package spec_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

func ExampleParseGrants() {
	grants, err := spec.ParseGrants(`SELECT, insert ON TABLE sales.Orders, sales."Order Lines"`, `SELECT ON ALL TABLES, SEQUENCES IN SCHEMA reference`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, grant := range grants {
		fmt.Println(grant.Privileges, grant.Target.Kind, grant.Target.Objects, grant.Target.Schemas)
	}
	// Output:
	// [SELECT INSERT] TABLE [TABLE sales.orders TABLE sales."Order Lines"] []
	// [SELECT] TABLE [] [reference]
	// [SELECT] SEQUENCE [] [reference]
}

func ExampleParseGrants_problems() {
	_, err := spec.ParseGrants("USGE ON SCHEMA sales TO alice")
	fmt.Println(err)
	// Output:
	// 1:1: unknown privilege "USGE" for a SCHEMA: known are CREATE, USAGE (did you mean USAGE?)
	//     1 | USGE ON SCHEMA sales TO alice
	//       | ^
	// 1:22: leave out TO and what follows: the role is the one under which the phrase stands
	//     1 | USGE ON SCHEMA sales TO alice
	//       |                      ^
}

// sayTarget writes a target with every name in Go's quotes, so that nothing in a name can look like something else.
func sayTarget(t spec.Target) string {
	out := []string{string(t.Kind)}
	for _, id := range t.Objects {
		if id.Kind != t.Kind {
			return fmt.Sprintf("a %s among objects of the kind %s", id.Kind, t.Kind)
		}
		if id.Schema != "" {
			out = append(out, fmt.Sprintf("%q.%q", id.Schema, id.Name))
		} else {
			out = append(out, fmt.Sprintf("%q", id.Name))
		}
	}
	if t.Matching != nil {
		out = append(out, "MATCHING "+t.Matching.String())
	}
	for _, schema := range t.Schemas {
		out = append(out, fmt.Sprintf("IN %q", schema))
	}
	if t.IfExists {
		out = append(out, "IF EXISTS")
	}
	if t.Except != nil && t.Except.Matching != nil {
		out = append(out, "EXCEPT MATCHING "+t.Except.Matching.String())
	} else if t.Except != nil {
		out = append(out, fmt.Sprintf("EXCEPT %q", t.Except.Names))
	}
	return strings.Join(out, " ")
}

// sayGrants writes all that a phrase stands for.
func sayGrants(grants []spec.Grant) string {
	var out []string
	for _, g := range grants {
		out = append(out, sayGrant(g))
	}
	return strings.Join(out, "; ")
}

func sayGrant(g spec.Grant) string {
	words := []string{}
	if g.AllPrivileges {
		words = append(words, "(all)")
	}
	for _, p := range g.Privileges {
		words = append(words, string(p))
	}
	text := strings.Join(words, ",")
	if g.Columns != nil {
		text += fmt.Sprintf("%q", g.Columns)
	}
	text += " " + sayTarget(g.Target)
	if f := g.Target.Future; f != nil {
		text += fmt.Sprintf(" FUTURE %q FOR ", f.Schemas)
		if f.AnyCreator {
			text += "ANY CREATOR"
		} else {
			text += fmt.Sprintf("%q", f.Creators)
		}
	}
	if g.WithOption {
		text += " WITH OPTION"
	}
	if g.Until != nil {
		text += " UNTIL " + g.Until.Format(time.RFC3339Nano)
	}
	return text
}

// readGrants are phrases, and what they say.
var readGrants = []struct{ phrase, want string }{
	{`CONNECT ON DATABASE warehouse`, `CONNECT DATABASE "warehouse"`},
	{`CONNECT, TEMP, create ON DATABASE a, "B"`, `CONNECT,TEMPORARY,CREATE DATABASE "a" "B"`},
	{`TEMPORARY, TEMP ON DATABASE a`, `TEMPORARY DATABASE "a"`},
	{`usage on schema Sales`, `USAGE SCHEMA "sales"`},
	{`SELECT ON TABLE sales.orders`, `SELECT TABLE "sales"."orders"`},
	{`SELECT ON sales.orders`, `SELECT TABLE "sales"."orders"`},
	{"  SELECT\n\tON\r\nTABLE sales\n.\norders , b.c\f\v", `SELECT TABLE "sales"."orders" "b"."c"`},
	{`SELECT,SELECT ON TABLE"a"."b"`, `SELECT TABLE "a"."b"`},
	{`INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN ON a.b`, `INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER,MAINTAIN TABLE "a"."b"`},
	{`USAGE, SELECT, UPDATE ON SEQUENCE a.b`, `USAGE,SELECT,UPDATE SEQUENCE "a"."b"`},
	{`ALL ON SEQUENCE a.b`, `(all) SEQUENCE "a"."b"`},
	{`all privileges ON TABLE a.b`, `(all) TABLE "a"."b"`},
	{`SELECT ON ALL TABLES IN SCHEMA a, "B"`, `SELECT TABLE IN "a" IN "B"`},
	{`USAGE ON ALL SEQUENCES IN SCHEMA a`, `USAGE SEQUENCE IN "a"`},
	{`SELECT ON TABLES MATCHING 'fact_.*' IN SCHEMA a, b`, `SELECT TABLE MATCHING \A(?:fact_.*)\z IN "a" IN "b"`},
	{`SELECT ON SEQUENCES MATCHING 'it''s' IN SCHEMA a`, `SELECT SEQUENCE MATCHING \A(?:it's)\z IN "a"`},
	{`SELECT (id, "Id", ID) ON TABLE a.b`, `SELECT["id" "Id"] TABLE "a"."b"`},
	{`SELECT (id), update(region, id), INSERT (id), DELETE ON a.b, a.c`,
		`SELECT,INSERT["id"] TABLE "a"."b" "a"."c"; UPDATE["region" "id"] TABLE "a"."b" "a"."c"; DELETE TABLE "a"."b" "a"."c"`},
	{`ALL PRIVILEGES (a, b) ON TABLE a.b`, `(all)["a" "b"] TABLE "a"."b"`},
	{`REFERENCES (ctid) ON TABLES MATCHING 'x' IN SCHEMA a`, `REFERENCES["ctid"] TABLE MATCHING \A(?:x)\z IN "a"`},
	{`ALL ON ALL TABLES, ROUTINES IN SCHEMA a EXCEPT a.b(integer), a.c`, `(all) TABLE IN "a" EXCEPT [" a.b(integer)" " a.c"]; (all) ROUTINE IN "a" EXCEPT [" a.b(integer)" " a.c"]`},
	{`SELECT ON ALL TABLES, SEQUENCES IN SCHEMA a EXCEPT a.b, a."C"`, `SELECT TABLE IN "a" EXCEPT [" a.b" " a.\"C\""]; SELECT SEQUENCE IN "a" EXCEPT [" a.b" " a.\"C\""]`},
	{`ALL ON SEQUENCES, tables, SEQUENCES MATCHING 'x' IN SCHEMA a EXCEPT MATCHING 'xy'`,
		`(all) SEQUENCE MATCHING \A(?:x)\z IN "a" EXCEPT MATCHING \A(?:xy)\z; (all) TABLE MATCHING \A(?:x)\z IN "a" EXCEPT MATCHING \A(?:xy)\z`},
	{`alter System, SET ON PARAMETER Work_Mem, "My".APP.x`, `ALTER SYSTEM,SET PARAMETER "work_mem" "my.app.x"`},
	{`CONNECT ON DATABASES MATCHING 't_.*' EXCEPT t_1`, `CONNECT DATABASE MATCHING \A(?:t_.*)\z EXCEPT [" t_1"]`},
	{`USAGE ON SCHEMA IF EXISTS a, b`, `USAGE SCHEMA "a" "b" IF EXISTS`},
	{`SELECT ON ALL TABLES IN SCHEMA IF EXISTS a`, `SELECT TABLE IN "a" IF EXISTS`},
	{`SELECT ON TABLE IF EXISTS exists.if`, `SELECT TABLE "exists"."if" IF EXISTS`},
	{`SELECT ON TABLE if.exists`, `SELECT TABLE "if"."exists"`},
	{`SELECT ON TABLE a.b WITH GRANT OPTION`, `SELECT TABLE "a"."b" WITH OPTION`},
	{`SELECT ON a.b WITH grant option until '2026-12-24T18:00:00+01:00'`, `SELECT TABLE "a"."b" WITH OPTION UNTIL 2026-12-24T17:00:00Z`},
	{`SELECT ON a.b UNTIL '2026-12-24 18:00:00.1234567+00'`, `SELECT TABLE "a"."b" UNTIL 2026-12-24T18:00:00.123457Z`},
	{`SELECT ON a.b UNTIL '12000-02-29 18:00-06'`, `SELECT TABLE "a"."b" UNTIL 12000-03-01T00:00:00Z`},
	{`SELECT ON a.b UNTIL '294276-12-31T23:59:59Z'`, `SELECT TABLE "a"."b" UNTIL 294276-12-31T23:59:59Z`},
	{`SELECT ON a.b UNTIL '2026-12-24 18:00Z'`, `SELECT TABLE "a"."b" UNTIL 2026-12-24T18:00:00Z`},
	{`SELECT ON until.with`, `SELECT TABLE "until"."with"`},
	{`SELECT ON ALL TABLES IN SCHEMA except EXCEPT except.matching`, `SELECT TABLE IN "except" EXCEPT [" \"except\".matching"]`},
	// Keywords are only where the grammar has them.
	{`SELECT ON table.x`, `SELECT TABLE "table"."x"`},
	{`SELECT ON TABLE database.schema, tables.all`, `SELECT TABLE "database"."schema" "tables"."all"`},
	{`SELECT ON all.x, "ON"."TO"`, `SELECT TABLE "all"."x" "ON"."TO"`},
	{`USAGE ON SCHEMA "public", matching`, `USAGE SCHEMA "public" "matching"`},
	// Names as odd as they come.
	{`USAGE ON SCHEMA "a ""b"" c"`, `USAGE SCHEMA "a \"b\" c"`},
	{`SELECT ON TABLE "a.b"."c.d"`, `SELECT TABLE "a.b"."c.d"`},
	{`USAGE ON SCHEMA "x;--", "$1", "\", "it's", " "`, `USAGE SCHEMA "x;--" "$1" "\\" "it's" " "`},
	{"USAGE ON SCHEMA \"new\nline\", \"tab\t\"", `USAGE SCHEMA "new\nline" "tab\t"`},
	{`USAGE ON SCHEMA ÄÖ_$1, _x, "日本"`, `USAGE SCHEMA "ÄÖ_$1" "_x" "日本"`},
	{`USAGE ON SCHEMA ` + strings.Repeat("A", 63), `USAGE SCHEMA "` + strings.Repeat("a", 63) + `"`},
	{`USAGE ON SCHEMA ` + strings.Repeat("ä", 31) + "b", `USAGE SCHEMA "` + strings.Repeat("ä", 31) + `b"`},
	{`USAGE ON SCHEMA pg_catalog`, `USAGE SCHEMA "pg_catalog"`},
	{`SELECT ON FUTURE TABLES FOR ROLE a`, `SELECT TABLE FUTURE [] FOR ["a"]`},
	{`select on future tables, sequences in schema s, "T" for role a, "B c" with grant option`,
		`SELECT TABLE FUTURE ["s" "T"] FOR ["a" "B c"] WITH OPTION; SELECT SEQUENCE FUTURE ["s" "T"] FOR ["a" "B c"] WITH OPTION`},
	{`ALL ON ALL AND FUTURE TABLES IN SCHEMA s EXCEPT s.t FOR ANY CREATOR`, `(all) TABLE IN "s" EXCEPT [" s.t"] FUTURE ["s"] FOR ANY CREATOR`},
	{`EXECUTE ON FUTURE FUNCTIONS IN SCHEMA s FOR ROLE a`, `EXECUTE ROUTINE FUTURE ["s"] FOR ["a"]`},
	{`USAGE ON FUTURE TYPES FOR ROLE a`, `USAGE TYPE FUTURE [] FOR ["a"]`},
	{`USAGE ON FUTURE SCHEMAS FOR ANY CREATOR`, `USAGE SCHEMA FUTURE [] FOR ANY CREATOR`},
	{`SELECT ON future.all`, `SELECT TABLE "future"."all"`},
}

func TestGrantsAreRead(t *testing.T) {
	for _, c := range readGrants {
		grants, err := spec.ParseGrants(c.phrase)
		if err != nil {
			t.Errorf("%s: %v", c.phrase, err)
			continue
		}
		if got := sayGrants(grants); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.phrase, got, c.want)
		}
		matchesPatterns(t, c.phrase, editorPatterns().grant, editorPatterns().fits)
		for _, grant := range grants {
			if grant.Text != c.phrase || grant.At != (spec.Position{}) {
				t.Errorf("%s: text %q at %v", c.phrase, grant.Text, grant.At)
			}
		}
	}
}

// sayProblems writes each problem as column and message, the column in characters.
func sayProblems(t *testing.T, err error) []string {
	t.Helper()
	var found spec.Errors
	if !errors.As(err, &found) {
		t.Fatalf("%T is no spec.Errors: %v", err, err)
	}
	var out []string
	for _, e := range found {
		if e.At.Line == 1 {
			out = append(out, fmt.Sprintf("%d: %s", e.At.Column, e.Message))
		} else {
			out = append(out, fmt.Sprintf("%d:%d: %s", e.At.Line, e.At.Column, e.Message))
		}
	}
	return out
}

// matches tells whether there are as many problems as wanted, each with what is wanted of it.
func matches(got, want []string) bool {
	return slices.EqualFunc(got, want, func(g, w string) bool { return strings.HasPrefix(g, w) })
}

func TestGrantsAreRefused(t *testing.T) { //nolint:funlen // a table of cases
	long := strings.Repeat("ä", 32)
	var kinds []string
	for _, kind := range catalog.Kinds() {
		kinds = append(kinds, string(kind.Kind))
		for _, word := range kind.Words {
			kinds = append(kinds, word.One)
		}
	}
	for _, c := range []struct {
		phrase string
		want   []string
	}{
		{``, []string{`1: the phrase is empty`}},
		{" \n", []string{`1: the phrase is empty`}},
		{`SELECT`, []string{`7: ON is missing`}},
		{`SELECT ON`, []string{`10: the phrase ends too early: the name of a TABLE`}},
		{`SELECT ON VIEW a.b`, []string{`11: unknown kind of object VIEW: write TABLE (a view is a TABLE)`}},
		{`SELECT ON materialized view a.b`, []string{`11: unknown kind of object MATERIALIZED VIEW: write TABLE`}},
		{`SELECT ON FOREIGN TABLE a.b`, []string{`11: unknown kind of object FOREIGN TABLE: write TABLE`}},
		{`EXECUTE ON AGGREGATE a.b(int)`, []string{`12: unknown kind of object AGGREGATE: write ROUTINE or FUNCTION`}},
		{`EXECUTE ON ALL AGGREGATES IN SCHEMA a`, []string{`16: unknown kind of object AGGREGATES: write ROUTINES or FUNCTIONS`}},
		{`USAGE ON SERVER a`, []string{`10: unknown kind of object SERVER: write FOREIGN SERVER`}},
		{`ALL ON COLLATION a.b`, []string{`8: pgsr does not manage privileges on objects of the kind COLLATION, nor their owners`}},
		{`SET ON PARAMETER "work mem", a..b, 1`, []string{`18: "work mem" is no name of a setting`}},
		{`ALTER ON PARAMETER a`, []string{`1: unknown privilege "ALTER" for a PARAMETER: known are SET, ALTER SYSTEM`}},
		{`SET ON ALL PARAMETERS`, []string{`12: unknown kind of objects "PARAMETERS"`}},
		{`SET ON PARAMETER a EXCEPT b`, []string{`20: EXCEPT stands behind ALL`}},
		{`SET (a) ON PARAMETER b`, []string{`1: a PARAMETER has no columns`}},
		{`SELECT ON TABLE`, []string{`16: the phrase ends too early: the name of a TABLE`}},
		{`ON TABLE a.b`, []string{`1: a privilege is missing before "ON"`}},
		{`SELECT, ON TABLE a.b`, []string{`9: a privilege is missing before "ON"`}},
		{`SELECT INSERT ON TABLE a.b`, []string{`8: unexpected "INSERT" after SELECT: a comma or ON`}},
		{`GRANT SELECT ON TABLE a.b`, []string{`1: write the phrase without GRANT`}},
		{`"SELECT" ON TABLE a.b`, []string{`1: unexpected "SELECT": a privilege is written without quotes`}},
		{`'SELECT' ON TABLE a.b`, []string{`1: unexpected "SELECT": a privilege has to come here`}},
		{`SELCT ON TABLE a.b`, []string{`1: unknown privilege "SELCT" for a TABLE: known are SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN (did you mean SELECT?)`}},
		{`FLY, SELECT, SWIM ON SCHEMA a`, []string{
			`1: unknown privilege "FLY" for a SCHEMA: known are CREATE, USAGE`,
			`6: SELECT is no privilege of a SCHEMA: known are CREATE, USAGE`,
			`14: unknown privilege "SWIM" for a SCHEMA`}},
		{`ſelect ON TABLE a.b`, []string{`1: unknown privilege "ſelect"`}}, // Unicode folds ſ to s, SQL does not
		{`ALL, SELECT ON TABLE a.b`, []string{`1: ALL stands alone`}},
		{`USAGE ON TABLE a.b`, []string{`1: USAGE is no privilege of a TABLE`}},
		{`SELECT ON DATABASE a`, []string{`1: SELECT is no privilege of a DATABASE: known are CREATE, CONNECT, TEMPORARY`}},
		{`INSERT ON SEQUENCE a.b`, []string{`1: INSERT is no privilege of a SEQUENCE`}},
		{`SELECT (a b) ON TABLE a.b`, []string{`11: unexpected "b": a comma or ) has to come here`}},
		{`SELECT () ON TABLE a.b`, []string{`9: unexpected ")": the name of a column`}},
		{`SELECT (a ON TABLE a.b`, []string{`11: unexpected "ON": a comma or )`}},
		{`DELETE (a) ON TABLE a.b`, []string{`1: DELETE is no privilege of a column: known are SELECT, INSERT, UPDATE, REFERENCES`}},
		{`USAGE (a) ON SCHEMA a`, []string{`1: a SCHEMA has no columns`}},
		{`ALL (a) ON SCHEMA a`, []string{`1: a SCHEMA has no columns`}},
		{`SELECT (a) ON SEQUENCE a.b`, []string{`1: to grant something on the columns of a SEQUENCE write ON TABLE`}},
		{`UPDATE (a) ON SEQUENCE a.b`, []string{`1: to grant something on the columns of a SEQUENCE write ON TABLE`}},
		{`SELECT ON FUTURE LARGE OBJECTS FOR ANY CREATOR`, []string{`32: everyone can make large objects: write FOR ROLE`}},
		{`ALL (a) ON SEQUENCE a.b`, []string{`1: to grant something on the columns of a SEQUENCE write ON TABLE`}},
		{`SELECT (a), USAGE ON ALL TABLES, SEQUENCES IN SCHEMA a`, []string{`1: to grant something on the columns of a SEQUENCE`, `13: USAGE is no privilege of a TABLE`}},
		{`SELECT ON ALL TABLES, SCHEMAS IN SCHEMA a`, []string{`23: unknown kind of objects "SCHEMAS"`}},
		{`ALL ON TABLES, DATABASES MATCHING 'a' IN SCHEMA a`, []string{`16: DATABASES do not lie in the schemas`}},
		{`CONNECT ON DATABASES MATCHING 'a' IN SCHEMA b`, []string{`35: unexpected "IN": the phrase ends before it`}},
		{`CONNECT ON ALL DATABASES`, []string{`16: write DATABASES MATCHING '.*': ALL takes IN SCHEMA`}},
		{`CONNECT ON DATABASES a`, []string{`12: write DATABASES MATCHING '...', or DATABASE and their names`}},
		{`SELECT ON ALL TABLES IN SCHEMA a EXCEPT b`, []string{`41: write schema.name: the TABLE "b" has no schema`}},
		{`SELECT ON ALL TABLES IN SCHEMA a EXCEPT b.c`, []string{`41: b.c lies in none of the schemas of the phrase`}},
		{`SELECT ON ALL TABLES IN SCHEMA a EXCEPT`, []string{`40: the phrase ends too early`}},
		{`SELECT ON ALL TABLES IN SCHEMA a EXCEPT MATCHING '('`, []string{`50: invalid regular expression`}},
		{`SELECT ON TABLE a.b EXCEPT a.c`, []string{`21: EXCEPT stands behind ALL`}},
		{`SELECT ON ALL AND FUTURE TABLES IN SCHEMA a FOR ANY CREATOR EXCEPT a.c`, []string{`61: write EXCEPT before FOR`}},
		{`SELECT ON TABLE a.b UNTIL '2026-12-24T18:00:00'`, []string{`27: the end "2026-12-24T18:00:00" is no moment with an offset from UTC: write for example 2026-12-24T18:00:00Z`}},
		{`SELECT ON TABLE a.b UNTIL '2026-12-24'`, []string{`27: the end "2026-12-24" is no moment with an offset`}},
		{`SELECT ON TABLE a.b UNTIL 2026`, []string{`27: unexpected "2": a moment in '...'`}},
		{`SELECT ON TABLE a.b UNTIL '294276-12-31T23:00:00-02'`, []string{`27: the end is in the year 294277: PostgreSQL has the years 1 to 294276`}},
		{`SELECT ON TABLE a.b UNTIL '012026-12-24T18:00:00Z'`, []string{`27: the end "012026-12-24T18:00:00Z" is no moment`}},
		{`SELECT ON TABLE a.b UNTIL '+12026-12-24T18:00:00Z'`, []string{`27: the end "+12026-12-24T18:00:00Z" is no moment`}},
		{`SELECT ON TABLE a.b UNTIL '12001-02-29T18:00:00Z'`, []string{`27: the end "12001-02-29T18:00:00Z" is no moment`}},
		{`SELECT ON TABLE a.b UNTIL '0000-12-24T18:00:00Z'`, []string{`27: the end is in the year 0`}},
		{`SELECT ON TABLE a.b UNTIL '2026-12-24T18:00:00Z' WITH GRANT OPTION`, []string{`50: write WITH GRANT OPTION before UNTIL`}},
		{`SELECT ON FUTURE TABLES IN SCHEMA a`, []string{`36: it is not said whose objects: default privileges are those of the roles that make the objects; write FOR ROLE name, or FOR ANY CREATOR`}},
		{`EXECUTE ON FUTURE PROCEDURES FOR ROLE a`, []string{`19: there are no default privileges on "PROCEDURES"`}},
		{`EXECUTE ON ALL AND FUTURE FUNCTIONS IN SCHEMA a FOR ROLE b`, []string{`12: default privileges are on all ROUTINES: write ALL AND FUTURE ROUTINES, or ALL and FUTURE apart`}},
		{`SELECT ON FUTURE TABLES`, []string{`24: it is not said whose objects`}},
		{`SELECT ON FUTURE TABLES FOR b`, []string{`25: it is not said whose objects`}},
		{`SELECT ON FUTURE TABLES FOR ROLE`, []string{`33: the phrase ends too early: the name of a ROLE has to come here`}},
		{`SELECT ON FUTURE TABLES FOR ROLE public`, []string{`34: "public" is a reserved name`}},
		{`SELECT ON FUTURE TABLES FOR ROLE _pgsr_x`, []string{`34: names that begin with _pgsr_ are reserved`}},
		{`USAGE ON FUTURE SCHEMAS IN SCHEMA a FOR ROLE b`, []string{`25: SCHEMAS have default privileges in the whole database only: leave out IN SCHEMA`}},
		{`CONNECT ON FUTURE DATABASES FOR ROLE b`, []string{`19: there are no default privileges on "DATABASES"`}},
		{`SELECT ON FUTURE TABLES IN SCHEMA a EXCEPT a.b FOR ROLE c`, []string{`25: FUTURE takes no EXCEPT`}},
		{`SELECT (a) ON FUTURE TABLES FOR ROLE b`, []string{`1: there are no default privileges on columns`}},
		{`CREATE ON FUTURE TABLES FOR ROLE b`, []string{`1: CREATE is no privilege of a TABLE`}},
		{`SELECT ON ALL AND FUTURE TABLES FOR ANY CREATOR`, []string{`33: unexpected "FOR": IN SCHEMA and the schema's name`}},
		{`SELECT ON ALL AND FUTURE TABLES IN SCHEMA a FOR ANY`, []string{`45: it is not said whose objects`}},
		{`SELECT ON TABLE a.b (c)`, []string{`21: columns stand behind the privilege`}},
		{`SELECT ON TABLE a.b TO alice`, []string{`21: leave out TO`}},
		{`SELECT ON TABLE a.b WITH ADMIN OPTION`, []string{`26: unexpected "ADMIN": WITH GRANT OPTION is all`}},
		{`SELECT ON TABLE a.b;`, []string{`20: leave out the semicolon`}},
		{`SELECT ON TABLE a.b c.d`, []string{`21: unexpected "c": the phrase ends before it, or a comma is missing`}},
		{`SELECT ON TABLE a.b-c`, []string{`20: unexpected "-": the phrase ends before it (a name that holds more`}},
		{`SELECT ON TABLE a.b,`, []string{`21: the phrase ends with a comma: leave it out, or write the name of another TABLE`}},
		{`SELECT ON a.*`, []string{`13: unexpected "*": the name of a TABLE has to come here (all tables of a schema are ALL TABLES IN SCHEMA name`}},
		{`SELECT ON *`, []string{`11: unexpected "*"`}},
		{`SELECT ON TABLE a.b,,c.d`, []string{`21: unexpected ",": the name of a TABLE`}},
		{`SELECT ON TABLE a.1b`, []string{`19: unexpected "1": the name of a TABLE has to come here (a name that begins with a digit`}},
		{`SELECT ON TABLE a.'b'`, []string{`19: unexpected "b": the name of a TABLE has to come here, in double quotes`}},
		{"SELECT ON TABLE a.b\u00a0", []string{`20: unexpected "\u00a0"`}}, // PostgreSQL takes it for a letter
		{"SELECT ON TABLE a.\u200bb", []string{`19: unexpected "\u200b"`}},
		{`SELECT ON TABLE orders`, []string{`17: write schema.name: the TABLE "orders" has no schema`}},
		{`SELECT ON orders`, []string{`11: write schema.name: "orders" has no schema (or begin with the kind`}},
		{`SELECT ON SEQUENCE s`, []string{`20: write schema.name: the SEQUENCE "s" has no schema`}},
		{`SELECT ON TABLE w.a.b, c`, []string{`17: write schema.name: the name of a TABLE has two parts, this has 3`}},
		{`USAGE ON SCHEMA a.b`, []string{`17: the name of a SCHEMA has one part`}},
		{`CONNECT ON DATABASE a.b`, []string{`21: the name of a DATABASE has one part`}},
		{`SELECT ON ALL TABLES IN SCHEMA a.b`, []string{`32: the name of a SCHEMA has one part`}},
		{`FLY ON VIEUX a.b`, []string{`1: unknown privilege "FLY"`, `8: unknown kind of object "VIEUX": known are ` + strings.Join(kinds, ", ")}},
		{`SELECT ON VIEWS MATCHING 'x' IN SCHEMA a`, []string{`11: unknown kind of object VIEWS: write TABLES (a view is a TABLE)`}},
		{`EXECUTE ON AGGREGATES a.b`, []string{`12: unknown kind of object AGGREGATES: write ROUTINES or FUNCTIONS`}},
		{`USAGE ON EXTENSIONS a`, []string{`10: pgsr does not manage privileges on objects of the kind EXTENSION, nor their owners`}},
		{`EXECUTE ON FUNCTION a.b(int`, []string{`28: the list of argument types is not closed`}},
		{`EXECUTE ON FUNCTION a.b(c)`, []string{`25: the type "c" is none of PostgreSQL's own`}},
		{`EXECUTE ON FUNCTION b(int)`, []string{`21: write schema.name`}},
		{`USAGE ON TYPE a.mood[]`, []string{`21: an array type has no privileges and no owner of its own, but those of its elements' type: write USAGE ON TYPE a.mood`}},
		{`USAGE ON DOMAIN a.b, a."C D" ARRAY[3] [], c.d`, []string{`30: an array type has no privileges and no owner of its own, but those of its elements' type: write USAGE ON DOMAIN a.b, a."C D", c.d`}},
		{`USAGE ON ALL TYPES IN SCHEMA a EXCEPT a.mood[]`, []string{`45: an array type has no privileges`}},
		{`USAGE ON TYPE a.mood[`, []string{`21: the brackets of an array type are not closed`}},
		{`SELECT ON TABLE a.b[]`, []string{`20: unexpected "[": the phrase ends before it`}},
		{`SELECT ON TABEL a.b`, []string{`11: unknown kind of object "TABEL": known are ` + strings.Join(kinds, ", ") + ` (did you mean TABLE?)`}},
		{`SELECT ON ALL VIEWS IN SCHEMA a`, []string{`15: unknown kind of object VIEWS: write TABLES (a view is a TABLE)`}},
		{`SELECT ON ALL VIEUX IN SCHEMA a`, []string{`15: unknown kind of objects "VIEUX": known are TABLES, SEQUENCES, ROUTINES, FUNCTIONS, PROCEDURES, TYPES, DOMAINS`}},
		{`SELECT ON ALL FUNCTIONS IN SCHEMA a`, []string{`1: SELECT is no privilege of a ROUTINE: known are EXECUTE`}},
		{`SELECT ON TABLES IN SCHEMA a`, []string{`11: write ALL TABLES IN SCHEMA ..., or TABLES MATCHING`}},
		{`SELECT ON ALL TABLES MATCHING 'a' IN SCHEMA a`, []string{`22: write TABLES MATCHING, without ALL`}},
		{`SELECT ON ALL TABLES a`, []string{`22: unexpected "a": IN SCHEMA`}},
		{`SELECT ON ALL TABLES IN a`, []string{`25: unexpected "a": IN SCHEMA`}},
		{`SELECT ON ALL TABLES IN SCHEMA`, []string{`31: the phrase ends too early: the name of a SCHEMA`}},
		{`SELECT ON TABLES MATCHING a IN SCHEMA b`, []string{`27: unexpected "a": a regular expression in '...'`}},
		{`SELECT ON TABLES MATCHING 'a' SCHEMA b`, []string{`31: unexpected "SCHEMA": IN SCHEMA`}},
		{`SELECT ON TABLES MATCHING '[a-' IN SCHEMA b`, []string{"27: invalid regular expression: missing closing ]: `[a-`"}},
		{`SELECT ON TABLES MATCHING 'a)|(b' IN SCHEMA b`, []string{"27: invalid regular expression: unexpected ): `a)|(b`"}},
		{`SELECT ON TABLES MATCHING '(?=a)' IN SCHEMA b`, []string{"27: invalid regular expression: invalid or unsupported Perl syntax: `(?=`"}},
		{`SELECT ON TABLES MATCHING 'it's IN SCHEMA b`, []string{`31: unexpected "s": IN SCHEMA`}},
		{`SELECT ON TABLES MATCHING 'a IN SCHEMA b`, []string{`27: the quote ' is not closed`}},
		{`SELECT ON TABLE日本."b`, []string{`19: the quote " is not closed`}},
		{`SELECT ON TABLE ""."b"`, []string{`17: a name must not be empty`}},
		{"SELECT ON TABLE a.\"b\x00c\"", []string{`19: the name "b\x00c" holds a NUL character`}},
		{`SELECT ON TABLE ` + long + `."` + long + `"`, []string{
			`17: the name "` + long + `" is 64 bytes long: PostgreSQL allows 63`,
			`50: the name "` + long + `" is 64 bytes long`}},
		{"SELECT ON TABLE a.b\nTO c", []string{`2:1: leave out TO`}},
		{"SELECT ON TABLE \xff", []string{`1: the phrase is not UTF-8`}},
	} {
		grants, err := spec.ParseGrants(c.phrase)
		if err == nil {
			t.Errorf("%q was read as %s", c.phrase, sayGrants(grants))
			continue
		}
		if got := sayProblems(t, err); !matches(got, c.want) {
			t.Errorf("%q:\n got %q\nwant %q", c.phrase, got, c.want)
		}
	}
}

func TestPatternsMatchWholeNames(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"orders", "orders", true},
		{"orders", "orders_secret", false},
		{"orders", "old_orders", false},
		{"a|b", "b", true},
		{"a|b", "ab", false},
		{"a|b", "bc", false},
		{"(?m)^a$", "a\nb", false},
		{"(?i)ORDERS", "orders", true},
		{`\Qa.b`, "a.b", true},
		{`\Qa.b`, "a.bc", false},
		{`\Qa.b\E|c`, "c", true},
		{"", "", true},
		{"", "a", false},
	} {
		grant := spec.MustGrants("SELECT ON TABLES MATCHING '" + c.pattern + "' IN SCHEMA s")[0]
		if got := grant.Target.Matching.MatchString(c.name); got != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.name, got)
		}
	}
}

func TestOwnershipsAreRead(t *testing.T) {
	for _, c := range []struct{ phrase, want string }{
		{`SCHEMA staging, "S"`, `SCHEMA "staging" "S"`},
		{`TABLE sales.orders`, `TABLE "sales"."orders"`},
		{`sales.orders, a.b`, `TABLE "sales"."orders" "a"."b"`},
		{`ALL TABLES IN SCHEMA a`, `TABLE IN "a"`},
		{`TABLES MATCHING 'x' IN SCHEMA a`, `TABLE MATCHING \A(?:x)\z IN "a"`},
	} {
		owned, err := spec.ParseOwnerships(c.phrase)
		if err != nil {
			t.Errorf("%s: %v", c.phrase, err)
		} else if got := sayTarget(owned[0].Target); len(owned) != 1 || got != c.want || owned[0].Text != c.phrase {
			t.Errorf("%s:\n got %s\nwant %s", c.phrase, got, c.want)
		}
	}
	for _, c := range []struct {
		phrase string
		want   []string
	}{
		{``, []string{`1: the phrase is empty`}},
		{`TYPE a.b[]`, []string{`9: an array type has no privileges and no owner of its own, but those of its elements' type: write TYPE a.b`}},
		{`PARAMETER a.b`, []string{`1: owns is not for a PARAMETER: it is for DATABASE, SCHEMA, TABLE`}},
		{`SEQUENCE a`, []string{`10: write schema.name`}},
		{`LARGE OBJECT a`, []string{`14: unexpected "a": the number (OID) of a large object`}},
		{`LARGE OBJECT 0`, []string{`14: unexpected "0": the number`}},
		{`LARGE OBJECT 1 2`, []string{`16: unexpected "2"`}},
		{`LARGE OBJECT 4294967296`, []string{`14: unexpected "4": the number`}},
		{`CREATE ON SCHEMA a`, []string{`1: owns takes no privileges`}},
		{`SCHEMA pg_a, b, pg_c`, []string{`8: schemas whose names begin with pg_ are PostgreSQL's own: "pg_a"`, `17: schemas whose names begin with pg_`}},
		{`TABLE pg_catalog.pg_class`, []string{`7: schemas whose names begin with pg_`}},
		{`ALL TABLES IN SCHEMA pg_toast`, []string{`22: schemas whose names begin with pg_`}},
		{`SCHEMA a TO b`, []string{`10: leave out TO`}},
		{`SCHEMA a WITH GRANT OPTION`, []string{`10: leave out WITH`}},
		{`SCHEMA a UNTIL '2026-12-24T18:00:00Z'`, []string{`10: leave out UNTIL`}},
		{`SCHEMA`, []string{`7: the phrase ends too early: the name of a SCHEMA`}},
		{`VIEW a.b`, []string{`1: unknown kind of object VIEW: write TABLE`}},
		{`PUBLICATION a`, []string{`1: pgsr does not manage privileges on objects of the kind PUBLICATION, nor their owners`}},
	} {
		_, err := spec.ParseOwnerships(c.phrase)
		if err == nil {
			t.Errorf("%q was read", c.phrase)
		} else if got := sayProblems(t, err); !matches(got, c.want) {
			t.Errorf("%q:\n got %q\nwant %q", c.phrase, got, c.want)
		}
	}
}

func TestMustGrantsPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	spec.MustGrants("SELECT ON")
}

// Every privilege word that the catalog knows is a word of the grammar, and no other.
func TestEveryPrivilegeOfEveryKindIsKnown(t *testing.T) {
	for _, kind := range catalog.Kinds() {
		name := "a"
		if kind.InSchema() {
			name = "a.b"
		} else if kind.Name == catalog.NameIsNumber {
			name = "4711"
		}
		for _, privilege := range kind.Privileges {
			phrase := fmt.Sprintf("%s ON %s %s", privilege, kind.Kind, name)
			if grants, err := spec.ParseGrants(phrase); err != nil || !slices.Equal(grants[0].Privileges, []catalog.Privilege{privilege}) {
				t.Errorf("%s: %v %v", phrase, grants, err)
			}
			matchesPatterns(t, phrase, editorPatterns().grant, editorPatterns().fits)
		}
	}
}
