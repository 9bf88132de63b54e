package executor

import (
	"strconv"
	"strings"

	"pgsr/planner/catalog"
)

// privilegeNames tells privilege roles by their names.
type privilegeNames struct{ global, local string }

// namesIn gives how the names of privilege roles of a database begin: those of another one have that one's OID in them.
func namesIn(database uint32) privilegeNames {
	return privilegeNames{"_pgsr_global_", "_pgsr_local_" + strconv.FormatUint(uint64(database), 10) + "_"}
}

// match tells whether a role is one by its name. What kind of object and which privilege that says does not matter: an ACL decides.
func (p privilegeNames) match(name string) bool {
	rest, matches := strings.CutPrefix(name, p.global)
	if !matches {
		rest, matches = strings.CutPrefix(name, p.local)
	}
	const digits = 8
	at := len(rest) - digits - 1
	if !matches || at < 0 || rest[at] != '_' {
		return false
	}
	kind, privilege, _ := strings.Cut(rest[:at], "_")
	return consistsOf(kind, lowerCase) && consistsOf(privilege, lowerCase+"_") && consistsOf(rest[at+1:], hexDigits)
}

const lowerCase, hexDigits = "abcdefghijklmnopqrstuvwxyz", "0123456789abcdef"

// consistsOf tells whether a text is made of some letters, at least one.
func consistsOf(text, of string) bool {
	return text != "" && strings.Trim(text, of) == ""
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
