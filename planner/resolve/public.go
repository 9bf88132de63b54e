package resolve

import (
	"cmp"
	"fmt"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// publicClaim holds the phrases under public about one privilege on one object: one that grants it, one that revokes
// it.
type publicClaim struct{ grant, revoke *spec.Grant }

// collectPublic collects the declarations and default privileges under public.
func (r *resolver) collectPublic() {
	for i := range r.spec.Public.Grants {
		g := &r.spec.Public.Grants[i]
		r.collect(g, everyone, func(d *declaration) { r.claimPublic(d).grant = g })
		if g.Target.Future != nil {
			r.collectFuture(g, catalog.Public)
		}
	}
	for i := range r.spec.Public.Revokes {
		g := &r.spec.Public.Revokes[i]
		r.collect(g, everyone, func(d *declaration) { r.claimPublic(d).revoke = g })
		if g.Target.Future != nil {
			r.collectFutureRevoke(g)
		}
	}
	r.refusePublicContradictions()
}

// everyone names PUBLIC in messages.
const everyone = "PUBLIC"

func (r *resolver) claimPublic(d *declaration) *publicClaim {
	if d.public == nil {
		d.public = &publicClaim{}
	}
	return d.public
}

// refusePublicContradictions refuses a privilege that public both grants and revokes.
func (r *resolver) refusePublicContradictions() {
	var wrong []*declaration
	for d := range r.eachDeclaration() {
		if d.public != nil && d.public.grant != nil && d.public.revoke != nil {
			wrong = append(wrong, d)
		}
	}
	slices.SortFunc(wrong, (*declaration).compare)
	for _, d := range wrong {
		r.failContradiction(d.public.grant, d.public.revoke, fmt.Sprintf("%s on %s", d.privilege, d.object))
	}
}

func (r *resolver) failContradiction(grant, revoke *spec.Grant, what string) {
	other := "under grants"
	if at := grant.At.String(); at != "" {
		other = "at " + at
	}
	r.fail(revoke.At, "everyone is to lose %s here, and to have it by «%s» %s: keep one, or except it", what, grant.Text, other)
}

// collectFutureRevoke notes which default privileges PUBLIC is to lose, for the whole database and for each schema.
func (r *resolver) collectFutureRevoke(grant *spec.Grant) {
	privileges := r.privileges(grant)
	for _, f := range r.futuresOf(&grant.Target, everyone, grant.At) {
		if grant.Target.Future.AnyCreator && !r.mayAlterDefaultsOf(f.Owner) {
			continue
		}
		for _, privilege := range privileges {
			if claim := r.futures[f][futureItem{catalog.Public, privilege}]; claim != nil {
				r.failContradiction(claim.grants[0], grant, fmt.Sprintf("%s on new %s of %q", privilege, f.Kind, f.Owner))
			}
			key := futurePrivilege{f.Owner, f.Kind, privilege}
			r.futureRevokes[key] = cmp.Or(r.futureRevokes[key], grant)
		}
	}
}

// futurePrivilege is a privilege on objects that a role has yet to make.
type futurePrivilege struct {
	owner     string
	kind      catalog.FutureKind
	privilege catalog.Privilege
}

// isPublicDecided tells whether PUBLIC already has on an object, or on a column, what the spec says.
func (r *resolver) isPublicDecided(object *catalog.Object, column string, declared *declaration) bool {
	for d := declared; d != nil; d = d.next {
		if r.publicSays(d, object, column, declared) && object.ACLOf(column).Has(catalog.Public, d.privilege) != (d.public.grant != nil) {
			return false
		}
	}
	return true
}

// publicSays tells whether a declaration decides what PUBLIC has on an object, or on a column. A REVOKE on a table
// decides over its columns, too, except those where the spec grants PUBLIC the privilege. What default privileges give
// to PUBLIC is not revoked.
func (r *resolver) publicSays(d *declaration, object *catalog.Object, column string, declared *declaration) bool {
	if d.public == nil || d.column != column && (d.column != "" || d.public.revoke == nil || declared.of(column, d.privilege).isGrantedToPublic()) {
		return false
	}
	comes, _ := r.comesByDefault(object, catalog.Public, d.privilege)
	return d.public.grant != nil || !comes
}

func (d *declaration) isGrantedToPublic() bool {
	return d != nil && d.public != nil && d.public.grant != nil
}

// decidePublic gives an ACL with the items that PUBLIC is to have, and without those that it is to lose.
func (r *resolver) decidePublic(items catalog.ACL, object *catalog.Object, column string, declared *declaration) catalog.ACL {
	for d := declared; d != nil; d = d.next {
		switch {
		case !r.publicSays(d, object, column, declared):
		case d.public.revoke != nil:
			r.publicLoses = r.publicLoses || items.Has(catalog.Public, d.privilege)
			items = slices.DeleteFunc(slices.Clone(items), func(i catalog.Item) bool { return i.Grantee == catalog.Public && i.Privilege == d.privilege })
		case !items.Has(catalog.Public, d.privilege):
			items = catalog.NewACL(append(slices.Clone(items), catalog.Item{Grantee: catalog.Public, Grantor: r.grantor(object, column, d.privilege), Privilege: d.privilege})...)
		}
	}
	return items
}

// publicWarnings names the roles outside the spec that lose something by way of PUBLIC.
func (r *resolver) publicWarnings() []string {
	if !r.publicLoses {
		return nil
	}
	var out []string
	for _, g := range access.Compare(r.current, r.desired).Losses {
		outside := slices.DeleteFunc(slices.Clone(g.Roles), func(role string) bool { return role == catalog.Public || r.inScope(role) })
		if g.Path.Kind != access.ByPublic || len(outside) == 0 {
			continue
		}
		objects := lists.Map(g.Objects, func(id catalog.ObjectID) string { return catalog.InColumn(g.Column) + id.String() })
		out = append(out, fmt.Sprintf("outside the spec, %s had %s on %s only as everyone has it, and will not: %s",
			firstFew(outside), catalog.JoinPrivileges(g.Privileges), firstFew(objects), "grant it to who is to keep it"))
	}
	return out
}
