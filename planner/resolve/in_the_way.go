package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// nameWhatIsInTheWay refuses to drop roles on which something depends that the plan does not take away. It names all of
// it at once, each with what a person can do about it.
func (r *resolver) nameWhatIsInTheWay() {
	known := r.dependents()
	for _, l := range r.eachLeaver() {
		facts := r.current.Leavers[l.name]
		if facts == nil {
			continue // not all was read, to see whether there is anything to do
		}
		for _, d := range facts.Dependencies {
			if r.spec.Local && d.Shared {
				continue
			}
			object := known[dependent{d.Catalog, d.OID}]
			if d.Catalog == catalog.SettingParameter.Info().Catalog && len(d.Names) > 0 { // whose rows come and go
				object = r.current.Objects[catalog.ObjectID{Kind: catalog.SettingParameter, Name: d.Names[0]}]
			}
			if advice := r.advice(l, d, object); advice != "" {
				r.inTheWay(l, d.Description, advice)
			}
		}
		if r.spec.Local {
			continue
		}
		for _, database := range facts.Elsewhere {
			if r.means.Reached[database.Name] {
				continue
			}
			r.inTheWay(l, lists.Counted(database.Objects, "object", "objects")+" in database "+strconv.Quote(database.Name), adviceElsewhere(database))
		}
		for _, prepared := range facts.Prepared {
			r.inTheWay(l, "prepared transaction "+prepared, "end it there, with COMMIT PREPARED or ROLLBACK PREPARED")
		}
	}
}

func (r *resolver) inTheWay(l leaver, what, advice string) {
	r.fail(l.at, "role %q can not be dropped yet: %s stands in the way: %s", l.name, what, advice)
	r.errors[len(r.errors)-1].InTheWay = true
}

func adviceElsewhere(database catalog.DependentDatabase) string {
	if !database.AllowsConnections {
		return "it allows no connections: let it (ALTER DATABASE ... ALLOW_CONNECTIONS true), and give away or drop them there, or drop it if a DROP DATABASE was interrupted"
	}
	return "give away or drop them there (REASSIGN OWNED, then DROP OWNED): " + readFirst
}

// readFirst is part of advice to run REASSIGN OWNED: [resolver.refuseUntrustedCode] has not looked at what that gives
// away.
const readFirst = "REASSIGN OWNED gives away all that the role owns there, and views and other code then run with the new owner's rights, so read that first"

// dependent names an object as pg_shdepend does.
type dependent struct {
	catalog string
	oid     uint32
}

// dependents gives the objects of the desired catalog by their catalog and OID, as pg_shdepend names them.
func (r *resolver) dependents() map[dependent]*catalog.Object {
	out := make(map[dependent]*catalog.Object, len(r.desired.Objects))
	for _, object := range r.desired.Objects {
		info := object.ID.Kind.Info()
		out[dependent{cmp.Or(info.Depends, info.Catalog), object.OID}] = object
	}
	return out
}

// advice says what a person can do about a dependency of a leaver that the plan leaves; empty: the plan does not leave
// it.
func (r *resolver) advice(l leaver, d catalog.Dependency, object *catalog.Object) string {
	switch {
	case d.Temporary && l.EndSessions, d.Way == catalog.ByInitACL, d.Catalog == "pg_default_acl" && !r.keepsFuture(l), d.Catalog == "pg_auth_members":
		return ""
	case d.Temporary:
		return "it goes with the session that made it: write end_sessions: true, or wait"
	case d.Way == catalog.ByPolicy:
		return r.policyAdvice(d)
	case object == nil:
		return r.otherAdvice(l, d)
	case r.ignored.has(object):
		return "it is under ignore: take it out there, or give it away and revoke what is granted on it by hand"
	case d.Way == catalog.ByOwner && !object.ID.Kind.Info().Ownable:
		return r.otherAdvice(l, d)
	case d.Way == catalog.ByOwner && object.ID.Kind.Info().OwnedBySuperusers && !r.desired.IsSuperuser(l.heir):
		return fmt.Sprintf("only superusers can own it, and role %q is none: name one with reassign_to, or drop it", l.heir)
	case d.Way == catalog.ByACL && object.Refused != "":
		return "nothing can be revoked on it by REVOKE (" + object.Refused + "): DROP OWNED BY does, once nothing else depends on the role"
	}
	return ""
}

// keepsFuture tells whether default privileges in a schema under ignore, which stay, name a leaver.
func (r *resolver) keepsFuture(l leaver) bool {
	for f, acl := range r.desired.DefaultPrivileges {
		if r.ignored.hasSchema(f.Schema) && slices.ContainsFunc(acl, func(item catalog.Item) bool { return item.Grantee == l.name }) {
			return true
		}
	}
	return false
}

func (r *resolver) policyAdvice(d catalog.Dependency) string {
	for id, policy := range r.current.Policies {
		if policy.OID == d.OID && len(r.stayingOf(policy)) == 0 {
			return "it is for nobody else, and without it others may see more, or less: read it, then run " + r.means.Advised.DropPolicy(id) +
				", or ALTER POLICY ... TO another role"
		}
	}
	return ""
}

// otherAdvice says what a person can do about a dependency for which pgsr has no statement.
func (r *resolver) otherAdvice(l leaver, d catalog.Dependency) string {
	switch {
	case d.Catalog == "pg_user_mapping":
		return "drop it, with DROP USER MAPPING"
	case d.Catalog == "pg_extension":
		return "run " + r.means.Advised.ReassignOwned(l.name, l.heir) + ", which is the only way to give an extension away, or drop it: " + readFirst
	}
	if d.Way != catalog.ByOwner {
		return "revoke what is granted on it"
	}
	if len(d.Names) > 0 {
		if statement := r.means.Advised.GiveAway(d.Catalog, d.Names[len(d.Names)-1], l.heir); statement != "" {
			return "run " + statement + ", or drop it"
		}
	}
	return fmt.Sprintf("give it away to role %q with ALTER ... OWNER TO, or drop it", l.heir)
}
