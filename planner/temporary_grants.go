package planner

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// grantTemporarily gives a role a privilege on a schema until revokeTemporary, unless the role has it.
func (b *builder) grantTemporarily(section script.Section, privilege catalog.Privilege, schema, role string, act intent) {
	object := b.working.Objects[catalog.ObjectID{Kind: catalog.Schema, Name: schema}]
	if object == nil || b.authority.mayOn(role, privilege, object) {
		return
	}
	grant := catalog.Grant{
		Privileges: []catalog.Privilege{privilege}, Object: object.ID, Grantees: []string{role}, Grantor: object.Owner,
	}
	before := b.refusals
	var change catalog.Change
	if privilege == catalog.Usage { // a right to CREATE is not for others to keep
		change = grant
	}
	as := b.authority.actAs(object.Owner, object, act, change)
	if b.refusals > before {
		return // nor is it to be revoked, which would be refused, too
	}
	b.addStatement(section, as, grant, fmt.Sprintf("%s needs it for the moment, to %s", catalog.QuoteIfNeeded(role), act.words))
	b.temporary = append(b.temporary, grant)
}

// letLookUp lets the role that runs a statement look the object up. That takes USAGE on its schema, even for its owner,
// and on the schemas of a routine's argument types.
// https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PRIV
func (b *builder) letLookUp(object *catalog.Object, as string, section script.Section, act intent) {
	if as == "" {
		as = b.authority.Name
	}
	if !object.ID.Kind.Info().InSchema() {
		return
	}
	b.grantTemporarily(section, catalog.Usage, object.ID.Schema, as, act)
	types, _ := catalog.ArgumentTypes(object.ID.Arguments)
	for _, t := range types {
		b.grantTemporarily(section, catalog.Usage, t.Schema, as, act)
	}
}

// revokeTemporary revokes what was granted temporarily.
func (b *builder) revokeTemporary(section script.Section) {
	grants := b.temporary
	b.temporary = nil
	for _, grant := range grants {
		object := b.working.Objects[grant.Object]
		revoke := catalog.Revoke{
			Privileges: grant.Privileges, Object: grant.Object, Grantees: grant.Grantees, Grantor: object.Owner,
		}
		act := intent{words: fmt.Sprintf("revoke %s on %s from %s", catalog.JoinPrivileges(grant.Privileges), grant.Object, nameGrantees(grant.Grantees))}
		as := b.authority.actAs(object.Owner, object, act, revoke)
		b.addStatement(section, as, revoke, grant.Grantees[0]+" needed it only for the moment")
	}
}
