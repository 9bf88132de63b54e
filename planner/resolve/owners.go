package resolve

import (
	"cmp"
	"fmt"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// claim is a role's claim to own an object.
type claim struct {
	role string
	at   spec.Position
}

// decideOwners gives objects to the roles whose owns lists them, and creates schemas that are listed. What a role owns
// and its key owns leaves out is taken from it; without the key it keeps all.
func (r *resolver) decideOwners() {
	claims := r.claims()
	for _, id := range r.changingOwner(claims) {
		object := r.desired.Objects[id]
		owner := r.owner(object, claims)
		if r.current.Objects[id] != nil {
			r.ownerChanges = append(r.ownerChanges, r.ownerChange(object, owner, claims))
		}
		catalog.SetOwner{Object: id, Owner: owner}.Apply(r.desired)
	}
	r.noteUnclaimed(claims)
	r.refuseUnlisted(claims)
}

// changingOwner lists, in order, the objects that are to have another owner.
func (r *resolver) changingOwner(claims map[catalog.ObjectID]claim) []catalog.ObjectID {
	var ids []catalog.ObjectID
	for id, object := range r.desired.Objects {
		switch owner, wanted := r.owner(object, claims), r.wantedOwner(object, claims); {
		case owner != object.Owner:
			ids = append(ids, id)
		case wanted != owner:
			r.left = append(r.left, catalog.Left{Role: owner, What: fmt.Sprintf("the ownership of %s, which %q is to own", id, wanted)})
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
			for _, id := range r.ownedObjects(owned.Target, role.Name, owned.At) {
				if other, taken := claims[id]; taken && other.role != role.Name {
					r.fail(owned.At, "%s is to be owned by %q here and by %q at %s: an object has one owner", id, role.Name, other.role, other.at)
				}
				if table := r.desired.Objects[id].OwnedBy; table != (catalog.ObjectID{}) {
					r.fail(owned.At, "%s has the owner of %s: write %s", id, table, table.String())
				}
				if id.Kind.Info().OwnedBySuperusers && !r.desired.IsSuperuser(role.Name) {
					r.fail(owned.At, "%s can only be owned by a superuser, which %q is not", id, role.Name)
				}
				claims[id] = claim{role.Name, owned.At}
			}
		}
	}
	return claims
}

func (r *resolver) createSchemas(t spec.Target, owner string) {
	for _, id := range t.Objects {
		if id.Kind == catalog.Schema && r.desired.Objects[id] == nil && !t.IfExists {
			catalog.CreateSchema{Name: id.Name, Owner: owner}.Apply(r.desired)
		}
	}
}

// owner gives who is to own an object. Mode add takes ownership only from the connecting role, and gives it only to
// roles whose owns lists the object.
func (r *resolver) owner(object *catalog.Object, claims map[catalog.ObjectID]claim) string {
	wanted := r.wantedOwner(object, claims)
	_, isClaimed := claims[object.ID]
	if wanted == object.Owner || r.spec.Mode != spec.ModeAdd || isClaimed && object.Owner == r.current.Server.CurrentUser {
		return wanted
	}
	return object.Owner
}

// wantedOwner gives who is to own an object in mode sync. A leaver's objects go to its heir. An object that no role
// lists changes hands only if its kind is one that OwnerDecided allows.
func (r *resolver) wantedOwner(object *catalog.Object, claims map[catalog.ObjectID]claim) string {
	if claimed, isClaimed := claims[object.ID]; isClaimed {
		return claimed.role
	}
	if l, is := r.leavers[object.Owner]; is && r.desired.Roles[l.heir] != nil && r.mayGoToHeir(object) {
		return l.heir
	}
	if r.decidesOwnership(object.Owner) && object.ID.Kind.Info().OwnerDecided && !r.ignored.has(object) {
		return r.reassignTo()
	}
	return object.Owner
}

// decidesOwnership tells whether the spec says what a role is to own: where it does not, the role keeps what it owns.
func (r *resolver) decidesOwnership(owner string) bool {
	at, in := r.scope[owner]
	return in && r.spec.Roles[at].Owns != nil
}

func (r *resolver) reassignTo() string {
	return cmp.Or(r.means.ReassignTo, r.current.Server.CurrentUser)
}

// noteUnclaimed notes objects that a role keeps although its owns leaves them out: what is taken away from owners goes
// to that very role.
func (r *resolver) noteUnclaimed(claims map[catalog.ObjectID]claim) {
	role := r.reassignTo()
	if !r.decidesOwnership(role) {
		return
	}
	r.unclaimed = lists.Keys(r.current.Objects, catalog.ObjectID.Compare, func(id catalog.ObjectID, object *catalog.Object) bool {
		_, isClaimed := claims[id]
		return !isClaimed && object.Owner == role && id.Kind.Info().OwnerDecided && !id.IsServers() && !r.ignored.has(object)
	})
}

// unclaimedWarnings names what [resolver.noteUnclaimed] has noted.
func (r *resolver) unclaimedWarnings() []string {
	if len(r.unclaimed) == 0 {
		return nil
	}
	names := lists.Map(r.unclaimed, catalog.ObjectID.String)
	role := r.reassignTo()
	return []string{r.spec.Roles[r.scope[role]].At.Before(fmt.Sprintf(
		"role %q keeps %s, which its owns leaves out: what is taken away goes to %q itself; name another with --reassign-to",
		role, firstFew(names), role))}
}

// FewNames is how many names of many a message holds.
const FewNames = 3

// firstFew lists the first names, and counts the rest.
func firstFew(names []string) string { return lists.First(names, FewNames, len(names)) }
