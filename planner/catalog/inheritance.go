package catalog

import "slices"

// DatabaseOwners has the owner of the connected database as its one member, without a row in pg_auth_members.
// https://www.postgresql.org/docs/current/predefined-roles.html
const DatabaseOwners = "pg_database_owner"

// DatabaseOwner gives the owner of the connected database; empty if that is not known.
func (c *Catalog) DatabaseOwner() string {
	if database := c.Objects[ObjectID{Kind: Database, Name: c.Server.Database}]; database != nil {
		return database.Owner
	}
	return ""
}

// DatabaseOwnerOptions are those of the membership without a row: before 16 it passes privileges on as the member's
// others do.
func (c *Catalog) DatabaseOwnerOptions() Options {
	return Options{Inherit: c.Server.GrantorsMatter() || c.DefaultOptions(c.DatabaseOwner()).Inherit, Set: true}
}

// inheritsAny tells whether a role has all privileges of one of some roles, itself among them, without SET ROLE. It
// looks from these down, who have few members, and so needs no index of all memberships.
func (c *Catalog) inheritsAny(role string, of []string) bool {
	seen := make(map[string]bool, len(of))
	for below := slices.Clone(of); len(below) > 0; below = below[1:] {
		at := below[0]
		if at == role {
			return true
		}
		if seen[at] {
			continue
		}
		seen[at] = true
		if at == DatabaseOwners && c.DatabaseOwnerOptions().Inherit {
			below = append(below, c.DatabaseOwner())
		}
		for _, m := range c.Members[at] {
			if m.Inherit && !seen[m.Member] {
				below = append(below, m.Member)
			}
		}
	}
	return false
}
