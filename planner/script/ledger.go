package script

import (
	"fmt"
	"io"
	"strings"

	"pgsr/planner/lists"
)

// settingOfLedger is the setting of a transaction that holds the query that looks for a ledger.
const settingOfLedger = "pgsr.ledger"

const aboutLedger = MachineCheck + "a row in the ledger, where there is one that can be trusted"

// writeLedger writes the row that a script leaves in the ledger, with its statements without verifiers. Only psql can
// leave out a statement that names a table that is not there. The ledger is looked at before it is locked, since a lock
// on someone else's table may be waited for, and once more under the lock, which keeps triggers away.
func (d Document) writeLedger(out io.Writer) {
	if d.NoLedger {
		return
	}
	look := fmt.Sprintf("SELECT count(*) = 1 AS pgsr_ledger FROM ts_stat(current_setting('%s')) AS w WHERE w.word = 'ok' \\gset\n", settingOfLedger)
	fmt.Fprintf(out, "\n-- == %s ==\nSET LOCAL %s = %s; SET LOCAL %s = $pgsr$%s$pgsr$;\n", aboutLedger,
		settingOfLedgerOwners, literal(ownersArray(d.LedgerOwners)), settingOfLedger, wrapped(trustedLedger))
	fmt.Fprint(out, look, "\\if :pgsr_ledger\nLOCK TABLE pgsr.ledger IN ROW EXCLUSIVE MODE; ", look, "\\endif\n\\if :pgsr_ledger\n")
	d.writeLedgerRow(out)
	fmt.Fprint(out, "\\endif\n")
}

// AppliedByScript is how the result begins of what a script writes into the ledger: neither way back nor effect, which
// would double its length.
const AppliedByScript = "applied by a script"

func (d Document) writeLedgerRow(out io.Writer) {
	result := AppliedByScript
	if d.partOf > 0 {
		result += fmt.Sprintf(": transaction %d of %d", d.part, d.partOf)
	}
	fmt.Fprintf(out, "INSERT INTO pgsr.ledger (pgsr_version, plan_digest, statements, duration, result, script) "+
		"VALUES (%s, %s, %d, make_interval(secs => greatest(date_part('epoch', clock_timestamp()) - :'pgsr_locked'::float8, 0)), %s,\n",
		literal(d.Origin.Version), literal(d.Digest), len(d.Statements), literal(result))
	d.writeMaskedText(out)
	fmt.Fprint(out, ");\n")
}

// writeMaskedText writes the statements as one text, a line each, without verifiers. Several constants on lines of
// their own are one. https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS
func (d Document) writeMaskedText(out io.Writer) {
	d.Masked = true
	length := 0
	fmt.Fprint(out, literals.prefix+literals.mark)
	for command := range Commands(d) {
		line := literals.escaped(command.SQL) + `;\n`
		if length > 0 && length+len(line) > widest {
			fmt.Fprint(out, literals.mark+"\n"+literals.mark)
			length = 0
		}
		fmt.Fprint(out, line)
		length += len(line)
	}
	fmt.Fprint(out, literals.mark)
}

// settingOfLedgerOwners is the setting that names the roles that the ledger may belong to, too.
const settingOfLedgerOwners = "pgsr.ledger_owners"

