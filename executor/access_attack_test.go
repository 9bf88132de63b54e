package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// attack tells whether a role that may become another, and makes itself a member of all that it can, comes to have a
// privilege, or to be able to grant it. It is undone.
func (j *judge) attack(role, word, object, column string) bool {
	j.Helper()
	ctx := context.Background()
	options, mode := "", "MEMBER"
	if j.world.major >= 16 {
		options, mode = " WITH INHERIT TRUE, SET TRUE", "SET"
	}
	mustExec(j, j.conn, `BEGIN`)
	defer mustExec(j, j.conn, `ROLLBACK`)
	mustExec(j, j.conn, fmt.Sprintf(`DO $attack$
		DECLARE
			me CONSTANT name := %s;
			other name;
			wanted name;
			changed boolean := true;
		BEGIN
			EXECUTE format('SET LOCAL SESSION AUTHORIZATION %%I', me);
			WHILE changed LOOP
				changed := false;
				FOR other, wanted IN SELECT o.rolname, w.rolname FROM pg_roles o, pg_roles w WHERE pg_has_role(me, o.oid, '%[2]s') LOOP
					CONTINUE WHEN pg_has_role(me, wanted, '%[2]s');
					BEGIN
						EXECUTE format('SET LOCAL ROLE %%I', other);
						EXECUTE format('GRANT %%I TO %%I%[3]s', wanted, me);
						changed := changed OR pg_has_role(me, wanted, '%[2]s');
					EXCEPTION WHEN OTHERS THEN
						NULL;
					END;
					EXECUTE 'SET LOCAL ROLE NONE';
				END LOOP;
			END LOOP;
		END
		$attack$`, `'`+strings.ReplaceAll(role, `'`, `''`)+`'`, mode, options))
	rows, _ := j.conn.Query(ctx, `SELECT rolname::text FROM pg_roles WHERE pg_has_role($1::name, oid, $2)`, role, mode)
	become, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		j.Fatal(err)
	}
	server := j.ask()
	return slices.ContainsFunc(become, func(r string) bool {
		return server[[4]string{r, word, object, column}] || server[[4]string{r, strings.TrimSuffix(word, option) + option, object, column}]
	})
}
