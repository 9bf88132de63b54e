package executor

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/report"
)

// losing are changes of which it is known how much people lose in the end.
var losing = []struct {
	name, roles string
	lost        access.Losses
}{
	{"moves to a privilege role", "ann: {login: {}, grants: [SELECT ON TABLE s.t, USAGE ON SCHEMA s]}\n  bob: {member_of: [team]}\n  team: {grants: [SELECT ON TABLE s.t]}", access.Losses{}},
	{"a membership by way of another role", "ann: {login: {}, direct_grants: [SELECT ON TABLE s.t, USAGE ON SCHEMA s]}\n  bob: {member_of: [top]}\n  top: {member_of: [team]}", access.Losses{}},
	{"two privileges", "ann: {login: {}}", access.Losses{Privileges: 2}},
	{"one of two ways", "bob: {}", access.Losses{Memberships: 1, Privileges: 1}},
	{"a login", "ann: {direct_grants: [SELECT ON TABLE s.t, USAGE ON SCHEMA s]}", access.Losses{Logins: 1}},
	{"a login by its end", "ann: {login: {valid_until: 2020-01-01}, direct_grants: [SELECT ON TABLE s.t, USAGE ON SCHEMA s]}", access.Losses{Logins: 1}},
	{"a later end", "ann: {login: {valid_until: 2090-01-01}, direct_grants: [SELECT ON TABLE s.t, USAGE ON SCHEMA s]}", access.Losses{}},
	{"of everyone", "{}\npublic: {revokes: [SELECT ON TABLE s.p]}", access.Losses{Privileges: 7}},
	{"what a group has", "team: {}", access.Losses{Privileges: 2}},
	{"an ownership to who includes the owner", "team: {owns: [TABLE s.k], members: [keeper, bob], direct_grants: [SELECT ON TABLE s.t]}", access.Losses{}},
	{"attributes", "keeper: {attributes: [NOINHERIT]}", access.Losses{Attributes: 1}},
	{"a role", "bob: {absent: true}", access.Losses{Privileges: 1, Memberships: 1}},
	{"an owner", "keeper: {absent: true, reassign_to: top}", access.Losses{Ownerships: 1, Privileges: 7}},
	{"default privileges and a grant option", "giver: {direct_grants: [SELECT ON TABLE s.t]}", access.Losses{DefaultPrivileges: 1, GrantOptions: 1}},
}

// losers make what losing is about.
var losers = []string{
	`CREATE ROLE ann LOGIN PASSWORD 'correct horse'`, `CREATE ROLE bob`, `CREATE ROLE team`, `CREATE ROLE top`, `CREATE ROLE keeper CREATEDB`, `CREATE ROLE giver`, `CREATE SCHEMA s`,
	`CREATE TABLE s.t ()`, `CREATE TABLE s.p ()`, `CREATE TABLE s.k ()`, `ALTER TABLE s.k OWNER TO keeper`,
	`GRANT SELECT ON s.t TO ann, team`, `GRANT SELECT ON s.t TO giver WITH GRANT OPTION`, `GRANT USAGE ON SCHEMA s TO ann`, `GRANT SELECT ON s.p TO PUBLIC`, `GRANT team TO bob`,
	`ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO giver`,
}

// TestMaxRevokes: a plan after which more is lost in the end than is allowed is refused, and nothing is done; and one
// after which it is not is made, whatever moves.
func TestMaxRevokes(t *testing.T) {
	t.Parallel()
	server := newCluster(t, losers...)
	for _, l := range losing {
		text := "version: 1\nroles:\n  " + l.roles + "\n"
		if strings.HasPrefix(l.roles, "{}") {
			text = "version: 1\nroles: " + l.roles + "\n"
		}
		if l.lost.Ownerships > 0 && server.major >= 17 {
			l.lost.Privileges++ // MAINTAIN
		}
		s := parse(t, text)
		all := l.lost.Count()
		plan, err := Plan(context.Background(), server.super, s, Options{MaxRevokes: &all})
		if err != nil {
			t.Errorf("%s: %v", l.name, err)
			continue
		}
		losses := access.LossesOf(plan.From, plan.After())
		if lines := losses.Lines; all > 0 && len(lines) == 0 {
			t.Errorf("%s: nothing is said of it", l.name)
		}
		if losses.Lines = nil; !sameLosses(losses, l.lost) {
			t.Errorf("%s: %+v, not %+v", l.name, losses, l.lost)
		}
		if all == 0 {
			continue
		}
		all--
		_, err = Plan(context.Background(), server.super, s, Options{MaxRevokes: &all})
		server.refusesToTake(err, l.lost)
	}
}

