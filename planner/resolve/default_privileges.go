package resolve

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// futures are the items of default privileges that FUTURE phrases declare, each with its phrases.
type futures map[catalog.Future]map[futureItem]*futureClaim

// futureItem is a privilege of a grantee, catalog.Public for PUBLIC.
type futureItem struct {
	grantee   string
	privilege catalog.Privilege
}

// futureClaim holds the phrases that declare one item.
type futureClaim struct {
	grants []*spec.Grant
	// isOfAnyCreator tells that all these phrases say FOR ANY CREATOR.
	isOfAnyCreator bool
}

// collectFuture adds what a FUTURE phrase gives to a grantee.
func (r *resolver) collectFuture(grant *spec.Grant, grantee string) {
	kind := grant.Target.Kind.Future()
	if since := kind.Info().Since; r.current.Server.Major() < since {
		r.fail(grant.At, "PostgreSQL %d has no default privileges on %s: they came with %d", r.current.Server.Major(), kind, since)
		return
	}
	privileges := r.privileges(grant)
	for _, f := range r.futuresOf(&grant.Target, grantee, grant.At) {
		if f.Owner == grantee {
			continue // who makes an object has everything on it
		}
		if r.futures[f] == nil {
			r.futures[f] = map[futureItem]*futureClaim{}
		}
		for _, privilege := range privileges {
			key := futureItem{grantee, privilege}
			claim := r.futures[f][key]
			r.noteEndOfFuture(grant, f, key, claim)
			if claim == nil {
				claim = &futureClaim{isOfAnyCreator: true}
				r.futures[f][key] = claim
			}
			claim.isOfAnyCreator = claim.isOfAnyCreator && grant.Target.Future.AnyCreator
			claim.grants = append(claim.grants, grant)
		}
	}
}

// futurePhrases gives the FUTURE phrases that give something and have not ended, in the order of the spec, each with
// its grantee.
func (r *resolver) futurePhrases() iter.Seq2[string, *spec.Grant] {
	return func(yield func(string, *spec.Grant) bool) {
		for i := range len(r.spec.Roles) + 1 {
			grantee, grants := catalog.Public, r.spec.Public.Grants
			if i < len(r.spec.Roles) {
				grantee, grants = r.spec.Roles[i].Name, r.spec.Roles[i].DirectGrants
			}
			for g := range r.lasting(grants) {
				if g.Target.Future != nil && !yield(grantee, g) {
					return
				}
			}
		}
	}
}

// futuresOf gives the default privileges that a phrase is about: of each creator, in each schema.
func (r *resolver) futuresOf(t *spec.Target, grantee string, at spec.Position) []catalog.Future {
	schemas := []string{""}
	if len(t.Future.Schemas) > 0 {
		place := *t
		place.Schemas = t.Future.Schemas
		schemas = r.withoutIgnored(r.places(place, grantee, at), t, at)
	}
	var out []catalog.Future
	add := func(creators []string, schema string) {
		for _, creator := range creators {
			out = append(out, catalog.Future{Owner: creator, Schema: schema, Kind: t.Kind.Future()})
		}
	}
	if t.Future.AnyCreator {
		for _, place := range r.placesOf(t) {
			add(r.anyCreatorsWithinLimit(place, at), place.schema)
		}
		return out
	}
	creators := r.creatorsOf(t.Future, grantee, at)
	for _, schema := range schemas {
		add(creators, schema)
	}
	return out
}

// withoutIgnored leaves out the schemas under ignore, which ALL passes over; FUTURE alone is refused there.
func (r *resolver) withoutIgnored(schemas []string, t *spec.Target, at spec.Position) []string {
	return slices.DeleteFunc(schemas, func(schema string) bool {
		isIgnored, isOfAll := r.ignored.hasSchema(schema), len(t.Schemas) > 0
		if isIgnored && !isOfAll {
			r.fail(at, "SCHEMA %s is under ignore, so that default privileges on %s in it can not be decided: take one of both out", catalog.QuoteIfNeeded(schema), t.Kind.Future())
		}
		return isIgnored
	})
}

// creatorsOf gives the existing roles of FOR ROLE, whose new objects a phrase is about, and notes the missing ones.
func (r *resolver) creatorsOf(f *spec.Future, role string, at spec.Position) []string {
	var found []string
	for _, creator := range f.Creators {
		if r.desired.Roles[creator] != nil {
			found = append(found, creator)
		} else {
			r.noteMissing(Missing{At: at, Role: role, Creator: creator}, false, noHint)
		}
	}
	return found
}

