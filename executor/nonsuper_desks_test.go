package executor

import (
	"fmt"
	"strings"
	"testing"
)

// desk is a schema with tables of one owner for whom the admin can act in one way or another.
type desk struct {
	name string
	// make gives the admin its membership, with %s for the owner's name.
	make []string
	// grants and gives tell whether privileges on the owner's objects can be granted, and whether its tables can change
	// hands.
	grants, gives bool
	from, to      int
}

// desks lists every way for the admin to be, or not to be, a member of an owner. Before 16, CREATEROLE is enough.
func desks() []desk {
	all := []desk{
		{name: "none15", grants: true, gives: true, to: 15},
		{name: "member15", make: []string{`GRANT %s TO admin`}, grants: true, gives: true, to: 15},
		{name: "adminoption15", make: []string{`GRANT %s TO admin WITH ADMIN OPTION`}, grants: true, gives: true, to: 15},
		{name: "none16", from: 16},
		{name: "self_inherit", make: []string{creators, `SET ROLE admin`, `GRANT %s TO admin WITH INHERIT TRUE, SET FALSE`, `RESET ROLE`}, grants: true, gives: true, from: 16},
		{name: "self_set", make: []string{creators, `SET ROLE admin`, `GRANT %s TO admin WITH INHERIT FALSE, SET TRUE`, `RESET ROLE`}, grants: true, gives: true, from: 16},
		{name: "self_both", make: []string{creators, `SET ROLE admin`, `GRANT %s TO admin WITH INHERIT TRUE, SET TRUE`, `RESET ROLE`}, grants: true, gives: true, from: 16},
		{name: "self_neither", make: []string{creators, `SET ROLE admin`, `GRANT %s TO admin WITH INHERIT FALSE, SET FALSE`, `RESET ROLE`}, grants: true, gives: true, from: 16},
		{name: "by_boss", make: []string{`GRANT %s TO boss WITH ADMIN TRUE`, `GRANT %s TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE GRANTED BY boss`}, grants: true, gives: true, from: 16},
		{name: "through_group", make: []string{`GRANT %s TO helpers WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`}, grants: true, gives: true, from: 16},
	}
	for bits := range 8 {
		has := func(bit int) bool { return bits&bit != 0 }
		admin, inherit, set := has(1), has(2), has(4)
		all = append(all, desk{
			name:   fmt.Sprintf("by_postgres_%d%d%d", b2i(admin), b2i(inherit), b2i(set)),
			make:   []string{fmt.Sprintf(`GRANT %%s TO admin WITH ADMIN %t, INHERIT %t, SET %t`, admin, inherit, set)},
			grants: admin || inherit || set, gives: admin || inherit, from: 16,
		})
	}
	return all
}

// creators is the membership that PostgreSQL gives the creator of a role from 16 on.
const creators = `GRANT %s TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (c *cluster) makeDesk(d desk) {
	c.Helper()
	owner := "owner_" + d.name
	c.exec(`CREATE ROLE `+owner, `CREATE SCHEMA s_`+d.name+` AUTHORIZATION `+owner)
	for _, table := range []string{"orders", "parts"} {
		name := `s_` + d.name + `.` + table
		c.exec(`CREATE TABLE `+name+` (a serial)`, `ALTER TABLE `+name+` OWNER TO `+owner)
	}
	for _, sql := range d.make {
		if strings.Contains(sql, "%s") {
			sql = fmt.Sprintf(sql, owner)
		}
		c.exec(sql)
	}
}

// eachDesk makes all desks of the server's major, and runs something for each.
func eachDesk(t *testing.T, do func(c *cluster, d desk)) {
	setup := []string{`CREATE ROLE boss`, `CREATE ROLE helpers`, `GRANT helpers TO admin`}
	c := newOffice(t, setup...)
	for _, d := range desks() {
		if d.from > c.major || d.to > 0 && d.to < c.major {
			continue
		}
		c.makeDesk(d)
		t.Run(d.name, func(t *testing.T) {
			do(&cluster{TB: t, server: c.server, super: c.super, major: c.major}, d)
		})
	}
}

// TestGrantsOnObjectsOfOthers: by way of privilege roles and directly, given and taken away.
func TestGrantsOnObjectsOfOthers(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(c *cluster, d desk) {
		conn, reader := c.asAdmin(), "reader_"+d.name
		with := fmt.Sprintf(`
