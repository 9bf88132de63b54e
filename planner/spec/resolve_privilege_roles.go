package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pgsr/planner/catalog"
)

// PrivilegeRolePrefix begins the names of all roles that are pgsr's own.
const PrivilegeRolePrefix = "_pgsr_"

// joinPrivilegeRoles adds to those who are wanted in each role the declared members of a privilege role. One that the member already has
// stays; others get the first there is, or a new one.
func (r *resolver) joinPrivilegeRoles(key slotKey, members []roleAt, wanted map[string][]roleAt) {
	holders := r.holders[key]
	if len(holders) == 0 && len(members) > 0 {
		holders = []string{r.createPrivilegeRole(key)}
	}
	missing := members
	if len(holders) > 1 {
		missing = r.alreadyIn(holders, members, wanted)
	}
	if len(missing) > 0 {
		wanted[holders[0]] = append(wanted[holders[0]], missing...)
	}
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
func (r *resolver) createPrivilegeRole(key slotKey) string {
	object := r.desired.Objects[key.object]
	name := r.privilegeRoleName(key)
	creator := r.administrator()
	if creator != "" {
		r.creators[name] = creator
	}
	catalog.CreateRole{Name: name, Holds: &catalog.Held{Privilege: key.privilege, Object: key.object}, Creator: creator}.Apply(r.desired)
	catalog.Grant{
		Privileges: []catalog.Privilege{key.privilege}, Object: key.object,
		Grantees: []string{name}, Grantor: r.grantor(object, key.privilege),
	}.Apply(r.desired)
	return name
}

// privilegeRoleName gives a name as pg-sync-roles gives them, so that both can share a database. A role on something
// that the whole cluster shares is global, one on something in a database carries the database's OID.
func (r *resolver) privilegeRoleName(key slotKey) string {
	reach := fmt.Sprintf("local_%d", r.current.Server.DatabaseOID)
	if key.object.Kind.Info().Shared {
		reach = "global"
	}
	for {
		name := fmt.Sprintf("%s%s_%s_%s_%s", PrivilegeRolePrefix, reach,
			strings.ToLower(string(key.object.Kind)), strings.ToLower(string(key.privilege)), r.means.Names())
		if r.desired.Roles[name] == nil {
			return name
		}
	}
}

// localName is the name of a privilege role on something in the database with the OID that it carries.
var localName = regexp.MustCompile(`\A_pgsr_local_(\d+)_`)

// isForeign tells whether a role is a privilege role of another database: what it is for can not be seen from here, so
// its members are left alone. A role that has something in this database is not, whatever its name says.
func (r *resolver) isForeign(role string) bool {
	match := localName.FindStringSubmatch(role)
	if match == nil || match[1] == strconv.FormatUint(uint64(r.current.Server.DatabaseOID), 10) {
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
