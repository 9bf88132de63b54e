package executor

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgsr/planner/access"
)

// TestEffectOnOthers: what those outside of a spec gain and lose is said, as the server sees it, and nothing else is.
func TestEffectOnOthers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		setup        []string
		spec         string
		gains, loses []string
		from         int
	}{
		"members of an owner": {
			[]string{`CREATE ROLE o`, `CREATE ROLE m`, `CREATE ROLE g`, `GRANT o TO m`, `GRANT g TO o`, `CREATE TABLE t ()`, `ALTER TABLE t OWNER TO o`, `GRANT SELECT ON t TO g`},
			"  r: {owns: [TABLE public.t]}\n", nil, []string{"m INSERT", "o INSERT"}, 14,
		},
		"a member of the database's owner": {
			[]string{`CREATE ROLE boss`, `ALTER DATABASE warehouse OWNER TO boss`},
			"  r: {member_of: [boss]}\n", []string{"r CREATE"}, nil, 15,
		},
		"who may read everything": {
			[]string{`CREATE ROLE m`, `GRANT pg_read_all_data TO m`},
			"  r: {owns: [SCHEMA made]}\n", []string{"m USAGE"}, nil, 14,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs(t, test.from, "predefined role for it")
			c := newCluster(t, append([]string{`CREATE ROLE r`}, test.setup...)...)
			plan, err := Plan(context.Background(), c.super, parse(t, "version: 1\nroles:\n"+test.spec), Options{Effect: true})
			if err != nil {
				t.Fatal(err)
			}
			effect := plan.Effect()
			said := func(groups []access.Group) (out []string) {
				for _, g := range groups {
					for _, role := range g.Roles {
						for _, p := range g.Privileges {
							out = append(out, fmt.Sprint(role, " ", p))
						}
					}
				}
				return out
			}
			for _, want := range test.gains {
				if gains := said(effect.Gains); !slices.Contains(gains, want) {
					t.Errorf("%s is not among what is gained: %q", want, gains)
				}
			}
			for _, want := range test.loses {
				if losses := said(effect.Losses); !slices.Contains(losses, want) || slices.Contains(losses, "o SELECT") || slices.Contains(losses, "m SELECT") {
					t.Errorf("%s is to be lost, and SELECT is not: %q", want, losses)
				}
			}
		})
	}
}
