package script

import (
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

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

func displayPrivileges(privileges []catalog.Privilege) string {
	return lists.Join(privileges, func(p catalog.Privilege) string { return catalog.Printable(string(p)) })
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
