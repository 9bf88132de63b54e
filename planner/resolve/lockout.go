package resolve

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// lockout compares what the connecting role needs for its work, before and after the plan.
type lockout struct {
	*resolver
	before, after *access.Actor
	// name is the role whose rights count, session the one that logs in. They differ after SET ROLE.
	name, session string
}

// refuseLockout refuses a spec by which the connecting role could not connect again, or not do again what it does now.
func (r *resolver) refuseLockout() {
	if !r.isConnectingRoleTouched() {
		return
	}
	l := lockout{r, r.actor, access.NewActor(r.desired), r.actor.Name, r.current.Server.SessionUser}
	l.login()
	l.settings()
	l.attributes()
	if l.before.IsSuperuser() && !l.after.IsSuperuser() {
		return // all else follows from that
	}
	l.database()
	l.ledger()
	if l.name != l.session && l.before.CanSetRole(l.session, l.name) && !l.after.CanSetRole(l.session, l.name) {
		l.lose(l.session, fmt.Sprintf("SET ROLE to %q", l.name), memberOf(l.name))
	}
	if !l.before.IsSuperuser() {
		l.administration()
		l.owners()
	}
}

// lose refuses that a role loses something, or warns of it. Instead is what to write in the spec; empty: no spec can
// say it.
func (l *lockout) lose(role, what, instead string) {
	if l.means.AllowLockout {
		l.lockouts = append(l.lockouts, fmt.Sprintf("the connecting role locks itself out: %q loses %s", role, what))
		return
	}
	const refused = "the connecting role would lock itself out: %q would lose %s"
	defer func() { l.errors[len(l.errors)-1].Lockout = true }()
	if place, in := l.scope[role]; in {
		if instead != "" {
			instead = fmt.Sprintf("write «%s» for it, or ", instead)
		}
		l.fail(l.spec.Roles[place].At, refused+"; %sleave it out of the spec", role, what, instead)
		return
	}
	way := "a role of the spec: leave that role what it has"
	if !l.spec.Public.IsEmpty() {
		way = "PUBLIC, or of a role of the spec: leave that what it has"
	}
	l.fail(spec.Position{}, refused+", which it has by way of %s, or give it to %q directly before", role, what, way, role)
}

func memberOf(role string) string { return fmt.Sprintf("member_of: [%s]", role) }

// attributes refuses to take SUPERUSER or CREATEROLE, or a CONNECTION LIMIT below what a run takes.
func (l *lockout) attributes() {
	for _, role := range []string{l.name, l.session} {
		now, then := l.current.Roles[role], l.desired.Roles[role]
		if role == l.current.Server.Bootstrap || now == nil || then == nil {
			continue
		}
		for _, word := range []catalog.AttributeWord{catalog.Superuser, catalog.CreateRoles} {
			was, is := *word.Info().Of(&now.Attributes), *word.Info().Of(&then.Attributes)
			if was && !is && (word == catalog.Superuser || !now.Attributes.Superuser) {
				l.lose(role, string(word), "attributes: ["+string(word)+"]")
			}
		}
		if role == l.session && !then.Attributes.Superuser && l.connects(now) && !l.connects(then) {
			limit := then.Attributes.ConnectionLimit
			what := map[bool]string{true: "all connections", false: "the connections that other databases take,"}[limit == 0]
			l.lose(role, fmt.Sprintf("%s by CONNECTION LIMIT %d", what, limit), "attributes: [CONNECTION LIMIT -1]")
		}
		if l.name == l.session {
			break
		}
	}
}

// connects tells whether a role may have as many connections as a run takes. With several databases a run has one
// connection at a time in the others, and the server may still count the connection before.
func (l *lockout) connects(role *catalog.Role) bool {
	limit := role.Attributes.ConnectionLimit
	return limit < 0 || limit > 2 || limit > 0 && len(l.means.Reached) == 0
}

// login refuses to lose the login. A spec that names the first superuser is refused for that alone.
func (l *lockout) login() {
	if l.session == l.current.Server.Bootstrap {
		return
	}
	now, then := l.current.Roles[l.session], l.desired.Roles[l.session]
	switch {
	case now == nil || then == nil || !now.Attributes.Login:
	case !then.Attributes.Login:
		l.lose(l.session, "its login", "login: {}")
	case l.hasEnded(then.ValidUntil) && !l.hasEnded(now.ValidUntil):
		l.lose(l.session, "its login by a password, which is to end in the past", "login: {valid_until: never}")
	}
}

