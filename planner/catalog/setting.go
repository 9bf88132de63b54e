package catalog

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"pgsr/planner/lists"
)

// Setting is what a configuration parameter is in a role's sessions: an element of pg_db_role_setting.setconfig.
// https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html
type Setting struct {
	// Database is the one in which it holds; empty: all.
	Database string `json:"database,omitempty"`
	// Name is as the server has it: built-in ones in their own spelling, others as they were first written.
	Name string `json:"name"`
	// Value is the text as it was sent; that of a list has the form that [ListValue] gives.
	Value string `json:"value"`
}

// SettingKey gives a name as it is compared: case does not count.
func SettingKey(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// Compare puts settings in order by database and name.
func (s Setting) Compare(other Setting) int {
	return cmp.Or(cmp.Compare(s.Database, other.Database), cmp.Compare(SettingKey(s.Name), SettingKey(other.Name)))
}

// listSettings are the parameters whose elements the server quotes one by one. Extensions can have none.
// https://www.postgresql.org/docs/current/sql-set.html
var listSettings = []string{
	"local_preload_libraries", "oauth_validator_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries",
	"temp_tablespaces", "unix_socket_directories",
}

// IsListSetting tells whether a parameter is a list of names, which the server quotes.
func IsListSetting(name string) bool { return slices.Contains(listSettings, SettingKey(name)) }

// ListSettings gives their names.
func ListSettings() []string { return slices.Clone(listSettings) }

// IsOfLibraries tells whether a parameter that a role can have names libraries that are loaded at its login: one that
// the server lacks lets nobody in. https://www.postgresql.org/docs/current/runtime-config-client.html
func IsOfLibraries(name string) bool {
	key := SettingKey(name)
	return key == "local_preload_libraries" || key == "session_preload_libraries"
}

// IsHiddenSetting tells whether a parameter is in no list of the server's, though everybody may set it.
func IsHiddenSetting(name string) bool {
	switch SettingKey(name) {
	case "role", "session_authorization", "seed":
		return true
	}
	return false
}

// IsOfTransaction tells whether a parameter is of one transaction: as a role's setting it has no effect, and from 16 on
// it can not be reset by itself. https://www.postgresql.org/docs/16/functions-info.html
func IsOfTransaction(name string) bool {
	switch SettingKey(name) {
	case "transaction_isolation", "transaction_read_only", "transaction_deferrable":
		return true
	}
	return false
}

// ListValue writes the elements of a list, each in quotes: two lists are equal if their values are. No element is the
// same as one that is empty, as SET has it.
func ListValue(elements []string) string {
	if len(elements) == 0 {
		elements = []string{""}
	}
	return lists.Join(elements, quoted)
}

// storedElement matches an element of a list as the server stores it: in quotes where that is needed.
var storedElement = regexp.MustCompile(`"((?:[^"]|"")*)"|([^", ]+)`)

// ListElements gives the elements of a list as the server stores it, or as [ListValue] writes it.
func ListElements(stored string) []string {
	var out []string
	for _, m := range storedElement.FindAllStringSubmatch(stored, -1) {
		if m[2] != "" {
			out = append(out, m[2])
		} else {
			out = append(out, strings.ReplaceAll(m[1], `""`, `"`))
		}
	}
	return out
}

// NewSetting gives a setting of an element of setconfig, name=value.
func NewSetting(database, entry string) Setting {
	name, value, _ := strings.Cut(entry, "=")
	if IsListSetting(name) {
		value = ListValue(ListElements(value))
	}
	return Setting{database, name, value}
}

// Parameter is what the server says of a configuration parameter.
type Parameter struct {
	// Name is in the server's spelling.
	Name string
	// Context says when it can be set: https://www.postgresql.org/docs/current/view-pg-settings.html
	Context string
	// MaySet tells whether the connecting role was granted SET on it (15 and later).
	MaySet bool
}
