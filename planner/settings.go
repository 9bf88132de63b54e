package planner

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// changeSettings sets and resets the settings of roles, for all databases and for the connected one.
func (b *builder) changeSettings() {
	for _, name := range b.roleNames() {
		now, want := b.working.Roles[name], b.desired.Roles[name]
		if now == nil || now == want {
			continue
		}
		for _, change := range catalog.DifferentSettings(name, now.Settings, want.Settings) {
			b.changeSetting(name, change)
		}
	}
}

func (b *builder) changeSetting(role string, change catalog.Change) {
	parameter, reason := "", "the setting that the spec gives"
	switch ch := change.(type) {
	case catalog.AlterRoleSet:
		parameter = ch.Name
	case catalog.AlterRoleReset:
		parameter, reason = ch.Name, "not in the spec"
	}
	b.authority.requireMaySetOf(role, parameter, intent{fmt.Sprintf("change the setting %s of role %q", parameter, role), change})
	b.addStatement(script.Roles, "", change, reason)
}

// requireMaySetOf refuses a setting that the connecting role may not change. It may change its own, and those of roles
// that it may change. Parameters that only superusers may set take SET on the parameter, from 15 on. So do parameters
// that the server does not know. https://www.postgresql.org/docs/current/sql-alterrole.html
func (a *authority) requireMaySetOf(role, parameter string, act intent) {
	if a.IsSuperuser() {
		return
	}
	if role != a.Name {
		a.requireMayChange(role, act)
	}
	p, known := a.b.working.Parameters[catalog.SettingKey(parameter)]
	if !known || p.MaySet || p.Context == "user" || catalog.IsHiddenSetting(parameter) {
		return
	}
	why := fmt.Sprintf("the setting %s is kept for superusers, and role %q was not granted SET on it", parameter, a.Name)
	if p.Context == "" {
		why = fmt.Sprintf("the server does not know the setting %s, or keeps it for superusers, so that only these may set it", parameter)
	}
	denied := denial{subject: subject{role: role, settings: true}}
	if p.Context == "" && !strings.Contains(parameter, ".") {
		denied = denial{} // who may not see it can not tell whether anybody could set it
	}
	a.b.refuse(act, why, denied)
}
