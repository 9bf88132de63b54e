package script

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// catalogColumns are the columns of a catalog of objects, and the catalog's row in which schema an object lies.
type catalogColumns struct{ name, owner, acl, schema string }

// columnsOf gives the columns of the catalogs that [catalog.KindInfo] names.
// https://www.postgresql.org/docs/current/catalogs-overview.html
var columnsOf = map[string]catalogColumns{
	"pg_class":                {name: "relname", owner: "relowner", acl: "relacl", schema: "relnamespace"},
	"pg_database":             {name: "datname", owner: "datdba", acl: "datacl"},
	"pg_foreign_data_wrapper": {name: "fdwname", owner: "fdwowner", acl: "fdwacl"},
	"pg_foreign_server":       {name: "srvname", owner: "srvowner", acl: "srvacl"},
	"pg_largeobject_metadata": {name: "oid", owner: "lomowner", acl: "lomacl"},
	"pg_language":             {name: "lanname", owner: "lanowner", acl: "lanacl"},
	"pg_namespace":            {name: "nspname", owner: "nspowner", acl: "nspacl"},
	"pg_parameter_acl":        {name: "parname", acl: "paracl"},
	"pg_proc":                 {name: "proname", owner: "proowner", acl: "proacl", schema: "pronamespace"},
	"pg_tablespace":           {name: "spcname", owner: "spcowner", acl: "spcacl"},
	"pg_collation":            {name: "collname", owner: "collowner", schema: "collnamespace"},
	"pg_conversion":           {name: "conname", owner: "conowner", schema: "connamespace"},
	"pg_statistic_ext":        {name: "stxname", owner: "stxowner", schema: "stxnamespace"},
	"pg_ts_config":            {name: "cfgname", owner: "cfgowner", schema: "cfgnamespace"},
	"pg_ts_dict":              {name: "dictname", owner: "dictowner", schema: "dictnamespace"},
	"pg_type":                 {name: "typname", owner: "typowner", acl: "typacl", schema: "typnamespace"},
}

// alterWords are the words for which ALTER asks where GRANT says TABLE, by relkind.
// https://www.postgresql.org/docs/current/catalog-pg-class.html
var alterWords = map[string]string{
	"v": "VIEW",
	"m": "MATERIALIZED VIEW",
	"f": "FOREIGN TABLE",
}

// alterWord gives the word for an object in ALTER: that of its kind, if there is none for its relkind.
func alterWord(id catalog.ObjectID, relkind string) (string, error) {
	kind := id.Kind.Info().Kind
	if kind == "" {
		return "", fmt.Errorf("unknown kind of object %q", id.Kind)
	}
	if word, ok := alterWords[relkind]; ok && kind == catalog.Table {
		return word, nil
	}
	if kind == catalog.ForeignServer {
		return "SERVER", nil
	}
	return string(kind), nil
}

// checkArguments refuses arguments of an object that has none, and arguments of a routine that are no list of types.
// SQL would leave out the first, and not complain about the second.
func checkArguments(id catalog.ObjectID) error {
	if id.Kind.Info().Name != catalog.NameWithArguments {
		if id.Arguments != "" {
			return fmt.Errorf("a %s has no arguments, and %s has %s", id.Kind, catalog.DisplayObject(catalog.ObjectID{Kind: id.Kind, Schema: id.Schema, Name: id.Name}), catalog.Printable(id.Arguments))
		}
		return nil
	}
	if _, ok := catalog.ArgumentTypes(id.Arguments); !ok {
		return fmt.Errorf("the arguments of %s are no list of types", catalog.DisplayObject(id))
	}
	return nil
}

// namesOf lists the names in an object's identity: those of the types of a routine's arguments, too.
func namesOf(id catalog.ObjectID) []string {
	names := []string{id.Schema, id.Name}
	types, _ := catalog.ArgumentTypes(id.Arguments)
	for _, t := range types {
		names = append(names, t.Schema, t.Name)
	}
	return names
}

// object writes an object as GRANT names it, TABLE "s"."t".
func object(id catalog.ObjectID) (string, error) {
	info := id.Kind.Info()
	if info.Kind == "" {
		return "", fmt.Errorf("unknown kind of object %q", id.Kind)
	}
	return string(info.Kind) + " " + qualified(id), nil
}

