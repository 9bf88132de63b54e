package resolve

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// mostCreators is how many roles FOR ANY CREATOR may stand for: each is a row of default privileges, for each kind.
const mostCreators = 100

// creators are, for each schema or database in which something can be made, the roles that FOR ANY CREATOR stands for.
type creators map[catalog.ObjectID][]string

// placesOf gives where a target's new objects are made: schemas, or the database. Nil are all schemas.
func (r *resolver) placesOf(t *spec.Target) []catalog.ObjectID {
	if t.Kind == catalog.Schema {
		return []catalog.ObjectID{{Kind: catalog.Database, Name: r.current.Server.Database}}
	}
	var places []catalog.ObjectID
	for _, schema := range t.Future.Schemas {
		places = append(places, catalog.ObjectID{Kind: catalog.Schema, Name: schema})
	}
	if places != nil {
		return places
	}
	for id := range r.desired.Objects {
		if id.Kind == catalog.Schema && !isServers(id) {
			places = append(places, id)
		}
	}
	slices.SortFunc(places, catalog.ObjectID.Compare)
	return places
}

// anyCreatorTargets gives the targets of all phrases FOR ANY CREATOR, with where they stand.
func anyCreatorTargets(s *spec.Spec) map[*spec.Target]spec.Position {
	out := map[*spec.Target]spec.Position{}
	add := func(grants []spec.Grant) {
		for i := range grants {
			if g := &grants[i]; g.Target.Future != nil && g.Target.Future.AnyCreator {
				out[&g.Target] = g.At
			}
		}
	}
	for i := range s.Roles {
		add(s.Roles[i].DirectGrants)
	}
	add(s.Public.Grants)
	add(s.Public.Revokes)
	return out
}

// findCreators works out who can create where FOR ANY CREATOR is asked for, when all is as it is to be.
func (r *resolver) findCreators() creators {
	found := creators{}
	for t := range anyCreatorTargets(r.spec) {
		for _, place := range r.placesOf(t) {
			if object := r.desired.Objects[place]; object != nil && found[place] == nil {
				found[place] = r.creatorsIn(object)
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
	out := []string{}
	for role := range all {
		if known := r.desired.Roles[role]; known != nil && !known.Attributes.Superuser && !catalog.IsOwnRole(role) {
			out = append(out, role)
		}
	}
	slices.Sort(out)
	return out
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

// anyCreators gives the roles for which a phrase is FOR ANY CREATOR, for one place at a time.
func (r *resolver) anyCreators(place catalog.ObjectID, at spec.Position) []string {
	all := r.anyCreator[place]
	if len(all) > mostCreators {
		r.fail(at, "%d roles can create in %s: FOR ANY CREATOR stands for at most %d; name those that do with FOR ROLE", len(all), place, mostCreators)
		return nil
	}
	return all
}

// mayAlterDefaultsOf tells whether the connecting role may act for a creator, one that the plan makes included.
func (r *resolver) mayAlterDefaultsOf(role string) bool {
	return r.current.Roles[role] == nil || r.actor.MayActFor(role)
}

// creatorWarnings says, of each place of FOR ANY CREATOR, whose new objects are not covered.
func (r *resolver) creatorWarnings() []string {
	type place struct {
		at      spec.Position
		objects []catalog.ObjectID
	}
	places := map[string]*place{}
	add := func(name string, at spec.Position, objects ...catalog.ObjectID) {
		if before := places[name]; before == nil || comparePositions(at, before.at) < 0 {
			places[name] = &place{at, objects}
		}
	}
	for t, at := range anyCreatorTargets(r.spec) {
		objects := r.placesOf(t)
		if t.Kind != catalog.Schema && len(t.Future.Schemas) == 0 {
			add("any schema", at, objects...)
			continue
		}
		for _, id := range objects {
			add(id.String(), at, id)
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(places)) {
		out = append(out, atPosition(places[name].at, "FOR ANY CREATOR does not cover, in "+name+": "+strings.Join(r.notCovered(places[name].objects), "; ")))
	}
	return slices.Concat(out, r.slippedThrough())
}

// notCovered says who can create, or could make himself so, and is none of the creators.
func (r *resolver) notCovered(places []catalog.ObjectID) []string {
	var superusers, selfMade, refused []string
	public := false
	for name, role := range r.desired.Roles {
		if role.Attributes.Superuser {
			superusers = append(superusers, name)
		}
	}
	for _, place := range places {
		object := r.desired.Objects[place]
		if object == nil {
			continue
		}
		public = public || object.ACL.Has(catalog.Public, catalog.Create)
		selfMade = append(selfMade, r.selfMade(object)...)
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
	if len(selfMade) > 0 {
		parts = append(parts, "who could make himself a creator by ADMIN OPTION"+bracketed(selfMade))
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

// atPosition puts before a text where something stands, if that is in a file.
func atPosition(at spec.Position, text string) string {
	if at.File == "" {
		return text
	}
	return at.String() + ": " + text
}

// selfMade lists, in order, those with ADMIN OPTION on a creator, or on a role that has CREATE, who are none.
func (r *resolver) selfMade(object *catalog.Object) []string {
	reached := catalog.Below(holdersOfCreate(object), func(o catalog.Options) bool { return o.Inherit || o.Set }, r.desired)
	are := map[string]bool{}
	for _, role := range r.anyCreator[object.ID] {
		are[role] = true
	}
	found := map[string]bool{}
	for role := range reached {
		for _, m := range r.desired.Members[role] {
			if m.Admin && !are[m.Member] && !r.desired.IsSuperuser(m.Member) && !catalog.IsOwnRole(m.Member) {
				found[m.Member] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// slippedThrough names objects that are there, whose owners are not covered, and on which a role does not have what a
// phrase FOR ANY CREATOR gives it.
func (r *resolver) slippedThrough() []string {
	var out []string
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		for j := range role.DirectGrants {
			grant := &role.DirectGrants[j]
			if grant.Target.Future == nil || !grant.Target.Future.AnyCreator || len(grant.Target.Schemas) > 0 {
				continue
			}
			if ids := r.slippedFrom(role.Name, grant); len(ids) > 0 {
				out = append(out, atPosition(grant.At, fmt.Sprintf("role %q does not have what «%s» gives on %s, whose owners FOR ANY CREATOR does not cover", role.Name, grant.Text, firstFew(ids))))
			}
		}
	}
	return out
}

func (r *resolver) slippedFrom(role string, grant *spec.Grant) []string {
	privileges := r.privileges(grant)
	var ids []catalog.ObjectID
	for _, place := range r.placesOf(&grant.Target) {
		covered := r.anyCreator[place]
		for id, object := range r.desired.Objects {
			isThere := id.Kind == grant.Target.Kind && (id.Schema == place.Name || id.Kind == catalog.Schema && !isServers(id))
			if !isThere || object.Relkind == catalog.RowType || slices.Contains(covered, object.Owner) || object.Owner == role {
				continue
			}
			if slices.ContainsFunc(privileges, func(p catalog.Privilege) bool { return !object.ACL.Has(role, p) }) {
				ids = append(ids, id)
			}
		}
	}
	slices.SortFunc(ids, catalog.ObjectID.Compare)
	var names []string
	for _, id := range ids {
		names = append(names, id.String())
	}
	return names
}