// settings refuses to take the settings by which the role that logs in acts as another one. To change their value is
// refused elsewhere (refuseSetting).
func (l *lockout) settings() {
	now, then := l.current.Roles[l.session], l.desired.Roles[l.session]
	if now == nil || then == nil {
		return
	}
	for _, s := range now.Settings {
		_, stays := slices.BinarySearchFunc(then.Settings, s, catalog.Setting.Compare)
		if stays || !isOfUser(s.Name) {
			continue
		}
		instead := fmt.Sprintf("settings: {%s: %q}", s.Name, s.Value)
		if s.Database != "" {
			instead = fmt.Sprintf("in: {%q: {%s}}", s.Database, instead)
		}
		l.lose(l.session, fmt.Sprintf("the setting %s, by which it acts as %q", s.Name, s.Value), instead)
	}
	l.libraries(now.Settings, then.Settings)
}

// libraries warns of those that the role comes to load: only the server's files show whether there are any.
func (l *lockout) libraries(now, then []catalog.Setting) {
	loads := func(s catalog.Setting) []string {
		if catalog.IsOfLibraries(s.Name) {
			return catalog.ListElements(s.Value)
		}
		return nil
	}
	had := lists.Set(lists.Concat(now, loads))
	for _, s := range then {
		if more := lists.Filter(loads(s), func(library string) bool { return !had[library] }); len(more) > 0 {
			l.lockouts = append(l.lockouts, fmt.Sprintf("the connecting role %q comes to load %s at its login (%s): it is locked out where the server has no such library; LOAD tries it before",
				l.session, strings.Join(lists.Quoted(more), ", "), s.Name))
		}
	}
}

// database refuses to take CONNECT on a database that the spec is about, where the next run has to look, and the
// ownership of the connected one.
func (l *lockout) database() {
	for _, id := range l.databases() {
		l.keeps(l.session, id, catalog.Connect)
	}
	l.keepsOwnership(catalog.ObjectID{Kind: catalog.Database, Name: l.current.Server.Database})
}

// databases are those to which the connecting role connects, by name.
func (r *resolver) databases() []catalog.ObjectID {
	names := append(slices.Collect(maps.Keys(r.means.Reached)), r.current.Server.Database)
	slices.Sort(names)
	return lists.Map(slices.Compact(names), func(name string) catalog.ObjectID { return catalog.ObjectID{Kind: catalog.Database, Name: name} })
}

// The ledger is where everything that is applied is recorded, in the same transaction.
const ledgerSchema, ledgerTable, versionTable = "pgsr", "ledger", "goose_db_version"

func (l *lockout) ledger() {
	schema := catalog.ObjectID{Kind: catalog.Schema, Name: ledgerSchema}
	l.keeps(l.name, schema, catalog.Usage)
	l.keepsOwnership(schema)
	for _, name := range []string{ledgerTable, versionTable} {
		table := catalog.ObjectID{Kind: catalog.Table, Schema: ledgerSchema, Name: name}
		l.keeps(l.name, table, catalog.Select)
		if name == ledgerTable {
			l.keeps(l.name, table, catalog.Insert)
		}
		l.keepsOwnership(table)
	}
}

func (l *lockout) keeps(role string, id catalog.ObjectID, privilege catalog.Privilege) {
	now, then := l.current.Objects[id], l.desired.Objects[id]
	if now != nil && then != nil && l.before.HasPrivilege(role, privilege, now) && !l.after.HasPrivilege(role, privilege, then) {
		phrase := fmt.Sprintf("%s ON %s", privilege, id)
		l.lose(role, phrase, fmt.Sprintf("direct_grants: [%s]", phrase))
	}
}

