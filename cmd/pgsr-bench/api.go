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

// apiCalls is the Go API, one call for each of many roles, one after another on one connection. The connecting role
// administers so many others, which should not be noticed.
func apiCalls(roles, administered int) workload {
	what := "the Go API, " + count(roles, "roles") + ", a call each"
	if administered > 0 {
		what += ", administering " + count(administered, "others")
	}
	return workload{
		letter: "h", what: what, cluster: administering(administered),
		measure: func(b *bench, p *place) ([]row, error) { return b.measureAPI(p, roles) },
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
// is there.
func (b *bench) measureAPI(p *place, roles int) ([]row, error) {
	conn, err := pgx.Connect(p.ctx, p.url())
	if err != nil {
		return nil, err
	}
	defer conn.Close(p.ctx)
	var rows []row
	for _, s := range []step{{what: "first apply", target: 4}, {what: "nothing to do", target: 3}} {
		before, beforeHere, start := backendTime(conn), ownTime(), time.Now()
		for i := range roles {
			if err := syncOne(p, conn, fmt.Sprintf("r%d", i)); err != nil {
				return nil, err
			}
		}
		took := measurement{wall: time.Since(start), cpu: ownTime() - beforeHere, server: backendTime(conn) - before}
		rows = append(rows, row{step: s, ours: []measurement{took}})
	}
	if err := countAPI(p, rows); err != nil {
		return nil, err
	}
	return rows, b.apiFloor(p, roles, rows)
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

// apiFloor is psql with a transaction a role, for roles of other names; who needs an administrator to grant roles
// cheaply has one.
func (b *bench) apiFloor(p *place, roles int, rows []row) error {
	t, reads := &text{}, &text{}
	change := ""
	if p.actor.needsAdministrators() {
		change = "SET LOCAL ROLE administrator0; "
		t.line("CREATE ROLE administrator0 CREATEROLE ROLE CURRENT_USER;")
	}
	t.line("BEGIN; %sCREATE ROLE p; COMMIT; GRANT CONNECT ON DATABASE %s TO p;", change, database)
	for i := range roles {
		t.line("BEGIN; SELECT pg_advisory_xact_lock(1); CREATE ROLE f%d; %sGRANT p TO f%d; COMMIT;", i, change, i)
		reads.line("SELECT m.roleid FROM pg_roles AS r JOIN pg_auth_members AS m ON m.member = r.oid WHERE r.rolname = 'r%d';", i)
	}
	for i, sql := range []string{t.String(), reads.String()} {
		m, err := b.floor(p, step{floor: func(actor) string { return sql }, reads: true})
		if err != nil {
			return err
		}
		rows[i].floor = []measurement{m}
	}
	return nil
}
