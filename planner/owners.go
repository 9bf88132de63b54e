package planner

import (
	"fmt"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// createSchemas creates the schemas that are to be owned and do not exist.
func (b *builder) createSchemas() {
	for _, id := range b.changed() {
		if b.working.Objects[id] != nil {
			continue
		}
		owner := b.desired.Objects[id].Owner
		act := fmt.Sprintf("create %s for role %q", id, owner)
		b.mayCreateSchemas(act)
		b.mayGiveTo(owner, act)
		b.do(script.Schemas, "", catalog.CreateSchema{Name: id.Name, Owner: owner}, fmt.Sprintf("%s is to own it, and it does not exist", owner))
	}
}

// changed lists, in order, the objects that the desired catalog has otherwise than the working one.
func (b *builder) changed() []catalog.ObjectID {
	var ids []catalog.ObjectID
	for id, object := range b.desired.Objects {
		if b.working.Objects[id] != object {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, catalog.ObjectID.Compare)
	return ids
}

// changeOwners changes the owners of schemas, then of tables. What a new owner needs only for the moment it does not keep.
func (b *builder) changeOwners() {
	var lent []catalog.Grant
	for _, id := range b.changed() {
		now, want := b.working.Objects[id], b.desired.Objects[id]
		if now.Owner == want.Owner || id.Kind != catalog.Schema && id.Kind != catalog.Table {
			continue
		}
		if grant, needed := b.allowOwnership(now, want.Owner); needed {
			lent = append(lent, grant)
		}
		b.do(script.Owners, "", catalog.SetOwner{Object: id, Owner: want.Owner, Relkind: now.Relkind}, b.ownerReason(now, want.Owner))
	}
	for _, grant := range lent {
		b.takeBack(grant)
	}
}

func (b *builder) ownerReason(now *catalog.Object, owner string) string {
	return fmt.Sprintf("it belongs to %s and is to belong to %s", now.Owner, owner)
}

// allowOwnership sees to what the server asks of a change of owner by a role that is no superuser: that it has the old owner's privileges,
// can SET ROLE to the new owner, and that there is a right to CREATE. It gives the GRANT that was lent for it, if any.
// https://www.postgresql.org/docs/current/sql-altertable.html and https://www.postgresql.org/docs/current/sql-alterschema.html
func (b *builder) allowOwnership(object *catalog.Object, owner string) (catalog.Grant, bool) {
	if b.authority.IsSuperuser() {
		return catalog.Grant{}, false
	}
	act := fmt.Sprintf("give %s to role %q", object.ID, owner)
	if !b.authority.has(object.Owner) {
		b.authority.refuseActing(object.Owner, object, act)
	}
	b.mayGiveTo(owner, act)
	if object.ID.Kind == catalog.Schema {
		b.mayCreateSchemas(act)
		return catalog.Grant{}, false
	}
	return b.lendCreate(object.ID.Schema, owner, act)
}

// mayGiveTo refuses to give an object to a role that the connecting role can not SET ROLE to.
func (b *builder) mayGiveTo(owner, act string) {
	if !b.authority.canBecome(owner) {
		b.refuse(Reason{
			Act: act, Why: fmt.Sprintf("role %q can not SET ROLE to role %q", b.authority.Name, owner),
			Remedy: b.authority.remedy(owner),
		})
	}
}

// mayCreateSchemas refuses what needs CREATE on the database: unlike for tables, it is the connecting role that needs it.
func (b *builder) mayCreateSchemas(act string) {
	id := catalog.ObjectID{Kind: catalog.Database, Name: b.server.Database}
	database := b.working.Objects[id]
	if database != nil && !b.authority.HasPrivilege(b.authority.Name, catalog.Create, database) {
		b.refuse(Reason{
			Act: act, Why: fmt.Sprintf("role %q has no CREATE on %s, which belongs to role %q", b.authority.Name, id, database.Owner),
			Remedy: b.grantRemedy(catalog.Create, id, b.authority.Name),
		})
	}
}

func (b *builder) grantRemedy(privilege catalog.Privilege, id catalog.ObjectID, grantee string) string {
	return script.SQL(catalog.Grant{Privileges: []catalog.Privilege{privilege}, Object: id, Grantees: []string{grantee}}, b.server)
}

// lendCreate gives the new owner of a table CREATE on its schema, if it has none.
func (b *builder) lendCreate(schema, owner, act string) (catalog.Grant, bool) {
	id := catalog.ObjectID{Kind: catalog.Schema, Name: schema}
	object := b.working.Objects[id]
	if object == nil || b.authority.HasPrivilege(owner, catalog.Create, object) {
		return catalog.Grant{}, false
	}
	grant := catalog.Grant{
		Privileges: []catalog.Privilege{catalog.Create}, Object: id, Grantees: []string{owner}, Grantor: object.Owner,
	}
	as := b.authority.actAs(object.Owner, object, act)
	b.do(script.Owners, as, grant, fmt.Sprintf("%s needs it for the moment, to be given tables", owner))
	return grant, true
}

func (b *builder) takeBack(grant catalog.Grant) {
	object := b.working.Objects[grant.Object]
	revoke := catalog.Revoke{
		Privileges: grant.Privileges, Object: grant.Object, Grantees: grant.Grantees, Grantor: object.Owner,
	}
	as := b.authority.actAs(object.Owner, object, fmt.Sprintf("revoke CREATE on %s", grant.Object))
	b.do(script.Owners, as, revoke, grant.Grantees[0]+" needed it only for the moment")
}
