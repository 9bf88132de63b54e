package catalogtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// future reads «PRIVILEGE on KIND [in SCHEMA] of OWNER to GRANTEE [grantable]», or from a grantee who has it not.
func (r *catalogReader) future(words []string) {
	of := slices.Index(words, "of")
	f := catalog.Future{Owner: name(words[of+1])}
	kind := words[2:of]
	if in := slices.Index(kind, "in"); in > 0 {
		f.Schema, kind = name(kind[in+1]), kind[:in]
	}
	f.Kind = catalog.FutureKind(strings.Join(kind, " "))
	if f.Kind.Info().Kind == "" {
		r.Fatalf("what is a %v?", words)
	}
	item := catalog.Item{Grantee: grantee(words[of+3]), Grantor: f.Owner, Privilege: catalog.Privilege(words[0]), Grantable: words[len(words)-1] == "grantable"}
	acl := slices.DeleteFunc(slices.Clone(r.catalog.FutureACL(f)), func(i catalog.Item) bool { return i.Compare(item) == 0 })
	if words[of+2] == "to" {
		acl = append(acl, item)
	}
	r.catalog.SetFutureACL(f, catalog.NewACL(acl...))
}

// futureLines says how default privileges differ from the built-in ones, as [catalogReader.future] reads it.
func futureLines(c *catalog.Catalog) []string {
	var out []string
	builtIn := catalog.New(c.Server)
	for f, acl := range c.DefaultPrivileges {
		usual := builtIn.FutureACL(f)
		for _, item := range acl.Without(usual) {
			out = append(out, futureLine(f, item, "to")+option(item.Grantable, "grantable"))
		}
		for _, item := range usual {
			if !acl.Has(item.Grantee, item.Privilege) {
				out = append(out, futureLine(f, item, "from"))
			}
		}
	}
	return out
}

func futureLine(f catalog.Future, item catalog.Item, to string) string {
	in := ""
	if f.Schema != "" {
		in = " in " + word(f.Schema)
	}
	return fmt.Sprintf("future %s on %s%s of %s %s %s", item.Privilege, f.Kind, in, word(f.Owner), to, cmp.Or(word(item.Grantee), public))
}

func futureFacts(c *catalog.Catalog) []string {
	var out []string
	for f, acl := range c.DefaultPrivileges {
		out = append(out, fmt.Sprintf("default privileges %+q", f))
		for _, item := range acl {
			out = append(out, fmt.Sprintf("default privileges %+q acl %+v", f, item))
		}
	}
	return out
}
