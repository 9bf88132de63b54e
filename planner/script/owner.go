package script

import (
	"fmt"

	"pgsr/planner/catalog"
)

// alterWords are the words for which ALTER asks where GRANT says TABLE, by relkind.
// https://www.postgresql.org/docs/current/catalog-pg-class.html
var alterWords = map[string]string{
	"v": "VIEW",
	"m": "MATERIALIZED VIEW",
	"f": "FOREIGN TABLE",
}

// ownable gives the word for an object in ALTER: that of its kind, if there is none for its relkind.
func ownable(ch catalog.SetOwner) (string, error) {
	kind := ch.Object.Kind.Info().Kind
	if kind == "" {
		return "", fmt.Errorf("unknown kind of object %q", ch.Object.Kind)
	}
	if word, ok := alterWords[ch.Relkind]; ok && kind == catalog.Table {
		return word, nil
	}
	return string(kind), nil
}

func setOwner(ch catalog.SetOwner) (string, error) {
	word, err := ownable(ch)
	if err != nil {
		return "", err
	}
	return "ALTER " + word + " " + qualified(ch.Object) + " OWNER TO " + role(ch.Owner), nil
}
