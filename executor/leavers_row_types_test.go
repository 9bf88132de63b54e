package executor

import (
	"fmt"
	"testing"
)

// TestLeaverWithRowTypes: up to 13 sequences and TOAST tables have row types, too. Their owner is the table's, and
// nothing can give them away by themselves. A spec about PUBLIC reads all that the server has.
// https://www.postgresql.org/docs/current/storage-toast.html
func TestLeaverWithRowTypes(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE heir`, `CREATE ROLE neighbour`, `CREATE TABLE public.wide (a text, b serial)`, `CREATE SEQUENCE public.alone`)
	toast := one[string](c, `SELECT reltoastrelid::regclass::text FROM pg_class WHERE oid = 'public.wide'::regclass`)
	for i, granted := range []bool{false, true} {
		leaver := fmt.Sprintf("leaver%d", i)
		c.exec(fmt.Sprintf(`CREATE ROLE %[1]s; ALTER TABLE public.wide OWNER TO %[1]s; ALTER SEQUENCE public.alone OWNER TO %[1]s`, leaver))
		if granted {
			if c.major < 14 {
				c.exec(`GRANT USAGE ON TYPE `+toast+` TO neighbour`, `GRANT USAGE ON TYPE public.alone TO neighbour`, `GRANT USAGE ON TYPE public.wide_b_seq TO neighbour`)
			}
			c.exec(`GRANT USAGE ON TYPE public.wide TO neighbour`)
		}
		c.exec(`GRANT USAGE ON TYPE public.wide TO PUBLIC`)
		spec := fmt.Sprintf("version: 1\npublic: {revokes: [USAGE ON TYPE public.wide]}\nroles: {%s: {absent: true, reassign_to: heir}}\n", leaver)
		c.sync(spec, true)
		c.sync(spec, false)
		for _, relation := range []string{"public.wide", "public.wide_b_seq", "public.alone"} {
			if owner := c.owner(relation); owner != "heir" {
				t.Errorf("%s belongs to %s", relation, owner)
			}
		}
		if granted && !one[bool](c, `SELECT has_type_privilege('neighbour', 'public.wide', 'USAGE')`) {
			t.Error("the neighbour has lost the row type")
		}
	}
}
