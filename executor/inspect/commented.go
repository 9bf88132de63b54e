package inspect

import (
	"strings"

	"pgsr/planner/catalog"
)

// asked is a query with the parts of some names, which are comments until they are asked for: /* of schemas: ... */.
// None of them is within another.
func asked(sql string, names map[string]bool) string {
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

// inScope is a query with what is so in a scope.
func inScope(sql string) string { return asked(sql, map[string]bool{"in scope": true}) }

// ofMajor is a query with what it takes for kinds that only later versions have.
func ofMajor(sql string, major int) string {
	return asked(sql, map[string]bool{"of parameters": major >= catalog.SettingParameter.Info().From})
}
