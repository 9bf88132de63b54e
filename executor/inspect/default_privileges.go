package inspect

import (
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
	err := wire.Each(rows, []any{&row.Owner, &row.Schema, &row.Letter, &row.Grantee, &row.Privilege, &row.Grantable}, func() {
		kind, isKnown := futureKindOf(row.Letter)
		if !isKnown {
			return // which NotManaged names
		}
		f := catalog.Future{Owner: i.roles.name(row.Owner), Schema: row.Schema, Kind: kind}
		if _, known := items[f]; !known {
			items[f] = nil
		}
		if row.Privilege != "" {
			items[f] = append(items[f], catalog.Item{
				Grantee: i.roles.name(row.Grantee), Grantor: f.Owner, Privilege: catalog.Privilege(i.words.intern(row.Privilege)), Grantable: row.Grantable,
			})
		}
	})
	for f, acl := range items {
		i.catalog.DefaultPrivileges[f] = catalog.NewACL(acl...)
	}
	return err
}

// futureKindOf gives the kind for a letter of pg_default_acl, if it is one that is known here.
func futureKindOf(letter string) (kind catalog.FutureKind, isKnown bool) {
	all := catalog.FutureKinds()
	at := slices.IndexFunc(all, func(k catalog.FutureKindInfo) bool { return k.Letter == letter })
	if at < 0 {
		return "", false
	}
	return all[at].Kind, true
}

// FutureLetters are those of pg_default_acl that are known here.
func FutureLetters() []string {
	var all []string
	for _, kind := range catalog.FutureKinds() {
		all = append(all, kind.Letter)
	}
	return all
}