func (l *lockout) keepsOwnership(id catalog.ObjectID) {
	now, then := l.current.Objects[id], l.desired.Objects[id]
	if now == nil || then == nil || !l.before.HasPrivilegesOf(l.name, now.Owner) || l.after.HasPrivilegesOf(l.name, then.Owner) {
		return
	}
	instead := memberOf(now.Owner)
	if now.Owner == l.name {
		instead = fmt.Sprintf("owns: [%s]", id)
	}
	l.lose(l.name, "the ownership of "+id.String(), instead)
}

// administration refuses to take ADMIN OPTION on the roles of the spec, and on the privilege roles of which they are
// members.
func (l *lockout) administration() {
	for _, role := range l.administered() {
		if role != l.name && l.before.MayGrant(role) && !l.after.MayGrant(role) {
			l.lose(l.name, fmt.Sprintf("ADMIN OPTION on role %q", role), "")
		}
	}
}

func (l *lockout) administered() []string {
	roles := lists.Set(l.spec.RoleNames())
	for role, rows := range l.desired.Members {
		if !roles[role] && slices.ContainsFunc(rows, func(m catalog.Membership) bool { return l.inScope(m.Member) && m.Member != l.name }) {
			roles[role] = true
		}
	}
	maps.DeleteFunc(roles, func(role string, _ bool) bool { return l.current.Roles[role] == nil })
	return slices.Sorted(maps.Keys(roles))
}

// owners refuses to take the right to act for the owners of what the spec names, and for the roles whose default
// privileges it sets.
func (l *lockout) owners() {
	named, why := map[string]catalog.ObjectID{}, map[string]string{}
	const aboutFutures = "whose default privileges the spec is about"
	for f := range l.futures {
		why[f.Owner] = aboutFutures
	}
	for revoked := range l.futureRevokes {
		why[revoked.owner] = aboutFutures
	}
	for d := range l.eachDeclaration() {
		object := l.desired.Objects[d.object]
		if object == nil || l.current.Objects[d.object] == nil {
			continue
		}
		if id, is := named[object.Owner]; !is || d.object.Compare(id) < 0 {
			named[object.Owner], why[object.Owner] = d.object, "which owns "+d.object.String()
		}
	}
	for _, owner := range slices.Sorted(maps.Keys(why)) {
		if l.desired.Roles[owner] != nil && l.before.MayActFor(owner) && !l.after.MayActFor(owner) {
			l.lose(l.name, fmt.Sprintf("the right to act for %q, %s", owner, why[owner]), memberOf(owner))
		}
	}
}

// isConnectingRoleTouched tells whether the plan changes anything that the connecting role has, by itself or by
// membership. It follows only that role's memberships: there may be a million in all.
func (r *resolver) isConnectingRoleTouched() bool {
	server := r.current.Server
	names := []string{server.CurrentUser, server.SessionUser}
	if slices.ContainsFunc(names, func(name string) bool { return r.current.Roles[name] != r.desired.Roles[name] }) {
		return true
	}
	for _, id := range append(r.databases(), []catalog.ObjectID{
		{Kind: catalog.Schema, Name: ledgerSchema},
		{Kind: catalog.Table, Schema: ledgerSchema, Name: ledgerTable}, {Kind: catalog.Table, Schema: ledgerSchema, Name: versionTable},
	}...) {
		if r.current.Objects[id] != r.desired.Objects[id] {
			return true
		}
	}
	if r.actor.IsSuperuser() && server.CurrentUser == server.SessionUser {
		return false
	}
	above := aboveOf(r.current, names)
	for role, rows := range r.current.Members {
		want := r.desired.Members[role]
		if !catalog.SameMemberships(rows, want) && slices.ContainsFunc(rows, func(m catalog.Membership) bool {
			return above(m.Member) && !slices.Contains(want, m)
		}) {
			return true
		}
	}
	return false
}

// aboveOf gives a function that tells whether a role is one of names, or has one of them as a direct or indirect
// member.
func aboveOf(c *catalog.Catalog, names []string) func(role string) bool {
	known := map[string]bool{}
	var above func(role string) bool
	above = func(role string) bool {
		is, seen := known[role]
		if !seen {
			known[role] = slices.Contains(names, role)
			known[role] = known[role] || slices.ContainsFunc(c.Members[role], func(m catalog.Membership) bool { return above(m.Member) })
			is = known[role]
		}
		return is
	}
	return above
}
