package inspect

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

func (i *inspection) readDefaultPrivileges(rows pgx.Rows) error {
	found := defaultPrivileges{}
	err := wire.EachRow(func(row gen.DefaultPrivilegesRow) { found.add(i, row) })(rows)
	found.finish(i.catalog)
	return err
}

// defaultPrivileges are the items of default privileges that were read so far.
type defaultPrivileges map[catalog.Future][]catalog.Item

func (p defaultPrivileges) add(i *inspection, row gen.DefaultPrivilegesRow) {
	kind, isKnown := futureKindOf(row.Letter)
	if !isKnown {
		return // which NotManaged names
	}
	f := catalog.Future{Owner: i.roles.name(row.Owner), Schema: row.Schema, Kind: kind}
	items := p[f]
	if row.Privilege != "" {
		items = append(items, catalog.Item{
			Grantee: i.roles.name(row.Grantee), Grantor: f.Owner, Privilege: catalog.Privilege(row.Privilege), Grantable: row.Grantable,
		})
	}
	p[f] = items
}

func (p defaultPrivileges) finish(c *catalog.Catalog) {
	for f, items := range p {
		c.DefaultPrivileges[f] = catalog.NewACL(items...)
	}
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
	return lists.Map(catalog.FutureKinds(), func(kind catalog.FutureKindInfo) string { return kind.Letter })
}