// qualified writes an object's name, with its schema if it lies in one, and the types of a routine's arguments with
// theirs, so that search_path does not matter.
func qualified(id catalog.ObjectID) string {
	switch info := id.Kind.Info(); {
	case info.Name == catalog.NameWithArguments:
		return ident(id.Schema) + "." + ident(id.Name) + arguments(id.Arguments)
	case info.Name == catalog.NameIsNumber:
		return number(id.Name)
	case info.Name == catalog.NameOfSetting:
		return settingOf(id.Name, ident)
	case info.InSchema():
		return ident(id.Schema) + "." + ident(id.Name)
	}
	return ident(id.Name)
}

// noObjects is an empty query, which gives the columns of [findObjects] their names and types.
const noObjects = `
    SELECT NULL::integer AS n, NULL::oid AS oid, NULL::oid AS owner, NULL::aclitem[] AS acl, NULL::"char" AS letter, NULL::aclitem AS usual WHERE false`

// findObjects writes a query for the objects of a state: the OID, owner and ACL of those that there are. Of relations
// it also gives what their owner usually has, and the letter of acldefault().
func findObjects(s State) string {
	there := lists.Set(lists.Map(s.Objects, func(o ObjectState) catalog.Kind { return o.ID.Kind }))
	query := noObjects
	for _, kind := range slices.Concat(catalog.Kinds(), catalog.OwnedOnly()) {
		if there[kind.Kind] {
			query += "\n    UNION ALL" + findKind(&kind)
		}
	}
	return query
}

// argumentsInCatalog are the types of a routine's arguments as [argumentFact] writes them.
const argumentsInCatalog = `(
        SELECT '(' || coalesce(string_agg('"' || replace(n.nspname, '"', '""') || '"."' || replace(coalesce(e.typname, t.typname), '"', '""')
            || CASE WHEN e.oid IS NULL THEN '"' ELSE '"[]' END, ', ' ORDER BY a.n), '') || ')'
        FROM unnest(o.proargtypes::oid[]) WITH ORDINALITY AS a (oid, n)
        JOIN pg_type AS t ON t.oid = a.oid
        LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
        JOIN pg_namespace AS n ON n.oid = coalesce(e.typnamespace, t.typnamespace)
    )`

func findKind(kind *catalog.KindInfo) string {
	from, join, usual, where := "", "JOIN", "NULL, NULL", ""
	c := columnsOf[kind.Catalog]
	on, oid, owner := "o."+c.name+" = f.name", "o.oid", "o."+c.owner
	if kind.NeedsNoRow { // which comes and goes, so that its number does not matter
		join, oid, owner = "LEFT JOIN", "0::oid", "10::oid"
	}
	if kind.InSchema() {
		from = "\n    JOIN pg_namespace AS s ON s.nspname = f.schema"
		on = "o." + c.schema + " = s.oid AND " + on
	}
	if kind.Name == catalog.NameIsNumber { // which is cast only where it is one
		on = "o.oid = CASE WHEN f.kind = '" + string(kind.Kind) + "' THEN f.name::oid END"
	}
	if kind.Name == catalog.NameWithArguments {
		on += " AND f.arguments = " + argumentsInCatalog
	}
	if kind.Relkinds != "" {
		usual = "u.letter, u.acl[1]"
		where = " AND o.relkind IN ('" + strings.Join(strings.Split(kind.Relkinds, ""), "', '") + "')"
	}
	if c.acl == "" { // which is of a kind without privileges
		return fmt.Sprintf("\n    SELECT f.n, o.oid, o.%s, NULL, NULL, NULL\n    FROM object_fact AS f%s\n    JOIN %s AS o ON %s\n    WHERE f.kind = '%s'",
			c.owner, from, kind.Catalog, on, kind.Kind)
	}
	return fmt.Sprintf(`
    SELECT f.n, %[10]s, %[1]s, coalesce(o.%[2]s, u.acl), %[3]s
    FROM object_fact AS f%[4]s
    %[11]s %[5]s AS o ON %[6]s
    CROSS JOIN LATERAL (SELECT l.letter, acldefault(l.letter, %[1]s) AS acl FROM (SELECT '%[7]s'::"char" AS letter) AS l) AS u
    WHERE f.kind = '%[8]s'%[9]s`, owner, c.acl, usual, from, kind.Catalog, on, kind.Default, kind.Kind, where, oid, join)
}
