package script

import "pgsr/planner/catalog"

// setOwner is ALTER ... OWNER TO: https://www.postgresql.org/docs/current/sql-altertable.html
type setOwner catalog.SetOwner

func (ch setOwner) sql(w writer) (string, error) {
	word, err := w.alterWord(catalog.SetOwner(ch))
	if err != nil {
		return "", err
	}
	if err := checkArguments(ch.Object); err != nil {
		return "", err
	}
	return "ALTER " + word + " " + qualified(ch.Object) + " OWNER TO " + role(ch.Owner), nil
}

// alterWord gives the word for an object as the server knows it.
func (w writer) alterWord(ch catalog.SetOwner) (string, error) {
	if ch.Object.Kind == catalog.Routine && !w.knowsRoutine() {
		return "FUNCTION", nil
	}
	return alterWord(ch.Object, ch.Relkind)
}

func (ch setOwner) summary() string {
	return "change the owner of " + ch.displayObject() + " to " + catalog.DisplayName(ch.Owner)
}

func (ch setOwner) displayObject() string {
	word, err := alterWord(ch.Object, ch.Relkind)
	if err != nil {
		return catalog.DisplayObject(ch.Object)
	}
	return word + " " + catalog.DisplayQualified(ch.Object)
}

func (ch setOwner) mark() Mark { return Changes }

func (ch setOwner) names() []string {
	return append(namesOf(ch.Object), ch.Owner, ch.From)
}