// trustedLedger gives the word ok where there is a ledger that may be written, is up to date, and can be trusted. It is
// the test of queries/ledger.sql, which says why (executor, TestScriptsTrustTheSameLedgers): its table flaw is the same
// to the letter.
const trustedLedger = `WITH home AS (
    SELECT n.oid, n.nspowner FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'pgsr'
), trusted AS (
    SELECT r.oid
    FROM pg_catalog.pg_roles AS r
    WHERE r.oid = 10 OR r.rolname IN (current_user, session_user) OR r.rolname = ANY(current_setting('` + settingOfLedgerOwners + `')::name[])
), part AS (
    SELECT c.oid, c.relname, c.relkind, c.relowner, c.relispartition, c.reloftype, c.relrowsecurity, c.relforcerowsecurity,
        c.relowner IN (SELECT t.oid FROM trusted AS t) AS is_trusted
    FROM pg_catalog.pg_class AS c
    WHERE c.relnamespace = (SELECT h.oid FROM home AS h) AND c.relname IN ('ledger', 'goose_db_version')
), ` + ledgerFlaws + `, doubt AS (
    SELECT f.relname FROM flaw AS f
    UNION ALL
    SELECT r.rolname
    FROM pg_catalog.pg_roles AS r
    WHERE r.oid NOT IN (SELECT t.oid FROM trusted AS t) AND (r.oid IN (SELECT h.nspowner FROM home AS h) OR r.oid IN (SELECT p.relowner FROM part AS p))
)
SELECT array_to_tsvector(ARRAY['ok'])
FROM home AS h
JOIN pg_catalog.pg_class AS c ON c.relnamespace = h.oid AND c.relname = 'ledger'
WHERE NOT EXISTS (SELECT FROM doubt) AND has_schema_privilege(h.oid, 'USAGE') AND has_table_privilege(c.oid, 'INSERT')
    AND EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'effect' AND NOT a.attisdropped)`

// ledgerFlaws finds in what a ledger differs from what pgsr's migrations make.
const ledgerFlaws = `expression AS (
    SELECT d.adrelid AS relation, d.adbin AS tree FROM pg_catalog.pg_attrdef AS d
    UNION ALL
    SELECT k.conrelid, k.conbin FROM pg_catalog.pg_constraint AS k WHERE k.conbin IS NOT NULL
), flaw AS (
    SELECT p.relname, 'is not a plain table' AS what
    FROM part AS p
    WHERE
        p.relkind <> 'r' OR p.relispartition OR p.reloftype <> 0
        OR EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE p.oid = i.inhrelid OR p.oid = i.inhparent)
    UNION ALL
    SELECT p.relname, 'has row security' FROM part AS p WHERE p.relrowsecurity OR p.relforcerowsecurity
    UNION ALL
    SELECT p.relname, 'has a trigger or a foreign key'
    FROM part AS p
    WHERE EXISTS (SELECT FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = p.oid)
    UNION ALL
    SELECT p.relname, 'has a rule' FROM part AS p WHERE EXISTS (SELECT FROM pg_catalog.pg_rewrite AS w WHERE w.ev_class = p.oid)
    UNION ALL
    SELECT p.relname, 'has an index on an expression'
    FROM part AS p
    WHERE EXISTS (
        SELECT FROM pg_catalog.pg_index AS x WHERE x.indrelid = p.oid AND (x.indexprs IS NOT NULL OR x.indpred IS NOT NULL)
    )
    UNION ALL
    SELECT p.relname, 'has a column of another type'
    FROM part AS p
    WHERE EXISTS (
        SELECT
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_type AS y ON y.oid = a.atttypid
        WHERE
            a.attrelid = p.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND (y.oid >= 16384 OR y.typtype <> 'b' OR coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '')
    )
    UNION ALL
    SELECT p.relname, 'has another default or check'
    FROM part AS p
    WHERE p.is_trusted AND EXISTS (
        SELECT
        FROM expression AS e
        WHERE
            e.relation = p.oid
            AND CASE WHEN p.is_trusted THEN replace(pg_catalog.pg_get_expr(e.tree, e.relation), '"', '') END NOT IN (
                'clock_timestamp()', 'SESSION_USER', 'CURRENT_USER', 'current_database()', 'now()', $$''::text$$,
                $$(plan_digest <> ''::text)$$, $$(result <> ''::text)$$, '(statements >= 0)',
                $$(duration >= '00:00:00'::interval)$$, $$(duration >= 'PT0S'::interval)$$,
                $$(duration >= '@ 0'::interval)$$, $$(duration >= '0'::interval)$$
            )
    )
)`

// ownersArray writes names as an array. https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
func ownersArray(names []string) string {
	escapes := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	return "{" + strings.Join(lists.Map(names, func(name string) string { return `"` + escapes.Replace(name) + `"` }), ",") + "}"
}
