package inspect

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// askSettings asks for the settings of the scope's roles, if that is asked for.
func (i *inspection) askSettings() []wire.Query {
	if len(i.scope.SettingsOf) == 0 {
		return nil
	}
	return []wire.Query{{Doing: "reading settings of roles", SQL: gen.Settings, Args: []any{wire.Names(i.scope.SettingsOf), wire.Names(i.scope.Dropped)}, Read: wire.EachRow(i.readSettings)}}
}

// askParameters asks what the server says of the parameters that the settings are about, which a plan needs.
func (i *inspection) askParameters() []wire.Query {
	if len(i.scope.SettingsOf) == 0 {
		return nil
	}
	names := i.scope.Settings
	if names == nil {
		names = []string{}
	}
	args := []any{names, wire.Names(i.scope.SettingsOf), i.acting()}
	return []wire.Query{{Doing: "reading configuration parameters", SQL: gen.Parameters, Args: args, Read: i.readParameters}}
}

func (i *inspection) readSettings(row gen.SettingsRow) {
	role := i.roles.entries[i.roles.indexOf(row.Role)].role
	s := catalog.NewSetting(row.Database, row.Entry)
	at, _ := slices.BinarySearchFunc(role.Settings, s, catalog.Setting.Compare)
	role.Settings = slices.Insert(role.Settings, at, s)
}

func (i *inspection) readParameters(rows pgx.Rows) error {
	i.catalog.Parameters = map[string]catalog.Parameter{}
	return wire.EachRow(func(row gen.ParametersRow) {
		i.catalog.Parameters[catalog.SettingKey(row.Name)] = catalog.Parameter{Name: row.Name, Context: row.Context, MaySet: row.MaySet}
	})(rows)
}
