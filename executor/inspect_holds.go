package executor

import (
	"regexp"
	"strconv"
	"strings"

	"pgsr/planner/catalog"
)

// privilegeRole matches the rest of the names of privilege roles. What kind of object and which privilege they say does not matter: an ACL decides.
var privilegeRole = regexp.MustCompile(`^[a-z]+_[a-z_]+_[0-9a-f]{8}$`)

// isPrivilegeRole tells whether a role is one by its name, and may stand for this database: that of another one has that one's OID in it.
func isPrivilegeRole(name string, database uint32) bool {
	rest, matches := strings.CutPrefix(name, "_pgsr_global_")
	if !matches {
		rest, matches = strings.CutPrefix(name, "_pgsr_local_"+strconv.FormatUint(uint64(database), 10)+"_")
	}
	return matches && privilegeRole.MatchString(rest)
}

// holdings are what privilege roles hold, by role.
type holdings map[*catalog.Role]*holding

type holding struct {
	catalog.Held
	// more says that there is more than the one privilege, or that the role may grant it.
	more bool
}

// add notes which of the candidates an object's ACL names.
func (h holdings) add(o *catalog.Object, candidates map[string]*catalog.Role) {
	for _, item := range o.ACL {
		if item.Grantee == o.Owner { // most are, and no owner is a candidate
			continue
		}
		role := candidates[item.Grantee]
		if role == nil {
			continue
		}
		held := catalog.Held{Privilege: item.Privilege, Object: o.ID}
		if known, ok := h[role]; !ok {
			h[role] = &holding{held, item.Grantable}
		} else if known.Held != held || item.Grantable {
			known.more = true
		}
	}
}

// settle says it to those roles that hold one privilege and nothing else.
func (h holdings) settle() {
	for role, holding := range h {
		if !holding.more {
			role.Holds = &holding.Held
		}
	}
}
