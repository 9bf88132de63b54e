package resolve

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// NotInSpec is what roles of a spec have that the spec says nothing of, by role. Members are outside the spec.
// NotManaged are objects of kinds that pgsr does not know, as the server describes them. ByDefault is that of
// [Resolution].
type NotInSpec struct {
	Members    map[string]Outsiders
	NotManaged map[string][]string
	ByDefault  map[string][]string
}

// Undecided says what else the roles of a spec have that matters and that the spec says nothing of: powerful
// attributes, objects where the key owns is left out, and members outside the spec where the key members is. It gives a
// line for each role, in the order of the spec.
func Undecided(s *spec.Spec, c *catalog.Catalog, others NotInSpec) []string {
	owned, unknown := countOwned(s, c), unknownPrivileges(s, c)
	var out []string
	for i := range s.Roles {
		role := &s.Roles[i]
		if role.Absent != nil {
			continue // what becomes of all that it has is decided
		}
		var parts []string
		if role.Attributes == nil && !s.Local {
			parts = attributesOf(c.Roles[role.Name])
		}
		if counts := ownedOf(role.Name, owned); len(counts) > 0 && role.Owns == nil {
			parts = append(parts, "ownership of "+strings.Join(counts, " and "))
		}
		if outside := others.Members[role.Name]; outside.Count > 0 && role.Members == nil && !s.Local {
			parts = append(parts, outside.String())
		}
		if objects := others.NotManaged[role.Name]; len(objects) > 0 {
			parts = append(parts, "objects of kinds that pgsr does not manage: "+firstFew(objects))
		}
		if privileges := unknown[role.Name]; len(privileges) > 0 {
			parts = append(parts, "privileges that pgsr does not manage: "+firstFew(privileges))
		}
		if objects := others.ByDefault[role.Name]; len(objects) > 0 {
			parts = append(parts, "what FUTURE gives, on objects that are there: "+firstFew(objects)+" (ALL AND FUTURE with EXCEPT takes it)")
		}
		if len(parts) > 0 {
			out = append(out, fmt.Sprintf("role %q keeps%s what the spec says nothing of: %s", role.Name, where(s, c), strings.Join(parts, ", ")))
		}
	}
	return out
}

// unknownPrivileges names the privileges of the spec's roles that only a version later than the known ones has.
func unknownPrivileges(s *spec.Spec, c *catalog.Catalog) map[string][]string {
	in, out := lists.Set(s.RoleNames()), map[string][]string{}
	add := func(grantee string, privilege catalog.Privilege, on string) {
		if in[grantee] {
			out[grantee] = append(out[grantee], string(privilege)+" on "+on)
		}
	}
	for id, object := range c.Objects {
		if s.Local && id.Kind.Info().Shared {
			continue
		}
		for column, item := range object.Items() {
			if item.Grantee != object.Owner && !isKnown(id.Kind, column, item.Privilege) {
				add(item.Grantee, item.Privilege, catalog.InColumn(column)+id.String())
			}
		}
	}
	for name, members := range c.Members {
		if role := c.Roles[name]; holdsUnknownPrivilege(role) && !(s.Local && role.Holds.Object.Kind.Info().Shared) {
			for _, m := range members {
				add(m.Member, role.Holds.Privilege, catalog.InColumn(role.Holds.Column)+role.Holds.Object.String()+" by way of a privilege role")
			}
		}
	}
	for f, acl := range c.DefaultPrivileges {
		for _, item := range acl {
			if item.Grantee != f.Owner && !slices.Contains(f.Kind.Info().Privileges, item.Privilege) {
				add(item.Grantee, item.Privilege, fmt.Sprintf("new %s of %q", f.Kind, f.Owner))
			}
		}
	}
	for role := range out {
		slices.Sort(out[role])
		out[role] = slices.Compact(out[role])
	}
	return out
}

// where names the database of a local spec: one about what lies in another database than the connected one.
func where(s *spec.Spec, c *catalog.Catalog) string {
	if !s.Local {
		return ""
	}
	return fmt.Sprintf(" in database %q", c.Server.Database)
}

// Outsiders are the members outside the spec of a role of it: how many, and the first [FewNames] of them by name.
type Outsiders struct {
	Count int
	First []string
}

func (o Outsiders) String() string {
	return lists.Counted(o.Count, "member", "members") + " outside the spec (" + lists.First(lists.Quoted(o.First), FewNames, o.Count) + ")"
}

// attributesOf names those attributes of a role that let it do what others may not.
func attributesOf(role *catalog.Role) []string {
	if role == nil {
		return nil
	}
	return lists.Strings(role.Attributes.Powers())
}

// ownedKind is what an owner has of one kind.
type ownedKind struct {
	owner string
	kind  catalog.Kind
}

func countOwned(s *spec.Spec, c *catalog.Catalog) map[ownedKind]int {
	counts := map[ownedKind]int{}
	for id, object := range c.Objects {
		if !s.Local || !id.Kind.Info().Shared {
			counts[ownedKind{object.Owner, id.Kind}]++
		}
	}
	return counts
}

// ownedOf says how much of each kind a role owns.
func ownedOf(role string, counts map[ownedKind]int) []string {
	var out []string
	for _, kind := range catalog.Kinds() {
		if n := counts[ownedKind{role, kind.Kind}]; n > 0 {
			out = append(out, lists.Counted(n, strings.ToLower(string(kind.Kind)), strings.ToLower(kind.Plural)))
		}
	}
	return out
}
