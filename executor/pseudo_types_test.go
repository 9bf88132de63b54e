package executor

import "testing"

// TestPseudoTypes: a GRANT on what is hardly a type, anyelement or (from 18 on) one that is only declared, is seen and
// taken away, can be given, and keeps no leaver from going.
func TestPseudoTypes(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE excess`, `CREATE ROLE leaver`, `CREATE SCHEMA s`, `CREATE TYPE s.shell`, `CREATE TYPE s.mood AS ENUM ()`,
		`GRANT USAGE ON TYPE pg_catalog.anyelement, pg_catalog."any" TO excess, leaver`)
	last := "mood"
	if c.major >= 18 {
		c.exec(`GRANT USAGE ON TYPE s.shell TO excess, leaver`)
		last = "shell"
	}
	yaml := `
version: 1
roles:
  excess: {}
  leaver: {absent: true}
  has:
    grants: [USAGE ON TYPE pg_catalog.record]
    direct_grants: [USAGE ON TYPE pg_catalog.anyelement WITH GRANT OPTION, USAGE ON ALL TYPES IN SCHEMA s]
`
	c.sync(yaml, true)
	c.sync(yaml, false)
	const items = `SELECT count(*) FROM pg_type AS t, aclexplode(t.typacl) AS i WHERE i.grantee = $1::regrole`
	if n := one[int](c, items, "excess"); n != 0 {
		t.Errorf("%d privileges are left", n)
	}
	has := `SELECT has_type_privilege('has', 'anyelement', 'USAGE WITH GRANT OPTION') AND EXISTS (SELECT FROM pg_type AS t, aclexplode(t.typacl) AS i
		WHERE t.typname = '` + last + `' AND i.grantee = 'has'::regrole)`
	if !one[bool](c, has) {
		t.Error("it has not what it was given")
	}
	for _, byHand := range []string{`GRANT USAGE ON TYPE pg_catalog.void TO excess`, `REVOKE USAGE ON TYPE pg_catalog.anyelement FROM has`} {
		c.exec(byHand)
		c.sync(yaml, true)
	}
}
