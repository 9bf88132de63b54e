package planner

import (
	"fmt"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// createSchemas creates the schemas that are to be owned and do not exist.
func (b *builder) createSchemas() {
	isMissing := func(now, _ *catalog.Object) bool { return now == nil }
	for _, id := range b.changedObjects(isMissing) {
		if b.working.Objects[id] != nil {
			continue
		}
		owner := b.desired.Objects[id].Owner
		change := catalog.CreateSchema{Name: id.Name, Owner: owner, Added: b.desired.Objects[id].Added}
		act := intent{fmt.Sprintf("create %s for role %q", id, owner), change}
		b.about = subject{object: id}
		b.requireMayCreateSchemas(act)
		b.requireMayGiveTo(owner, act)
		b.addStatement(script.Schemas, "", change, fmt.Sprintf("%s is to own it, and it does not exist", catalog.QuoteIfNeeded(owner)))
		b.revokeAdded(id)
	}
}

// changedObjects lists, in order, the objects that differ between the working and the desired catalog; none, if matters
// is true of none of them.
func (b *builder) changedObjects(matters func(now, want *catalog.Object) bool) []catalog.ObjectID {
	var ids []catalog.ObjectID
	some := false
	for id, object := range b.desired.Objects {
		if now := b.working.Objects[id]; now != object {
			ids = append(ids, id)
			some = some || matters(now, object)
		}
	}
	if !some {
		return nil
	}
	slices.SortFunc(ids, catalog.ObjectID.Compare)
	return ids
}

// changeOwners changes owners, those of schemas first. What new owners need only for that is revoked again.
func (b *builder) changeOwners() {
	changesOwner := func(now, want *catalog.Object) bool { return now.Owner != want.Owner }
	for _, id := range b.changedObjects(changesOwner) {
		now, want := b.working.Objects[id], b.desired.Objects[id]
		if now.Owner == want.Owner || !id.Kind.Info().Ownable {
			continue
		}
		change := catalog.SetOwner{Object: id, Owner: want.Owner, From: now.Owner, Relkind: now.Relkind}
		b.allowOwnership(now, change)
		reason := fmt.Sprintf("it belongs to %s and is to belong to %s", catalog.QuoteIfNeeded(now.Owner), catalog.QuoteIfNeeded(want.Owner))
		b.addStatement(script.Owners, "", change, reason)
		if id.Kind == catalog.Database && id.Name == b.server.Database {
			b.authority.Actor = access.NewActor(b.working) // who acts for pg_database_owner is another one from here on
		}
	}
	b.revokeTemporary(script.Owners)
}

// allowOwnership sees to the rights that a change of owner takes of a role that is no superuser: the old owner's
// privileges, SET ROLE to the new owner, and CREATE on the schema or the database.
// https://www.postgresql.org/docs/current/sql-altertable.html and
// https://www.postgresql.org/docs/current/sql-alterschema.html and
// https://www.postgresql.org/docs/current/sql-alterdatabase.html and
// https://www.postgresql.org/docs/current/sql-alterserver.html
func (b *builder) allowOwnership(object *catalog.Object, change catalog.SetOwner) {
	if b.authority.IsSuperuser() {
		return
	}
	owner := change.Owner
	act := intent{fmt.Sprintf("give %s to role %q", object.ID, owner), change}
	b.about = subject{object: object.ID}
	if !b.authority.ensurePrivilegesOf(object.Owner) {
		b.authority.refuseActing(object.Owner, object, act, nil)
	}
	b.requireMayGiveTo(owner, act)
	switch object.ID.Kind {
	case catalog.Schema:
		b.requireMayCreateSchemas(act)
		return
	case catalog.Database:
		if !b.working.Roles[b.authority.Name].Attributes.CreateDB {
			b.refuse(act, fmt.Sprintf("role %q has no CREATEDB", b.authority.Name), denial{subject: b.about})
		}
		return
	case catalog.ForeignServer:
		wrapper := b.working.Objects[catalog.ObjectID{Kind: catalog.ForeignDataWrapper, Name: object.Wrapper}]
		if wrapper == nil || !b.authority.mayOn(owner, catalog.Usage, wrapper) {
			b.refuse(act, fmt.Sprintf("role %q has no USAGE on FOREIGN DATA WRAPPER %s, which the owner needs", owner, catalog.QuoteIfNeeded(object.Wrapper)), denial{subject: b.about})
		}
		return
	}
	b.letLookUp(object, "", script.Owners, act)
	b.grantTemporarily(script.Owners, catalog.Create, object.ID.Schema, owner, act)
}

// requireMayGiveTo refuses to give an object to a role that the connecting role can not SET ROLE to.
func (b *builder) requireMayGiveTo(owner string, act intent) {
	if !b.authority.ensureSetRole(owner) {
		why := fmt.Sprintf("role %q can not SET ROLE to role %q", b.authority.Name, owner)
		b.refuse(act, why, denial{rights: []right{{kind: memberOf, role: owner, options: catalog.Options{Set: true}}}, subject: b.about})
	}
}

// requireMayCreateSchemas refuses an act that takes CREATE on the database. Unlike with tables, the connecting role
// needs it.
func (b *builder) requireMayCreateSchemas(act intent) {
	id := catalog.ObjectID{Kind: catalog.Database, Name: b.server.Database}
	database := b.working.Objects[id]
	if database != nil && !b.authority.HasPrivilege(b.authority.Name, catalog.Create, database) {
		why := fmt.Sprintf("role %q has no CREATE on %s, which belongs to role %q", b.authority.Name, id, database.Owner)
		b.refuse(act, why, denial{rights: []right{{kind: creatingInDatabase}}, subject: b.about})
	}
}
