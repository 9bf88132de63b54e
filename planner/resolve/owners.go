package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// claim is a role's claim to own an object.
type claim struct {
	role string
	at   spec.Position
}

// decideOwners gives objects to those who are declared to own them, creates schemas that are to be owned, and takes
// from the spec's roles what they own and should not, where it says what they should.
func (r *resolver) decideOwners() {
	claims := r.claims()
	for _, id := range r.changingHands(claims) {
		object := r.desired.Objects[id]
		if owner, changes := r.owner(object, claims); changes {
			r.move(object, owner, claims)
			catalog.SetOwner{Object: id, Owner: owner}.Apply(r.desired)
		}
	}
	r.noteKept(claims)
}

// noteKept notes what a role is to lose and keeps, because what is taken away goes to that very role.
func (r *resolver) noteKept(claims map[catalog.ObjectID]claim) {
	role := r.reassignTo()
	if !r.decidesOwnership(role) {
		return
	}
	for id, object := range r.current.Objects {
		_, isClaimed := claims[id]
		if !isClaimed && object.Owner == role && (id.Kind == catalog.Schema || id.Kind == catalog.Table) && !isServers(id) {
			r.keeps = append(r.keeps, id)
		}
	}
	slices.SortFunc(r.keeps, catalog.ObjectID.Compare)
}

// isServers tells whether a schema, or what lies in it, came with the server.
func isServers(id catalog.ObjectID) bool {
	schema := cmp.Or(id.Schema, id.Name)
	return strings.HasPrefix(schema, "pg_") || schema == "information_schema"
}

// keptWarnings names what [resolver.noteKept] has noted.
func (r *resolver) keptWarnings() []string {
	const most = 3
	if len(r.keeps) == 0 {
		return nil
	}
	var names []string
	for _, id := range r.keeps[:min(len(r.keeps), most)] {
		names = append(names, id.String())
	}
	text := strings.Join(names, ", ")
	if more := len(r.keeps) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	role := r.reassignTo()
	at := r.spec.Roles[r.scope[role]].At
	text = fmt.Sprintf("role %q keeps %s, which its owns leaves out: what is taken away goes to %q itself; name another with --reassign-to", role, text, role)
	if at.File != "" {
		text = at.String() + ": " + text
	}
	return []string{text}
}

// move notes that an object that there is gets another owner.
func (r *resolver) move(object *catalog.Object, owner string, claims map[catalog.ObjectID]claim) {
	m := moved{id: object.ID, from: object.Owner, to: owner, named: r.means.ReassignTo != ""}
	if claimed, isClaimed := claims[object.ID]; isClaimed {
		m.named, m.at = true, claimed.at
	} else if place, in := r.scope[object.Owner]; in {
		m.at = r.spec.Roles[place].At
	}
	if r.current.Objects[object.ID] != nil {
		r.moved = append(r.moved, m)
	}
}

// changingHands lists, in order, the objects that are to have another owner.
func (r *resolver) changingHands(claims map[catalog.ObjectID]claim) []catalog.ObjectID {
	var ids []catalog.ObjectID
	for id, object := range r.desired.Objects {
		if _, changes := r.owner(object, claims); changes {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, catalog.ObjectID.Compare)
	return ids
}

// claims gathers who is declared to own what. Missing schemas are created on the way, so that they come before their
// contents.
func (r *resolver) claims() map[catalog.ObjectID]claim {
	claims := map[catalog.ObjectID]claim{}
	for _, role := range r.spec.Roles {
		for _, owned := range role.Owns {
			r.createSchemas(owned.Target, role.Name)
			for _, id := range r.expand(owned.Target, role.Name, owned.At) {
				if other, taken := claims[id]; taken && other.role != role.Name {
					r.fail(owned.At, "%s is to be owned by %q here and by %q at %s: an object has one owner", id, role.Name, other.role, other.at)
				}
				claims[id] = claim{role.Name, owned.At}
			}
		}
	}
	return claims
}

func (r *resolver) createSchemas(t spec.Target, owner string) {
	for _, id := range t.Objects {
		if id.Kind == catalog.Schema && r.desired.Objects[id] == nil {
			catalog.CreateSchema{Name: id.Name, Owner: owner}.Apply(r.desired)
		}
	}
}

// owner gives who is to own an object, and whether that is someone else than now. Only schemas and tables change hands.
func (r *resolver) owner(object *catalog.Object, claims map[catalog.ObjectID]claim) (string, bool) {
	owner := object.Owner
	switch claimed, isClaimed := claims[object.ID]; {
	case isClaimed:
		owner = claimed.role
	case r.decidesOwnership(owner) && (object.ID.Kind == catalog.Schema || object.ID.Kind == catalog.Table):
		owner = r.reassignTo()
	}
	return owner, owner != object.Owner
}

// decidesOwnership tells whether the spec says what a role is to own: where it does not, the role keeps what it owns.
func (r *resolver) decidesOwnership(owner string) bool {
	at, in := r.scope[owner]
	return in && r.spec.Roles[at].Owns != nil
}

func (r *resolver) reassignTo() string {
	if r.means.ReassignTo != "" {
		return r.means.ReassignTo
	}
	return r.current.Server.CurrentUser
}
