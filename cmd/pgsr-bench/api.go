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

// apiCalls is the Go API, one call for each of many roles, one after another on one connection. Each role may connect
// and, if there are tables, select from them. The connecting role administers so many others, which should not be
// noticed.
type apiCalls struct{ roles, tables, administered int }

func (w apiCalls) workload() workload {
	t := &text{}
	what := fmt.Sprintf("the Go API, %d times %s, a call each", apiParts, count(w.part(), "roles"))
	if w.tables > 0 {
		what += fmt.Sprintf(", with %d privileges", len(w.privileges()))
		t.tables(w.tables, w.tables)
	}
	if w.administered > 0 {
		what += ", administering " + count(w.administered, "others")
		t.WriteString(administering(w.administered))
	}
	return workload{letter: "h", what: what, cluster: t.String(), measure: w.measure}
}

// part is how many calls are made before it is the floor's turn.
func (w apiCalls) part() int { return max(1, w.roles/apiParts) }

// privileges are what each role gets, as the spec and GRANT have it.
func (w apiCalls) privileges() []string {
	out := []string{"CONNECT ON DATABASE " + database}
	if w.tables > 0 {
		out = append(out, "USAGE ON SCHEMA s0")
	}
	for i := range w.tables {
		out = append(out, fmt.Sprintf("SELECT ON TABLE s0.t%d", i))
	}
	return out
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

// measure compares with psql running a transaction for each role, and, for nothing to do, asking what the role is a
// member of. Both take turns.
func (w apiCalls) measure(b *bench, p *place) ([]row, error) {
	conn, err := pgx.Connect(p.ctx, p.url())
	if err != nil {
		return nil, err
	}
	defer conn.Close(p.ctx)
	p.stays = conn.PgConn().PID()
	if _, err := b.floor(p, step{floor: w.grantedRoles, reads: true}); err != nil {
		return nil, err
	}
	rows := []row{{step: step{what: "first apply", target: 4}}, {step: step{what: "nothing to do", target: 3}}}
	for i, floor := range []func(a actor, first int) string{w.newRoles, w.lookups} {
		for part := range apiParts {
			first := part * w.part()
			ours, err := w.timeCalls(p, conn, first)
			if err != nil {
				return nil, err
			}
			least, err := b.connectedFloor(p, floor(p.actor, first))
			if err != nil {
				return nil, err
			}
			rows[i].ours, rows[i].floor = append(rows[i].ours, ours), append(rows[i].floor, least)
		}
	}
	return rows, w.countRoundTrips(p, rows)
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

// timeCalls makes a call for each role of a part.
func (w apiCalls) timeCalls(p *place, conn *pgx.Conn, first int) (measurement, error) {
	server, client, start := backendTime(conn), ownTime(), time.Now()
	for i := range w.part() {
		if err := w.syncOne(p, conn, fmt.Sprintf("r%d", first+i)); err != nil {
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

// countRoundTrips counts those of a call, when the connection has done the same before.
func (w apiCalls) countRoundTrips(p *place, rows []row) error {
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
			if err := w.syncOne(p, conn, fmt.Sprintf("counted%d", i)); err != nil {
				return err
			}
		}
		rows[round].perRole = float64(proxy.roundTrips()-before) / countedCalls
	}
	return nil
}

func (w apiCalls) syncOne(p *place, conn *pgx.Conn, role string) error {
	s := &spec.Spec{Roles: []spec.Role{{Name: role, Grants: spec.MustGrants(w.privileges()...)}}}
	_, err := executor.Sync(p.ctx, conn, s, executor.Options{})
	return err
}

// grantedRoles makes what the roles of the floor are granted. Who needs an administrator to grant roles cheaply has
// one.
func (w apiCalls) grantedRoles(a actor) string {
	t := &text{}
	if a.needsAdministrators() {
		t.line("CREATE ROLE administrator0 CREATEROLE ROLE CURRENT_USER;")
	}
	for i, privilege := range w.privileges() {
		t.line("BEGIN; %sCREATE ROLE p%d; COMMIT; GRANT %s TO p%[2]d;", a.acting(), i, privilege)
	}
	return t.String()
}

// acting comes before what an administrator does.
func (a actor) acting() string {
	if a.needsAdministrators() {
		return "SET LOCAL ROLE administrator0; "
	}
	return ""
}

// newRoles is the floor of a first apply: a transaction a role, for roles of other names.
func (w apiCalls) newRoles(a actor, first int) string {
	t, granted := &text{}, names("p%d", upTo(len(w.privileges())))
	for i := range w.part() {
		t.line("BEGIN; SELECT pg_advisory_xact_lock(1); CREATE ROLE f%d; %sGRANT %s TO f%[1]d; COMMIT;", first+i, a.acting(), granted)
	}
	return t.String()
}

// lookups are the floor of nothing to do.
func (w apiCalls) lookups(_ actor, first int) string {
	t := &text{}
	for i := range w.part() {
		t.line("SELECT m.roleid FROM pg_roles AS r JOIN pg_auth_members AS m ON m.member = r.oid WHERE r.rolname = 'r%d';", first+i)
	}
	return t.String()
}
