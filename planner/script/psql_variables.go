package script

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"pgsr/planner/catalog"
)

// variable stands for one role's password in a script for psql.
type variable struct {
	role string
	// environment is the variable that the person sets, name that of psql.
	environment, name string
}

// variables gives one for each role whose password is set, in the order of the statements. They are numbered, because
// not every role's name can be the name of an environment variable.
func (d Document) variables() []variable {
	var out []variable
	known := map[string]bool{}
	statements := d.Statements
	if d.allStatements != nil {
		statements = d.allStatements
	}
	for _, s := range statements {
		role, sets := setsPassword(s)
		if !sets || known[role] {
			continue
		}
		known[role] = true
		environment := fmt.Sprintf("PGSR_PASSWORD_%d", len(out)+1)
		out = append(out, variable{role, environment, strings.ToLower(environment)})
	}
	return out
}

// variableNames gives psql's variables by role; nil when the document holds passwords in another way.
func (d Document) variableNames() map[string]string {
	if d.Passwords != PasswordVariables {
		return nil
	}
	names := map[string]string{}
	for _, v := range d.variables() {
		names[v.role] = v.name
	}
	return names
}

const aboutVariables = `
-- == Passwords ==
--
-- Before running this script, set the environment variables below, in psql's environment. Each is to be the verifier of the
-- password, SCRAM-SHA-256$..., or the password itself. A password itself reaches the server, which hashes it and may write it to
-- its log. Needs psql 15 or later.

\set ON_ERROR_STOP on
`

// writeVariables writes how psql gets passwords from its environment, and that it stops when one is missing, before
// anything has changed. https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-META-COMMAND-GETENV
func (d Document) writeVariables(out *bufio.Writer) {
	variables := d.variables()
	if d.Passwords != PasswordVariables || len(variables) == 0 {
		return
	}
	fmt.Fprint(out, aboutVariables)
	d.writeBegin(out, ReadOnly)
	for _, v := range variables {
		writeComment(out, fmt.Sprintf("%s: the password of role %s", v.environment, catalog.DisplayName(v.role)))
		v.write(out)
	}
	fmt.Fprint(out, "COMMIT;\n\n")
}

// write reads a variable from the environment, and stops psql if it is missing or empty: an empty password would remove
// the password. It unsets psql's variable first, since one from before would pass for it. psql has no command that ends
// it with an error, so that a statement has to fail. Where a script is pasted, psql goes on after that: without the
// variable the statement that needs it fails as well.
func (v variable) write(out io.Writer) {
	fail := raiseSQL(fmt.Sprintf("the environment variable %s is not set or empty, so nothing was changed", v.environment))
	fmt.Fprintf(out, `\unset %[1]s
\getenv %[1]s %[2]s
\if :{?%[1]s}
SELECT :'%[1]s' OPERATOR(pg_catalog.=) '' AS pgsr_empty \gset
\else
\set pgsr_empty true
\endif
\if :pgsr_empty
\unset %[1]s
%[3]s;
\endif
`, v.name, v.environment, fail)
}

// raiseSQL writes a query that fails with a message: see [GuardSQL].
func raiseSQL(message string) string {
	return "SELECT CAST(" + literal(message) + " AS pg_catalog.bool)"
}
