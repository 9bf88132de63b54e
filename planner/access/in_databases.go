package access

import (
	"slices"

	"pgsr/planner/catalog"
)

// DatabaseEffect is what a change means for people in one of several databases.
type DatabaseEffect struct {
	Database string  `json:"database"`
	Effect   *Effect `json:"effect"`
}

// CompareIn compares as [Compare] does, of a database beside the connected one: without what all databases share, which
// is said of that one.
func CompareIn(before, after *catalog.Catalog) *Effect {
	e := compare(before, after)
	isShared := func(id catalog.ObjectID) bool { return id.Kind.Info().Shared }
	ofShared := func(g Group) bool { return isShared(g.Objects[0]) }
	e.Gains, e.Losses = slices.DeleteFunc(e.Gains, ofShared), slices.DeleteFunc(e.Losses, ofShared)
	e.Gained, e.Lost = countAll(e.Gains), countAll(e.Losses)
	e.Held = slices.DeleteFunc(e.Held, func(h HeldChange) bool { return h.Unknown == 0 && isShared(h.Objects[0]) })
	e.Options = slices.DeleteFunc(e.Options, func(o OptionChange) bool { return isShared(o.Objects[0]) })
	e.Ownerships = slices.DeleteFunc(e.Ownerships, func(o OwnershipChange) bool { return isShared(o.Objects[0]) })
	e.Memberships, e.Attributes, e.GainLogin, e.LoseLogin, e.Created, e.Dropped = nil, nil, nil, nil, nil, nil
	e.mark(before, after)
	return e
}
