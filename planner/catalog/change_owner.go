package catalog

// CreateSchema is CREATE SCHEMA name AUTHORIZATION owner.
type CreateSchema struct {
	Name  string `json:"name"`
	Owner string `json:"owner"`
	// Added says that an event trigger may give something on it; nil: none does.
	Added *Added `json:"added,omitempty"`
}

// Apply adds the schema with the ACL that its owner's default privileges give, which stand in the place of the
// built-in ones: https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
func (ch CreateSchema) Apply(c *Catalog) {
	id := ObjectID{Kind: Schema, Name: ch.Name}
	c.Objects[id] = &Object{ID: id, Owner: ch.Owner, ACL: c.ACLOfNew(Future{Owner: ch.Owner, Kind: Schema.Future()}), Added: ch.Added}
}

// Touches gives the schema and its owner.
func (ch CreateSchema) Touches(*Catalog) Touched {
	return Touched{Objects: []ObjectID{{Kind: Schema, Name: ch.Name}}, Roles: []string{ch.Owner}}
}

// Lock locks the schema and its owner.
func (ch CreateSchema) Lock(l Locks, _ Server) {
	l.roles(ch.Owner)
	l.object(ObjectID{Kind: Schema, Name: ch.Name}, 1)
}

// DropSchema is DROP SCHEMA name RESTRICT: the server refuses it for a schema that is not empty.
type DropSchema struct {
	Name string `json:"name"`
}

// Apply removes the schema, and the default privileges in it.
func (ch DropSchema) Apply(c *Catalog) {
	delete(c.Objects, ObjectID{Kind: Schema, Name: ch.Name})
	for _, f := range c.futuresIn(ch.Name) {
		delete(c.DefaultPrivileges, f)
	}
}

// Touches gives the schema, and the default privileges in it.
func (ch DropSchema) Touches(before *Catalog) Touched {
	return Touched{Objects: []ObjectID{{Kind: Schema, Name: ch.Name}}, Futures: before.futuresIn(ch.Name)}
}

// Lock locks the schema.
func (ch DropSchema) Lock(l Locks, _ Server) { l.object(ObjectID{Kind: Schema, Name: ch.Name}, 1) }

// SetOwner is ALTER ... OWNER TO.
type SetOwner struct {
	Object ObjectID `json:"object"`
	Owner  string   `json:"owner"`
	// From is the old owner, for what is said about it.
	From string `json:"from,omitempty"`
	// Relkind is that of pg_class, for the word to write: ALTER VIEW, say.
	Relkind string `json:"relkind,omitempty"`
}

// Apply changes the owner and, as the server does, writes the new owner in the place of the old one in the object's
// ACL and in that of its columns. The sequences that belong to a table go with it.
func (ch SetOwner) Apply(c *Catalog) {
	c.setOwner(ch.Object, ch.Owner)
	for _, id := range c.SequencesOf(ch.Object) {
		c.setOwner(id, ch.Owner)
	}
}

// Touches gives the object, the sequences that go with it, and the new owner.
func (ch SetOwner) Touches(before *Catalog) Touched {
	return Touched{Objects: append([]ObjectID{ch.Object}, before.SequencesOf(ch.Object)...), Given: []ObjectID{ch.Object}, Roles: []string{ch.Owner}}
}

// Lock locks the object and the new owner.
func (ch SetOwner) Lock(l Locks, _ Server) {
	l.roles(ch.Owner)
	l.owned(ch.Object)
}

func (c *Catalog) setOwner(id ObjectID, owner string) {
	c.editObject(id, func(o *Object) {
		old := o.Owner
		o.Owner = owner
		o.ACL = o.ACL.rename(old, owner)
		columns := make(map[string]ACL, len(o.Columns))
		for name, acl := range o.Columns {
			columns[name] = acl.rename(old, owner)
		}
		o.Columns = columns
	})
}
