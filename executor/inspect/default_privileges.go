package inspect

import (
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// askDefaultPrivileges comes after roles.
func (i *inspection) askDefaultPrivileges() wire.Query {
	return wire.Query{Doing: "reading default privileges", SQL: gen.DefaultPrivileges, Read: i.readDefaultPrivileges}
}

func (i *inspection) readDefaultPrivileges(rows pgx.Rows) error {
	var row gen.DefaultPrivilegesRow
	items := map[catalog.Future][]catalog.Item{}
	_, err := pgx.ForEachRow(rows, []any{&row.Owner, &row.Schema, &row.Letter, &row.Grantee, &row.Privilege, &row.Grantable}, func() error {
		kind, err := futureKindOf(row.Letter)
		f := catalog.Future{Owner: i.roles.name(row.Owner), Schema: row.Schema, Kind: kind}
		if _, known := items[f]; !known {
			items[f] = nil
		}
		if row.Privilege != "" {
			items[f] = append(items[f], catalog.Item{
				Grantee: i.roles.name(row.Grantee), Grantor: f.Owner, Privilege: catalog.Privilege(i.words.intern(row.Privilege)), Grantable: row.Grantable,
			})
		}
		return err
	})
	for f, acl := range items {
		i.catalog.DefaultPrivileges[f] = catalog.NewACL(acl...)
	}
	return err
}

// futureKindOf gives the kind for a letter of pg_default_acl. One that nobody here knows is an error.
func futureKindOf(letter string) (catalog.FutureKind, error) {
	all := catalog.FutureKinds()
	at := slices.IndexFunc(all, func(k catalog.FutureKindInfo) bool { return k.Letter == letter })
	if at < 0 {
		return "", fmt.Errorf("the server has default privileges of an unknown kind %q", letter)
	}
	return all[at].Kind, nil
}
