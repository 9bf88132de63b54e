package catalog

// Change is one difference between two catalogs, the size of one SQL statement. Its Apply does to a catalog what the
// statement does to a server; tests hold each against real servers. Package script writes the statement. The tags are
// for saved plans. In grantees the empty name is PUBLIC, which no role can be called.
//
// The changes are [CreateRole], [DropRole], [AlterRole], [AlterRoleSet], [AlterRoleReset], [CommentOnRole],
// [GrantRole], [RevokeRole], [CreateSchema], [DropSchema], [SetOwner], [Grant], [Revoke], [GrantDefault],
// [RevokeDefault], [AlterPolicy], [EndSessions] and [DropOwned].
type Change interface {
	// Apply changes the catalog as the statement changes a server. What is not there is passed over.
	Apply(*Catalog)
	// Touches gives what the statement names of the catalog that it is applied to.
	Touches(before *Catalog) Touched
	// Lock adds what the statement locks on a server.
	Lock(Locks, Server)
}

// editObject puts a changed copy in the place of an object.
func (c *Catalog) editObject(id ObjectID, edit func(*Object)) {
	if o, ok := c.Objects[id]; ok {
		changed := *o
		edit(&changed)
		c.Objects[id] = &changed
	}
}

// editRole puts a changed copy in the place of a role.
func (c *Catalog) editRole(name string, edit func(*Role)) {
	if r, ok := c.Roles[name]; ok {
		changed := *r
		edit(&changed)
		c.Roles[name] = &changed
	}
}
