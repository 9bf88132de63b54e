package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/spec"
)

// lockouts are specs by which boss, who runs them, could not run one again. Boss has CREATEROLE and a database of its
// own.
var lockouts = []struct {
	name, roles string
	setup       []string
	// would is what the refusal says, of what is lost and what to write.
	would []string
	from  int
}{
	{name: "its login", roles: "boss: {}", would: []string{"its login", "login: {}"}},
	{
		name: "CONNECT", roles: "boss: {login: {}}", would: []string{"CONNECT ON DATABASE warehouse"},
		setup: []string{`ALTER DATABASE warehouse OWNER TO postgres`, `REVOKE CONNECT ON DATABASE warehouse FROM PUBLIC`, `GRANT CONNECT ON DATABASE warehouse TO boss`},
	},
	{
		name: "CONNECT, by the way of a group", roles: "staff: {}", would: []string{`"boss" would lose CONNECT ON DATABASE warehouse`},
		setup: []string{
			`ALTER DATABASE warehouse OWNER TO postgres`, `REVOKE CONNECT ON DATABASE warehouse FROM PUBLIC`, `CREATE ROLE staff`, `GRANT staff TO boss WITH ADMIN OPTION`,
			`GRANT CONNECT ON DATABASE warehouse TO staff`, `GRANT ALL ON DATABASE warehouse TO boss WITH GRANT OPTION`, `REVOKE CONNECT ON DATABASE warehouse FROM boss`,
		},
	},
	{
		name: "ADMIN OPTION", roles: "boss: {login: {}}\n  ann: {}", would: []string{`ADMIN OPTION on role "ann"`}, from: 16,
		setup: []string{`CREATE ROLE ann`, `GRANT ann TO boss WITH ADMIN OPTION`},
	},
	{
		name: "ADMIN OPTION, by way of a group", roles: "m: {}\n  ann: {comment: hers}", would: []string{`"boss" would lose ADMIN OPTION on role "ann"`}, from: 16,
		setup: []string{`CREATE ROLE ann`, `CREATE ROLE g`, `CREATE ROLE m`, `GRANT ann TO g WITH ADMIN OPTION`, `GRANT m TO boss WITH ADMIN OPTION`, `GRANT g TO m`},
	},
	{
		name: "the right to act for an owner", roles: "boss: {login: {}}\n  ann: {direct_grants: [SELECT ON TABLE public.t]}", would: []string{`the right to act for "keeper"`, "TABLE public.t", "member_of: [keeper]"}, from: 16,
		setup: []string{`CREATE ROLE keeper`, `SET ROLE boss`, `CREATE ROLE ann`, `RESET ROLE`, `CREATE TABLE public.t ()`, `ALTER TABLE public.t OWNER TO keeper`, `GRANT keeper TO boss`,
			`GRANT USAGE ON SCHEMA public TO boss`},
	},
	{
		name: "the right to act for a creator", roles: "boss: {login: {}}\n  ann: {direct_grants: [SELECT ON FUTURE TABLES FOR ROLE maker]}", from: 16,
		would: []string{`the right to act for "maker", whose default privileges`, "member_of: [maker]"}, setup: []string{`SET ROLE boss`, `CREATE ROLE ann`, `RESET ROLE`, `CREATE ROLE maker`, `GRANT maker TO boss`},
	},
	{
		name: "its password, by its end", roles: "boss: {login: {valid_until: 2020-01-01}}", would: []string{"its login by a password", "valid_until: never"},
	},
	{
		name: "ownership of the database, by membership", roles: "boss: {login: {}}", would: []string{"the ownership of DATABASE warehouse", "member_of: [keeper]"},
		setup: []string{`CREATE ROLE keeper`, `GRANT keeper TO boss`, `ALTER DATABASE warehouse OWNER TO keeper`},
	},
	{
		name: "the ledger", roles: "boss: {login: {}}", would: []string{"INSERT ON TABLE pgsr.ledger"},
		setup: []string{`CREATE SCHEMA pgsr`, `CREATE TABLE pgsr.ledger ()`, `GRANT USAGE ON SCHEMA pgsr TO boss`, `GRANT INSERT, SELECT ON pgsr.ledger TO boss`,
			`CREATE ROLE keeper`, `ALTER SCHEMA pgsr OWNER TO keeper`, `ALTER TABLE pgsr.ledger OWNER TO keeper`, `GRANT keeper TO boss`},
	},
	{
		name: "the ledger's tables", roles: "boss: {login: {}, owns: []}", would: []string{"the ownership of TABLE pgsr.ledger", "the ownership of SCHEMA pgsr"},
		setup: []string{`CREATE ROLE other`, `GRANT other TO boss`, `CREATE SCHEMA pgsr`, `CREATE TABLE pgsr.ledger ()`, `ALTER SCHEMA pgsr OWNER TO boss`, `ALTER TABLE pgsr.ledger OWNER TO boss`},
	},
}

