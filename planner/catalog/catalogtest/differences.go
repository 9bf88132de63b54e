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
func differing(a, b map[string]bool) []string {
	var out []string
	for line := range a {
		if !b[line] {
			out = append(out, "- "+line)
		}
	}
	for line := range b {
		if !a[line] {
			out = append(out, "+ "+line)
		}
	}
	slices.SortFunc(out, func(x, y string) int { return strings.Compare(x[2:]+x[:1], y[2:]+y[:1]) })
	return out
}

// facts writes all that a catalog says as one line a fact.
func facts(c *catalog.Catalog) map[string]bool {
	out := map[string]bool{}
	for _, r := range c.Roles {
		out[roleFact(r)] = true
	}
	for role, members := range c.Members {
		for _, m := range members {
			out[membershipFact(c, role, m)] = true
		}
	}
	for _, o := range c.Objects {
		for _, line := range objectFacts(o) {
			out[line] = true
		}
	}
	return out
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
	if c.Server.GrantorsMatter() {
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
