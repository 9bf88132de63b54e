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

// mostDifferences bounds how many differences an error names.
const mostDifferences = 10

// GuardSQL writes a query that fails, naming the first differences, unless the server is in a state. It must run in
// the database, in the cluster and as the role that the plan was made for, or says so. What it answers else is one
// true.
//
// It is SQL alone: not everyone may use plpgsql. What cannot be read as a boolean is the error's text, which is made,
// and then read, only where there is something to say.
// https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-EXPRESS-EVAL
func GuardSQL(server catalog.Server, state State, guard Guard) string {
	return guardWith(server, state, fmt.Sprintf(guardVerdict, mostDifferences, literal(guard.Message+":"), literal(guard.Hint)))
}

// DifferencesSQL writes the query that [GuardSQL] fails with: each row is one of the first differences, and how many
// there are in all.
func DifferencesSQL(server catalog.Server, state State) string {
	return guardWith(server, state, fmt.Sprintf(guardAnswer, mostDifferences))
}

func guardWith(server catalog.Server, state State, verdict string) string {
	tables := factsOf(server, state)
	size := len(guardQuestion) + len(verdict) + 2048
	for _, table := range tables {
		size += table.size()
	}
	var out strings.Builder
	out.Grow(size) // what is large is not to be copied
	out.WriteString("WITH ")
	for _, table := range tables {
		table.write(&out)
		out.WriteString(", ")
	}
	writeElsewhere(&out, server)
	question := guardQuestion
	if !server.GrantorsMatter() {
		question = strings.ReplaceAll(question, membershipNow, membershipBefore16)
	}
	out.WriteString(question)
	out.WriteString(verdict)
	return out.String()
}

// writeElsewhere writes the table of what is wrong with where, and as whom, the query runs.
func writeElsewhere(out *strings.Builder, server catalog.Server) {
	fmt.Fprintf(out, guardElsewhere, literal(server.Database), server.DatabaseOID, literal(server.CurrentUser))
	if server.SystemIdentifier != "" {
		fmt.Fprintf(out, guardCluster, literal(server.SystemIdentifier))
	}
	out.WriteString(")")
}

const guardElsewhere = `elsewhere (line) AS (
    SELECT format('connected to database %%s, but written for %%s (OID %[2]d)', d.datname, %[1]s)
    FROM pg_catalog.pg_database AS d
    WHERE d.datname = current_database() AND (d.datname <> %[1]s OR d.oid <> %[2]d)
    UNION ALL
    SELECT format('run as role %%s, but written for %%s', current_user, %[3]s) WHERE current_user <> %[3]s`

// The system identifier is compared where it may be read. A function that may not be executed fails a statement even
// in a branch that is never taken: ts_stat alone plans its query when it runs.
const guardCluster = `
    UNION ALL
    SELECT format('run in cluster %%s, but written for %%s', s.word, %[1]s)
    FROM pg_catalog.ts_stat(CASE
        WHEN pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
            THEN 'SELECT pg_catalog.array_to_tsvector(ARRAY[c.system_identifier::pg_catalog.text]) FROM pg_catalog.pg_control_system() AS c'
        ELSE 'SELECT NULL::pg_catalog.tsvector'
    END) AS s
    WHERE s.word <> %[1]s`

const guardVerdict = `
SELECT CASE WHEN found.lines IS NULL THEN true ELSE CAST(concat_ws(E'\n', %[2]s,
        array_to_string(found.lines[1:%[1]d], E'\n'),
        CASE WHEN cardinality(found.lines) > %[1]d THEN format('and %%s more', cardinality(found.lines) - %[1]d) END,
        %[3]s) AS pg_catalog.bool) END AS pgsr_guard
FROM (SELECT array_agg(d.line ORDER BY d.line COLLATE "C") AS lines FROM difference AS d) AS found`

const guardAnswer = `
SELECT d.line, count(*) OVER () AS of FROM difference AS d ORDER BY d.line COLLATE "C" LIMIT %d`
