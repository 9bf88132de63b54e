package inspect

import (
	"strings"

	"pgsr/planner/catalog"
)

// withParts gives a query with some of its optional parts, which are comments with a name: /* of schemas: ... */. No
// part stands within another.
func withParts(sql string, names map[string]bool) string {
	var text strings.Builder
	text.Grow(len(sql))
	for {
		before, rest, found := strings.Cut(sql, "/* ")
		text.WriteString(before)
		if !found {
			return text.String()
		}
		comment, after, _ := strings.Cut(rest, "*/")
		if name, part, _ := strings.Cut(comment, ":"); names[name] {
			text.WriteString(part)
		}
		sql = after
	}
}

// inScope restricts a query to a scope.
func inScope(sql string) string { return withParts(sql, map[string]bool{"in scope": true}) }

// ofMajor gives a query with the parts for kinds that only later versions have.
func ofMajor(sql string, major int) string {
	return withParts(sql, map[string]bool{"of parameters": major >= catalog.SettingParameter.Info().From})
}
