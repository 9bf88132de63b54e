package script

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
)

// Guard is what a check in a script says when it fails.
type Guard struct {
	// Message is the error's, Hint what to do about it.
	Message, Hint string
}

// The two checks of a script: before its first change, and before COMMIT.
var (
	Stale = Guard{
		Message: "this script is stale: what it relies on has changed since it was written, so nothing was changed",
		Hint:    "Plan again, and have the new script reviewed.",
	}
	NotAsPlanned = Guard{
		Message: "the result is not what was planned, so nothing was changed",
		Hint:    "Something else is at work, an event trigger for one. Plan again to see what differs.",
	}
)

// GuardErrorCode is the SQLSTATE of an error that a guard raises: object_not_in_prerequisite_state.
const GuardErrorCode = "55000"

// mostDifferences bounds how many differences an error names.
const mostDifferences = 10

// GuardSQL writes a statement that raises an error, naming the first differences, unless the server is in a state. It must run in
// the database, in the cluster and as the role that the plan was made for, or says so.
func GuardSQL(server catalog.Server, state State, guard Guard) string {
	tables := factsOf(server, state)
	size := len(guardHead) + len(guardQuestion) + len(guardTail) + 1024
	for _, table := range tables {
		size += table.size()
	}
	head := fmt.Sprintf(guardHead, literal(server.Database), server.DatabaseOID, literal(server.CurrentUser), literal(server.SystemIdentifier))
	tail := fmt.Sprintf(guardTail, mostDifferences, literal(guard.Message), literal(guard.Hint), GuardErrorCode)
	// It is written with the usual quote at once: most often none of it holds that, and what is large is not to be copied.
	var out strings.Builder
	out.Grow(size)
	quote := dollarQuote("")
	out.WriteString("DO " + quote)
	before := out.Len()
	out.WriteString(head)
	writeGuardQuery(&out, server, tables)
	out.WriteString(tail)
	if body := out.String()[before:]; strings.Contains(body, quote) {
		quote = dollarQuote(body)
		return "DO " + quote + body + quote
	}
	out.WriteString(quote)
	return out.String()
}

// dollarQuote finds a quote that the text does not hold: a name may hold anything.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-DOLLAR-QUOTING
func dollarQuote(text string) string {
	for i := 0; ; i++ {
		if quote := fmt.Sprintf("$pgsr%d$", i); !strings.Contains(text, quote) {
			return quote
		}
	}
}

// What stands before and after the question is in PL/pgSQL, which every database has unless someone has dropped it. With pg_catalog alone on the path nobody's
// own function or operator can have a say; the path is given back at the end, also by an error.
// The system identifier is compared where it may be read.
const guardHead = `
DECLARE
    path text := pg_catalog.current_setting('search_path');
    cluster text;
    differences text[];
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog', true);
    IF current_database() <> %[1]s OR (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()) <> %[2]d THEN
        differences := differences || format('connected to database %%s, but written for %%s (OID %[2]d)', current_database(), %[1]s);
    END IF;
    IF current_user <> %[3]s THEN
        differences := differences || format('run as role %%s, but written for %%s', current_user, %[3]s);
    END IF;
    BEGIN
        SELECT c.system_identifier::text INTO cluster FROM pg_control_system() AS c;
    EXCEPTION WHEN insufficient_privilege THEN
        cluster := %[4]s;
    END;
    IF %[4]s <> '' AND cluster <> %[4]s THEN
        differences := differences || format('run in cluster %%s, but written for %%s', cluster, %[4]s);
    END IF;
    IF differences IS NULL THEN
`

const guardTail = `
    END IF;
    IF differences IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '%[4]s', MESSAGE = %[2]s, HINT = %[3]s,
            DETAIL = array_to_string(differences[1:%[1]d], E'\n')
                || CASE WHEN cardinality(differences) > %[1]d THEN format(E'\nand %%s more', cardinality(differences) - %[1]d) ELSE '' END;
    END IF;
    PERFORM set_config('search_path', path, true);
END
`
