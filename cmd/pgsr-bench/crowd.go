package main

import "fmt"

// crowd is a cluster in which everything is granted already: each role has all the tables of two schemas, by way of
// privilege roles.
type crowd struct{ roles, tables int }

// crowdSchema is how many tables lie in each schema of a crowd.
const crowdSchema = 100

func newCrowd(roles, tables int) crowd { return crowd{roles, max(tables, 2*crowdSchema)} }

func (c crowd) schemas() int { return c.tables / crowdSchema }

// has gives the two schemas of a role.
func (c crowd) has(role int) [2]int {
	first := role % c.schemas()
	return [2]int{first, (first + 1 + role/c.schemas()%(c.schemas()-1)) % c.schemas()}
}

// cluster makes it with names as pgsr gives them. The connecting role administers all roles, as their creator would.
func (c crowd) cluster() string {
	t := &text{}
	t.tables(c.tables, crowdSchema)
	t.line(`DO $$ BEGIN FOR i IN 0..%d LOOP EXECUTE format('CREATE ROLE r%%s', i); %s END LOOP; END $$;`, c.roles-1, commitNowAndThen("i"))
	t.line(`CREATE TEMPORARY TABLE has (member name, schema integer); CREATE TEMPORARY TABLE holds (role name, schema integer);`)
	for role := range c.roles {
		has := c.has(role)
		t.line(`INSERT INTO has VALUES ('r%d', %d), ('r%d', %d);`, role, has[0], role, has[1])
	}
	for s := range c.schemas() {
		for table := s * crowdSchema; table < (s+1)*crowdSchema; table++ {
			c.privilegeRole(t, fmt.Sprintf(`table_select_%08x`, table), fmt.Sprintf("SELECT ON TABLE s%d.t%d", s, table), s)
		}
		c.privilegeRole(t, fmt.Sprintf(`schema_usage_%08x`, s), fmt.Sprintf("USAGE ON SCHEMA s%d", s), s)
	}
	t.line(joining, owner)
	return t.String()
}

// joining writes the memberships as GRANT by the bootstrap superuser (OID 10) writes them, in a small part of the
// time; and, from 16 on, those that a role has that the server made the creator of all. Their OIDs are far from those
// that the server gives. https://www.postgresql.org/docs/current/catalog-pg-auth-members.html
const joining = `DO $$ BEGIN
	IF current_setting('server_version_num')::integer >= 160000 THEN
		INSERT INTO pg_auth_members (oid, roleid, member, grantor, admin_option, inherit_option, set_option)
			SELECT (2000000000 + row_number() OVER ())::oid, r.oid, m.oid, 10, false, true, true
			FROM holds JOIN has USING (schema) JOIN pg_roles AS r ON r.rolname = holds.role JOIN pg_roles AS m ON m.rolname = has.member;
		INSERT INTO pg_auth_members (oid, roleid, member, grantor, admin_option, inherit_option, set_option)
			SELECT (2100000000 + row_number() OVER ())::oid, r.oid, '%s'::regrole, 10, true, false, false
			FROM pg_roles AS r WHERE r.rolname ~ '^(r[0-9]|_pgsr_)';
	ELSE
		INSERT INTO pg_auth_members (roleid, member, grantor, admin_option)
			SELECT r.oid, m.oid, 10, false
			FROM holds JOIN has USING (schema) JOIN pg_roles AS r ON r.rolname = holds.role JOIN pg_roles AS m ON m.rolname = has.member;
	END IF;
END $$;`

func (c crowd) privilegeRole(t *text, name, holds string, schema int) {
	t.line(`CREATE ROLE `+localPrefix+`%s; INSERT INTO holds VALUES ('`+localPrefix+`%s', %d);`, name, name, schema)
	t.line(`GRANT %s TO `+localPrefix+`%s;`, holds, name)
}

func (c crowd) spec() string {
	t := &text{}
	t.line("version: 1\nroles:")
	for role := range c.roles {
		has := c.has(role)
		t.line("  r%d: {grants: [\"USAGE ON SCHEMA s%d, s%d\", \"SELECT ON ALL TABLES IN SCHEMA s%d, s%d\"]}", role, has[0], has[1], has[0], has[1])
	}
	return t.String()
}

func (c crowd) checking() workload {
	return workload{
		letter: "e", what: fmt.Sprintf("%s, %s, %s", count(c.roles, "roles"), count(c.tables, "tables"), count(2*c.roles*crowdSchema, "memberships")),
		cluster: c.cluster(),
		steps: []step{{
			what: "check, nothing to do", target: 2, memory: 150, command: []string{"check"}, spec: c.spec(), floor: reading, reads: true,
		}},
	}
}

// oneAmongMany is a role of which the rest of the cluster should not be noticed.
func (c crowd) oneAmongMany() workload {
	const before = "version: 1\nroles:\n  solo: {grants: [USAGE ON SCHEMA s0, \"SELECT ON TABLE s0.t0, s0.t1\"]}\n"
	const after = "version: 1\nroles:\n  solo: {grants: [USAGE ON SCHEMA s0, \"SELECT ON TABLE s0.t0, s0.t2\"]}\n"
	steps := []step{
		{what: "first apply", command: []string{"apply", "--yes"}, spec: before},
		{what: "check", target: 1.5, memory: 40, command: []string{"check"}, spec: before, reads: true},
		{what: "change of one grant", target: 1.5, memory: 40, command: []string{"apply", "--yes"}, spec: after},
	}
	empty := &text{}
	empty.tables(3, crowdSchema)
	return workload{
		letter: "f", what: "1 role in the cluster of e", cluster: c.cluster(), steps: steps,
		baseline: &workload{cluster: empty.String(), steps: steps},
	}
}
