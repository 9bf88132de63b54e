package catalog

import (
	"cmp"
	"slices"
)

// AlterRoleSet is ALTER ROLE ... SET, in one database or in all.
// https://www.postgresql.org/docs/current/sql-alterrole.html
type AlterRoleSet struct {
	Role string `json:"role"`
	Setting
}

// SettingOf is a setting without its value: of a role, in one database or in all.
type SettingOf struct {
	Role string `json:"role"`
	// Database is the one in which it holds; empty: all.
	Database string `json:"database,omitempty"`
	Name     string `json:"name"`
}

// Compare puts settings in order by role, database and name.
func (s SettingOf) Compare(other SettingOf) int {
	return cmp.Or(cmp.Compare(s.Role, other.Role), cmp.Compare(s.Database, other.Database), cmp.Compare(s.Name, other.Name))
}

// Setting gives the value of a setting, and whether there is one. There is none of a role that is not there.
func (r *Role) Setting(of SettingOf) (string, bool) {
	if r == nil {
		return "", false
	}
	at, is := r.findSetting(Setting{Database: of.Database, Name: of.Name})
	if !is {
		return "", false
	}
	return r.Settings[at].Value, true
}

// Apply adds the setting, or gives it another value.
func (ch AlterRoleSet) Apply(c *Catalog) {
	c.editRole(ch.Role, func(r *Role) {
		at, is := r.findSetting(ch.Setting)
		r.Settings = slices.Clone(r.Settings)
		if is {
			r.Settings[at].Value = ch.Value
		} else {
			r.Settings = slices.Insert(r.Settings, at, ch.Setting)
		}
	})
}

// findSetting gives the place of a setting of the same database and name, or where it belongs.
func (r *Role) findSetting(s Setting) (int, bool) {
	return slices.BinarySearchFunc(r.Settings, s, Setting.Compare)
}

// Touches gives the role and the setting.
func (ch AlterRoleSet) Touches(*Catalog) Touched {
	return Touched{Roles: []string{ch.Role}, Settings: []SettingOf{{ch.Role, ch.Database, ch.Name}}}
}

// Lock locks the role. That each database is locked as well is one entry, however many roles have a setting there.
func (ch AlterRoleSet) Lock(l Locks, _ Server) { l.roles(ch.Role) }

// AlterRoleReset is ALTER ROLE ... RESET of one setting.
type AlterRoleReset struct{ SettingOf }

// Apply removes the setting.
func (ch AlterRoleReset) Apply(c *Catalog) {
	c.editRole(ch.Role, func(r *Role) {
		if at, is := r.findSetting(Setting{Database: ch.Database, Name: ch.Name}); is {
			r.Settings = slices.Delete(slices.Clone(r.Settings), at, at+1)
		}
	})
}

// Touches gives the role and the setting.
func (ch AlterRoleReset) Touches(*Catalog) Touched {
	return Touched{Roles: []string{ch.Role}, Settings: []SettingOf{ch.SettingOf}}
}

// Lock locks the same.
func (ch AlterRoleReset) Lock(l Locks, _ Server) { l.roles(ch.Role) }

// DifferentSettings gives what makes the settings of one state those of another, in order: what is to go first.
func DifferentSettings(role string, now, want []Setting) []Change {
	find := func(in []Setting, s Setting) (int, bool) { return slices.BinarySearchFunc(in, s, Setting.Compare) }
	var out []Change
	for _, s := range now {
		if _, stays := find(want, s); !stays {
			out = append(out, AlterRoleReset{SettingOf{role, s.Database, s.Name}})
		}
	}
	for _, s := range want {
		if at, is := find(now, s); !is || now[at].Value != s.Value {
			out = append(out, AlterRoleSet{role, s})
		}
	}
	return out
}