func sameLosses(a, b access.Losses) bool {
	return a.Privileges == b.Privileges && a.GrantOptions == b.GrantOptions && a.DefaultPrivileges == b.DefaultPrivileges && a.Memberships == b.Memberships &&
		a.Ownerships == b.Ownerships && a.Logins == b.Logins && a.Attributes == b.Attributes
}

func (c *cluster) refusesToTake(err error, lost access.Losses) {
	c.Helper()
	var refused *TooManyRevokesError
	if !errors.As(err, &refused) || !sameLosses(refused.Losses, lost) || !strings.Contains(err.Error(), "--max-revokes") || !strings.Contains(err.Error(), "nothing was done") {
		c.Errorf("not refused for %+v: %v", lost, err)
	}
}

// TestMaxRevokesUnderTheLock: what counts is the plan that is made under the lock. It takes more than the one that was
// looked at, as someone was given something meanwhile.
func TestMaxRevokesUnderTheLock(t *testing.T) {
	t.Parallel()
	c := newCluster(t, losers...)
	none := 0
	const text = "version: 1\nroles:\n  ann: {login: {}, comment: hers, direct_grants: [SELECT ON TABLE s.t, USAGE ON SCHEMA s]}\n"
	conn := c.connect("postgres", warehouse, "")
	asked := false
	_, err := Sync(context.Background(), conn, parse(t, text), Options{MaxRevokes: &none, Confirm: func(*planner.Plan) (bool, error) {
		c.exec(`GRANT INSERT ON s.t TO ann`)
		asked = true
		return true, nil
	}})
	if c.refusesToTake(err, access.Losses{Privileges: 1}); !asked {
		t.Error("nothing was planned before")
	}
	if got := one[bool](c, `SELECT has_table_privilege('ann', 's.t', 'INSERT')`); !got {
		t.Error("it was taken all the same")
	}
}

// TestMaxRevokesOfSavedPlans: a saved plan is held against what there is when it runs, in one transaction and in parts.
func TestMaxRevokesOfSavedPlans(t *testing.T) {
	t.Parallel()
	c := newCluster(t, append(losers, `GRANT INSERT ON s.t TO top`, `GRANT top TO ann`)...)
	const text = "version: 1\nroles:\n  team: {direct_grants: [INSERT ON TABLE s.t]}\n"
	plan, err := Plan(context.Background(), c.super, parse(t, text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var saved bytes.Buffer
	if err := WriteAs(&saved, "json", parse(t, text), plan, Options{}); err != nil {
		t.Fatal(err)
	}
	d, err := report.ReadJSON(&saved)
	if err != nil {
		t.Fatal(err)
	}
	few, enough := 1, 2
	_, err = ApplySaved(context.Background(), c.super, d, Options{MaxRevokes: &few})
	c.refusesToTake(err, access.Losses{Privileges: 2})
	if !one[bool](c, `SELECT has_table_privilege('team', 's.t', 'SELECT')`) {
		t.Error("it was taken all the same")
	}
	c.exec(`GRANT SELECT ON s.t TO PUBLIC`, `REVOKE SELECT ON s.t FROM PUBLIC`) // nothing that the plan relies on
	if _, err = ApplySaved(context.Background(), c.super, d, Options{MaxRevokes: &enough}); err != nil {
		t.Error(err)
	}
}

// TestMaxRevokesElsewhere: what somebody loses in another database by a membership that is lost counts, and what only
// moves does not: as it is planned, and as it was saved.
func TestMaxRevokesElsewhere(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "a")
	c.exec(`CREATE ROLE readers`, `CREATE ROLE erin`, `GRANT readers TO erin`)
	c.execIn("a", `GRANT SELECT ON s.t, s.u TO readers`)
	s := parse(t, "version: 1\nroles:\n  erin: {member_of: [viewers], in: {a: {direct_grants: [SELECT ON TABLE s.t]}}}\n  viewers: {in: {a: {direct_grants: [SELECT ON TABLE s.t]}}}\n")
	lost := access.Losses{Memberships: 1, Privileges: 1}
	few, enough := 1, 2
	_, err := SyncDatabases(ctx, c.super, s, Options{MaxRevokes: &few})
	c.refusesToTake(err, lost)
	saved := c.savedSequence(c.super, s, Options{MaxRevokes: &enough})
	_, err = ApplySavedSequence(ctx, c.super, saved, Options{MaxRevokes: &few})
	c.refusesToTake(err, lost)
	if _, err = ApplySavedSequence(ctx, c.super, saved, Options{MaxRevokes: &enough}); err != nil {
		t.Error(err)
	}
}
