package executor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgsr/planner"
)

const settingsSpec = `version: 1
roles:
  etl:
    login: {}
    settings:
      search_path: [sales, "Odd, one", $user]
      statement_timeout: 30s
      timezone: UTC
      jit: off
      my.odd: "it's \\ \"x\"\n;--"
      my.number: 010
      temp_tablespaces: ''
    in: {warehouse: {settings: {work_mem: 0007MB}}}
  bob: {settings: {}, login: {}}
`

// settings lists those of a role as the server stores them.
func (c *cluster) settings(role string) string {
	c.Helper()
	return one[string](c, `SELECT coalesce(string_agg(coalesce(d.datname || ':', '') || e, '|' ORDER BY coalesce(d.datname, ''), lower(e) COLLATE "C"), '')
		FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase CROSS JOIN unnest(s.setconfig) e
		WHERE s.setrole = (SELECT oid FROM pg_roles WHERE rolname = $1)`, role)
}

// TestSettingsOfRoles: they are what sessions then have; twice is nothing to do; they are reset when they are not
// listed, and left alone without the key, in other databases, and of other roles.
func TestSettingsOfRoles(t *testing.T) {
	t.Parallel()
	needs(t, 11, "jit, a setting")
	c := newCluster(t, withPassword("etl"), `CREATE ROLE bob`, `ALTER ROLE bob SET work_mem = '1MB'`, `ALTER ROLE bob IN DATABASE postgres SET work_mem = '2MB'`,
		`CREATE ROLE neighbour`, `ALTER ROLE neighbour SET search_path = a, "B"`, `CREATE ROLE boss LOGIN SUPERUSER`,
		`ALTER ROLE boss SET standard_conforming_strings = off`, `ALTER ROLE boss SET quote_all_identifiers = on`)
	boss := c.connect("boss", warehouse, "")
	c.syncAs(boss, settingsSpec, true)
	const want = `jit=off|my.number=010|my.odd=it's \ "x"` + "\n" + `;--|search_path="sales", "Odd, one", "$user"|statement_timeout=30s|temp_tablespaces=""|TimeZone=UTC|warehouse:work_mem=0007MB`
	if got := c.settings("etl"); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	c.syncAs(boss, settingsSpec, false)
	c.sync(settingsSpec, false)
	c.can("etl", `DO $$ BEGIN ASSERT current_setting('search_path') = '"sales", "Odd, one", "$user"'; ASSERT current_setting('work_mem') = '7MB';
		ASSERT current_setting('TimeZone') = 'UTC'; ASSERT current_setting('my.number') = '010'; END $$`)
	if got := c.settings("bob"); got != `postgres:work_mem=2MB` {
		t.Errorf("bob: %q", got)
	}
	if got := c.settings("neighbour"); got != `search_path=a, "B"` {
		t.Errorf("neighbour: %q", got)
	}
	c.exec(`ALTER ROLE etl SET search_path = 'sales', 'Odd, one', '$user'`) // which quotes only where that is needed
	c.sync(settingsSpec, false)
	c.sync("version: 1\nroles: {etl: {login: {}}}", false)
	c.sync("version: 1\nroles: {etl: {login: {}, settings: {jit: on}}}", true)
	if got := c.settings("etl"); got != `jit=on|warehouse:work_mem=0007MB` {
		t.Errorf("etl: %q", got)
	}
	c.sync("version: 1\nroles: {etl: {login: {}, settings: {}, in: {warehouse: {settings: {}}}}}", true)
	if got := c.settings("etl"); got != "" {
		t.Errorf("etl: %q", got)
	}
}

