package planner

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// sessionsToEnd lists the leavers whose sessions are to be ended and that can log in or have sessions.
func sessionsToEnd(current, desired *catalog.Catalog) []string {
	return lists.Keys(desired.Leavers, strings.Compare, func(name string, l *catalog.Leaver) bool {
		role, known := current.Roles[name], current.Leavers[name]
		return l.EndSessions && role != nil && known != nil && (role.Attributes.Login || known.Sessions > 0)
	})
}

// withSessionsEnded divides a plan into transactions. The first takes the logins, so that nobody comes back. The next
// ends the sessions, which cannot be undone. All else follows.
func withSessionsEnded(whole *Plan, desired *catalog.Catalog, roles []string) (*Plan, error) {
	d := &division{server: whole.Server, state: whole.From.Clone()}
	d.add(&Plan{Server: whole.Server, From: d.state, Statements: lists.Filter(whole.Statements, func(s script.Statement) bool {
		return s.Section == script.LosingLogin && slices.Contains(roles, s.Change.Touches(d.state).Roles[0])
	})})
	ending, err := endSessions(d.state, desired, roles)
	if err != nil {
		return nil, err
	}
	d.add(ending)
	rest, err := planOneTransaction(d.state, desired)
	if err == nil {
		rest, err = inParts(rest, desired, planOneTransaction)
	}
	if err != nil {
		return nil, err
	}
	if rest.Parts == nil {
		rest.From = d.state.Clone()
		d.add(rest)
	}
	whole.setParts(append(d.parts, rest.Parts...))
	return whole, nil
}

// endSessions plans the transaction that ends sessions. It takes the privileges of the role, or of pg_signal_backend.
// https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL
func endSessions(current, desired *catalog.Catalog, roles []string) (*Plan, error) {
	b := newBuilder(current, desired)
	b.authority = newAuthority(b)
	for _, role := range roles {
		change := catalog.EndSessions{Role: role}
		act := intent{fmt.Sprintf("end the sessions of role %q", role), change}
		if !b.authority.HasPrivilegesOf(b.authority.Name, signalBackend) && !b.authority.ensurePrivilegesOf(role) {
			why := fmt.Sprintf("role %q may neither act for it, nor is it a member of %s", b.authority.Name, signalBackend)
			b.refuse(act, why, denial{rights: inheriting(role), subject: subject{role: role}})
		}
		b.addStatement(script.EndingSessions, "", change, "it is to be gone, and can not log in any more")
	}
	b.authority.giveBack()
	return b.planned(current)
}

// signalBackend is the predefined role that may end sessions of others than superusers.
const signalBackend = "pg_signal_backend"

// EndsSessions tells whether a statement of the plan does so.
func (p *Plan) EndsSessions() bool {
	return slices.ContainsFunc(p.Statements, func(s script.Statement) bool { return s.Section == script.EndingSessions })
}
