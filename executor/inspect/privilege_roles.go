package inspect

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

// match tells whether a role is one by its name. What kind of object and which privilege that says does not matter:
// an ACL decides.
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

// hold notes that an object's ACL gives a role a privilege, if the role is a candidate.
func (d *directory) hold(oid uint32, o *catalog.Object, privilege catalog.Privilege, grantable bool) {
	e := &d.entries[d.place(oid)]
	if !e.candidate || e.role.Name == o.Owner {
		return
	}
	held := catalog.Held{Privilege: privilege, Object: o.ID}
	if e.holds == nil {
		e.holds = &held
	}
	e.more = e.more || *e.holds != held || grantable
}

// finishHoldings says what they hold to those roles that hold one privilege and nothing else. Members of other roles
// hold more: where everything is read, nobody but we can see that.
func (d *directory) finishHoldings() {
	for _, e := range d.entries {
		if e.candidate && !e.member && !e.more {
			e.role.Holds = e.holds
		}
	}
}
