package catalogtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// AllDifferences says in words where two catalogs differ, in a fixed order; nothing when they say the same. The OIDs of
// what does not exist yet, and passwords, are not compared.
func AllDifferences(a, b *catalog.Catalog) []string {
	return differing(facts(a), facts(b))
}

// differing lists the lines that only one side has.
func differing(a, b []string) []string {
	out := append(only(a, b, "- "), only(b, a, "+ ")...)
	slices.SortStableFunc(out, func(x, y string) int { return strings.Compare(x[2:], y[2:]) })
	return out
}

// only marks the lines that others have not.
func only(lines, others []string, mark string) (out []string) {
	known := map[string]bool{}
	for _, line := range others {
		known[line] = true
	}
	for _, line := range lines {
		if !known[line] {
			out = append(out, mark+line)
		}
	}
	return out
}

// facts writes all that a catalog says as one line a fact.
func facts(c *catalog.Catalog) (out []string) {
	for _, r := range c.Roles {
		out = append(out, roleFact(r))
		for _, s := range r.Settings {
			out = append(out, fmt.Sprintf("setting of %q in %q: %s is %q", r.Name, s.Database, s.Name, s.Value))
		}
	}
	for role, members := range c.Members {
		for _, m := range members {
			out = append(out, membershipFact(c, role, m))
		}
	}
	for _, o := range c.Objects {
		out = append(out, objectFacts(o)...)
	}
	return append(out, futureFacts(c)...)
}

func roleFact(r *catalog.Role) string {
	until := "infinity"
	if r.ValidUntil != nil {
		until = r.ValidUntil.UTC().Format("2006-01-02T15:04:05.999999Z")
	}
	return fmt.Sprintf("role %q %+v valid until %s, comment %q", r.Name, r.Attributes, until, r.Comment)
}

// membershipFact leaves out the grantor before 16, where it means nothing.
func membershipFact(c *catalog.Catalog, role string, m catalog.Membership) string {
	line := fmt.Sprintf("membership of %q in %q %+v", m.Member, role, m.Options)
	if c.Server.MembershipsHaveOptions() {
		line += fmt.Sprintf(" by %q", m.Grantor)
	}
	return line
}

func objectFacts(o *catalog.Object) []string {
	out := []string{fmt.Sprintf("%q owner %q", o.ID, o.Owner)}
	for _, item := range o.ACL {
		out = append(out, fmt.Sprintf("%q acl %+v", o.ID, item))
	}
	for _, column := range slices.Sorted(maps.Keys(o.Columns)) {
		for _, item := range o.Columns[column] {
			out = append(out, fmt.Sprintf("%q column %q acl %+v", o.ID, column, item))
		}
	}
	return out
}
