package planner

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// Back works out the plan that undoes this one. Its Warnings say what cannot be brought back. The errors are a
// [*Refusal] and a [*LockTableError].
func (p *Plan) Back() (*Plan, error) {
	after := p.After()
	forgetLeavers(after, p.From.Leavers)
	before, circular := withoutCircularOptions(p.From, after)
	back, err := planOneTransaction(after, before)
	if err != nil {
		return nil, err
	}
	if back, err = inParts(back, before, planOneTransaction); err != nil {
		return nil, err
	}
	back.Warnings = slices.Concat(irrecoverable(before, after), lostRows(before, back.After()), lostGrantors(p.From), circular)
	return back, nil
}

// forgetLeavers lets any role of a leaver's name do, whatever its OID. With several databases the way back of a later
// step has created the leaver anew before that of an earlier one runs.
func forgetLeavers(c *catalog.Catalog, leavers map[string]*catalog.Leaver) {
	for name := range leavers {
		if role := c.Roles[name]; role != nil {
			anew := *role
			anew.OID = 0
			c.Roles[name] = &anew
		}
	}
}

// lostRows lists the memberships that come back with another grantor or other options. Before 16 only a superuser can
// say who the grantor is. https://www.postgresql.org/docs/15/sql-grant.html
func lostRows(before, end *catalog.Catalog) []string {
	var out []string
	for _, role := range slices.Sorted(maps.Keys(before.Members)) {
		if before.Roles[role] == nil || catalog.SameMemberships(before.Members[role], end.Members[role]) {
			continue
		}
		lost, _ := catalog.DifferentMemberships(before.Members[role], end.Members[role])
		for _, m := range lost {
			out = append(out, fmt.Sprintf("the membership of role %q in %s does not come back as it was, granted by %q with %+v", m.Member, before.RoleInWords(role), m.Grantor, m.Options))
		}
	}
	return out
}

// lostGrantors lists the memberships of others that leavers have granted. Before 16 they stay when the grantor is
// dropped, with its OID, which no role gets again.
// https://www.postgresql.org/docs/15/catalog-pg-auth-members.html
func lostGrantors(before *catalog.Catalog) []string {
	if before.Server.MembershipsHaveOptions() {
		return nil
	}
	var out []string
	for _, role := range slices.Sorted(maps.Keys(before.Members)) {
		for _, m := range before.Members[role] {
			stays := before.Leavers[role] == nil && before.Leavers[m.Member] == nil
			if stays && before.Leavers[m.Grantor] != nil && before.Roles[m.Grantor] != nil {
				out = append(out, fmt.Sprintf("the membership of role %q in %s does not come back as it was, granted by %q: who granted it is not known any more",
					m.Member, before.RoleInWords(role), m.Grantor))
			}
		}
	}
	return out
}

// irrecoverable lists the replaced passwords whose verifiers could not be read.
func irrecoverable(before, after *catalog.Catalog) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(before.Roles)) {
		was, is := before.Roles[name], after.Roles[name]
		switch {
		case is == nil && was.Verifier == "" && before.Leavers[name] != nil:
			out = append(out, fmt.Sprintf("role %q comes back without the password that it may have had: it was not readable", name))
		case is == nil: // dropped, and made anew by the way back
		case was.Verifier == "" && is.Verifier != "":
			out = append(out, fmt.Sprintf("the password that role %q had can not be brought back: it was not readable", name))
		}
	}
	return out
}

// dropSchemas drops the schemas that the desired catalog lacks, as only a way back does. It comes before the connecting
// role loses the memberships by which it may.
func (b *builder) dropSchemas() {
	isSurplus := func(id catalog.ObjectID, _ *catalog.Object) bool {
		return id.Kind == catalog.Schema && b.desired.Objects[id] == nil
	}
	for _, id := range lists.Keys(b.working.Objects, catalog.ObjectID.Compare, isSurplus) {
		owner := b.working.Objects[id].Owner
		act := intent{fmt.Sprintf("drop %s", id), catalog.DropSchema{Name: id.Name}}
		b.about = subject{object: id}
		if !b.authority.ensurePrivilegesOf(owner) {
			b.authority.refuseActing(owner, b.working.Objects[id], act, nil)
		}
		b.addStatement(script.DroppingSchemas, "", catalog.DropSchema{Name: id.Name}, "it was not there before")
	}
}

// dropRoles drops the roles that the desired catalog lacks.
func (b *builder) dropRoles() {
	b.dropInitialPrivileges()
	b.revokeBetweenLeavers()
	b.dropSurplus(func(role *catalog.Role) (script.Section, string) {
		if b.desired.IsLeaving(role.Name) {
			return script.Departing, b.departingReason(role.Name)
		}
		return script.Dropping, "it was not there before"
	})
}

// dropSurplus drops these roles with a reason for each. The working catalog loses them together.
func (b *builder) dropSurplus(reason func(*catalog.Role) (script.Section, string)) {
	surplus := b.surplusRoles()
	for _, name := range surplus {
		as := b.dropsAs(name)
		section, why := reason(b.working.Roles[name])
		b.statements = append(b.statements, script.Statement{Change: catalog.DropRole{Name: name}, As: as, Section: section, Reason: why})
	}
	b.working.DropRoles(surplus)
}

// surplusRoles lists the roles that the desired catalog lacks. Those of one administrator role stand together, and
// administrator roles come last.
func (b *builder) surplusRoles() []string {
	surplus := lists.Keys(b.working.Roles, strings.Compare, func(name string, _ *catalog.Role) bool { return b.desired.Roles[name] == nil })
	administrators := b.administratorsOf(surplus)
	slices.SortStableFunc(surplus, func(x, y string) int {
		return cmp.Or(
			lists.CompareBools(b.working.Roles[x].IsAdministrator(), b.working.Roles[y].IsAdministrator()),
			cmp.Compare(administrators[x], administrators[y]),
		)
	})
	return b.grantorsLast(surplus)
}

// dropsAs gives the role to act as to drop a role: its administrator role, since the connecting role itself would take
// long.
func (b *builder) dropsAs(name string) string {
	as := b.authority.actAsAdministrator(b.authority.AdministratorOf(name))
	if as == "" {
		b.authority.requireMayChange(name, intent{fmt.Sprintf("drop role %q", name), catalog.DropRole{Name: name}})
	}
	return as
}