// TestNobodyLocksHimselfOut: it is refused before anything runs, and says what would be lost.
func TestNobodyLocksHimselfOut(t *testing.T) {
	t.Parallel()
	for _, lockout := range lockouts {
		t.Run(lockout.name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, `CREATE ROLE boss LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO boss`)
			if c.major < lockout.from {
				t.Skip("whoever has CREATEROLE has it anyway")
			}
			c.exec(lockout.setup...)
			conn := c.connect("boss", warehouse, "")
			o := Options{}
			if strings.Contains(lockout.roles, "owns: []") {
				o.ReassignTo = "other"
			}
			c.unchanged(func() {
				_, err := Sync(context.Background(), conn, parse(t, "version: 1\nroles:\n  "+lockout.roles+"\n"), o)
				c.saysLockout(err, lockout.would...)
			})
			o.AllowLockout, o.NoLedger = true, true
			c.mayLockOut(conn, "version: 1\nroles:\n  "+lockout.roles+"\n", o)
		})
	}
}

// mayLockOut looks whether a spec that locks the connecting role out is done where that is allowed, with a warning, as
// far as it has the rights to.
func (c *cluster) mayLockOut(conn *pgx.Conn, text string, o Options) {
	c.Helper()
	result, err := Sync(context.Background(), conn, parse(c, text), o)
	if refusal := (*planner.Refusal)(nil); err != nil {
		if !errors.As(err, &refusal) {
			c.Errorf("--allow-lockout: %v", err)
		}
	} else if !result.Applied || !strings.Contains(strings.Join(result.Plan.Warnings, "\n"), "the connecting role locks itself out") {
		c.Errorf("--allow-lockout: applied: %v, warnings: %q", result.Applied, result.Plan.Warnings)
	}
}

func (c *cluster) saysLockout(err error, would ...string) {
	c.Helper()
	var problems spec.Errors
	if !errors.As(err, &problems) {
		c.Fatalf("not refused: %v", err)
	}
	for _, word := range append(would, "would lock itself out") {
		if !strings.Contains(err.Error(), word) {
			c.Errorf("the refusal does not say %s: %v", word, err)
		}
	}
}

// TestNobodyLocksHimselfOutAfterSetRole: both the role that logs in and the one that it has become matter; superusers,
// too.
func TestNobodyLocksHimselfOutAfterSetRole(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss LOGIN`, `CREATE ROLE deploy CREATEROLE`, `GRANT deploy TO boss`, `ALTER ROLE boss SET role = deploy`, `ALTER DATABASE warehouse OWNER TO deploy`,
		`CREATE ROLE chief LOGIN SUPERUSER`)
	boss := c.connect("boss", warehouse, "")
	c.unchanged(func() {
		_, err := Sync(context.Background(), boss, parse(t, "version: 1\nroles:\n  boss: {}\n"), Options{})
		c.saysLockout(err, `"boss" would lose its login`, `"boss" would lose SET ROLE to "deploy"`, "member_of: [deploy]")
	})
	c.unchanged(func() {
		_, err := Sync(context.Background(), boss, parse(t, "version: 1\nroles:\n  boss: {login: {}, member_of: [deploy], settings: {}}\n"), Options{})
		c.saysLockout(err, `"boss" would lose the setting role, by which it acts as "deploy"`, `settings: {role: "deploy"}`)
	})
	chief := c.connect("chief", warehouse, "")
	_, err := Plan(context.Background(), chief, parse(t, "version: 1\nroles:\n  chief: {}\n"), Options{})
	c.saysLockout(err, "its login")
	c.syncAs(chief, "version: 1\nroles:\n  chief: {login: {}}\n", false)
	c.warnsOf(chief, "version: 1\nroles:\n  chief: {login: {}}\n", `role "chief" is a superuser`, true)
}

// TestLockoutAllowed: superusers may do all of it to themselves. What came of it is read in the session that was there.
func TestLockoutAllowed(t *testing.T) {
	t.Parallel()
	for _, roles := range []string{"chief: {}", "chief: {login: {}, attributes: []}", "chief: {login: {valid_until: 2020-01-01}}"} {
		c := newCluster(t, `CREATE ROLE chief LOGIN SUPERUSER PASSWORD 'correct horse'`)
		chief := c.connect("chief", warehouse, password)
		text := "version: 1\nroles:\n  " + roles + "\n"
		_, err := Plan(context.Background(), chief, parse(t, text), Options{})
		c.saysLockout(err)
		c.mayLockOut(chief, text, Options{AllowLockout: true})
		if roles == "chief: {login: {}, attributes: []}" {
			if c.can("chief", `SELECT`); one[bool](c, `SELECT rolsuper FROM pg_roles WHERE rolname = 'chief'`) {
				t.Error("chief is a superuser still")
			}
			continue
		}
		if _, err := c.tryConnect("chief", warehouse, password); err == nil {
			t.Errorf("%s: chief can log in", roles)
		}
	}
}

// TestWhatIsNeededMayStay: boss in its own spec, with what it needs, and what it does not need is taken.
func TestWhatIsNeededMayStay(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO boss`, `SET ROLE boss`, `CREATE ROLE ann`, `CREATE ROLE team`, `GRANT team TO boss`, `RESET ROLE`)
	conn := c.connect("boss", warehouse, "")
	c.syncAs(conn, "version: 1\nroles:\n  boss: {login: {}}\n  ann: {login: {}}\n", true)
	c.syncAs(conn, "version: 1\nroles:\n  boss: {login: {}}\n  ann: {}\n", true)
	if one[bool](c, `SELECT pg_has_role('boss', 'team', 'USAGE')`) {
		t.Error("boss is still in the team")
	}
}

