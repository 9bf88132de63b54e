package executor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// TestChainsOfAdminOption: whoever passes a membership on to whom, and whoever loses ADMIN OPTION, what roles outside
// the spec have of it together stays. TestLaw has few such chains.
func TestChainsOfAdminOption(t *testing.T) {
	t.Parallel()
	needs(t, 16, "memberships by several grantors")
	c := newOffice(t)
	first, worlds := uint64(1), uint64(40)
	if *seed != 0 {
		first, worlds = *seed, 1
	} else if testing.Short() {
		worlds = 15
	}
	refused := 0
	for at := first; at < first+worlds; at++ {
		chain := c.newChain(at)
		s := parse(t, chain.yaml)
		conn := c.connect([]string{"admin", "admin", "admin", "postgres"}[at%4], warehouse, "")
		o := Options{ReassignTo: "postgres"}
		before := one[string](c, chain.outside())
		_, err := Sync(context.Background(), conn, s, o)
		if problems := (spec.Errors)(nil); errors.As(err, new(*planner.Refusal)) || errors.As(err, &problems) {
			refused++
			continue
		}
		if now := one[string](c, chain.outside()); err != nil || now != before {
			t.Errorf("-seed %d: %v: they had %s and have %s\n%s;\n%s", at, err, before, now, strings.Join(chain.statements, ";\n"), chain.yaml)
		} else if again, err := Sync(context.Background(), conn, s, o); err != nil || again.Applied {
			t.Errorf("-seed %d: again: %v\n%s;\n%s", at, err, strings.Join(chain.statements, ";\n"), chain.yaml)
		}
	}
	if *seed == 0 && refused > int(worlds)/4 {
		t.Errorf("%d of %d are refused: this proves little", refused, worlds)
	}
}

// adminChain is a club that is passed on by ADMIN OPTION, and a spec for some of those who have it.
type adminChain struct {
	club       string
	statements []string
	decided    []string
	yaml       string
}

func (c *cluster) newChain(seed uint64) adminChain {
	r := rand.New(rand.NewPCG(seed, 1))
	chain := adminChain{club: fmt.Sprint("club_", seed), yaml: "version: 1\nroles:\n"}
	do := func(as, sql string) {
		if _, err := c.super.Exec(context.Background(), `SET ROLE `+as+`; `+sql); err == nil { // what is refused is no matter
			chain.statements = append(chain.statements, `SET ROLE `+as, sql)
		}
		c.exec(`RESET ROLE`)
	}
	names := make([]string, 5)
	for i := range names {
		names[i] = fmt.Sprintf("r%d_%d", i, seed)
		do("admin", `CREATE ROLE `+names[i])
		if r.IntN(3) == 0 {
			do("admin", `GRANT `+names[i]+` TO admin`)
		}
	}
	do([]string{"admin", "postgres"}[r.IntN(2)], `CREATE ROLE `+chain.club)
	do("postgres", `GRANT `+chain.club+` TO `+names[0]+` WITH ADMIN OPTION`)
	holders := []string{names[0]}
	for range 8 {
		by, to := holders[len(holders)-1-r.IntN(min(2, len(holders)))], append(names, "admin")[r.IntN(6)]
		do(by, `GRANT `+chain.club+` TO `+to+` WITH ADMIN OPTION`)
		holders = append(holders, to)
	}
	for _, name := range names[1:4] {
		if says := []string{"{}", "{member_of: [" + chain.club + "]}", "{absent: true}", "{member_of: [" + names[4] + "]}", "", ""}[r.IntN(6)]; says != "" {
			chain.yaml += "  " + name + ": " + says + "\n"
			chain.decided = append(chain.decided, name)
		}
	}
	if len(chain.decided) == 0 {
		chain.yaml, chain.decided = chain.yaml+"  "+names[1]+": {}\n", names[1:2]
	}
	return chain
}

// outside asks what roles outside the spec have of the club, by all grantors together.
func (a adminChain) outside() string {
	return `SELECT coalesce(string_agg(format('%s %s %s %s', m.member::regrole, admin, inherit, set), ', ' ORDER BY m.member), '') FROM
		(SELECT member, bool_or(admin_option) AS admin, bool_or(inherit_option) AS inherit, bool_or(set_option) AS set FROM pg_auth_members
		WHERE roleid = '` + a.club + `'::regrole AND member::regrole::text <> ALL ('{` + strings.Join(a.decided, ",") + `}') GROUP BY 1) AS m`
}
