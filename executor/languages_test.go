package executor

import (
	"context"
	"strings"
	"testing"
)

// TestLanguages keeps what every language has by default, and says of those that are not trusted that the server grants
// nothing on them.
func TestLanguages(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE maker`, `CREATE TRUSTED LANGUAGE odd HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler`,
		`ALTER LANGUAGE odd OWNER TO maker`)
	const open = "version: 1\nroles:\n  maker: {}\n  alice:\n    login: {password: {env: PASSWORD}}\n    direct_grants: [CONNECT ON DATABASE warehouse]\n"
	c.sync(open, true)
	c.can("alice", `DO LANGUAGE plpgsql 'BEGIN END'`) // as everybody may
	c.can("alice", `DO LANGUAGE odd 'BEGIN END'`)
	c.exec(`REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC`)
	c.cannot("alice", `DO LANGUAGE plpgsql 'BEGIN END'`)
	with := open + "    grants: [USAGE ON LANGUAGE plpgsql]\n"
	c.sync(with, true)
	c.sync(with, false)
	c.can("alice", `DO LANGUAGE plpgsql 'BEGIN END'`)
	c.exec(`GRANT USAGE ON LANGUAGE odd TO alice`)
	c.sync(with, true) // takes it away
	if n := one[int](c, `SELECT count(*) FROM pg_language, aclexplode(lanacl) WHERE grantee = 'alice'::regrole`); n != 0 {
		t.Errorf("alice has %d items", n)
	}
	c.sync(open, true)
	c.cannot("alice", `DO LANGUAGE plpgsql 'BEGIN END'`)
	role := one[string](c, `SELECT rolname::text FROM pg_roles WHERE rolname ~ '^_pgsr_local_[0-9]+_language_usage_[0-9a-f]{8}$'`)
	c.exec(`REVOKE USAGE ON LANGUAGE plpgsql FROM ` + role)
	c.prune(c.super, true)
	_, err := Plan(context.Background(), c.super, parse(t, open+"    grants: [USAGE ON LANGUAGE c]\n    \n"), Options{})
	if err == nil || !strings.Contains(err.Error(), "nothing can be granted on LANGUAGE c: it is not trusted") {
		t.Errorf("planned: %v", err)
	}
	_, err = Plan(context.Background(), c.super, parse(t, open+"    grants: [USAGE ON LANGUAGE plpgsq]\n"), Options{})
	if err == nil || !strings.Contains(err.Error(), "did you mean plpgsql?") {
		t.Errorf("planned: %v", err)
	}
}
