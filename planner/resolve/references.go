package resolve

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// heldReference is a grantee that keeps REFERENCES on tables whose new owner can do more than the old one.
type heldReference struct{ grantee, owner string }

// referenceWarnings names grantees outside the spec that could run code as a new, more powerful owner. A foreign key
// may compare by a cast of a type of one's own, and the server checks it as the owner of the referenced table.
// https://www.postgresql.org/docs/current/sql-createcast.html
func (r *resolver) referenceWarnings() []string {
	held := map[heldReference][]string{}
	for _, c := range r.ownerChanges {
		object := r.desired.Objects[c.id]
		if object == nil || c.id.Kind != catalog.Table || r.canDoNoMore(c.to, c.from) {
			continue
		}
		for _, item := range object.Items() {
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

// mayReference tells whether an item gives REFERENCES to a grantee that is worth a warning: not the owner, a superuser,
// a privilege role, or a role over which the spec decides.
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
