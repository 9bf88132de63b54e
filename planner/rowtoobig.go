package planner

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
)

// RowTooBigError is the error of a plan with more direct grants than there is room for, which the server would refuse
// in the middle of it: "row is too big". Nothing was run.
type RowTooBigError struct{ ACLs []FullACL }

// FullACL is an ACL to which a plan adds more than fits.
type FullACL struct {
	Object catalog.ObjectID
	// Items is how many the ACL would have, one for each grantee and grantor, the owner among them. Fit is for how many
	// of them there is room: a server may have room for some more.
	Items, Fit int
	// Grantees are the roles that are to be added.
	Grantees []string
}

// Error names the first few ACLs and says what to write instead.
func (e *RowTooBigError) Error() string {
	var text strings.Builder
	text.WriteString("direct grants do not fit into the ACL, which PostgreSQL keeps in one page with the rest of its row, so nothing was done:")
	for i, acl := range e.ACLs {
		if i == fewObjects {
			fmt.Fprintf(&text, "\n  and %d more", len(e.ACLs)-i)
			break
		}
		fmt.Fprintf(&text, "\n  %s: %d items, one for each grantee, of which %d fit; %s would be added", acl.Object, acl.Items, acl.Fit, people(acl.Grantees))
	}
	text.WriteString("\n  what to write instead: grants: in the place of direct_grants:, for as many of an object's roles as can be: " +
		"all that have a privilege by grants: take one item together")
	return text.String()
}

// fewObjects is how many objects a message names.
const fewObjects = 5

// tooBig is the error for those that do not fit; nil if all do.
func tooBig(growths []*growth) error {
	var full []FullACL
	for _, g := range growths {
		if !g.fits() {
			full = append(full, FullACL{Object: g.object, Items: g.items(), Fit: g.most(), Grantees: g.grantees})
		}
	}
	if len(full) == 0 {
		return nil
	}
	return &RowTooBigError{ACLs: full}
}

// fullWarnings names, in one line, the objects whose ACL will take more than half of its room.
func fullWarnings(growths []*growth) []string {
	var named []string
	count := 0
	for _, g := range growths {
		if 2*g.final <= g.room {
			continue
		}
		if count++; count <= fewObjects {
			named = append(named, fmt.Sprintf("%s: %d items, about %d fit", g.object, g.items(), g.items()*g.room/g.final))
		}
	}
	switch {
	case count == 0:
		return nil
	case count > fewObjects:
		named = append(named, fmt.Sprintf("and %d more", count-fewObjects))
	}
	return []string{"direct grants take more than half of the room that there is for an ACL (" + strings.Join(named, "; ") +
		"); grants: in the place of direct_grants: takes one item for any number of roles"}
}
