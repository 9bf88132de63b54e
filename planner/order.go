package planner

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// planAllSteps plans all statements. The error is a [*Refusal]. Statements are planned in the order of the calls, and
// run in the order of [script.Section]. The two orders differ only for temporary memberships: a later step finds that
// it needs one, which then runs earlier. The reasons for the order:
//
//   - Logins are lost first and gained last. So nobody logs in before having what they are to have, or with more. A
//     new role has its login at once, as nobody sees it before COMMIT.
//   - Roles come before what names them. Administrator roles are first, because they create the privilege roles.
//   - Attributes come before memberships: INHERIT is the default of a new membership, and before 16 decides over each.
//   - Temporary memberships come before what needs them and end last. One that would make a cycle with a membership to
//     come ends before that one. A membership to be lost goes first if it would make a cycle with a temporary one.
//   - Owners come before privileges, because a change of owner rewrites the ACL:
//     https://www.postgresql.org/docs/current/sql-altertable.html
//   - Default privileges come after all that the plan creates: the ACLs of that were worked out with the old ones. If
//     only memberships of this plan let the connecting role change them, they come after these memberships.
//   - Privileges come before memberships: a privilege role has its privilege before anyone else joins it.
//   - In privileges and memberships what is gained comes before what is lost, so that nobody is without what they have
//     before and after. [builder.changePrivileges] and [builder.changeMemberships] say where that can not be.
//   - Of memberships, what the connecting role itself loses comes last: until then it may act by that for a grantor.
//   - Schemas and roles that the desired catalog lacks are dropped when nothing refers to them any more: schemas before
//     the memberships go that allow it, roles after them.
func (b *builder) planAllSteps(current *catalog.Catalog) (*Plan, error) {
	b.createRoles()
	b.authority = newAuthority(b)
	b.changeAttributes()
	b.changeSettings()
	b.revokeBlocking()
	b.createPrivilegeRoles()
	b.requireMayCreate()
	b.loseLogins()
	b.decideComments()
	b.createSchemas()
	b.changeOwners()
	b.changePolicies()
	b.changePrivileges()
	b.changeDefaultPrivileges(script.DefaultPrivileges)
	b.dropSchemas()
	b.authority.giveBackFirst()
	b.changeMemberships()
	b.changeDefaultPrivileges(script.LaterDefaultPrivileges)
	b.gainLogins()
	b.dropRoles()
	b.authority.giveBack()
	return b.planned(current)
}

// planned gives the plan, unless something was refused.
func (b *builder) planned(current *catalog.Catalog) (*Plan, error) {
	if len(b.refused) > 0 {
		return nil, &Refusal{Reasons: b.refused, denials: b.denials}
	}
	b.statements = mergeColumns(b.statements)
	slices.SortStableFunc(b.statements, func(x, y script.Statement) int { return int(x.Section) - int(y.Section) })
	return &Plan{Server: current.Server, Statements: b.statements, From: current}, nil
}
