package executor

import "testing"

// TestLeaverWithOnlyAPolicy: what shows that the leaver is there shows nothing of the table whose policy is for it. So
// it is read what it takes to plan that, also where all else in the spec only adds.
func TestLeaverWithOnlyAPolicy(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{"alone": "", "beside what is added": "\n  novice: {grants: [SELECT ON TABLE public.t]}"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, user := range []string{"postgres", "admin"} {
				c := newCluster(t, `CREATE ROLE admin LOGIN CREATEROLE PASSWORD '`+password+`'`, `CREATE ROLE neighbour`,
					`CREATE TABLE t ()`, `ALTER TABLE t OWNER TO admin`, `CREATE TABLE secret ()`, `ALTER TABLE secret OWNER TO admin`)
				c.exec(`SET ROLE admin`, `CREATE ROLE leaver`, `RESET ROLE`, `CREATE POLICY p ON secret TO leaver, neighbour`)
				conn := c.super
				if user != "postgres" {
					conn = c.connect(user, warehouse, password)
				}
				spec := "version: 1\nroles:\n  leaver: {absent: true}" + more
				c.syncAs(conn, spec, true)
				if got := one[string](c, `SELECT string_agg(p.roles::text, '') FROM pg_policies AS p`); got != "{neighbour}" {
					t.Errorf("as %s: the policy is for %s", user, got)
				}
				c.syncAs(conn, spec, false)
			}
		})
	}
}