// decideDefaultPrivileges sets all default privileges. Items for roles of the spec that no phrase declares go, whoever
// is to make the objects.
func (r *resolver) decideDefaultPrivileges() {
	all := lists.Set(slices.Collect(maps.Keys(r.current.DefaultPrivileges)), slices.Collect(maps.Keys(r.futures)))
	for revoked := range r.futureRevokes {
		all[catalog.Future{Owner: revoked.owner, Kind: revoked.kind}] = true
	}
	for _, f := range slices.SortedFunc(maps.Keys(all), catalog.Future.Compare) {
		have := r.desired.FutureACL(f)
		if want := r.decideFuture(f, have); !slices.Equal(have, want) {
			r.desired.SetFutureACL(f, want)
			r.healEmpty(f)
		}
	}
	for revoked := range r.futureRevokes {
		r.healEmpty(catalog.Future{Owner: revoked.owner, Kind: revoked.kind})
	}
}

func (r *resolver) decideFuture(f catalog.Future, have catalog.ACL) catalog.ACL {
	if r.ignored.hasSchema(f.Schema) {
		return have
	}
	var items []catalog.Item
	declared := r.futures[f]
	mayBeLacking := func(claim *futureClaim) bool { return claim.isOfAnyCreator && !r.mayAlterDefaultsOf(f.Owner) }
	for _, item := range have {
		if item.Grantee == catalog.Public && r.futureRevokes[futurePrivilege{f.Owner, f.Kind, item.Privilege}] != nil {
			continue
		}
		if r.decidesOverFuture(f, item.Grantee) && slices.Contains(f.Kind.Info().Privileges, item.Privilege) {
			claim := declared[futureItem{item.Grantee, item.Privilege}]
			if claim == nil {
				continue
			}
			item.Grantable = claim.withOption() || item.Grantable && mayBeLacking(claim)
		}
		items = append(items, item)
	}
	for key, claim := range declared {
		if mayBeLacking(claim) {
			continue
		}
		items = append(items, catalog.Item{Grantee: key.grantee, Grantor: f.Owner, Privilege: key.privilege, Grantable: claim.withOption()})
	}
	return catalog.NewACL(items...)
}

// decidesOverFuture tells whether the spec decides what a grantee has by default privileges. What a role has on objects
// that it makes itself is inherent.
func (r *resolver) decidesOverFuture(f catalog.Future, grantee string) bool {
	place, in := r.scope[grantee]
	return in && grantee != f.Owner && !slices.Contains(r.spec.Roles[place].PreserveInSchemas, f.Schema)
}

// healEmpty puts the owner's own items back into default privileges that have become empty. The server replaces an
// empty ACL of a new object by the built-in one, which may give PUBLIC something.
// https://www.postgresql.org/docs/current/catalog-pg-default-acl.html
func (r *resolver) healEmpty(f catalog.Future) {
	f.Schema = ""
	if acl, there := r.desired.DefaultPrivileges[f]; there && len(acl) == 0 {
		builtIn := r.desired.DefaultACL(f.Kind.Info().Of, f.Owner)
		r.desired.SetFutureACL(f, slices.Clone(builtIn.Of(f.Owner)))
	}
}

// comesByDefault tells whether a FUTURE phrase gives an ACL item to new objects of this object's owner, and whether
// with grant option. On an existing object such an item is neither required nor revoked, so that it does not come and
// go. The owner is the one after the plan: the next run would revoke what only objects of the former owner get.
func (r *resolver) comesByDefault(object *catalog.Object, grantee string, privilege catalog.Privilege) (comes, withOption bool) {
	if len(r.futures) == 0 {
		return false, false
	}
	for _, schema := range slices.Compact([]string{object.ID.Schema, ""}) {
		claim := r.futures[catalog.Future{Owner: object.Owner, Schema: schema, Kind: object.ID.Kind.Future()}][futureItem{grantee, privilege}]
		does, option := claim.gives(object.ID)
		comes, withOption = comes || does, withOption || option
	}
	return comes, withOption
}

// gives tells whether one of the phrases covers an object, which its EXCEPT may leave out, and whether with grant
// option.
func (c *futureClaim) gives(id catalog.ObjectID) (comes, withOption bool) {
	if c == nil {
		return false, false
	}
	for _, grant := range c.grants {
		if !excepts(grant.Target.Except, id) {
			comes, withOption = true, withOption || grant.WithOption
		}
	}
	return comes, withOption
}

// withOption tells whether one of the phrases gives the grant option.
func (c *futureClaim) withOption() bool {
	return slices.ContainsFunc(c.grants, func(g *spec.Grant) bool { return g.WithOption })
}

// exceptionWarnings says of ALL AND FUTURE that default privileges know no exception.
func (r *resolver) exceptionWarnings() []string {
	var out []string
	for _, g := range r.futurePhrases() {
		if g.Target.Except != nil {
			out = append(out, g.At.Before(fmt.Sprintf("what EXCEPT leaves out of «%s» may be made with the privilege: the next run takes it away", g.Text)))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
