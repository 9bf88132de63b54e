package export

import (
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// place is where objects of a kind lie.
type place struct {
	kind   catalog.Kind
	schema string
}

// held is what a role has on one object, or is in need of a phrase for. It has more than that where it is the owner, or
// an extension has granted it something: that may be said, and need not be.
type held struct {
	object    *catalog.Object
	has, must byLevel
}

// column is one of an object.
type column struct {
	object catalog.ObjectID
	name   string
}

// way is how a role has something: on the object's own ACL, or by privilege roles.
type way struct {
	objects map[catalog.ObjectID]*held
	// columns are those on which it has something that is in need of a phrase.
	columns map[column]*byLevel
}

// holdings is what a role has.
type holdings struct{ direct, viaRoles way }

func (w *way) of(object *catalog.Object) *held {
	if w.objects == nil {
		w.objects = map[catalog.ObjectID]*held{}
	}
	h := w.objects[object.ID]
	if h == nil {
		h = &held{object: object}
		w.objects[object.ID] = h
	}
	return h
}

func (w *way) ofColumn(object *catalog.Object, name string) *byLevel {
	key := column{object.ID, name}
	if w.columns[key] == nil {
		if w.columns == nil {
			w.columns = map[column]*byLevel{}
		}
		w.columns[key] = &byLevel{}
	}
	return w.columns[key]
}

// findContents goes once through all that there is.
func (e *exporter) findContents() {
	for name := range e.exported {
		e.holdings[name] = &holdings{}
		e.futures[name] = futures{}
	}
	for _, id := range sortedIDs(e.Objects) {
		object := e.Objects[id]
		if !e.decides(object.ID) {
			continue
		}
		if object.IsOfAll() && !object.ID.IsServers() { // whose contents are not all read, and the next version has others
			at := place{object.ID.Kind, object.ID.Schema}
			e.contents[at] = append(e.contents[at], object.ID)
		}
		if e.exported[object.Owner] {
			e.owned[object.Owner] = append(e.owned[object.Owner], object)
		}
		if object.Refused == "" && !isOnlyTaken(object.ID) { // of what is refused nothing can be granted or revoked
			e.findItems(object)
		}
	}
	e.findMemberships()
	e.findFutures()
}

// isOnlyTaken tells whether no spec can say that somebody has something on an object: it only goes.
func isOnlyTaken(id catalog.ObjectID) bool {
	schema := id.Schema
	if id.Kind == catalog.Schema {
		schema = id.Name
	}
	return strings.HasPrefix(schema, "pg_toast") || strings.HasPrefix(schema, "pg_temp_")
}

// findItems notes what the exported roles have by the ACL of an object, and those of its columns.
func (e *exporter) findItems(object *catalog.Object) {
	for column, item := range object.Items() {
		switch {
		case !e.exported[item.Grantee]:
		case column == "":
			e.findItem(object, item)
		case item.Grantee != object.Owner:
			set := e.setOf(object.ID.Kind, item, catalog.InColumn(column)+object.ID.String())
			addNeeded(e.holdings[item.Grantee].direct.ofColumn(object, column), set, item, object)
		}
	}
}

// addNeeded adds what of an item is in need of a phrase: what an extension has granted stays without one.
func addNeeded(must *byLevel, set privileges, item catalog.Item, object *catalog.Object) {
	if !object.Init.Has(item.Grantee, item.Privilege) {
		must.add(set, false)
	}
	if item.Grantable && !object.Init.HasOption(item.Grantee, item.Privilege) {
		must[withOption] |= set
	}
}

// setOf gives the set of what an item gives on something, and notes a privilege that is not known.
func (e *exporter) setOf(kind catalog.Kind, item catalog.Item, on string) privileges {
	set := setOf(kind, item.Privilege)
	if set.isEmpty() {
		e.unknown[item.Grantee] = append(e.unknown[item.Grantee], string(item.Privilege)+" on "+on)
	}
	return set
}

func (e *exporter) findItem(object *catalog.Object, item catalog.Item) {
	h := e.holdings[item.Grantee].direct.of(object)
	if item.Grantee == object.Owner {
		h.has.add(setOf(object.ID.Kind, item.Privilege), true)
		return
	}
	set := e.setOf(object.ID.Kind, item, object.ID.String())
	h.has.add(set, item.Grantable)
	addNeeded(&h.must, set, item, object)
}

// findMemberships notes what the exported roles are members of, and what they have by privilege roles.
func (e *exporter) findMemberships() {
	for _, group := range slices.Sorted(maps.Keys(e.Members)) {
		for _, row := range e.Members[group] {
			if groups := e.memberOf[row.Member]; e.exported[row.Member] && (len(groups) == 0 || groups[len(groups)-1] != group) {
				e.memberOf[row.Member] = append(groups, group)
			}
		}
	}
	for member, groups := range e.memberOf {
		for _, group := range groups {
			if options, is := e.optionsOf(group, member); is && catalog.IsOwnRole(group) {
				e.findHeld(group, member, options)
			}
		}
	}
}

// optionsOf gives what a role has in another by all memberships together, unless it is no more than its creator.
func (e *exporter) optionsOf(group, member string) (options catalog.Options, is bool) {
	for _, row := range e.Members[group] {
		if row.Member == member && !e.IsCreators(row) {
			options, is = options.With(row.Options), true
		}
	}
	return options, is
}

// findHeld notes what a role has by a role of pgsr's own, whose members are left alone if it is not a privilege role,
// or not a member as a spec makes it one: without ADMIN OPTION, and from 16 on with INHERIT and SET.
func (e *exporter) findHeld(group, member string, options catalog.Options) {
	known := e.Roles[group]
	switch {
	case known == nil || known.IsAdministrator() || e.names.IsOfOther(group):
	case e.other != nil && !e.names.IsLocal(group): // whose members are not decided, or comparing shows it
	case known.Holds == nil:
		e.unsaid.ignored[group] = "its object is gone, or it has more than one privilege"
	case options.Admin || e.Server.MembershipsHaveOptions() && !(options.Inherit && options.Set):
		e.unsaid.ignored[group] = "it was granted WITH ADMIN OPTION, or without INHERIT or SET"
	}
	if known == nil || known.Holds == nil {
		return
	}
	object := e.Objects[known.Holds.Object]
	if object == nil || object.Refused != "" || !e.decides(object.ID) {
		return
	}
	set, way := setOf(object.ID.Kind, known.Holds.Privilege), &e.holdings[member].viaRoles
	if known.Holds.Column != "" {
		way.ofColumn(object, known.Holds.Column).add(set, false)
		return
	}
	h := way.of(object)
	h.has.add(set, false)
	h.must.add(set, false)
}
