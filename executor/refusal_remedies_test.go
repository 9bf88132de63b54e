package executor

// mayAdministerAnn is what lets the admin change ann from 16 on.
const mayAdministerAnn = `DO $$ BEGIN IF current_setting('server_version_num')::int >= 160000 THEN
	EXECUTE 'GRANT ann TO admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE'; END IF; END $$`

// remediedRefusals are those whose remedies were wrong once: they gave away too much, could not be run, or did not
// help.
var remediedRefusals = []refused{
	{
		name: "what a superuser's table gives someone",
		setup: []string{`CREATE ROLE ann LOGIN`, mayAdministerAnn, `CREATE TABLE public.audit ()`, `GRANT SELECT ON public.audit TO ann`,
			`GRANT ALL ON SCHEMA public TO admin`},
		yaml: "version: 1\nroles: {ann: {login: {}}}",
		says: []string{`belongs to role "postgres"`, `REVOKE SELECT ON TABLE "public"."audit" FROM "ann"`}, never: []string{`"postgres" TO`},
	},
	{
		name: "a table of someone who reaches a superuser", from: 16,
		setup: []string{`CREATE ROLE ann LOGIN`, mayAdministerAnn, `CREATE ROLE chief SUPERUSER`, `CREATE ROLE staff`, `CREATE ROLE power`,
			`GRANT chief TO staff`, `GRANT staff TO power WITH INHERIT FALSE`, `CREATE SCHEMA s AUTHORIZATION power`, `GRANT USAGE ON SCHEMA s TO ann`},
		yaml: "version: 1\nroles: {ann: {login: {}}}",
		says: []string{`SCHEMA s belongs to role "power"`, `REVOKE USAGE ON SCHEMA "s" FROM "ann"`}, never: []string{`GRANT "power"`},
	},
	{
		name: "a table of someone who can run programs", from: 16,
		setup: []string{`CREATE ROLE ann LOGIN`, mayAdministerAnn, `CREATE ROLE power`, `GRANT pg_execute_server_program TO power`,
			`CREATE SCHEMA s AUTHORIZATION power`, `GRANT USAGE ON SCHEMA s TO ann`},
		yaml:  "version: 1\nroles: {ann: {login: {}}}",
		says:  []string{`REVOKE USAGE ON SCHEMA "s" FROM "ann"`},
		never: []string{`GRANT "power"`},
	},
	{
		name: "ADMIN OPTION and acting for the same role", from: 16,
		setup: []string{`CREATE ROLE o LOGIN`, `CREATE SCHEMA so AUTHORIZATION o`},
		yaml:  "version: 1\nroles: {o: {owns: []}}",
		says:  []string{`change the login of role "o"`, `GRANT "o" TO "admin" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`},
	},
	{
		name: "what goes in cascade", from: 16,
		setup: []string{`CREATE ROLE club`, `CREATE ROLE r`, `CREATE ROLE other`, `GRANT club TO r, admin WITH ADMIN OPTION`, `GRANT club TO other GRANTED BY r`},
		yaml:  "version: 1\nroles: {r: {}}",
		says:  []string{`revoke role "club" from r`, `role "postgres" granted it`},
		after: func(c *cluster) {
			if !one[bool](c, `SELECT pg_has_role('other', 'club', 'SET') AND NOT pg_has_role('r', 'club', 'MEMBER')`) {
				c.Errorf("other has %q, r has %q", c.rowsOf("other"), c.rowsOf("r"))
			}
		},
	},
	{
		name: "what a role granted to one from which it inherits the option", from: 16,
		setup: []string{`CREATE ROLE ann`, mayAdministerAnn, `CREATE ROLE club`, `GRANT ann TO club`, `CREATE SCHEMA s AUTHORIZATION admin`, `GRANT CREATE ON SCHEMA s TO club WITH GRANT OPTION`,
			`SET ROLE club`, `GRANT CREATE ON SCHEMA s TO ann WITH GRANT OPTION`, `RESET ROLE`},
		yaml: "version: 1\nroles: {ann: {direct_grants: [CREATE ON SCHEMA s]}}",
		says: []string{`role "club" has the grant option from others, too, or from a role that it inherits from`, `SET ROLE "club"`},
	},
	{
		name: "a sequence that gets its owner with its table", from: 16,
		setup: []string{`CREATE ROLE ann`, mayAdministerAnn, `CREATE ROLE o`, `GRANT o TO admin`, `CREATE ROLE club`, `CREATE ROLE other`, `CREATE SCHEMA s AUTHORIZATION admin`, `GRANT USAGE ON SCHEMA s TO PUBLIC`,
			`CREATE TABLE s.t (id serial)`, `ALTER TABLE s.t OWNER TO o`, `GRANT ann TO admin`, `SET ROLE o`,
			`GRANT USAGE ON SEQUENCE s.t_id_seq TO other, club WITH GRANT OPTION`, `SET ROLE other`, `GRANT USAGE ON SEQUENCE s.t_id_seq TO club WITH GRANT OPTION`,
			`RESET ROLE`, `SET ROLE club`, `GRANT USAGE ON SEQUENCE s.t_id_seq TO ann`, `RESET ROLE`, `CREATE ROLE heir`, `GRANT heir TO admin WITH ADMIN OPTION`},
		yaml:  "version: 1\nroles: {ann: {}, heir: {owns: [TABLE s.t]}}",
		says:  []string{`role "club" has the grant option from others, too`, `a superuser has to run pgsr for this`},
		never: []string{`ALTER SEQUENCE`, `what would allow it`}, noRemedy: true,
	},
	{
		name:  "an owner who is a member of the connecting role",
		setup: []string{`CREATE ROLE o`, `CREATE ROLE ann`, mayAdministerAnn, `GRANT admin TO o`, `CREATE SCHEMA so AUTHORIZATION o`, `GRANT USAGE ON SCHEMA so TO ann`},
		yaml:  "version: 1\nroles: {ann: {}}",
		says:  []string{`SCHEMA so belongs to role "o"`, `REVOKE USAGE ON SCHEMA "so" FROM "ann"`}, never: []string{`"o" TO "admin"`},
	},
	{
		name:  "the connecting role itself",
		setup: []string{`CREATE ROLE ann`}, from: 16,
		yaml: "version: 1\nroles: {ann: {member_of: [admin]}}",
		says: []string{`GRANT "admin" TO "ann"`}, never: []string{`"admin" TO "admin"`},
	},
	{
		name: "schema public of the database's owner, 16", from: 16,
		setup: []string{`CREATE ROLE boss`, `ALTER DATABASE warehouse OWNER TO boss`, `CREATE ROLE ann`, mayAdministerAnn},
		yaml:  "version: 1\nroles: {ann: {direct_grants: [CREATE ON SCHEMA public]}}",
		says:  []string{`belongs to role "pg_database_owner"`, `GRANT "boss" TO "admin" WITH ADMIN FALSE, INHERIT TRUE, SET FALSE`}, never: []string{`GRANT "pg_database_owner"`},
	},
	{
		name: "schema public of a superuser's database", from: 15,
		setup: []string{`ALTER DATABASE warehouse OWNER TO postgres`, `CREATE ROLE ann`, mayAdministerAnn},
		yaml:  "version: 1\nroles: {ann: {direct_grants: [CREATE ON SCHEMA public]}}",
		says:  []string{`belongs to role "pg_database_owner"`, `GRANT CREATE ON SCHEMA "public" TO "ann"`}, never: []string{`"pg_database_owner" TO`, `"postgres" TO`},
	},
	{
		name: "of which another one is only seen with the first remedied", as: "helper", from: 16,
		setup: []string{`CREATE ROLE ann LOGIN`},
		yaml:  "version: 1\nroles: {ann: {}}",
		says:  []string{`role "helper" has no CREATEROLE`, `no ADMIN OPTION on role "ann"`, `ALTER ROLE "helper" WITH CREATEROLE`, `GRANT "ann" TO "helper"`}, reasons: 2,
	},
	{
		name: "for a connecting role of the spec, which can not keep what would help", from: 16,
		setup: []string{`CREATE ROLE her`, `CREATE SCHEMA hers AUTHORIZATION her`, `SET ROLE admin`, `CREATE ROLE ann`, `RESET ROLE`},
		yaml:  "version: 1\nroles: {admin: {login: {}}, ann: {grants: [USAGE ON SCHEMA hers]}}",
		says:  []string{`SCHEMA hers belongs to role "her"`, `a superuser has to run pgsr for this`}, noRemedy: true,
	},
	{
		name: "a role with REPLICATION", to: 15,
		setup: []string{`CREATE ROLE ann REPLICATION LOGIN`},
		yaml:  "version: 1\nroles: {ann: {}}",
		says:  []string{`change the login of role "ann"`, `role "ann" has REPLICATION`, `ALTER ROLE "ann" WITH NOLOGIN PASSWORD NULL`},
	},
	{
		name: "attributes that the connecting role does not have", from: 16,
		setup: []string{`CREATE ROLE ann`, mayAdministerAnn},
		yaml:  "version: 1\nroles: {ann: {attributes: [CREATEDB, REPLICATION, SUPERUSER]}, fresh: {attributes: [BYPASSRLS, CREATEROLE], login: {}}}",
		says: []string{`role "admin" has no CREATEDB itself`, `only superusers decide over SUPERUSER`, `create role "fresh"`, `CREATE ROLE "fresh" WITH CREATEROLE BYPASSRLS`,
			`ALTER ROLE "ann" WITH SUPERUSER CREATEDB REPLICATION`},
		never: []string{`ROLE "admin" WITH`, `LOGIN`},
	},
	{
		name: "attributes that are kept for superusers", to: 15,
		setup: []string{`CREATE ROLE ann REPLICATION CREATEDB`},
		yaml:  "version: 1\nroles: {ann: {attributes: []}, fresh: {attributes: [BYPASSRLS]}}",
		says:  []string{`before PostgreSQL 16 only superusers decide over REPLICATION`, `before PostgreSQL 16 only superusers decide over BYPASSRLS`, `ALTER ROLE "ann" WITH NOCREATEDB NOREPLICATION`, `CREATE ROLE "fresh" WITH BYPASSRLS`},
		never: []string{`ROLE "admin" WITH`},
	},
	{
		name: "a superuser's password", setup: []string{`CREATE ROLE chief SUPERUSER LOGIN`},
		yaml: "version: 1\nroles: {chief: {login: {password: {env: PASSWORD}}}}",
		says: []string{`role "chief" is a superuser`, `a superuser has to run pgsr for this`}, never: []string{"SCRAM"}, noRemedy: true,
	},
}
