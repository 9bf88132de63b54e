package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// Setting is what a configuration parameter is to be in a role's sessions, as by ALTER ROLE ... SET.
// https://www.postgresql.org/docs/current/sql-alterrole.html
type Setting struct {
	// Name is the parameter's, in any case.
	Name string
	// Values are the elements of a parameter that is a list (search_path, say), else the one text.
	Values []string
	// At is where that stands; zero if the spec was built in Go.
	At Position
}

// settingName is what the server takes for the name of a parameter, dots between its parts.
// https://www.postgresql.org/docs/current/runtime-config-custom.html
var settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*$`)

// IsSettingName tells whether a configuration parameter can have a name.
func IsSettingName(name string) bool { return settingName.MatchString(name) && !hasLongPart(name) }

// TakesOneText tells whether a configuration parameter is no list.
func TakesOneText(name string) bool { return IsSettingName(name) && !catalog.IsListSetting(name) }

// hasLongPart tells whether a part of a parameter's name is longer than PostgreSQL's names are.
func hasLongPart(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "."), func(part string) bool { return len(part) > MaxNameBytes })
}

// problem says what is wrong with a setting.
func (s Setting) problem() string {
	name := Shorten(s.Name)
	isList := catalog.IsListSetting(s.Name)
	if hasLongPart(s.Name) {
		return fmt.Sprintf("the name of the setting %q is too long: PostgreSQL allows %d bytes", name, MaxNameBytes)
	}
	for _, value := range s.Values {
		if strings.ContainsRune(value, 0) {
			return fmt.Sprintf("the setting %s holds a NUL character, which PostgreSQL does not allow", name)
		}
	}
	switch {
	case !settingName.MatchString(s.Name):
		return fmt.Sprintf("%q is no name of a setting: it has letters, digits and underscores, and dots between its parts", name)
	case !isList && len(s.Values) != 1:
		return fmt.Sprintf("the setting %s takes one text, not a list: write the text as SET takes it, in quotes", name)
	case isList && len(s.Values) == 1 && strings.Contains(s.Values[0], ","):
		return fmt.Sprintf("the setting %s is a list, and %q would be one element of it: write %s: [%s]", name, Shorten(s.Values[0]), name, suggestedList(s.Values[0]))
	}
	return ""
}

// suggestedList writes a text with commas as the list that was meant, for YAML.
func suggestedList(text string) string {
	parts := strings.Split(Shorten(text), ",")
	for i, part := range parts {
		part = strings.TrimSpace(part)
		if !settingName.MatchString(part) {
			part = `'` + strings.ReplaceAll(strings.Trim(part, `"'`), `'`, `''`) + `'`
		}
		parts[i] = part
	}
	return strings.Join(parts, ", ")
}

// checkSettings checks the settings under one key.
func (c *checker) checkSettings(key string, settings []Setting) {
	seen := make(map[string]bool, len(settings))
	for _, s := range settings {
		name := catalog.SettingKey(s.Name)
		switch problem := s.problem(); {
		case problem != "":
			c.refuse(key, s.At, problem)
		case seen[name]:
			c.fail(key, s.At, "the setting %s is listed twice: case does not count", Shorten(s.Name))
		}
		seen[name] = true
	}
}
