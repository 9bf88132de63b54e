package executor

import (
	"context"
	"strings"
	"testing"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// TestAskedObjects: what is asked about is named by the rules of a spec.
func TestAskedObjects(t *testing.T) {
	t.Parallel()
	needs(t, 11, "procedures")
	c := newCluster(t, `CREATE SCHEMA sales`, `CREATE ROLE reader`, `CREATE TYPE sales.mood AS ENUM ()`, `CREATE SEQUENCE sales.numbers`,
		`CREATE FUNCTION sales.single(int, sales.mood) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
		`CREATE FUNCTION sales.two(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`, `CREATE FUNCTION sales.two(text) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
		`CREATE FUNCTION sales.mixed(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`, `CREATE PROCEDURE sales.mixed(text) LANGUAGE sql AS ''`)
	for on, want := range map[string]string{
		"ROUTINE sales.single":                 "ROUTINE sales.single(integer, sales.mood)",
		"ROUTINE sales.single(int,sales.mood)": "ROUTINE sales.single(integer, sales.mood)",
		"PROCEDURE sales.mixed":                "ROUTINE sales.mixed(text)",
		"ROUTINE pg_catalog.pg_reload_conf":    "ROUTINE pg_catalog.pg_reload_conf()",
		"ROUTINE sales.two":                    "there is more than one ROUTINE sales.two: write which with the types of its arguments, one of sales.two(integer), sales.two(text)",
		"PROCEDURE sales.single":               "sales.single(integer, sales.mood) is no PROCEDURE: write FUNCTION sales.single(integer, sales.mood)",
		"FUNCTION sales.mixed(text)":           "sales.mixed(text) is no FUNCTION: write PROCEDURE sales.mixed(text)",
		"ROUTINE sales.single(int)":            `ROUTINE sales.single(integer) does not exist in database "warehouse": there is sales.single(integer, sales.mood)`,
		"ROUTINE sales.none":                   `ROUTINE sales.none does not exist in database "warehouse"`,
		"TABLE sales.numbers":                  `TABLE sales.numbers does not exist in database "warehouse": it is a SEQUENCE: write ON SEQUENCE`,
		"DATABASE nowhere":                     `DATABASE nowhere does not exist`,
	} {
		target := &spec.MustGrants("ALL ON " + on)[0].Target
		q := access.Question{Privileges: target.Kind.Info().Privileges}
		all, err := Who(context.Background(), c.super, target, q)
		got := askedAbout(all, err)
		explanation, err := Explain(context.Background(), c.super, "postgres", target)
		explained := ""
		if err != nil {
			explained = askedAbout(nil, err)
		} else {
			explained = askedAbout(explanation.Access, nil)
		}
		if got != want || explained != want {
			t.Errorf("%s: who says %q, explain %q, not %q", on, got, explained, want)
		}
	}
}

// askedAbout is the object that all of an answer is about, or why there is none.
func askedAbout(all []access.Access, err error) string {
	if err != nil {
		return err.Error()
	}
	objects := map[catalog.ObjectID]bool{}
	var names []string
	for _, a := range all {
		if !objects[a.Object] {
			objects[a.Object], names = true, append(names, a.Object.String())
		}
	}
	return strings.Join(names, ", ")
}
