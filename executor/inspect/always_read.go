package inspect

import (
	"cmp"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// askNamedParameters asks which of the parameters that a scope names exist. Most have no row in pg_parameter_acl.
func (i *inspection) askNamedParameters() []wire.Query {
	var names []string
	for _, id := range i.scope.Objects {
		if id.Kind == catalog.SettingParameter {
			names = append(names, id.Name)
		}
	}
	if len(names) == 0 || wire.Major(i.conn) < catalog.SettingParameter.Info().From {
		return nil
	}
	return []wire.Query{{Doing: "reading which settings there are", SQL: gen.NamedParameters, Args: []any{names}, Read: func(rows pgx.Rows) error {
		var name string
		return wire.Each(rows, []any{&name}, func() {
			id := catalog.ObjectID{Kind: catalog.SettingParameter, Name: name}
			if i.catalog.Objects[id] == nil {
				owner := i.catalog.Server.Bootstrap
				i.catalog.Objects[id] = &catalog.Object{ID: id, Owner: owner, ACL: i.defaultACL(id.Kind, owner)}
			}
		})
	}}}
}

func (i *inspection) readAlwaysRead(rows pgx.Rows) error {
	var row gen.AlwaysReadRow
	var a acls
	_, err := pgx.ForEachRow(rows, wire.FieldsOf(&row), func() error {
		kind, err := kindOf(row.Kind[0], "", row.Name)
		if err != nil {
			return err
		}
		key := objectKey{row.Kind[0], row.Oid}
		if i.objects[key] == nil {
			o := &catalog.Object{ID: catalog.ObjectID{Kind: kind, Name: row.Name}, OID: row.Oid, Owner: i.roles.name(row.Owner), Refused: row.Refused, Wrapper: row.Wrapper}
			if kind.Info().NeedsNoRow {
				o.OID = 0 // the row comes and goes
			}
			if row.DefaultAcl {
				o.ACL = i.defaultACL(kind, o.Owner)
			}
			i.objects[key], i.catalog.Objects[o.ID] = o, o
		}
		i.readItemOf(&a, key, row.Grantee, row.Grantor, row.Privilege, row.Grantable)
		return nil
	})
	i.addItems(&a)
	return err
}

// AlwaysReadNames asks for the names of such objects, and gives each to add.
func AlwaysReadNames(add func(catalog.ObjectID)) wire.Query {
	return wire.Query{Doing: "reading what there is instead", SQL: gen.AlwaysRead, Read: func(rows pgx.Rows) error {
		var row gen.AlwaysReadRow
		last := objectKey{}
		_, err := pgx.ForEachRow(rows, wire.FieldsOf(&row), func() error {
			kind, err := kindOf(row.Kind[0], "", row.Name)
			if key := (objectKey{row.Kind[0], row.Oid}); err == nil && key != last {
				last = key
				add(catalog.ObjectID{Kind: kind, Name: row.Name})
			}
			return err
		})
		return err
	}}
}

// catalogs names the system catalogs of some kinds as pg_shdepend does, each once.
func catalogs(of func(*catalog.KindInfo) bool) []string {
	all := []string{}
	for _, kind := range catalog.Kinds() {
		if name := "pg_catalog." + cmp.Or(kind.Depends, kind.Catalog); of(&kind) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// Managed names the system catalogs of all kinds that pgsr reads, as pg_shdepend names them.
func Managed() []string {
	return append(catalogs(func(*catalog.KindInfo) bool { return true }), "pg_catalog.pg_auth_members", "pg_catalog.pg_default_acl")
}
