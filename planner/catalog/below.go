package catalog

// DatabaseOwners has the owner of the connected database as its one member, without a row in pg_auth_members.
// https://www.postgresql.org/docs/current/predefined-roles.html
const DatabaseOwners = "pg_database_owner"

// DatabaseOwner gives the owner of the connected database, as the member of [DatabaseOwners]; empty if that is not
// known, and before 14, where there is no such role.
func (c *Catalog) DatabaseOwner() string {
	if c.Server.Major() < 14 && c.Server.VersionNum > 0 {
		return ""
	}
	if database := c.Objects[ObjectID{Kind: Database, Name: c.Server.Database}]; database != nil {
		return database.Owner
	}
	return ""
}

// DatabaseOwnerOptions are the options of that membership, which has no row. Before 16 it inherits as the owner's other
// memberships do.
func (c *Catalog) DatabaseOwnerOptions() Options {
	return Options{Inherit: c.Server.MembershipsHaveOptions() || c.DefaultOptions(c.DatabaseOwner()).Inherit, Set: true}
}

// Below gives roles and all their direct and indirect members, by the memberships of one or several catalogs that
// leadsOn allows. It goes from roles to members, so it needs no index of all memberships.
func Below(roles []string, leadsOn func(Options) bool, catalogs ...*Catalog) map[string]bool {
	seen := make(map[string]bool, len(roles))
	var queue []string
	add := func(role string, options Options) {
		if !seen[role] && leadsOn(options) {
			seen[role] = true
			queue = append(queue, role)
		}
	}
	for _, role := range roles {
		add(role, Options{Admin: true, Inherit: true, Set: true})
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, c := range catalogs {
			for _, m := range c.Members[queue[0]] {
				add(m.Member, m.Options)
			}
			if queue[0] == DatabaseOwners && c.DatabaseOwner() != "" {
				add(c.DatabaseOwner(), c.DatabaseOwnerOptions())
			}
		}
	}
	return seen
}

// Inherits tells whether a membership passes privileges on. It is for [Below].
func (o Options) Inherits() bool { return o.Inherit }