version: 1
roles:
  %s:
    login: {password: {env: PASSWORD}}
    grants: [USAGE ON SCHEMA s_%[2]s, SELECT ON TABLE s_%[2]s.orders]
    direct_grants: [INSERT ON TABLE s_%[2]s.orders, USAGE ON ALL SEQUENCES IN SCHEMA s_%[2]s]`, reader, d.name)
		if !c.works(d.grants, conn, with) {
			return
		}
		c.can(reader, `SELECT FROM s_`+d.name+`.orders`)
		c.can(reader, `INSERT INTO s_`+d.name+`.orders DEFAULT VALUES`)
		c.cannot(reader, `SELECT FROM s_`+d.name+`.parts`)
		c.works(true, conn, "version: 1\nroles:\n  "+reader+": {login: {}}")
		c.cannot(reader, `SELECT FROM s_`+d.name+`.orders`)
		c.cannot(reader, `INSERT INTO s_`+d.name+`.orders DEFAULT VALUES`)
	})
}

// TestTablesOfOthersChangeHands: to a new owner, who keeps no right to CREATE, and away from it to the admin.
func TestTablesOfOthersChangeHands(t *testing.T) {
	t.Parallel()
	eachDesk(t, func(c *cluster, d desk) {
		conn, keeper := c.asAdmin(), "keeper_"+d.name
		yaml := fmt.Sprintf("version: 1\nroles:\n  %s:\n    login: {password: {env: PASSWORD}}\n    owns: [TABLE s_%s.parts]", keeper, d.name)
		acl := one[string](c, `SELECT coalesce(nspacl::text, 'NULL') FROM pg_namespace WHERE nspname = $1`, "s_"+d.name)
		if !c.works(d.gives, conn, yaml) {
			return
		}
		c.exec(`GRANT USAGE ON SCHEMA s_` + d.name + ` TO ` + keeper)
		c.can(keeper, `DROP TABLE s_`+d.name+`.parts`)
		c.cannot(keeper, `CREATE TABLE s_`+d.name+`.another (a int)`)
		c.exec(`REVOKE USAGE ON SCHEMA s_` + d.name + ` FROM ` + keeper)
		c.works(true, conn, "version: 1\nroles:\n  "+keeper+": {login: {}, owns: []}")
		c.exec(`GRANT USAGE ON SCHEMA s_` + d.name + ` TO ` + keeper)
		c.cannot(keeper, `DROP TABLE s_`+d.name+`.parts`)
		c.exec(`REVOKE USAGE ON SCHEMA s_` + d.name + ` FROM ` + keeper)
		if owner := c.ownerOf("s_" + d.name + ".parts"); owner != "admin" {
			t.Errorf("it belongs to %s", owner)
		}
		if after := one[string](c, `SELECT coalesce(nspacl::text, 'NULL') FROM pg_namespace WHERE nspname = $1`, "s_"+d.name); !sameACL(acl, after, "owner_"+d.name) {
			t.Errorf("the schema's ACL was %s and is %s", acl, after)
		}
	})
}

// sameACL takes NULL and what stands for it as the same: once something was granted, the owner's own rights are
// written down.
func sameACL(before, after, owner string) bool {
	written := "{" + owner + "=UC/" + owner + "}"
	return before == after || before == "NULL" && after == written
}

func (c *cluster) ownerOf(table string) string {
	c.Helper()
	return one[string](c, `SELECT relowner::regrole::text FROM pg_class WHERE oid = $1::regclass`, table)
}

// TestAdminWithoutInherit: whoever has NOINHERIT acts by SET ROLE alone before 16; from then on a membership for the
// moment is one with INHERIT.
func TestAdminWithoutInherit(t *testing.T) {
	t.Parallel()
	c := newOffice(t, `ALTER ROLE admin NOINHERIT`)
	for _, d := range []desk{
		{name: "none", gives: c.major >= 16, make: []string{`SELECT`}},
		{name: "member", gives: c.major >= 16, make: []string{`GRANT %s TO admin`}},
	} {
		if c.major >= 16 {
			d.make = append(d.make, creators)
		}
		c.makeDesk(d)
		conn := c.asAdmin()
		c.works(true, conn, fmt.Sprintf("version: 1\nroles:\n  reader_%[1]s:\n    login: {password: {env: PASSWORD}}\n    direct_grants: [USAGE ON SCHEMA s_%[1]s, SELECT ON TABLE s_%[1]s.orders]", d.name))
		c.can("reader_"+d.name, `SELECT FROM s_`+d.name+`.orders`)
		c.works(true, conn, fmt.Sprintf("version: 1\nroles:\n  reader_%s:\n    login: {}", d.name))
		c.cannot("reader_"+d.name, `SELECT FROM s_`+d.name+`.orders`)
		c.works(d.gives, conn, fmt.Sprintf("version: 1\nroles:\n  reader_%[1]s:\n    owns: [TABLE s_%[1]s.orders]", d.name))
	}
}
