package resolve

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Undecided says, a line a role and in the order of the spec, what its roles have that it says nothing of and that
// matters: attributes, what they own where they have no key owns, and members that are not in the spec, of which there
// are so many by role.
func Undecided(s *spec.Spec, c *catalog.Catalog, members map[string]int) []string {
	owned := ownedBy(s, c)
	var out []string
	for i := range s.Roles {
		role := &s.Roles[i]
		parts := attributesOf(c.Roles[role.Name])
		if of := owned[role.Name]; of != nil && role.Owns == nil {
			parts = append(parts, of.String())
		}
		if n := members[role.Name]; n > 0 {
			parts = append(parts, counted(n, "member", "members")+" outside the spec")
		}
		if len(parts) > 0 {
			out = append(out, fmt.Sprintf("the spec does not decide what role %q has of: %s", role.Name, strings.Join(parts, ", ")))
		}
	}
	return out
}

// attributesOf names those attributes of a role that let it do what others may not.
func attributesOf(role *catalog.Role) []string {
	if role == nil {
		return nil
	}
	var out []string
	for _, a := range []struct {
		has  bool
		word string
	}{
		{role.Attributes.Superuser, "SUPERUSER"}, {role.Attributes.CreateRole, "CREATEROLE"}, {role.Attributes.CreateDB, "CREATEDB"},
		{role.Attributes.Replication, "REPLICATION"}, {role.Attributes.BypassRLS, "BYPASSRLS"},
	} {
		if a.has {
			out = append(out, a.word)
		}
	}
	return out
}

// ownedThings counts what a role owns, by kind.
type ownedThings map[catalog.Kind]int

func ownedBy(s *spec.Spec, c *catalog.Catalog) map[string]ownedThings {
	owned := map[string]ownedThings{}
	for i := range s.Roles {
		if s.Roles[i].Owns == nil {
			owned[s.Roles[i].Name] = nil
		}
	}
	for id, object := range c.Objects {
		things, asked := owned[object.Owner]
		if !asked {
			continue
		}
		if things == nil {
			things = ownedThings{}
			owned[object.Owner] = things
		}
		things[id.Kind]++
	}
	return owned
}

// String says how much of each kind.
func (o ownedThings) String() string {
	var parts []string
	for _, kind := range catalog.Kinds() {
		if n := o[kind.Kind]; n > 0 {
			parts = append(parts, counted(n, strings.ToLower(string(kind.Kind)), strings.ToLower(kind.Plural)))
		}
	}
	return "ownership of " + strings.Join(parts, " and ")
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
