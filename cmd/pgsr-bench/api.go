package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor"
	"pgsr/planner/spec"
)

// apiParts is how often calls and their floor take turns: a machine is not as fast at any time.
const apiParts = 5

// apiCalls is the Go API, one call for each of many roles, one after another on one connection. The connecting role
// administers so many others, which should not be noticed.
func apiCalls(roles, administered int) workload {
	part := max(1, roles/apiParts)
	what := fmt.Sprintf("the Go API, %d times %s, a call each", apiParts, count(part, "roles"))
	if administered > 0 {
		what += ", administering " + count(administered, "others")
	}
	return workload{
		letter: "h", what: what, cluster: administering(administered),
		measure: func(b *bench, p *place) ([]row, error) { return b.measureAPI(p, part) },
	}
}

// administering makes roles with the membership that the server gives from 16 on to the creator of a role.
func administering(roles int) string {
	t := &text{}
	t.line(`DO $$ BEGIN FOR i IN 1..%d LOOP EXECUTE format('CREATE ROLE other%%s', i); END LOOP; END $$;`, roles)
	t.line(`DO $$ BEGIN
	IF current_setting('server_version_num')::integer >= 160000 THEN
		INSERT INTO pg_auth_members (oid, roleid, member, grantor, admin_option, inherit_option, set_option)
			SELECT (2100000000 + row_number() OVER ())::oid, r.oid, '%s'::regrole, 10, true, false, false FROM pg_roles AS r WHERE r.rolname ~ '^other';
	END IF;
END $$;`, owner)
	return t.String()
}

// countedCalls is how many calls are made for counting their round trips, which goes through a proxy and is not timed.
const countedCalls = 20

// measureAPI compares with psql running a transaction for each role, and, for nothing to do, asking whether the role
// is there. Both take turns.
func (b *bench) measureAPI(p *place, roles int) ([]row, error) {
	conn, err := pgx.Connect(p.ctx, p.url())
	if err != nil {
		return nil, err
	}
	defer conn.Close(p.ctx)
	p.stays = conn.PgConn().PID()
	if _, err := b.floor(p, step{floor: actor.grantedRole, reads: true}); err != nil {
		return nil, err
	}
	rows := []row{{step: step{what: "first apply", target: 4}}, {step: step{what: "nothing to do", target: 3}}}
	for i, floor := range []func(a actor, first, roles int) string{actor.newRoles, actor.lookups} {
		for first := 0; first < apiParts*roles; first += roles {
			ours, err := timeCalls(p, conn, first, roles)
			if err != nil {
				return nil, err
			}
			least, err := b.connectedFloor(p, floor(p.actor, first, roles))
			if err != nil {
				return nil, err
			}
			rows[i].ours, rows[i].floor = append(rows[i].ours, ours), append(rows[i].floor, least)
		}
	}
	return rows, countAPI(p, rows)
}

// connectedFloor is what psql takes for some statements once it is connected, as the API is.
func (b *bench) connectedFloor(p *place, sql string) (measurement, error) {
	nothing, err := b.floor(p, step{floor: func(actor) string { return "" }, reads: true})
	if err != nil {
		return measurement{}, err
	}
	m, err := b.floor(p, step{floor: func(actor) string { return sql }, reads: true})
	return measurement{wall: m.wall - nothing.wall, cpu: m.cpu - nothing.cpu, server: m.server - nothing.server}, err
}

// timeCalls makes a call for each of some roles.
func timeCalls(p *place, conn *pgx.Conn, first, roles int) (measurement, error) {
	server, client, start := backendTime(conn), ownTime(), time.Now()
	for i := range roles {
		if err := syncOne(p, conn, fmt.Sprintf("r%d", first+i)); err != nil {
			return measurement{}, err
		}
	}
	return measurement{wall: time.Since(start), cpu: ownTime() - client, server: backendTime(conn) - server}, nil
}

// backendTime is what the process that serves a connection took of the processors: the first number of schedstat, in
// nanoseconds. https://docs.kernel.org/scheduler/sched-stats.html
func backendTime(conn *pgx.Conn) time.Duration {
	content, _ := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", conn.PgConn().PID())) // 0 where there is none
	first, _, _ := strings.Cut(string(content), " ")
	nanoseconds, _ := strconv.ParseInt(first, 10, 64)
	return time.Duration(nanoseconds)
}

// countAPI counts the round trips of a call, when the connection has done the same before.
func countAPI(p *place, rows []row) error {
	proxy, err := startProxy(p.server)
	if err != nil {
		return err
	}
	defer proxy.close()
	conn, err := pgx.Connect(p.ctx, proxy.url(p.actor.role))
	if err != nil {
		return err
	}
	defer conn.Close(p.ctx)
	for round := range rows {
		before := proxy.roundTrips()
		for i := range countedCalls {
			if err := syncOne(p, conn, fmt.Sprintf("counted%d", i)); err != nil {
				return err
			}
		}
		rows[round].perRole = float64(proxy.roundTrips()-before) / countedCalls
	}
	return nil
}

func syncOne(p *place, conn *pgx.Conn, role string) error {
	s := &spec.Spec{Roles: []spec.Role{{
		Name: role, Grants: spec.MustGrants("CONNECT ON DATABASE " + database),
	}}}
	_, err := executor.Sync(p.ctx, conn, s, executor.Options{})
	return err
}

// grantedRole makes what the roles of the floor are granted. Who needs an administrator to grant roles cheaply has one.
func (a actor) grantedRole() string {
	sql := fmt.Sprintf("BEGIN; %sCREATE ROLE p; COMMIT; GRANT CONNECT ON DATABASE %s TO p;\n", a.acting(), database)
	if a.needsAdministrators() {
		sql = "CREATE ROLE administrator0 CREATEROLE ROLE CURRENT_USER;\n" + sql
	}
	return sql
}

// acting comes before what an administrator does.
func (a actor) acting() string {
	if a.needsAdministrators() {
		return "SET LOCAL ROLE administrator0; "
	}
	return ""
}

// newRoles is the floor of a first apply: a transaction a role, for roles of other names.
func (a actor) newRoles(first, roles int) string {
	t := &text{}
	for i := range roles {
		t.line("BEGIN; SELECT pg_advisory_xact_lock(1); CREATE ROLE f%d; %sGRANT p TO f%d; COMMIT;", first+i, a.acting(), first+i)
	}
	return t.String()
}

// lookups are the floor of nothing to do.
func (a actor) lookups(first, roles int) string {
	t := &text{}
	for i := range roles {
		t.line("SELECT m.roleid FROM pg_roles AS r JOIN pg_auth_members AS m ON m.member = r.oid WHERE r.rolname = 'r%d';", first+i)
	}
	return t.String()
}
