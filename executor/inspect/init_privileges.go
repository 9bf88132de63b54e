package inspect

import (
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// readInitPrivileges reads the initial privileges that scripts of extensions have granted.
func (i *inspection) readInitPrivileges(row gen.InitPrivilegesRow) {
	if o := i.objects[objectKey{row.Class[0], row.Oid}]; o != nil {
		item := catalog.Item{Grantee: i.roles.name(row.Grantee), Privilege: catalog.Privilege(row.Privilege), Grantable: row.Grantable}
		o.Init = catalog.NewACL(append(o.Init, item)...)
	}
}
