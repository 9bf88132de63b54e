-- A database as people have it after some years: ten schemas with some hundred tables, views and routines, several owners, grants of tables and of
-- columns, grant options that were used, default privileges, foreign servers, and extensions. The same each time.

CREATE ROLE dba CREATEROLE CREATEDB LOGIN;
CREATE ROLE etl LOGIN;
CREATE ROLE loader LOGIN NOINHERIT;
CREATE ROLE app_owner;
CREATE ROLE app LOGIN CONNECTION LIMIT 40;
CREATE ROLE readers;
CREATE ROLE writers;
CREATE ROLE bi LOGIN;
CREATE ROLE "Jane.Doe" LOGIN;
CREATE ROLE auditor LOGIN;
CREATE ROLE intern LOGIN VALID UNTIL '2037-01-31';
GRANT app_owner, etl, loader, readers, writers TO dba WITH ADMIN OPTION;
GRANT readers TO writers, bi, "Jane.Doe";
GRANT writers TO app, etl;
GRANT app_owner TO dba;
ALTER ROLE bi SET statement_timeout = '10min';
ALTER ROLE app SET search_path = app, public;

CREATE EXTENSION citext;
DO $$
BEGIN
    CREATE EXTENSION postgres_fdw;
EXCEPTION WHEN OTHERS THEN
    CREATE FOREIGN DATA WRAPPER postgres_fdw; -- a server whose library can not be loaded has the wrapper all the same
END $$;
CREATE EXTENSION file_fdw;
GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO dba;
CREATE SERVER archive FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'archive.example');
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
GRANT USAGE ON FOREIGN SERVER archive TO etl WITH GRANT OPTION;
SET ROLE etl;
GRANT USAGE ON FOREIGN SERVER archive TO loader;
RESET ROLE;
CREATE USER MAPPING FOR etl SERVER archive OPTIONS (user 'etl', password 'not a secret');
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO dba, app_owner, etl;
REVOKE ALL ON DATABASE warehouse FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE warehouse TO readers, dba, app, loader;

DO $$
DECLARE
    schemas text[] := ARRAY['app', 'sales', 'finance', 'hr', 'reference', 'staging', 'raw', 'marts', 'archive', 'Old Stuff'];
    owners text[] := ARRAY['app_owner', 'etl', 'dba', 'dba', 'etl', 'etl', 'loader', 'etl', 'postgres', 'postgres'];
    s text; o text; i integer; n integer;
BEGIN
    FOR n IN 1 .. array_length(schemas, 1) LOOP
        s := schemas[n]; o := owners[n];
        EXECUTE format('CREATE SCHEMA %I AUTHORIZATION %I', s, o);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO readers', s);
        FOR i IN 1 .. 30 LOOP
            EXECUTE format('CREATE TABLE %I.%I (id serial PRIMARY KEY, region text, amount numeric, note text)', s, 't' || i);
            EXECUTE format('ALTER TABLE %I.%I OWNER TO %I', s, 't' || i, o);
            EXECUTE format('GRANT SELECT ON %I.%I TO readers', s, 't' || i);
            IF i % 3 = 0 THEN
                EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %I.%I TO writers', s, 't' || i);
            END IF;
            IF i % 7 = 0 THEN
                EXECUTE format('GRANT SELECT (id, region), UPDATE (note) ON %I.%I TO bi, auditor', s, 't' || i);
            END IF;
            IF i % 11 = 0 THEN
                EXECUTE format('GRANT SELECT, UPDATE ON %I.%I TO "Jane.Doe" WITH GRANT OPTION', s, 't' || i);
            END IF;
        END LOOP;
        FOR i IN 1 .. 10 LOOP
            EXECUTE format('CREATE VIEW %I.%I AS SELECT id, region FROM %I.%I', s, 'v' || i, s, 't' || i);
            EXECUTE format('ALTER VIEW %I.%I OWNER TO %I', s, 'v' || i, o);
            EXECUTE format('GRANT SELECT ON %I.%I TO readers', s, 'v' || i);
            EXECUTE format('CREATE FUNCTION %I.%I(a integer, b text) RETURNS integer LANGUAGE sql AS ''SELECT 1''', s, 'f' || i);
            EXECUTE format('ALTER FUNCTION %I.%I(integer, text) OWNER TO %I', s, 'f' || i, o);
            EXECUTE format('CREATE FUNCTION %I.%I(a numeric) RETURNS integer LANGUAGE sql AS ''SELECT 1''', s, 'f' || i);
            IF i % 2 = 0 THEN
                EXECUTE format('REVOKE EXECUTE ON FUNCTION %I.%I(integer, text) FROM PUBLIC', s, 'f' || i);
                EXECUTE format('GRANT EXECUTE ON FUNCTION %I.%I(integer, text) TO app, bi', s, 'f' || i);
            END IF;
        END LOOP;
        EXECUTE format('CREATE TYPE %I.mood AS ENUM (''glad'', ''sad'')', s);
        EXECUTE format('ALTER TYPE %I.mood OWNER TO %I', s, o);
        EXECUTE format('CREATE DOMAIN %I.price AS numeric CHECK (VALUE >= 0)', s);
    END LOOP;
END $$;

CREATE MATERIALIZED VIEW marts.totals AS SELECT region, sum(amount) AS amount FROM sales.t1 GROUP BY region;
GRANT SELECT ON marts.totals TO bi;
CREATE FOREIGN TABLE archive.years (year integer) SERVER archive;
GRANT SELECT ON archive.years TO bi;
CREATE FUNCTION finance.close_month() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'SELECT';
ALTER FUNCTION finance.close_month() OWNER TO dba;
REVOKE EXECUTE ON FUNCTION finance.close_month() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finance.close_month() TO etl;
CREATE TABLE app.users (id serial, email citext);
ALTER TABLE app.users OWNER TO app_owner;
GRANT SELECT (id) ON app.users TO bi;
SET ROLE "Jane.Doe";
GRANT SELECT ON sales.t11 TO intern;
GRANT UPDATE ON sales.t22 TO auditor WITH GRANT OPTION;
RESET ROLE;

ALTER DEFAULT PRIVILEGES FOR ROLE etl IN SCHEMA staging GRANT SELECT ON TABLES TO readers;
ALTER DEFAULT PRIVILEGES FOR ROLE etl GRANT EXECUTE ON FUNCTIONS TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE loader IN SCHEMA raw GRANT ALL ON TABLES TO etl;