// TestWhoSetsWhat: what is refused beforehand is what the server refuses, and nothing else.
func TestWhoSetsWhat(t *testing.T) {
	t.Parallel()
	for _, s := range []struct {
		setting string
		refused string // of a role with CREATEROLE, and of a superuser if it begins with !
		from    int
	}{
		{setting: "work_mem: 1MB"},
		{setting: "role: etl"},
		{setting: "session_authorization: etl"},
		{setting: "log_statement: all", refused: "kept for superusers"},
		{setting: "log_min_messages: error", from: 15}, // granted
		{setting: "made.up: x", refused: "does not know the setting made.up"},
		{setting: "granted.up: x", from: 15},
		{setting: "session_preload_libraries: [auto_explain]", refused: "keeps it for superusers"},
		{setting: "session_preload_libraries: []", refused: "!would keep \"etl\" from logging in"},
		{setting: "shared_buffers: 1GB", refused: "!one of the server as a whole"},
		{setting: "log_connections: on", refused: "!from the start of a session"},
		{setting: "ignore_system_indexes: on", refused: "!from the start of a session"},
		{setting: "statement_timeot: 1s", refused: "!did you mean statement_timeout"},
		{setting: "plpgsql.check_asserts: off"},
	} {
		t.Run(s.setting, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, `CREATE ROLE deploy LOGIN CREATEROLE`, `SET ROLE deploy`, `CREATE ROLE etl`, `RESET ROLE`)
			if c.major < s.from {
				t.Skip("SET is granted from 15 on")
			}
			if c.major >= 15 {
				c.exec(`GRANT SET ON PARAMETER log_min_messages, granted.up TO deploy`)
			}
			spec := "version: 1\nroles: {etl: {settings: {" + s.setting + "}}}"
			deploy := c.connect("deploy", warehouse, "")
			if strings.HasPrefix(s.setting, "plpgsql.") { // the session knows the parameters of what it has loaded
				mustExec(t, deploy, `DO $$ BEGIN END $$`)
			}
			name, value, _ := strings.Cut(s.setting, ": ")
			_, serverSays := deploy.Exec(context.Background(), `ALTER ROLE etl SET `+name+` = '`+strings.Trim(value, "[]")+`'`)
			c.exec(`ALTER ROLE etl RESET ALL`)
			_, err := Sync(context.Background(), deploy, parse(t, spec), Options{})
			if (err == nil) != (s.refused == "") || (err == nil) != (serverSays == nil) {
				t.Fatalf("as deploy: %v; the server says %v", err, serverSays)
			}
			everybody := strings.HasPrefix(s.refused, "!")
			if err != nil && !everybody && !strings.Contains(err.Error(), s.refused) {
				t.Errorf("deploy: %v", err)
			}
			if refusal, is := errors.AsType[*planner.Refusal](err); is {
				for _, remedy := range refusal.Remedies {
					c.exec(remedy)
				}
				if _, err := Sync(context.Background(), deploy, parse(t, spec), Options{}); err != nil && len(refusal.Remedies) > 0 {
					t.Errorf("after the remedies %q: %v", refusal.Remedies, err)
				}
				return
			}
			_, err = Sync(context.Background(), c.super, parse(t, spec), Options{})
			if (err != nil) != everybody || everybody && !strings.Contains(err.Error(), s.refused[1:]) {
				t.Errorf("as a superuser: %v", err)
			}
		})
	}
}

// TestOwnSettings: a role without any right over others decides over its own.
func TestOwnSettings(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE me LOGIN`)
	conn := c.connect("me", warehouse, "")
	c.syncAs(conn, "version: 1\nroles: {me: {login: {}, settings: {work_mem: 1MB}}}", true)
	c.syncAs(conn, "version: 1\nroles: {me: {login: {}, settings: {}}}", true)
	_, err := Plan(context.Background(), conn, parse(t, "version: 1\nroles: {me: {login: {}, settings: {role: pg_monitor}}}"), Options{})
	if err == nil || !strings.Contains(err.Error(), "would make pgsr run as another role") {
		t.Error(err)
	}
}

// TestSettingOfATransaction: no role is given one. One that is there is reset, from 16 on after a superuser has reset
// all of them, as a server does not reset it by itself.
func TestSettingOfATransaction(t *testing.T) {
	t.Parallel()
	const reset = "version: 1\nroles: {bob: {settings: {work_mem: 1MB}, in: {warehouse: {settings: {}}}}}"
	c := newCluster(t, `CREATE ROLE bob`, `ALTER ROLE bob SET work_mem = '1MB'`, `ALTER ROLE bob SET transaction_read_only = on`,
		`ALTER ROLE bob IN DATABASE warehouse SET transaction_read_only = off`)
	for _, setting := range []string{"transaction_read_only: off", "transaction_isolation: serializable", "TRANSACTION_DEFERRABLE: on"} {
		_, err := Plan(context.Background(), c.super, parse(t, "version: 1\nroles: {bob: {settings: {"+setting+"}}}"), Options{})
		saysAll(t, err, "is of one transaction", "default_transaction_")
	}
	c.sync("version: 1\nroles: {bob: {settings: {work_mem: 1MB, transaction_read_only: on}}}", false)
	if c.major >= 16 {
		_, err := Plan(context.Background(), c.super, parse(t, reset), Options{})
		saysAll(t, err, `role "bob" has the setting transaction_read_only, which`, "ALTER ROLE ... RESET ALL", "in database warehouse", "IN DATABASE ... RESET ALL")
		c.sync(strings.Replace(reset, "roles", "mode: add\nroles", 1), false)
		c.exec(`ALTER ROLE bob RESET ALL`, `ALTER ROLE bob IN DATABASE warehouse RESET ALL`)
	}
	c.sync(reset, true)
	if got := c.settings("bob"); got != "work_mem=1MB" {
		t.Errorf("bob: %q", got)
	}
}

// TestAttributesThatStayAreNotNamed: who may not decide over CREATEDB and REPLICATION can give a role that has them
// another limit, and a spec may list them.
func TestAttributesThatStayAreNotNamed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE boss LOGIN CREATEROLE`, `SET ROLE boss`, `CREATE ROLE ann`, `RESET ROLE`, `ALTER ROLE ann CREATEDB BYPASSRLS`)
	const yaml = "version: 1\nroles:\n  ann: {attributes: [CREATEDB, BYPASSRLS, NOSUPERUSER, CONNECTION LIMIT 5]}\n"
	conn := c.connect("boss", warehouse, "")
	c.syncAs(conn, yaml, true)
	c.syncAs(conn, yaml, false)
	if !one[bool](c, `SELECT rolcreatedb AND rolbypassrls AND rolconnlimit = 5 FROM pg_roles WHERE rolname = 'ann'`) {
		t.Error("it has other attributes")
	}
}
