package planner

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// lend gives a role a privilege on a schema until takeBack, if it has not got it.
func (b *builder) lend(section script.Section, privilege catalog.Privilege, schema, role, act string) {
	object := b.working.Objects[catalog.ObjectID{Kind: catalog.Schema, Name: schema}]
	if object == nil || b.authority.mayOn(role, privilege, object) {
		return
	}
	grant := catalog.Grant{
		Privileges: []catalog.Privilege{privilege}, Object: object.ID, Grantees: []string{role}, Grantor: object.Owner,
	}
	refused := len(b.refused)
	var change catalog.Change
	if privilege == catalog.Usage { // a right to CREATE is not for others to keep
		change = grant
	}
	as := b.authority.actAs(object.Owner, object, act, change)
	b.do(section, as, grant, fmt.Sprintf("%s needs it for the moment, to %s", role, act))
	if len(b.refused) == refused {
		b.lent = append(b.lent, grant)
	}
}

// letSee sees to it that whoever runs a statement on an object may look it up: that takes USAGE on its schema, also
// for its owner.
// https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PRIV
func (b *builder) letSee(object *catalog.Object, as string, section script.Section, act string) {
	if as == "" {
		as = b.authority.Name
	}
	if object.ID.Kind.Info().InSchema {
		b.lend(section, catalog.Usage, object.ID.Schema, as, act)
	}
}

// takeBack revokes what was lent.
func (b *builder) takeBack(section script.Section) {
	lent := b.lent
	b.lent = nil
	for _, grant := range lent {
		object := b.working.Objects[grant.Object]
		revoke := catalog.Revoke{
			Privileges: grant.Privileges, Object: grant.Object, Grantees: grant.Grantees, Grantor: object.Owner,
		}
		as := b.authority.actAs(object.Owner, object, fmt.Sprintf("revoke %s on %s from %s", words(grant.Privileges), grant.Object, people(grant.Grantees)), revoke)
		b.do(section, as, revoke, grant.Grantees[0]+" needed it only for the moment")
	}
}
