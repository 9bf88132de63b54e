package resolve

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// decideSettings sets the settings of roles, in all databases and in the connected one, where the spec decides over
// them. Others keep what they have.
func (r *resolver) decideSettings() {
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		if role.Settings != nil {
			r.decideSettingsIn(role, "", role.Settings)
		}
		for _, in := range role.In {
			switch here := r.desired.Server.Database; {
			case in.Database != here:
				r.fail(in.At, "%s is not the connected database, which is %q: what a role has in another one is not decided here", in.Which(), here)
			case !in.IsSettingsAlone():
				r.fail(in.At, "%q is the connected database: what a role has there stands directly under it, not under in, which takes settings alone of it", here)
			default:
				r.decideSettingsIn(role, in.Database, in.Settings)
			}
		}
	}
}

// decideSettingsIn replaces a role's settings in one database, or for all databases, by the listed ones.
func (r *resolver) decideSettingsIn(role *spec.Role, database string, listed []spec.Setting) {
	now := r.desired.Roles[role.Name].Settings
	want := slices.DeleteFunc(slices.Clone(now), func(s catalog.Setting) bool { return s.Database == database })
	for _, s := range listed {
		setting := catalog.Setting{Database: database, Name: r.settingName(s.Name), Value: settingValue(s)}
		at, is := slices.BinarySearchFunc(now, setting, catalog.Setting.Compare)
		if is {
			setting.Name = now[at].Name
		}
		if !is || now[at].Value != setting.Value {
			r.refuseSetting(role, s)
		}
		want = append(want, setting)
	}
	slices.SortFunc(want, catalog.Setting.Compare)
	for _, change := range catalog.DifferentSettings(role.Name, now, want) {
		if reset, is := change.(catalog.AlterRoleReset); is {
			r.refuseReset(role, reset.SettingOf)
		}
		change.Apply(r.desired)
	}
}

// refuseReset refuses to reset what a server resets from 16 on together with all other settings of the role alone.
// https://www.postgresql.org/docs/16/functions-info.html (NO_RESET)
func (r *resolver) refuseReset(role *spec.Role, of catalog.SettingOf) {
	if !catalog.IsOfTransaction(of.Name) || r.desired.Server.Major() < 16 || r.spec.Mode == spec.ModeAdd {
		return
	}
	reset := "RESET ALL"
	if of.Database != "" {
		reset = "IN DATABASE ... RESET ALL"
	}
	r.fail(role.At, "role %q has the setting %s%s, which PostgreSQL 16 and later reset with all others alone: "+
		"list it, or have a superuser run ALTER ROLE ... %s, after which the next run sets the others again", role.Name, of.Name, inDatabase(of.Database), reset)
}

func settingValue(s spec.Setting) string {
	if catalog.IsListSetting(s.Name) {
		return catalog.ListValue(s.Values)
	}
	return s.Values[0]
}

// settingName gives a name in the server's spelling; as it is written, if the server does not know it.
func (r *resolver) settingName(name string) string {
	if p, known := r.desired.Parameters[catalog.SettingKey(name)]; known && p.Context != "" {
		return p.Name
	}
	return name
}

// refuseSetting refuses settings that the server allows for no role. A setting that the server does not list is refused
// only to a superuser, who sees all parameters. https://www.postgresql.org/docs/current/view-pg-settings.html
func (r *resolver) refuseSetting(role *spec.Role, s spec.Setting) {
	key, parameters := catalog.SettingKey(s.Name), r.desired.Parameters
	at := placeOf(role, s.At)
	if isConnecting := role.Name == r.desired.Server.SessionUser; isConnecting && isOfUser(key) {
		r.fail(at, "the setting %s of %q would make pgsr run as another role: it is the connecting role", s.Name, role.Name)
	}
	if catalog.IsOfLibraries(key) && (len(s.Values) == 0 || slices.Contains(s.Values, "")) {
		r.fail(at, "the setting %s would keep %q from logging in: without a name it is a library that the server does not find; leave it out to have none of its own", s.Name, role.Name)
	}
	if catalog.IsOfTransaction(key) {
		r.fail(at, "the setting %s is of one transaction, so that no role can have it: default_%s is that of all", s.Name, key)
	}
	if parameters == nil || catalog.IsHiddenSetting(key) {
		return
	}
	switch p := parameters[key]; {
	case p.Context == "internal" || p.Context == "postmaster" || p.Context == "sighup":
		r.fail(at, "the setting %s can not be set for a role: it is one of the server as a whole (context %s)", s.Name, p.Context)
	case p.Context == "backend" || p.Context == "superuser-backend":
		r.fail(at, "the setting %s can not be set for a role: it holds from the start of a session (context %s)", s.Name, p.Context)
	case p.Context == "" && !strings.Contains(key, ".") && r.actor.IsSuperuser():
		r.fail(at, "the server knows no setting %q%s", s.Name, nearestSettings(key, parameters))
	}
}

// isOfUser tells whether a setting decides as which role a session acts.
func isOfUser(name string) bool {
	key := catalog.SettingKey(name)
	return key == "role" || key == "session_authorization"
}

// nearestSettings names what may have been meant by a name that is not known.
func nearestSettings(key string, parameters map[string]catalog.Parameter) string {
	names := lists.Filter(slices.Sorted(maps.Keys(parameters)), func(name string) bool { return parameters[name].Context != "" })
	if near := spec.Nearest(key, names); len(near) > 0 {
		return fmt.Sprintf(": did you mean %s?", strings.Join(near, ", "))
	}
	return ""
}
