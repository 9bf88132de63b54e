package resolve

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// mostCreators is how many roles FOR ANY CREATOR may stand for: each is a row of default privileges, for each kind.
const mostCreators = 100

// creators are, for each schema or database in which something can be made, the roles that FOR ANY CREATOR stands for.
type creators map[catalog.ObjectID][]string

// creatorsPlace is where the new objects of a FOR ANY CREATOR phrase are made: one schema, any schema, or the database.
type creatorsPlace struct {
	name string
	// schema is empty where the default privileges are those for the whole database.
	schema string
	// objects are the schemas, or the database, on which a creator needs CREATE.
	objects []catalog.ObjectID
}

// placesOf gives where a target's new objects are made. Schemas under ignore are left out.
func (r *resolver) placesOf(t *spec.Target) []creatorsPlace {
	if t.Kind == catalog.Schema {
		id := catalog.ObjectID{Kind: catalog.Database, Name: r.current.Server.Database}
		return []creatorsPlace{{name: id.String(), objects: []catalog.ObjectID{id}}}
	}
	if len(t.Future.Schemas) == 0 {
		return []creatorsPlace{{name: "any schema", objects: r.schemas()}}
	}
	var places []creatorsPlace
	for _, schema := range t.Future.Schemas {
		if id := (catalog.ObjectID{Kind: catalog.Schema, Name: schema}); !r.ignored.hasSchema(schema) {
			places = append(places, creatorsPlace{id.String(), schema, []catalog.ObjectID{id}})
		}
	}
	return places
}

// schemas lists, in order, the schemas that neither came with the server nor are under ignore.
func (r *resolver) schemas() []catalog.ObjectID {
	return lists.Keys(r.desired.Objects, catalog.ObjectID.Compare, func(id catalog.ObjectID, _ *catalog.Object) bool {
		return id.Kind == catalog.Schema && !id.IsServers() && !r.ignored.hasSchema(id.Name)
	})
}

// anyCreatorTargets gives the targets of all FOR ANY CREATOR phrases that have not ended, each with its place in the
// spec.
func (r *resolver) anyCreatorTargets() map[*spec.Target]spec.Position {
	out := map[*spec.Target]spec.Position{}
	add := func(g *spec.Grant) {
		if g.Target.Future != nil && g.Target.Future.AnyCreator {
			out[&g.Target] = g.At
		}
	}
	for _, g := range r.futurePhrases() {
		add(g)
	}
	for g := range r.lasting(r.spec.Public.Revokes) {
		add(g)
	}
	return out
}

// findCreators works out, from the complete desired catalog, who can create in the places of FOR ANY CREATOR phrases.
func (r *resolver) findCreators() creators {
	found := creators{}
	for t := range r.anyCreatorTargets() {
		for _, place := range r.placesOf(t) {
			for _, id := range place.objects {
				if _, known := found[id]; !known && r.desired.Objects[id] != nil {
					found[id] = r.creatorsIn(r.desired.Objects[id])
				}
			}
		}
	}
	return found
}

// creatorsIn lists, in order, the roles that have CREATE on an object: as owner or by an ACL item, of their own or
// inherited. It also lists those that can SET ROLE to such a role. Superusers are left out, and so is who has CREATE by
// PUBLIC alone. pgsr's own roles create nothing, so they are left out, too.
func (r *resolver) creatorsIn(object *catalog.Object) []string {
	can := catalog.Below(holdersOfCreate(object), catalog.Options.Inherits, r.desired)
	all := catalog.Below(slices.Collect(maps.Keys(can)), func(o catalog.Options) bool { return o.Set }, r.desired)
	return lists.Keys(all, strings.Compare, func(role string, _ bool) bool {
		known := r.desired.Roles[role]
		return known != nil && !known.Attributes.Superuser && !catalog.IsOwnRole(role)
	})
}

func holdersOfCreate(object *catalog.Object) []string {
	holders := []string{object.Owner}
	for _, item := range object.ACL {
		if item.Privilege == catalog.Create && item.Grantee != catalog.Public {
			holders = append(holders, item.Grantee)
		}
	}
	return holders
}

