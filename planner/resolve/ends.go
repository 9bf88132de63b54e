package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// End is something that a spec gives until a moment that is still to come.
type End struct {
	// At is the place of its phrase, Role the grantee, and What the text of the phrase.
	At         spec.Position
	Role, What string
	Until      time.Time
	// IsNew tells that the current catalog lacks it, or a part of it, so that the plan gives it.
	IsNew bool
}

// String says what ends when.
func (e End) String() string {
	return e.At.Before(fmt.Sprintf("role %q: %s (ends %s)", e.Role, e.What, e.Until.UTC().Format(time.RFC3339Nano)))
}

// Within gives those that end within a time after a moment, the next first.
func Within(ends []End, moment time.Time, within time.Duration) []End {
	return slices.DeleteFunc(slices.Clone(ends), func(e End) bool { return e.Until.After(moment.Add(within)) })
}

// hasEnded tells whether a moment has passed by the server's clock. A phrase that has ended counts as not written.
func (r *resolver) hasEnded(until *time.Time) bool {
	return until != nil && !until.After(r.current.Moment)
}

// ending is an End that is noted before the desired catalog is complete.
type ending struct {
	End
	// isNew works out IsNew. It may be called when the desired catalog is complete.
	isNew func() bool
}

// noteEnd notes that something ends.
func (f *findings) noteEnd(e End, isNew func() bool) { f.endings = append(f.endings, ending{e, isNew}) }

// noteEndOfFuture notes that default privileges end, unless a phrase that lasts longer gives them as well.
func (r *resolver) noteEndOfFuture(grant *spec.Grant, f catalog.Future, item futureItem, before *futureClaim) {
	if grant.Until == nil || before != nil && (before.withOption() || !grant.WithOption) {
		return
	}
	r.noteEnd(End{At: grant.At, Role: item.grantee, What: grant.Text, Until: *grant.Until}, func() bool {
		acl := r.current.FutureACL(f)
		return !acl.Has(item.grantee, item.privilege) || grant.WithOption && !acl.HasOption(item.grantee, item.privilege)
	})
}

// ends gives what ends, each phrase once, the next first.
func (r *resolver) ends() []End {
	var out []End
	place := map[End]int{}
	for _, e := range r.endings {
		at, isNew := lists.Place(place, e.End)
		if isNew {
			out = append(out, e.End)
		}
		out[at].IsNew = out[at].IsNew || e.isNew()
	}
	slices.SortStableFunc(out, func(a, b End) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Role, b.Role)) })
	return out
}

// currentMembers gives a role's current members, with the options of all their rows together, except the row that the
// role's creator gets. Each role is looked through once.
func (x *currentIndex) currentMembers(role string) map[string]catalog.Options {
	if _, known := x.membersNow[role]; !known {
		x.membersNow[role] = catalog.OptionsByMember(x.current.Members[role], x.current.IsCreators)
	}
	return x.membersNow[role]
}
