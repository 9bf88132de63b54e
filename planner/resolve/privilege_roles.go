package resolve

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// findHolders tells the slots of an object which privilege roles there are for them, in order: they are in its ACL,
// which is.
func (r *resolver) findHolders(acl catalog.ACL, declared *slot) {
	if declared == nil {
		return
	}
	for i, item := range acl {
		s := declared.of(item.Privilege)
		if s == nil || len(s.viaRole) == 0 || i > 0 && acl[i-1].Grantee == item.Grantee && acl[i-1].Privilege == item.Privilege {
			continue
		}
		if known := r.current.Roles[item.Grantee]; known != nil && known.Holds != nil {
			s.holders = append(s.holders, item.Grantee)
		}
	}
}

// createHolders makes the privilege roles that there are none of yet, in a fixed order.
func (r *resolver) createHolders() {
	var lacking []*slot
	for s := range r.eachSlot() {
		if len(s.viaRole) > 0 && len(s.holders) == 0 {
			lacking = append(lacking, s)
		}
	}
	slices.SortFunc(lacking, (*slot).compare)
	for _, s := range lacking {
		s.holders = []string{r.createPrivilegeRole(s.object, s.privilege)}
	}
}

// joinPrivilegeRoles adds to those who are wanted in each role the declared members of a privilege role. One that the
// member already has stays; others get the first there is that is not dear to grant.
func (r *resolver) joinPrivilegeRoles(s *slot, wanted map[string][]roleAt) {
	missing := s.viaRole
	if len(s.holders) > 1 {
		missing = r.alreadyIn(s.holders, s.viaRole, wanted)
	}
	if len(missing) == 0 {
		return
	}
	first := r.firstToGrant(s.holders)
	if others := wanted[first]; len(others) > 0 {
		missing = slices.Concat(others, missing)
	}
	wanted[first] = slices.Clip(missing)
}

// alreadyIn adds to those wanted in each role those who are its members already, and gives those who are in none.
func (r *resolver) alreadyIn(roles []string, members []roleAt, wanted map[string][]roleAt) []roleAt {
	found := map[roleAt]bool{}
	for _, role := range roles {
		has := map[string]bool{}
		for _, m := range r.desired.Members[role] {
			has[m.Member] = true
		}
		for _, member := range members {
			if has[r.nameAt(member)] {
				wanted[role], found[member] = append(wanted[role], member), true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(members), func(m roleAt) bool { return found[m] })
}

// createPrivilegeRole makes a role that holds one privilege on one object.
func (r *resolver) createPrivilegeRole(id catalog.ObjectID, privilege catalog.Privilege) string {
	object := r.desired.Objects[id]
	name := r.privilegeRoleName(id, privilege)
	creator := r.administrator()
	if creator != "" {
		r.creators[name] = creator
	}
	catalog.CreateRole{Name: name, Holds: &catalog.Held{Privilege: privilege, Object: id}, Creator: creator}.Apply(r.desired)
	catalog.Grant{
		Privileges: []catalog.Privilege{privilege}, Object: id,
		Grantees: []string{name}, Grantor: r.grantor(object, privilege),
	}.Apply(r.desired)
	return name
}

// privilegeRoleName gives a name as pg-sync-roles gives them, so that both can share a database. A role on something
// that the whole cluster shares is global, one on something in a database carries the database's OID.
func (r *resolver) privilegeRoleName(id catalog.ObjectID, privilege catalog.Privilege) string {
	reach := "local_" + r.database
	if id.Kind.Info().Shared {
		reach = "global"
	}
	for {
		name := fmt.Sprintf("%s%s_%s_%s_%s", spec.PrivilegeRolePrefix, reach,
			strings.ToLower(string(id.Kind)), strings.ToLower(string(privilege)), r.means.Names())
		if r.desired.Roles[name] == nil {
			return name
		}
	}
}

// localPrefix begins the name of a privilege role on something in a database; the database's OID follows.
const localPrefix = spec.PrivilegeRolePrefix + "local_"

// databaseIn gives the OID of a database in the name of a privilege role, as it is written there; empty if there is
// none.
func databaseIn(role string) string {
	rest, isLocal := strings.CutPrefix(role, localPrefix)
	if !isLocal {
		return ""
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if !strings.HasPrefix(rest[digits:], "_") {
		return ""
	}
	return rest[:digits]
}

// isForeign tells whether a role is a privilege role of another database: what it is for can not be seen from here, so
// its members are left alone. A role that has something in this database is not, whatever its name says.
func (r *resolver) isForeign(role string) bool {
	database := databaseIn(role)
	if database == "" || database == r.database {
		return false
	}
	return !r.grantedHere()[role]
}

// grantedHere gives the roles that own something or are granted something in this database.
func (r *resolver) grantedHere() map[string]bool {
	if r.here != nil {
		return r.here
	}
	r.here = map[string]bool{}
	for id, object := range r.current.Objects {
		if id.Kind.Info().Shared {
			continue
		}
		r.here[object.Owner] = true
		for _, item := range object.ACL {
			r.here[item.Grantee] = true
		}
		for _, acl := range object.Columns {
			for _, item := range acl {
				r.here[item.Grantee] = true
			}
		}
	}
	return r.here
}

// isPredefined tells whether a name is one that PostgreSQL keeps for its own roles.
// https://www.postgresql.org/docs/current/predefined-roles.html
func isPredefined(role string) bool { return strings.HasPrefix(role, "pg_") }
