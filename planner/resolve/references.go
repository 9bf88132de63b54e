package resolve

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// heldReference is who keeps REFERENCES on tables that go to a role which can do more than their old owner.
type heldReference struct{ grantee, owner string }

// referenceWarnings names who is outside the spec and comes to run code as a more powerful owner: a foreign key may
// compare by a cast of one's own type, and the server checks it as the owner of the table that it refers to.
// https://www.postgresql.org/docs/current/sql-createcast.html
func (r *resolver) referenceWarnings() []string {
	held := map[heldReference][]string{}
	for _, c := range r.ownerChanges {
		object := r.desired.Objects[c.id]
		if object == nil || c.id.Kind != catalog.Table || r.canDoNoMore(c.to, c.from) {
			continue
		}
		for item := range itemsOf(object) {
			key := heldReference{item.Grantee, c.to}
			if names := held[key]; r.mayReference(item, c.to) && (len(names) == 0 || names[len(names)-1] != c.id.String()) {
				held[key] = append(names, c.id.String())
			}
		}
	}
	var out []string
	for key, tables := range held {
		slices.Sort(tables)
		out = append(out, fmt.Sprintf("%s keeps REFERENCES on %s, which role %q is to own: by a foreign key with a type of one's own that lets run code as the owner, so revoke it",
			granteeInWords(key.grantee), firstFew(slices.Compact(tables)), key.owner))
	}
	slices.SortFunc(out, strings.Compare)
	return out
}

// mayReference tells whether an item lets somebody refer to a table of a new owner over whom the spec does not decide,
// and who is no superuser.
func (r *resolver) mayReference(item catalog.Item, owner string) bool {
	known := r.desired.Roles[item.Grantee]
	isServing := known != nil && known.Holds != nil
	return item.Privilege == catalog.References && item.Grantee != owner && !r.inScope(item.Grantee) && !r.desired.IsSuperuser(item.Grantee) && !isServing
}

func granteeInWords(grantee string) string {
	if grantee == catalog.Public {
		return "everyone (PUBLIC)"
	}
	return fmt.Sprintf("role %q", grantee)
}
