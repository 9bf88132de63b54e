-- What an enemy can plant in a database: whatever is called by a name of pg_catalog without saying so springs a trap, which fails and is noted in
-- the server's log. The schema evil shadows all of pg_catalog, once it comes first in a search_path; public holds what fits better, by the types of
-- its arguments, than what pg_catalog has.
CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
CREATE FUNCTION evil.sprung() RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
    RAISE LOG 'trap sprung';
    RAISE EXCEPTION 'trap sprung';
END $$;

SET search_path = pg_catalog;
SET check_function_bodies = off;
SET client_min_messages = error;

DO $do$
DECLARE
    body text := ' LANGUAGE plpgsql AS $f$ BEGIN PERFORM evil.sprung(); END $f$';
    better text[] := '{name,text,oid,regclass,regrole,int4,int8,bool,"\"char\"",xid8}';
    r record;
    n int := 0;
BEGIN
    FOR r IN
        SELECT format('CREATE FUNCTION evil.%I (%s) RETURNS %s %s', p.proname, replace(pg_get_function_identity_arguments(p.oid), 'VARIADIC "any"', 'VARIADIC anyarray'),
            CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END || format_type(p.prorettype, NULL), body) AS sql
        FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND 'internal'::regtype <> ALL (p.proargtypes) AND 'cstring'::regtype <> ALL (p.proargtypes)
            AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
        UNION ALL
        SELECT format('CREATE FUNCTION evil.operator_%s (%s) RETURNS %s %s; CREATE OPERATOR evil.%s (FUNCTION = evil.operator_%s%s, RIGHTARG = %s)', o.oid,
            concat_ws(', ', nullif(o.oprleft, 0)::regtype, o.oprright::regtype), o.oprresult::regtype, body, o.oprname, o.oid,
            ', LEFTARG = ' || nullif(o.oprleft, 0)::regtype, o.oprright::regtype)
        FROM pg_operator AS o
        WHERE o.oprnamespace = 'pg_catalog'::regnamespace
        UNION ALL
        SELECT format('CREATE DOMAIN evil.%I AS %s CHECK (evil.sprung())', t.typname, t.oid::regtype)
        FROM pg_type AS t
        WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b' AND t.typcategory <> 'A'
        UNION ALL
        SELECT format('CREATE VIEW evil.%I AS SELECT * FROM pg_catalog.%1$I WHERE evil.sprung()', c.relname)
        FROM pg_class AS c
        WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
        UNION ALL
        SELECT format('CREATE FUNCTION public.%I (%s, %s) RETURNS bool %s', 'better_' || lt || '_' || rt, lt, rt, body)
        FROM unnest(better) AS lt, unnest(better) AS rt
        UNION ALL
        SELECT format('CREATE OPERATOR public.%s (FUNCTION = public.%I, LEFTARG = %s, RIGHTARG = %s)', o, 'better_' || lt || '_' || rt, lt, rt)
        FROM unnest('{=,<>,<,>,<=,>=,~,!~,||,+,-,*,/,<<,>>,&&,@>,<@}'::text[]) AS o, unnest(better) AS lt, unnest(better) AS rt
        WHERE NOT EXISTS (SELECT FROM pg_operator AS p WHERE p.oprname = o AND p.oprleft = lt::regtype AND p.oprright = rt::regtype)
    LOOP
        BEGIN
            EXECUTE r.sql;
        EXCEPTION WHEN OTHERS THEN -- no such thing can be made
        END;
        n := n + 1;
        IF n % 50 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
    FOR r IN -- functions of one name for each type
        SELECT format('CREATE FUNCTION public.%I (%s) RETURNS bool %s', p.proname, a.types, body) AS sql
        FROM (SELECT DISTINCT p.proname, p.pronargs FROM pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.pronargs BETWEEN 1 AND 3
            AND p.proname ~ '^(has_.*_privilege|current_setting|set_config|unnest|array_(remove|agg|to_.*)|starts_with|format|concat|count|max|min|sum|length|substr|split_part|strpos|to_char|pg_(column|relation)_.*|pg_(try_)?advisory.*|cardinality|ts_stat|age|string_agg|bool_.*)$') AS p
        JOIN (
            SELECT 1 AS n, a AS types FROM unnest(better) AS a
            UNION ALL SELECT 2, a || ',' || b FROM unnest(better) AS a, unnest(better) AS b
            UNION ALL SELECT 3, a || ',' || b || ',' || c FROM unnest('{text,name}'::text[]) AS a, unnest('{text,name,bool}'::text[]) AS b, unnest('{text,name,bool}'::text[]) AS c
        ) AS a ON a.n = p.pronargs
    LOOP
        BEGIN
            EXECUTE r.sql;
        EXCEPTION WHEN OTHERS THEN
        END;
        n := n + 1;
        IF n % 50 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END $do$;

RESET search_path;
RESET check_function_bodies;
RESET client_min_messages;
