package catalog

// GrantDefault is ALTER DEFAULT PRIVILEGES FOR ROLE owner [IN SCHEMA schema] GRANT privileges ON kind TO grantees. The
// grantor is always the owner.
type GrantDefault struct {
	Privileges []Privilege `json:"privileges"`
	Future     Future      `json:"future"`
	Grantees   []string    `json:"grantees"`
	WithOption bool        `json:"with_option,omitempty"`
}

// Apply adds the items.
func (ch GrantDefault) Apply(c *Catalog) {
	grant := Grant{Privileges: ch.Privileges, Grantees: ch.Grantees, Grantor: ch.Future.Owner, WithOption: ch.WithOption}
	c.SetFutureACL(ch.Future, grant.to(c.FutureACL(ch.Future), ch.Privileges))
}

// Touches gives the default privileges, their owner and the grantees.
func (ch GrantDefault) Touches(*Catalog) Touched { return touchedFuture(ch.Future, ch.Grantees) }

// Lock locks the owner and the grantees.
func (ch GrantDefault) Lock(l Locks, _ Server) {
	l.roles(append(rolesAmong(ch.Grantees), ch.Future.Owner)...)
}

// RevokeDefault is ALTER DEFAULT PRIVILEGES FOR ROLE owner [IN SCHEMA schema] REVOKE privileges ON kind FROM grantees.
type RevokeDefault struct {
	Privileges []Privilege `json:"privileges"`
	Future     Future      `json:"future"`
	Grantees   []string    `json:"grantees"`
	// OptionOnly takes the grant option away and leaves the privilege.
	OptionOnly bool `json:"option_only,omitempty"`
}

// Apply removes the items. The owner is the only grantor, so no item depends on another.
func (ch RevokeDefault) Apply(c *Catalog) {
	revoke := Revoke{Privileges: ch.Privileges, Grantees: ch.Grantees, Grantor: ch.Future.Owner, OptionOnly: ch.OptionOnly}
	c.SetFutureACL(ch.Future, revoke.from(c, c.FutureACL(ch.Future), ch.Future.Owner, ch.Privileges))
}

// Touches gives the default privileges, their owner and the grantees.
func (ch RevokeDefault) Touches(*Catalog) Touched { return touchedFuture(ch.Future, ch.Grantees) }

// Lock locks the owner, and who is left in the ACL.
func (ch RevokeDefault) Lock(l Locks, _ Server) { l.roles(ch.Future.Owner) }

func touchedFuture(f Future, grantees []string) Touched {
	return Touched{Futures: []Future{f}, Roles: append([]string{f.Owner}, rolesAmong(grantees)...)}
}