// anyCreators gives, in order, the roles that FOR ANY CREATOR stands for in a place.
func (r *resolver) anyCreators(place creatorsPlace) []string {
	var all []string
	for _, id := range place.objects {
		all = append(all, r.anyCreator[id]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// anyCreatorsWithinLimit gives the same as anyCreators, and refuses more than mostCreators.
func (r *resolver) anyCreatorsWithinLimit(place creatorsPlace, at spec.Position) []string {
	all := r.anyCreators(place)
	if len(all) > mostCreators {
		r.fail(at, "%d roles can create in %s: FOR ANY CREATOR stands for at most %d; name those that do with FOR ROLE", len(all), place.name, mostCreators)
		return nil
	}
	return all
}

// mayAlterDefaultsOf tells whether the connecting role may act for a creator, now or by the memberships that it is to
// have. So those have to be decided before. Roles that the plan creates count, too.
func (r *resolver) mayAlterDefaultsOf(role string) bool {
	return r.current.Roles[role] == nil || r.actor.MayActFor(role) || r.actorAfter().MayActFor(role)
}

// creatorWarnings says for each place of FOR ANY CREATOR which creators' new objects it does not cover.
func (r *resolver) creatorWarnings() []string {
	places, ats := map[string]creatorsPlace{}, map[string]spec.Position{}
	for t, at := range r.anyCreatorTargets() {
		for _, place := range r.placesOf(t) {
			if before, known := ats[place.name]; !known || comparePositions(at, before) < 0 {
				places[place.name], ats[place.name] = place, at
			}
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(places)) {
		out = append(out, ats[name].Before("FOR ANY CREATOR does not cover, in "+name+": "+strings.Join(r.notCovered(places[name]), "; ")))
	}
	return slices.Concat(out, r.uncoveredObjects())
}

// notCovered describes those who can create in a place, or could give themselves that right, and are not covered.
func (r *resolver) notCovered(where creatorsPlace) []string {
	var couldJoin, refused []string
	public, covered := false, lists.Set(r.anyCreators(where))
	superusers := lists.Keys(r.desired.Roles, strings.Compare, func(_ string, role *catalog.Role) bool { return role.Attributes.Superuser })
	for _, place := range where.objects {
		object := r.desired.Objects[place]
		if object == nil {
			continue
		}
		public = public || object.ACL.Has(catalog.Public, catalog.Create)
		couldJoin = append(couldJoin, r.couldJoin(object, covered)...)
		for _, role := range r.anyCreator[place] {
			if !r.mayAlterDefaultsOf(role) {
				refused = append(refused, role)
			}
		}
	}
	parts := []string{"superusers" + bracketed(superusers)}
	if public {
		parts = append(parts, "who has CREATE only as everyone has, by PUBLIC")
	}
	if len(couldJoin) > 0 {
		parts = append(parts, "who could make himself a creator by ADMIN OPTION"+bracketed(couldJoin))
	}
	if !r.desired.Server.MembershipsHaveOptions() {
		parts = append(parts, "who could make himself a creator by CREATEROLE")
	}
	if len(refused) > 0 {
		parts = append(parts, fmt.Sprintf("creators for whom role %q may not act", r.actor.Name)+bracketed(refused))
	}
	return parts
}

// bracketed lists the first few of some names.
func bracketed(names []string) string {
	slices.Sort(names)
	return " (" + firstFew(slices.Compact(names)) + ")"
}

// comparePositions orders places in files.
func comparePositions(a, b spec.Position) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// couldJoin lists, in order, the roles that are no creators and have ADMIN OPTION on a creator or on a role with
// CREATE.
func (r *resolver) couldJoin(object *catalog.Object, creators map[string]bool) []string {
	reached := catalog.Below(holdersOfCreate(object), func(o catalog.Options) bool { return o.Inherit || o.Set }, r.desired)
	found := map[string]bool{}
	for role := range reached {
		for _, m := range r.desired.Members[role] {
			if m.Admin && !creators[m.Member] && !r.desired.IsSuperuser(m.Member) && !catalog.IsOwnRole(m.Member) {
				found[m.Member] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// uncoveredObjects names existing objects of owners that FOR ANY CREATOR does not cover, where a grantee lacks what the
// phrase gives.
func (r *resolver) uncoveredObjects() []string {
	var out []string
	for grantee, grant := range r.futurePhrases() {
		if !grant.Target.Future.AnyCreator || len(grant.Target.Schemas) > 0 {
			continue
		}
		who := everyone
		if grantee != catalog.Public {
			who = fmt.Sprintf("role %q", grantee)
		}
		if ids := r.uncoveredFor(grantee, grant); len(ids) > 0 {
			out = append(out, grant.At.Before(fmt.Sprintf("%s does not have what «%s» gives on %s, whose owners FOR ANY CREATOR does not cover", who, grant.Text, firstFew(ids))))
		}
	}
	return out
}

func (r *resolver) uncoveredFor(grantee string, grant *spec.Grant) []string {
	privileges := r.privileges(grant)
	var ids []catalog.ObjectID
	for _, place := range r.placesOf(&grant.Target) {
		covered := slices.DeleteFunc(r.anyCreators(place), func(role string) bool { return !r.mayAlterDefaultsOf(role) })
		for _, id := range r.createdIn(place, grant.Target.Kind) {
			object := r.desired.Objects[id]
			if slices.Contains(covered, object.Owner) || object.Owner == grantee || r.preserves(grantee, id) {
				continue
			}
			if slices.ContainsFunc(privileges, func(p catalog.Privilege) bool { return !object.ACL.Has(grantee, p) }) {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, catalog.ObjectID.Compare)
	return lists.Map(ids, catalog.ObjectID.String)
}

// createdIn lists the existing objects of a kind in a place.
func (r *resolver) createdIn(place creatorsPlace, kind catalog.Kind) []catalog.ObjectID {
	if kind == catalog.Schema {
		return r.schemas()
	}
	var ids []catalog.ObjectID
	for _, in := range place.objects {
		ids = append(ids, r.contentsOfSchemas()[contentsKey{kind: kind, schema: in.Name}]...)
	}
	return ids
}
