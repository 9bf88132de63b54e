package script

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
)

// Guard is a query in a script that fails unless the server is in a state, and what its error says.
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

// GuardSQL writes a query that fails unless the server is in a state. The error names the first differences. It also
// fails in another database or cluster, or as another role, than the plan was made for. It gives one true otherwise.
//
// It is SQL alone, because not everyone may use plpgsql. To fail, it casts the error's text to a boolean, which CASE
// leaves alone where there is no difference.
// https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-EXPRESS-EVAL
func GuardSQL(server catalog.Server, state State, guard Guard) string {
	return guardWith(server, state, fmt.Sprintf(guardRaise, mostDifferences, literal(guard.Message+":"), literal(guard.Hint)))
}

// DifferencesSQL writes a query for what [GuardSQL] would name: a row for each of the first differences, with how many
// there are in all.
func DifferencesSQL(server catalog.Server, state State) string {
	return guardWith(server, state, fmt.Sprintf(guardRows, mostDifferences))
}

func guardWith(server catalog.Server, state State, verdict string) string {
	var out strings.Builder
	out.WriteString("WITH ")
	for _, table := range factsOf(server, state) {
		out.WriteString(table.sql() + ", ")
	}
	writeTarget(&out, server, state)
	question := strings.Replace(guardQuery, foundObjects, findObjects(state), 1)
	if server.Major() < 12 { // which always materializes, and does not know the word
		question = strings.ReplaceAll(question, " AS MATERIALIZED (", " AS (")
	}
	if !server.MembershipsHaveOptions() {
		question = strings.ReplaceAll(question, membershipColumns, membershipColumnsBefore16)
	}
	tables, lines := "", ""
	if len(state.Futures) > 0 {
		tables, lines = guardFutures, guardFutureLines
	}
	if len(state.Settings) > 0 {
		tables, lines = tables+guardSettings, lines+guardSettingLines
	}
	if len(state.Policies) > 0 {
		tables, lines = tables+guardPolicies, lines+guardPolicyLines
	}
	out.WriteString(strings.NewReplacer(moreTables, tables, moreLines, lines).Replace(question))
	out.WriteString(verdict)
	return out.String()
}

// writeTarget writes the table that says whether the query runs in another database, in another cluster, as another
// role or too late.
func writeTarget(out *strings.Builder, server catalog.Server, state State) {
	fmt.Fprintf(out, guardTarget, literal(server.Database), server.DatabaseOID, literal(server.CurrentUser))
	if server.SystemIdentifier != "" {
		fmt.Fprintf(out, guardCluster, literal(server.SystemIdentifier))
	}
	if !state.Before.IsZero() {
		fmt.Fprintf(out, guardMoment, literal(timestamp(state.Before.At)))
	}
	out.WriteString(")")
}

const guardTarget = `elsewhere (line) AS (
    SELECT format('connected to database %%s, but written for %%s (OID %[2]d)', d.datname, %[1]s)
    FROM pg_catalog.pg_database AS d
    WHERE d.datname = current_database() AND (d.datname <> %[1]s OR d.oid <> %[2]d)
    UNION ALL
    SELECT format('run as role %%s, but written for %%s', current_user, %[3]s) WHERE current_user <> %[3]s`

// guardCluster compares the system identifier where the role may read it. Without EXECUTE on a function a statement
// fails even where CASE never calls it. ts_stat helps: it plans its query only when it runs.
const guardCluster = `
    UNION ALL
    SELECT format('run in cluster %%s, but written for %%s', s.word, %[1]s)
    FROM pg_catalog.ts_stat(CASE
        WHEN pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')
            THEN 'SELECT pg_catalog.array_to_tsvector(ARRAY[c.system_identifier::pg_catalog.text]) FROM pg_catalog.pg_control_system() AS c'
        ELSE 'SELECT NULL::pg_catalog.tsvector'
    END) AS s
    WHERE s.word <> %[1]s`

// guardMoment compares a moment with when the statement began: a script may wait long for its lock.
const guardMoment = `
    UNION ALL
    SELECT format('run at %%s, but what it gives ends at %%s', statement_timestamp(), %[1]s::timestamptz) WHERE statement_timestamp() >= %[1]s::timestamptz`

const guardRaise = `
SELECT CASE WHEN found.lines IS NULL THEN true ELSE CAST(concat_ws(E'\n', %[2]s,
        array_to_string(found.lines[1:%[1]d], E'\n'),
        CASE WHEN cardinality(found.lines) > %[1]d THEN format('and %%s more', cardinality(found.lines) - %[1]d) END,
        %[3]s) AS pg_catalog.bool) END AS pgsr_guard
FROM (SELECT array_agg(d.line ORDER BY d.line COLLATE "C") AS lines FROM difference AS d) AS found`

const guardRows = `
SELECT d.line, count(*) OVER () AS of FROM difference AS d ORDER BY d.line COLLATE "C" LIMIT %d`
