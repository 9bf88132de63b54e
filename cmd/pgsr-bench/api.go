package main

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor"
	"pgsr/planner/spec"
)

// apiCalls is the Go API, one call for each of many roles, one after another on one connection.
func apiCalls(roles int) workload {
	return workload{
		letter: "h", what: "the Go API, " + count(roles, "roles") + ", a call each",
		measure: func(b *bench, p *place) ([]row, error) { return b.measureAPI(p, roles) },
	}
}

// measureAPI compares with psql running a transaction for each role, and, for nothing to do, asking whether the role
// is there.
func (b *bench) measureAPI(p *place, roles int) ([]row, error) {
	proxy, err := startProxy(p.server)
	if err != nil {
		return nil, err
	}
	defer proxy.close()
	conn, err := pgx.Connect(p.ctx, proxy.url(p.actor.role))
	if err != nil {
		return nil, err
	}
	defer conn.Close(p.ctx)
	var rows []row
	for _, round := range []string{"first apply", "nothing to do"} {
		before, start := proxy.roundTrips(), time.Now()
		for i := range roles {
			if err := syncOne(p, conn, i); err != nil {
				return nil, err
			}
		}
		took := measurement{wall: time.Since(start)}
		r := row{step: step{what: round}, ours: []measurement{took}, perRole: float64(proxy.roundTrips()-before) / float64(roles)}
		rows = append(rows, r)
	}
	return rows, b.apiFloor(p, roles, rows)
}

func syncOne(p *place, conn *pgx.Conn, i int) error {
	s := &spec.Spec{Roles: []spec.Role{{
		Name: fmt.Sprintf("r%d", i), Grants: []spec.Grant{spec.MustGrant("CONNECT ON DATABASE " + database)},
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
