package script

import (
	"fmt"

	"pgsr/planner/catalog"
)

// endSessions is pg_terminate_backend() of all sessions of a role. It fails if one of them does not end: to fail, it
// casts a text to a boolean, as [GuardSQL] does.
type endSessions catalog.EndSessions

// waitForSession is how many milliseconds each session has to end.
const waitForSession = 10000

func (ch endSessions) sql(w writer) (string, error) {
	wait := fmt.Sprintf(", %d", waitForSession)
	if w.server.Major() < 14 { // which only asks the session to end
		wait = ""
	}
	return fmt.Sprintf("SELECT CASE WHEN coalesce(pg_catalog.bool_and(pg_catalog.pg_terminate_backend(a.pid%s)), true) THEN true"+
		" ELSE CAST(pg_catalog.format('of %%s sessions of role %%s some did not end: try again', pg_catalog.count(*), %[2]s) AS pg_catalog.bool) END AS pgsr_ended"+
		" FROM pg_catalog.pg_stat_activity AS a JOIN pg_catalog.pg_roles AS r ON r.oid = a.usesysid"+
		" WHERE r.rolname = %[2]s AND a.pid <> pg_catalog.pg_backend_pid()", wait, literal(ch.Role)), nil
}

func (ch endSessions) summary() string {
	return "end the sessions of role " + catalog.DisplayName(ch.Role)
}
func (ch endSessions) mark() Mark      { return Takes }
func (ch endSessions) names() []string { return []string{ch.Role} }