// TestLockoutHoweverMuchIsRead: before 16 a circle keeps the connecting role from joining an owner. It is seen whatever
// is read at first, and what is missing is said before.
func TestLockoutHoweverMuchIsRead(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE admin LOGIN CREATEROLE`, `SET ROLE admin`, `CREATE ROLE r0`, `RESET ROLE`, `CREATE ROLE r2`, `CREATE SCHEMA s2`,
		`CREATE TABLE s2.t9 ()`, `ALTER TABLE s2.t9 OWNER TO r0`)
	if c.major >= 16 {
		t.Skip("ADMIN OPTION on a role, which it takes to act for it, is a membership that is always read")
	}
	c.exec(`SET ROLE admin`, `GRANT r2 TO r0`, `RESET ROLE`)
	conn := c.connect("admin", warehouse, "")
	const r2 = "version: 1\nroles:\n  r2: {member_of: [admin], direct_grants: [CONNECT ON DATABASE warehouse]}\n"
	const r3 = "  r3: {direct_grants: [ALL ON TABLE s2.t9]"
	for _, reading := range []inspect.Reading{inspect.Scoped, inspect.Whole} {
		for roles, want := range map[string]string{
			r2 + r3 + "}\n": `lose the right to act for "r0"`,
			r2 + r3 + ", grants: [SELECT ON TABLE s0.t2]}\n": "TABLE s0.t2 does not exist",
		} {
			p, err := newPlanning(parse(t, roles), Options{})
			if err != nil {
				t.Fatal(err)
			}
			p.reading = reading
			_, err = p.plan(context.Background(), readOutside(conn, p.options))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v: %s: %v", reading, roles, err)
			}
		}
	}
}

// TestOwnerThatLeaves: who may act for an owner because it is a member may lose that with the owner, whose tables
// another role of the spec has then.
func TestOwnerThatLeaves(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`)
	admin := c.admin()
	c.exec(`ALTER SCHEMA s OWNER TO admin`)
	mustExec(t, admin, `CREATE ROLE leaver; CREATE ROLE keeper; CREATE ROLE reader`)
	c.exec(`GRANT leaver, keeper TO admin`, `CREATE TABLE s.t ()`, `ALTER TABLE s.t OWNER TO leaver`)
	const yaml = `version: 1
roles:
  keeper: {direct_grants: ["CREATE, USAGE ON SCHEMA s"]}
  leaver: {absent: true, reassign_to: keeper}
  reader: {direct_grants: [SELECT ON ALL AND FUTURE TABLES IN SCHEMA s FOR ANY CREATOR]}
`
	c.syncAs(admin, yaml, true)
	c.syncAs(admin, yaml, false)
	if !one[bool](c, `SELECT has_table_privilege('reader', 's.t', 'SELECT') AND relowner = 'keeper'::regrole FROM pg_class WHERE oid = 's.t'::regclass`) {
		t.Error("the table is not the keeper's, or the reader can not read it")
	}
}

