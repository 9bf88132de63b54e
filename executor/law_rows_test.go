package executor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sums are rows of a role outside a spec without their grantors: each with the options that rows of any grantor give
// together, which is what a membership or a privilege is worth to whoever has it. A row has become less if it is gone,
// or if an option that some row gave is given by none. From which grantor it comes is not part of it, as what one
// grantor takes back for a spec, another gives.
type sums map[string]map[string]bool

func (s sums) add(key string, options map[string]bool) {
	if s[key] == nil {
		s[key] = map[string]bool{}
	}
	for name, is := range options {
		if is {
			s[key][name] = true
		}
	}
}

// less lists what s has and other lacks.
func (s sums) less(other sums) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(s)) {
		now, is := other[key]
		if !is {
			out = append(out, key)
			continue
		}
		for _, option := range slices.Sorted(maps.Keys(s[key])) {
			if !now[option] {
				out = append(out, key+" "+option)
			}
		}
	}
	return out
}

// outsideRows adds up the rows of all roles that are not in a spec, PostgreSQL's own and PUBLIC too. Of an object
// that changes hands the rows of its old and new owner are left out: ALTER ... OWNER makes one of the other's, and
// owns has named it. The new owner has what owners have.
func (f facts) outsideRows(s lawSpec, moved map[string][]string) sums {
	out := sums{}
	outside := func(role string) bool { return s.role(role) == nil && !strings.HasPrefix(role, "_pgsr_") }
	for _, row := range f {
		switch row[0] {
		case "membership":
			if group := s.role(row[1]); outside(row[2]) && (group == nil || group.members == nil && !group.absent) {
				out.add(fmt.Sprintf("%q is a member of %q", row[2], row[1]), map[string]bool{"admin": row[4] == "true", "inherit": row[5] == "true", "set": row[6] == "true"})
			}
		case "role":
			if outside(row[1]) {
				out.add(fmt.Sprintf("%q is %s", row[1], strings.Join(row[2:], " ")), nil)
			}
		case "setting":
			if outside(row[1]) {
				out.add(strings.Join(row, " "), nil)
			}
		case "owner":
			if outside(row[2]) && moved[row[1]] == nil {
				out.add(fmt.Sprintf("%q owns %s", row[2], row[1]), nil)
			}
		case "acl":
			if outside(row[3]) && !slices.Contains(moved[row[1]], row[3]) {
				out.add(fmt.Sprintf("%q has %s on %s %s", row[3], row[5], row[1], row[2]), map[string]bool{"grantable": row[6] == "true"})
			}
		case "policy":
			if outside(row[3]) {
				out.add(strings.Join(row, " "), nil)
			}
		case "default":
			if outside(row[4]) && !isBuiltInFuture(row) && !s.isAbsent(row[1]) {
				out.add(fmt.Sprintf("%q will have %s on %s of %q in %s", row[4], row[5], row[3], row[1], row[2]), map[string]bool{"grantable": row[6] == "true"})
			}
		}
	}
	return out
}

// owners gives who owns what.
func (f facts) owners() map[string]string {
	out := map[string]string{}
	for _, row := range f.ofKind("owner") {
		out[row[1]] = row[2]
	}
	return out
}

// movedBySpec lists the objects that change hands because a spec names them in owns, or takes them from a role in it,
// each with both owners.
func movedBySpec(before, after facts, s lawSpec) (moved map[string][]string, wrong []string) {
	moved = map[string][]string{}
	named := map[string]string{}
	for _, role := range s {
		for _, o := range role.owns {
			named[o.String()] = role.name
		}
	}
	is := after.owners()
	for object, owner := range before.owners() {
		if now := is[object]; now != owner {
			moved[object] = []string{owner, now}
			// A serial's sequence goes with its table, and so does its row type, which has the table's name.
			sequence := strings.HasPrefix(object, "SEQUENCE") && strings.HasSuffix(object, "_seq")
			table, isType := strings.CutPrefix(object, "TYPE ")
			isNamed := named[object] == now || isType && named["TABLE "+table] == now
			if !isNamed && s.role(owner) == nil && !sequence {
				wrong = append(wrong, fmt.Sprintf("%s was owned by %q, outside of the spec, and is now by %q", object, owner, now))
			}
		}
	}
	return moved, wrong
}

// rowsOfOthers is the law that the rows of a role outside the spec never become less. They become no more either, but
// for what the connecting role gets as the creator of roles and as who takes over what a role of the spec shall not
// own.
func (l *lawRun) rowsOfOthers() {
	moved, wrong := movedBySpec(l.before, l.after, l.spec)
	was, is := l.before.outsideRows(l.spec, moved), l.after.outsideRows(l.spec, moved)
	for _, row := range was.less(is) {
		wrong = append(wrong, "less: "+row)
	}
	for _, row := range is.less(was) {
		if !l.isNew(row) {
			wrong = append(wrong, "more: "+row)
		}
	}
	l.expect("rows", wrong)
}

// isNew tells whether a row is about a role or schema that was not there before.
func (l *lawRun) isNew(row string) bool {
	there := map[string]bool{}
	for _, r := range l.before.ofKind("role") {
		there[r[1]] = true
	}
	for _, r := range l.after.ofKind("role") {
		if !there[r[1]] && strings.Contains(row, fmt.Sprintf("%q", r[1])) {
			return true
		}
	}
	old := l.before.owners()
	for object := range l.after.owners() {
		if _, known := old[object]; !known && strings.Contains(row, object) {
			return true
		}
	}
	return false
}
