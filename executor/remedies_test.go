package executor

import (
	"context"
	"errors"
	"flag"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scratch/scratchtest"
	"pgsr/planner"
	"pgsr/planner/spec"
)

// Each cluster is messed up and planned for nine times, which takes seconds: a nightly run has time for more of them.
var remedied = flag.Int("remedied", 2, "how many random clusters are refused and remedied")

// TestRemediesLeadToAPlan: in random clusters a superuser runs what refusals say, once and in that order. Every
// statement can be run, nobody comes to reach a superuser by them, and then nothing is refused, but for what was said
// to be left to a superuser.
func TestRemediesLeadToAPlan(t *testing.T) {
	t.Parallel()
	count := *remedied
	if testing.Short() {
		count = 1
	}
	first := uint64(1)
	if *seed != 0 {
		first, count = *seed, 1
	}
	refused := 0
	for s := first; s < first+uint64(count); s++ {
		refused += newRemedies(t, s).run()
		if t.Failed() {
			t.Fatalf("seed %d", s)
		}
	}
	t.Logf("%d refusals were remedied", refused)
	if *seed == 0 && refused < count {
		t.Errorf("only %d refusals: this proves little", refused)
	}
}

// remedyWorld is a random cluster with deployers who may do little in it: dep has CREATEROLE, clerk has nothing.
type remedyWorld struct {
	*cluster
	*world
}

var deployers = []string{"admin", "dep", "clerk"}

func newRemedies(t *testing.T, seed uint64) *remedyWorld {
	c := &cluster{TB: t, server: scratchtest.Seeded(t, databases(currentDatabase))}
	c.super = c.connect("postgres", currentDatabase, "")
	c.major = majorOf(t, c.super)
	r := &remedyWorld{c, newWorld(seed, c.major)}
	c.exec(r.setup(currentDatabase)...)
	c.exec(`CREATE ROLE dep LOGIN CREATEROLE`, `CREATE ROLE clerk LOGIN`, `CREATE ROLE chief SUPERUSER LOGIN`, `CREATE ROLE power`, `GRANT chief TO power`)
	r.roles = append(r.roles, "dep", "power")
	return r
}

// run messes a cluster up a few times, and has each deployer try.
func (r *remedyWorld) run() (refused int) {
	for range 3 {
		for _, deployer := range deployers {
			for _, statement := range slices.Concat(r.world.mess(12), r.more(12, deployer)) {
				if _, err := r.super.Exec(context.Background(), statement); err != nil {
					mustExec(r.TB, r.super, `RESET ROLE`)
				}
			}
			if r.try(deployer, r.world.spec()) {
				refused++
			}
			if r.TB.Failed() {
				return refused
			}
		}
	}
	return refused
}

// more gives statements that leave a deployer with odd rights.
func (r *remedyWorld) more(n int, deployer string) []string {
	out := []string{`ALTER ROLE clerk NOCREATEROLE`}
	role := func() string { return id(pick(r.world, r.roles)) }
	owner := func() string {
		return pick(r.world, []string{"postgres", "chief", "power", "pg_database_owner", "admin", "dep", "clerk", role(), role()})
	}
	for range n {
		on, privilege := r.target()
		statement := pick(r.world, []string{
			`GRANT ` + role() + ` TO ` + deployer + pick(r.world, []string{"", " WITH ADMIN OPTION"}),
			`REVOKE ` + role() + ` FROM ` + deployer + pick(r.world, []string{"", " CASCADE", " GRANTED BY admin CASCADE"}),
			`GRANT ` + deployer + ` TO ` + role(),
			`REVOKE ` + deployer + ` FROM ` + role(),
			`GRANT ` + pick(r.world, []string{"power", "chief", "pg_execute_server_program"}) + ` TO ` + role(),
			`ALTER SCHEMA ` + id(pick(r.world, r.schemas)) + ` OWNER TO ` + owner(),
			`ALTER DATABASE ` + currentDatabase + ` OWNER TO ` + owner(),
			`GRANT ` + privilege + ` ON ` + on + ` TO ` + deployer + pick(r.world, []string{"", " WITH GRANT OPTION"}),
			`SET ROLE ` + deployer + `; GRANT ` + privilege + ` ON ` + on + ` TO ` + role() + `; RESET ROLE`,
			`ALTER ROLE ` + role() + ` ` + pick(r.world, []string{"REPLICATION", "NOREPLICATION", "SUPERUSER", "NOSUPERUSER", "NOSUPERUSER", "CREATEROLE", "NOCREATEROLE"}),
			`ALTER ROLE ` + deployer + ` ` + pick(r.world, []string{"INHERIT", "NOINHERIT", "INHERIT"}),
			`SET ROLE ` + role() + `; GRANT ` + role() + ` TO ` + role() + `; RESET ROLE`,
		})
		if t := pick(r.world, r.tables); r.chance(20) {
			statement = `ALTER TABLE ` + id(t.Schema, t.Name) + ` OWNER TO ` + owner()
		}
		if r.chance(15) && r.world.major >= 16 {
			statement = `GRANT ` + role() + ` TO ` + deployer + ` WITH INHERIT ` + pick(r.world, []string{"TRUE", "FALSE"}) + `, SET ` + pick(r.world, []string{"TRUE", "FALSE"})
		}
		out = append(out, statement)
	}
	return out
}

