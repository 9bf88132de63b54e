package resolve

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// mostCreators is how many roles FOR ANY CREATOR may stand for: each is a row of default privileges, for each kind.
const mostCreators = 100

// creators are, for each schema or database in which something can be made, the roles that FOR ANY CREATOR stands for.
type creators map[catalog.ObjectID][]string

// creatorsPlace is where a phrase FOR ANY CREATOR is about new objects: a schema, all of them, or the database.
type creatorsPlace struct {
	name string
	// schema is empty where the default privileges are those for the whole database.
	schema string
	// objects are those on which it takes CREATE.
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

// schemas lists, in order, those that are neither the server's nor under ignore.
func (r *resolver) schemas() []catalog.ObjectID {
	return lists.Keys(r.desired.Objects, catalog.ObjectID.Compare, func(id catalog.ObjectID, _ *catalog.Object) bool {
		return id.Kind == catalog.Schema && !isServers(id) && !r.ignored.hasSchema(id.Name)
	})
}

// anyCreatorTargets gives the targets of all phrases FOR ANY CREATOR that have not ended, with where they stand.
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

// findCreators works out who can create where FOR ANY CREATOR is asked for, when all is as it is to be.
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

// creatorsIn lists, in order, who has CREATE on an object by an item of its ACL or by ownership, its own or inherited,
// and who can SET ROLE to one who has. Superusers are none of them, nor who has it only as everyone has; and roles of
// pgsr's own make nothing.
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

// fewCreators gives them, and refuses too many: each is a row of default privileges.
func (r *resolver) fewCreators(place creatorsPlace, at spec.Position) []string {
	all := r.anyCreators(place)
	if len(all) > mostCreators {
		r.fail(at, "%d roles can create in %s: FOR ANY CREATOR stands for at most %d; name those that do with FOR ROLE", len(all), place.name, mostCreators)
		return nil
	}
	return all
}

// mayAlterDefaultsOf tells whether the connecting role may act for a creator, one that the plan makes included, also if
// it is the memberships as they are to be that let it: those have to be decided.
func (r *resolver) mayAlterDefaultsOf(role string) bool {
	if r.current.Roles[role] == nil || r.actor.MayActFor(role) {
		return true
	}
	if r.actorAfter == nil {
		r.actorAfter = access.NewActor(r.desired)
	}
	return r.actorAfter.MayActFor(role)
}

// creatorWarnings says, of each place of FOR ANY CREATOR, whose new objects are not covered.
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
	return slices.Concat(out, r.slippedThrough())
}

// notCovered says who can create, or could make himself so, and is none of the creators.
func (r *resolver) notCovered(where creatorsPlace) []string {
	var couldJoin, refused []string
	public, are := false, lists.Set(r.anyCreators(where))
	superusers := lists.Keys(r.desired.Roles, strings.Compare, func(_ string, role *catalog.Role) bool { return role.Attributes.Superuser })
	for _, place := range where.objects {
		object := r.desired.Objects[place]
		if object == nil {
			continue
		}
		public = public || object.ACL.Has(catalog.Public, catalog.Create)
		couldJoin = append(couldJoin, r.couldJoin(object, are)...)
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

// couldJoin lists, in order, those with ADMIN OPTION on a creator, or on a role that has CREATE, who are none.
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

// slippedThrough names objects that are there, whose owners are not covered, and on which a grantee does not have
// what a phrase FOR ANY CREATOR gives it.
func (r *resolver) slippedThrough() []string {
	var out []string
	for grantee, grant := range r.futurePhrases() {
		if !grant.Target.Future.AnyCreator || len(grant.Target.Schemas) > 0 {
			continue
		}
		who := everyone
		if grantee != catalog.Public {
			who = fmt.Sprintf("role %q", grantee)
		}
		if ids := r.slippedFrom(grantee, grant); len(ids) > 0 {
			out = append(out, grant.At.Before(fmt.Sprintf("%s does not have what «%s» gives on %s, whose owners FOR ANY CREATOR does not cover", who, grant.Text, firstFew(ids))))
		}
	}
	return out
}

func (r *resolver) slippedFrom(grantee string, grant *spec.Grant) []string {
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

// createdIn lists the objects of a kind that were made in a place.
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