// TestLockoutOfAnotherDatabase: the connecting role can still connect to each database that the spec is about, else the
// next run could not.
func TestLockoutOfAnotherDatabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "marts")
	c.exec(`CREATE ROLE deployer LOGIN CREATEROLE PASSWORD '`+password+`'`, `CREATE ROLE keeper`, `ALTER DATABASE marts OWNER TO keeper`)
	if c.major >= 16 {
		c.exec(`GRANT keeper TO deployer WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`)
	}
	mustExec(t, c.asIn("postgres", "marts"), `ALTER SCHEMA s OWNER TO keeper`)
	const yaml = "version: 1\npublic: {revokes: [CONNECT ON DATABASE marts]}\nroles:\n  reader: {in: {%s: {direct_grants: [USAGE ON SCHEMA s]}}}\n"
	for _, named := range []string{"marts", `"MATCHING 'mar.*'"`} {
		_, err := SyncDatabases(ctx, c.asIn("deployer", warehouse), parse(t, fmt.Sprintf(yaml, named)), Options{})
		saysAll(t, err, `"deployer" would lose CONNECT ON DATABASE marts, which it has by way of PUBLIC`)
	}
	s := parse(t, fmt.Sprintf(yaml, "marts"))
	if _, err := SyncDatabases(ctx, c.asIn("deployer", warehouse), s, Options{AllowLockout: true}); err != nil {
		t.Error(err)
	}
}

// TestLockoutByConnectionLimit: over several databases a run takes up to three connections. From 16 on nobody but
// superusers sets a limit of his own.
func TestLockoutByConnectionLimit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "marts")
	c.exec(`CREATE ROLE deployer LOGIN CREATEROLE PASSWORD '`+password+`'`, `ALTER DATABASE marts OWNER TO deployer`)
	mustExec(t, c.asIn("postgres", "marts"), `ALTER SCHEMA s OWNER TO deployer`)
	const yaml = "version: 1\nroles:\n  deployer: {login: {}, attributes: [CREATEROLE, CONNECTION LIMIT %d]}\n  reader: {%s}\n"
	const elsewhere = "in: {marts: {direct_grants: [USAGE ON SCHEMA s]}}"
	conn := c.asIn("deployer", warehouse)
	_, err := SyncDatabases(ctx, conn, parse(t, fmt.Sprintf(yaml, 1, elsewhere)), Options{})
	saysAll(t, err, `"deployer" would lose the connections that other databases take, by CONNECTION LIMIT 1`)
	if c.major >= 16 {
		return
	}
	if _, err := SyncDatabases(ctx, conn, parse(t, fmt.Sprintf(yaml, 1, "comment: here")), Options{}); err != nil {
		t.Errorf("in one database: %v", err)
	}
	c.exec(`ALTER ROLE deployer CONNECTION LIMIT -1`)
	if _, err := SyncDatabases(ctx, conn, parse(t, fmt.Sprintf(yaml, 3, elsewhere)), Options{}); err != nil {
		t.Errorf("in several: %v", err)
	}
}

// TestLibrariesThatAreMissing: the server sets what it can not load, and lets nobody in then, not even a superuser. So
// the connecting role is warned.
func TestLibrariesThatAreMissing(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"session_preload_libraries", "local_preload_libraries"} {
		c := newCluster(t, `CREATE ROLE boss SUPERUSER LOGIN PASSWORD '`+password+`'`)
		result, err := Sync(context.Background(), c.connect("boss", warehouse, password), parse(t, "version: 1\nroles:\n  boss: {attributes: [SUPERUSER], login: {}, settings: {"+setting+": [none_such]}}\n"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Join(result.Plan.Warnings, "\n"); !strings.Contains(said, setting) || !strings.Contains(said, "none_such") {
			t.Errorf("warnings: %s", said)
		}
		c.findsNoLibrary("boss")
		c.exec(`ALTER ROLE boss SET ` + setting + ` = ''`) // which is a library without a name
		c.findsNoLibrary("boss")
		c.exec(`ALTER ROLE boss RESET ` + setting)
		c.admits("boss", password)
	}
}

// findsNoLibrary tries to log in, which is to fail by what the server can not load.
func (c *cluster) findsNoLibrary(user string) {
	c.Helper()
	if _, err := c.tryConnect(user, warehouse, password); err == nil || !strings.Contains(err.Error(), "could not access file") {
		c.Errorf("logging in gives %v", err)
	}
}
