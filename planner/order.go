package planner

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// planAllSteps writes all statements down. The error is a [*Refusal]. The calls stand in the order in which
// statements are planned. They run in the order of [script.Section], which differs for temporary memberships alone: a
// later step finds that it needs one, and it runs earlier. The reasons:
//
//   - Logins are lost first and gained last: nobody logs in who has not yet, or no longer, what they are to have. A new
//     role has its login at once, as nobody sees it before COMMIT.
//   - Roles come before what names them. Administrator roles are first, because they create the privilege roles.
//   - Attributes come before memberships: INHERIT says what a new one is, and before 16 what each is.
//   - Temporary memberships come before what they are needed for and end last. Those that would make a cycle with
//     memberships that are to come end before these, and memberships that would make a cycle with them are lost first.
//   - Owners come before privileges, because a change of owner rewrites the ACL:
//     https://www.postgresql.org/docs/current/sql-altertable.html
//   - Default privileges come after all that the plan creates: what that comes with is worked out with those that there
//     were. Those of roles for whom only memberships of this plan let the connecting role act come after these.
//   - Privileges come before memberships: a privilege role has what it is for before anyone else joins it.
//   - In privileges and memberships what is gained comes before what is lost, so that nobody is without what they have
//     before and after. [builder.changePrivileges] and [builder.changeMemberships] say where that can not be.
//   - Schemas and roles that the desired state does not have go when nothing refers to them any more: schemas before
//     the memberships that allow it, roles after them.
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
