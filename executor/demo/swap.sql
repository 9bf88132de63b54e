BEGIN;
CREATE TABLE sales.orders_new (LIKE sales.orders INCLUDING ALL);
INSERT INTO sales.orders_new SELECT id, total FROM sales.orders;
DO $$
DECLARE
    had record;
BEGIN
    FOR had IN
        SELECT r.rolname, a.privilege_type
        FROM pg_class AS c
        CROSS JOIN LATERAL aclexplode(c.relacl) AS a
        JOIN pg_roles AS r ON r.oid = a.grantee
        WHERE c.oid = 'sales.orders'::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('GRANT %s ON sales.orders_new TO %I', had.privilege_type, had.rolname);
    END LOOP;
END
$$;
DROP TABLE sales.orders;
ALTER TABLE sales.orders_new RENAME TO orders;
COMMIT;
