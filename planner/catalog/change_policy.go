package catalog

// AlterPolicy is ALTER POLICY ... TO: it says anew for whom a policy is.
type AlterPolicy struct {
	Policy PolicyID `json:"policy"`
	// Roles are those that it is for then, in order; Before those that it is for now, for what is said about it.
	Roles  []string `json:"roles"`
	Before []string `json:"before,omitempty"`
}

// Apply sets the roles.
func (ch AlterPolicy) Apply(c *Catalog) {
	if policy, is := c.Policies[ch.Policy]; is {
		policy.Roles = ch.Roles
		c.Policies[ch.Policy] = policy
	}
}

// Touches gives the policy, its table, and the roles that it is for then.
func (ch AlterPolicy) Touches(*Catalog) Touched {
	return Touched{Policies: []PolicyID{ch.Policy}, Objects: []ObjectID{ch.Policy.Table}, Roles: ch.Roles}
}

// Lock locks the table and the roles.
func (ch AlterPolicy) Lock(l Locks, _ Server) {
	l.roles(ch.Roles...)
	l.object(ch.Policy.Table, 1)
}
