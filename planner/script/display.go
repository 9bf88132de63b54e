package script

import (
	"strings"
	"unicode"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// DisplayName gives a name for people: as it is, or in quotes if one could take it for something else.
func DisplayName(name string) string {
	if name != "" && !strings.ContainsFunc(name, needsQuotes) {
		return name
	}
	return `"` + strings.ReplaceAll(Printable(name), `"`, `""`) + `"`
}

func needsQuotes(r rune) bool {
	return r != '_' && !unicode.IsDigit(r) && (!unicode.IsLetter(r) || unicode.IsUpper(r))
}

// DisplayGrantee gives a name as [DisplayName] does, or PUBLIC.
func DisplayGrantee(name string) string {
	if name == catalog.Public {
		return "PUBLIC"
	}
	return DisplayName(name)
}

// ShortList lists the first six names and counts the rest.
func ShortList(names []string, show func(string) string) string {
	const most = 6
	rest := len(names) - most
	if rest > 1 {
		return list(names[:most], show) + " and " + Number(rest) + " more"
	}
	return list(names, show)
}

// ShortTexts does so with texts, as they are.
func ShortTexts(texts []string) string {
	return ShortList(texts, func(text string) string { return text })
}

// DisplayObject gives an object for people: TABLE sales.orders.
func DisplayObject(id catalog.ObjectID) string {
	return Printable(string(id.Kind)) + " " + displayQualified(id)
}

func displayQualified(id catalog.ObjectID) string {
	if id.Kind.Info().Name == catalog.NameOfSetting {
		return settingOf(id.Name, DisplayName)
	}
	text := DisplayName(id.Name)
	if id.Schema != "" {
		text = DisplayName(id.Schema) + "." + text
	}
	return text + Printable(id.Arguments)
}

func displayPrivileges(privileges []catalog.Privilege) string {
	return lists.Join(privileges, func(p catalog.Privilege) string { return Printable(string(p)) })
}

// DisplayColumn gives what stands before an object if only one of its columns is meant.
func DisplayColumn(column string) string {
	if column == "" {
		return ""
	}
	return "column " + DisplayName(column) + " of "
}

// DisplayOptions names those options of a membership that differ from GRANT's defaults, each after a comma.
func DisplayOptions(o *catalog.Options) string {
	if o == nil {
		return ""
	}
	var out string
	if o.Admin {
		out += ", with admin option"
	}
	if !o.Inherit {
		out += ", without inherit"
	}
	if !o.Set {
		out += ", without set"
	}
	return out
}
