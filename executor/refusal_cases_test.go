package executor

import "slices"

// hers is what a role that is not the admin's has.
var hers = []string{
	`CREATE ROLE her`, `CREATE SCHEMA hers AUTHORIZATION her`, `CREATE TABLE hers.things (a int)`, `ALTER TABLE hers.things OWNER TO her`,
	`GRANT USAGE ON SCHEMA hers TO PUBLIC`, `CREATE ROLE alice`,
}

// mayAdminister gives the admin roles that it made, as far as PostgreSQL knows; before 16 it needs none.
const mayAdminister = `DO $$ BEGIN IF current_setting('server_version_num')::int >= 160000 THEN
	EXECUTE 'GRANT alice TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE'; END IF; END $$`

var refusals = []refused{
	{
		name:  "table of another role, 16",
		setup: append(slices.Clone(hers), mayAdminister), from: 16,
		yaml: "version: 1\nroles: {alice: {direct_grants: [SELECT ON TABLE hers.things]}}",
		says: []string{`grant SELECT on TABLE hers.things to alice`, `belongs to role "her"`, `GRANT "her" TO "admin"`},
	},
	{
		name:  "table of another role, without CREATEROLE",
		setup: append(slices.Clone(hers), `ALTER ROLE alice NOLOGIN`), as: "helper",
		yaml: "version: 1\nroles: {alice: {direct_grants: [SELECT ON TABLE hers.things]}}",
		says: []string{`belongs to role "her"`, `role "helper" may not act for it`, `GRANT "her" TO "helper"`},
	},
	{
		name:  "table of a superuser",
		setup: []string{`CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`, `GRANT USAGE ON SCHEMA sales TO PUBLIC`, `CREATE ROLE alice`, mayAdminister},
		yaml:  "version: 1\nroles: {alice: {direct_grants: [SELECT ON TABLE sales.orders]}}",
		says:  []string{`TABLE sales.orders belongs to role "postgres"`, `GRANT SELECT ON TABLE "sales"."orders" TO "alice"`},
	},
	{
		name:  "table of a superuser, by a privilege role",
		setup: []string{`CREATE SCHEMA sales`, `CREATE TABLE sales.orders (a int)`, `CREATE ROLE alice`, mayAdminister},
		yaml:  "version: 1\nroles: {alice: {grants: [SELECT ON TABLE sales.orders, USAGE ON SCHEMA sales]}}",
		says:  []string{`TABLE sales.orders belongs to role "postgres"`, `SCHEMA sales belongs to role "postgres"`}, reasons: 2,
	},
	{
		name: "schema public before 15", setup: []string{`CREATE ROLE alice`}, to: 14,
		yaml: "version: 1\nroles: {alice: {direct_grants: [USAGE ON SCHEMA public]}}",
		says: []string{`SCHEMA public belongs to role "postgres"`, `GRANT USAGE ON SCHEMA "public" TO "alice"`},
	},
	{
		name: "another database", setup: []string{`CREATE ROLE alice`, mayAdminister},
		yaml: "version: 1\nroles: {alice: {direct_grants: [CONNECT ON DATABASE postgres]}}",
		says: []string{`DATABASE postgres belongs to role "postgres"`},
	},
	{
		name: "revoking from a table of another role", setup: append(slices.Clone(hers), mayAdminister, `GRANT SELECT ON hers.things TO alice`), from: 16,
		yaml: "version: 1\nroles: {alice: {}}",
		says: []string{`revoke SELECT on TABLE hers.things from alice`, `belongs to role "her"`, `GRANT "her" TO "admin"`},
	},
	{
		name: "revoking from a column", setup: append(slices.Clone(hers), mayAdminister, `GRANT SELECT (a) ON hers.things TO alice`), from: 16,
		yaml: "version: 1\nroles: {alice: {}}",
		says: []string{`column a of TABLE hers.things`, `belongs to role "her"`},
	},
	{
		name: "what another role granted", from: 16,
		setup: append(slices.Clone(hers), mayAdminister, `GRANT her TO admin`, `CREATE ROLE other`, `GRANT SELECT ON hers.things TO other WITH GRANT OPTION`,
			`SET ROLE other`, `GRANT SELECT ON hers.things TO alice`, `RESET ROLE`, `GRANT her TO other`),
		yaml: "version: 1\nroles: {alice: {}}",
		says: []string{`revoke SELECT on TABLE hers.things from alice`, `"other"`},
	},
	{
		name: "taking a table from another role", setup: append(slices.Clone(hers), mayAdminister), from: 16,
		yaml: "version: 1\nroles: {alice: {owns: [TABLE hers.things]}}",
		says: []string{`give TABLE hers.things to role "alice"`, `belongs to role "her"`, `GRANT "her" TO "admin"`},
	},
	{
		name:  "taking a table from a superuser",
		setup: []string{`CREATE SCHEMA sales AUTHORIZATION admin`, `CREATE TABLE sales.orders (a int)`, `CREATE ROLE alice`, mayAdminister},
		yaml:  "version: 1\nroles: {alice: {owns: [TABLE sales.orders]}}",
		says:  []string{`give TABLE sales.orders to role "alice"`, `belongs to role "postgres"`},
	},
	{
		name: "giving to a role that one can not become", from: 16,
		setup: []string{`CREATE ROLE alice`, `CREATE SCHEMA s AUTHORIZATION admin`, `CREATE TABLE s.t (a int)`, `ALTER TABLE s.t OWNER TO admin`},
		yaml:  "version: 1\nroles: {alice: {owns: [TABLE s.t]}}",
		says:  []string{`give TABLE s.t to role "alice"`, `can not SET ROLE to role "alice"`, `GRANT "alice" TO "admin"`},
	},
	{
		name: "making a schema without CREATE on the database", setup: []string{`ALTER DATABASE warehouse OWNER TO postgres`, `CREATE ROLE alice`, mayAdminister},
		yaml: "version: 1\nroles: {alice: {owns: [SCHEMA new]}}",
		says: []string{`create SCHEMA new for role "alice"`, `no CREATE on DATABASE warehouse`, `belongs to role "postgres"`, `GRANT CREATE ON DATABASE "warehouse" TO "admin"`},
	},
	{
		name: "giving a schema without CREATE on the database", from: 16,
		setup: append(slices.Clone(hers), `GRANT her, alice TO admin`, `ALTER DATABASE warehouse OWNER TO postgres`),
		yaml:  "version: 1\nroles: {alice: {owns: [SCHEMA hers]}}",
		says:  []string{`give SCHEMA hers to role "alice"`, `no CREATE on DATABASE warehouse`},
	},
	{
		name: "making roles without CREATEROLE", as: "helper",
		yaml: "version: 1\nmissing: warn\nroles: {alice: {member_of: [group]}, bob: {login: {}}}",
		says: []string{`create role "alice", "bob", "group"`, `role "helper" has no CREATEROLE`, `ALTER ROLE "helper" WITH CREATEROLE`}, reasons: 3,
	},
	{
		name: "a login without ADMIN OPTION", setup: []string{`CREATE ROLE alice`}, from: 16,
		yaml: "version: 1\nroles: {alice: {login: {}, comment: hello}}",
		says: []string{`change the login of role "alice"`, `comment on role "alice"`, `no ADMIN OPTION on role "alice"`, `GRANT "alice" TO "admin" WITH ADMIN TRUE`}, reasons: 2,
	},
	{
		name: "a login without CREATEROLE", setup: []string{`CREATE ROLE alice`}, as: "helper",
		yaml: "version: 1\nroles: {alice: {login: {}}}",
		says: []string{`change the login of role "alice"`, `role "helper" has no CREATEROLE`},
	},
	{
		name: "granting a role without ADMIN OPTION", setup: []string{`CREATE ROLE alice`, `CREATE ROLE club`}, from: 16,
		yaml: "version: 1\nroles: {alice: {member_of: [club]}}",
		says: []string{`grant role "club" to alice`, `no ADMIN OPTION on role "club"`, `GRANT "club" TO "admin" WITH ADMIN TRUE`},
	},
	{
		name: "granting a role without CREATEROLE", setup: []string{`CREATE ROLE alice`, `CREATE ROLE club`}, as: "helper",
		yaml: "version: 1\nroles: {alice: {member_of: [club]}}",
		says: []string{`grant role "club" to alice`, `"helper"`},
	},
	{
		name: "a membership that another role granted", from: 16,
		setup: []string{`CREATE ROLE alice`, `CREATE ROLE club`, `CREATE ROLE boss`, `GRANT club TO boss, admin WITH ADMIN TRUE`, `GRANT club TO alice GRANTED BY boss`},
		yaml:  "version: 1\nroles: {alice: {}}",
		says:  []string{`revoke role "club" from alice`, `role "boss" granted it`, `GRANT "boss" TO "admin"`},
	},
	{
		name: "a membership that the bootstrap superuser granted", from: 16,
		setup: []string{`CREATE ROLE alice`, `CREATE ROLE club`, `GRANT club TO admin WITH ADMIN TRUE`, `GRANT club TO alice`},
		yaml:  "version: 1\nroles: {alice: {}}",
		says:  []string{`revoke role "club" from alice`, `role "postgres" granted it`, `REVOKE "club" FROM "alice"`},
	},
	{
		name: "a superuser's login", setup: []string{`CREATE ROLE chief SUPERUSER LOGIN`},
		yaml: "version: 1\nroles: {chief: {}}",
		says: []string{
			`change the login of role "chief"`, `role "chief" is a superuser, and only superusers may change that role`, `ALTER ROLE "chief" WITH NOLOGIN PASSWORD NULL`,
		},
	},
	{
		name: "granting a superuser", setup: []string{`CREATE ROLE chief SUPERUSER`, `CREATE ROLE alice`, mayAdminister},
		yaml:     "version: 1\nroles: {alice: {member_of: [chief]}}",
		says:     []string{`grant role "chief" to alice`, `role "chief" is a superuser`},
		noRemedy: true,
	},
	{
		name: "reassigning to a role that one can not become", from: 16,
		setup: []string{`CREATE ROLE alice`, `CREATE ROLE heir`, `GRANT alice TO admin WITH ADMIN TRUE`, `CREATE SCHEMA s AUTHORIZATION alice`},
		yaml:  "version: 1\nroles: {alice: {owns: []}}", options: Options{ReassignTo: "heir"},
		says: []string{`give SCHEMA s to role "heir"`, `GRANT "heir" TO "admin"`},
	},
	{
		name:  "acting for an owner without INHERIT, before 16",
		setup: append(slices.Clone(hers), `ALTER ROLE admin NOINHERIT`, `GRANT her TO admin`), to: 15,
		yaml: "version: 1\nroles: {alice: {owns: [TABLE hers.things]}}",
		says: []string{`give TABLE hers.things to role "alice"`, `"admin"`},
	},
	{
		name: "all at once", from: 16,
		setup: append(slices.Clone(hers), `CREATE ROLE club`, `ALTER DATABASE warehouse OWNER TO postgres`, `CREATE TABLE public.notes (a int)`),
		yaml: `
version: 1
roles:
  alice:
    login: {}
    comment: her
    member_of: [club]
    owns: [SCHEMA new, TABLE hers.things]
    direct_grants: [SELECT ON TABLE public.notes]`,
		says: []string{`change the login of role "alice"`, `comment on role "alice"`, `grant role "club"`, `create SCHEMA new`, `give TABLE hers.things`,
			`grant SELECT on TABLE public.notes`},
		reasons: 6,
	},
}