// try plans as a deployer, and again with the remedies if that is refused.
func (r *remedyWorld) try(deployer string, s *spec.Spec) bool {
	r.Helper()
	r.exec(`ALTER ROLE ` + deployer + ` LOGIN`)
	conn, err := r.tryConnect(deployer, currentDatabase, "")
	if err != nil {
		return false // by what was revoked
	}
	defer conn.Close(context.Background())
	err = r.plan(conn, deployer, s)
	if errors.As(err, new(spec.Errors)) {
		s = r.sparing(deployer, s)
		err = r.plan(conn, deployer, s)
	}
	var first *planner.Refusal
	if !errors.As(err, &first) {
		return false
	}
	r.remedy(deployer, first)
	r.isRemedied(deployer, first, r.plan(conn, deployer, s))
	return true
}

// plan gives the error of a plan, if it is one of those that are possible.
func (r *remedyWorld) plan(conn *pgx.Conn, deployer string, s *spec.Spec) error {
	r.Helper()
	_, err := Plan(context.Background(), conn, s, Options{TrustCode: true, ReassignTo: deployer})
	if err != nil && !errors.As(err, new(*planner.Refusal)) && !errors.As(err, new(spec.Errors)) {
		r.Fatal(err)
	}
	return err
}

// sparing leaves out of a spec what would lock the deployer out: the roles that it is a member of, and the deployer.
func (r *remedyWorld) sparing(deployer string, s *spec.Spec) *spec.Spec {
	r.Helper()
	has := r.names(`SELECT rolname FROM pg_roles WHERE pg_has_role($1, oid, 'MEMBER')`, deployer)
	return &spec.Spec{Roles: slices.DeleteFunc(slices.Clone(s.Roles), func(role spec.Role) bool { return slices.Contains(has, role.Name) })}
}

// remedy runs what a refusal says. Nobody may come to reach a superuser by it.
func (r *remedyWorld) remedy(deployer string, refusal *planner.Refusal) {
	r.Helper()
	reaching := r.reaching()
	for _, remedy := range refusal.Remedies {
		if _, err := r.super.Exec(context.Background(), remedy); err != nil {
			r.Fatalf("as %s: %s: %v\n%v", deployer, remedy, err, refusal)
		}
	}
	for _, pair := range r.reaching() {
		if !slices.Contains(reaching, pair) {
			r.Errorf("as %s: %s by these remedies:\n%v", deployer, pair, refusal)
		}
	}
}

// isRemedied: a plan with the remedies is refused no more, but for what was left to a superuser.
func (r *remedyWorld) isRemedied(deployer string, first *planner.Refusal, err error) {
	r.Helper()
	if err == nil {
		return
	}
	left := map[string]bool{}
	for _, reason := range first.Reasons {
		left[withoutRandom(reason)] = reason.Superuser
	}
	var again *planner.Refusal
	if !errors.As(err, &again) {
		r.Fatalf("as %s: with the remedies: %v\nit was:\n%v", deployer, err, first)
	}
	for _, reason := range again.Reasons {
		if !left[withoutRandom(reason)] || !reason.Superuser {
			r.Fatalf("as %s: still refused: %s: %s\n%v\nit was:\n%v", deployer, reason.Act, reason.Why, again, first)
		}
	}
}

// withoutRandom gives a reason as each plan says it: the names of new privilege roles are random.
func withoutRandom(r planner.Reason) string {
	return randomDigits.ReplaceAllString(r.Act+": "+r.Why, "")
}

// reaching lists who is a member of which superuser, as the server says.
func (r *remedyWorld) reaching() []string {
	r.Helper()
	return r.names(`SELECT format('%s reaches %s', r.rolname, s.rolname) FROM pg_roles AS r, pg_roles AS s
		WHERE s.rolsuper AND NOT r.rolsuper AND pg_has_role(r.oid, s.oid, 'MEMBER')`)
}

func (r *remedyWorld) names(query string, args ...any) []string {
	r.Helper()
	rows, _ := r.super.Query(context.Background(), query, args...)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		r.Fatal(err)
	}
	return names
}
