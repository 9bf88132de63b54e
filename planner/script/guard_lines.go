package script

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// factLines gives what a script relies on and leads to, as a JSON document with a line for each object: its names, how
// it is before, and how it is after; null stands for what is not said. If later transactions follow, the line also says
// how the object is at the end of all. jsonb_array_elements() gives the lines as rows.
func factLines(server catalog.Server, before, after State, later []State) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield("{" + jsonLine("for", factList(jsonText(server.Database), oidText(server.DatabaseOID), jsonText(server.CurrentUser), jsonText(server.SystemIdentifier), momentFact(before), momentFact(after)))) {
			return
		}
		for _, section := range []struct {
			key   string
			facts func(State) []fact
		}{
			{"roles", roleFacts},
			{"members", func(s State) []fact { return memberFacts(s, server.MembershipsHaveOptions()) }},
			{"objects", objectFacts},
			{"futures", futureFacts},
			{"settings", settingFacts},
			{"policies", policyFacts},
			{"code", codeFacts},
		} {
			for line := range sectionLines(section.key, section.facts(before), withEnd(section.facts(after), lists.Map(later, section.facts))) {
				if !yield(line) {
					return
				}
			}
		}
		yield("}")
	}
}

// fact is what a state says of one object: its names, and how it is.
type fact struct{ names, is string }

// withEnd adds to each fact how the object is at the end: as the last of the later facts about it says.
func withEnd(after []fact, later [][]fact) []fact {
	if len(later) == 0 {
		return after
	}
	end := map[string]string{}
	for _, f := range slices.Concat(append([][]fact{after}, later...)...) {
		end[f.names] = f.is
	}
	return lists.Map(after, func(f fact) fact { return fact{f.names, f.is + ", " + end[f.names]} })
}

// sectionLines joins what is said of the same objects before and after. Nothing is written where nothing is said.
func sectionLines(key string, before, after []fact) iter.Seq[string] {
	return func(yield func(string) bool) {
		afterwards := make(map[string]string, len(after))
		for _, f := range after {
			afterwards[f.names] = f.is
		}
		begin, last := ", "+jsonText(key)+": [", ""
		write := func(names, was, is string) bool {
			goesOn := last == "" || yield(last+",\n")
			last, begin = begin+"["+names+", "+was+", "+is+"]", ""
			return goesOn
		}
		for _, f := range before {
			is, both := afterwards[f.names]
			if !both {
				is = "null"
			}
			delete(afterwards, f.names)
			if !write(f.names, f.is, is) {
				return
			}
		}
		for _, f := range after {
			if is, left := afterwards[f.names]; left && !write(f.names, "null", is) {
				return
			}
		}
		if last != "" {
			yield(last + "]\n")
		}
	}
}

func jsonLine(key, value string) string { return jsonText(key) + ": " + value + "\n" }

// jsonText writes a JSON string. Bytes that are not UTF-8 stay as they are, as in all scripts.
func jsonText(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"', c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c < ' ':
			out.WriteString(`\u00` + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
		default:
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
	return out.String()
}

func factList(values ...string) string { return "[" + strings.Join(values, ", ") + "]" }

// listOf writes a list of what each value gives.
func listOf[T any](values []T, write func(T) string) string {
	return factList(lists.Map(values, write)...)
}

func boolean(b bool) string { return strconv.FormatBool(b) }

// oidText writes an OID, 0 for any.
func oidText(oid uint32) string { return strconv.FormatUint(uint64(oid), 10) }

func momentFact(s State) string {
	if s.Before.IsZero() {
		return "null"
	}
	return jsonText(timestamp(s.Before.At))
}

func roleFacts(s State) []fact {
	return lists.Map(s.Roles, func(r RoleState) fact {
		attributes := "" // any
		if r.Attributes != nil {
			attributes = attributeWords(*r.Attributes, r.ValidUntil)
		}
		return fact{jsonText(r.Name), factList(boolean(r.There), oidText(r.OID), jsonText(attributes))}
	})
}

// memberFacts leaves out the grantor before 16, where it has no effect.
func memberFacts(s State, grantorsMatter bool) []fact {
	return lists.Map(s.Memberships, func(m MembershipState) fact {
		rows := listOf(m.Rows, func(row StateMembership) string {
			grantor := ""
			if grantorsMatter {
				grantor = row.Grantor
			}
			return factList(jsonText(row.Member), jsonText(grantor), jsonText(optionWords(catalog.Options{Admin: row.Admin, Inherit: row.Inherit, Set: row.Set}, grantorsMatter)))
		})
		facts := []string{listOf(m.Members, jsonText), rows}
		if m.Holds != nil {
			facts = append(facts, heldFacts(m.Holds)...)
		}
		return fact{jsonText(m.Role), factList(facts...)}
	})
}

func objectFacts(s State) []fact {
	return lists.Map(s.Objects, func(o ObjectState) fact {
		items := itemFacts("", o.ACL)
		for _, column := range slices.Sorted(maps.Keys(o.Columns)) {
			items = append(items, itemFacts(column, o.Columns[column])...)
		}
		facts := []string{boolean(o.There), oidText(o.OID), jsonText(o.Owner), factList(items...)}
		if o.Added != nil {
			facts = append(facts, listOf(o.Added.Decided, jsonText))
		}
		return fact{objectNames(o.ID), factList(facts...)}
	})
}

// objectNames names an object as the tables of [guardObjects] do.
func objectNames(id StateObject) string {
	types := ""
	if id.Kind.Info().Name == catalog.NameWithArguments {
		types = argumentFact(id.Arguments)
	}
	return strings.Join([]string{jsonText(string(id.Kind)), jsonText(id.Schema), jsonText(id.Name), jsonText(types)}, ", ")
}

func itemFacts(column string, acl catalog.ACL) []string {
	return lists.Map(aclEntries(acl), func(e aclEntry) string {
		return factList(jsonText(column), jsonText(e.grantee), jsonText(e.grantor), jsonText(e.privileges))
	})
}

func futureFacts(s State) []fact {
	return lists.Map(s.Futures, func(f FutureState) fact {
		items := listOf(aclEntries(f.ACL), func(e aclEntry) string { return factList(jsonText(e.grantee), jsonText(e.privileges)) })
		names := []string{jsonText(f.Future.Owner), jsonText(f.Future.Schema), jsonText(string(f.Future.Kind)), jsonText(f.Future.Kind.Info().Letter)}
		return fact{strings.Join(names, ", "), factList(boolean(f.There), items)}
	})
}

func settingFacts(s State) []fact {
	return lists.Map(s.Settings, func(o SettingState) fact {
		names := []string{jsonText(o.Role), jsonText(o.Database), jsonText(catalog.SettingKey(o.Name))}
		return fact{strings.Join(names, ", "), factList(boolean(o.There), jsonText(o.Value))}
	})
}

// policyFacts writes the roles of a policy in quotes, since names have commas.
func policyFacts(s State) []fact {
	return lists.Map(s.Policies, func(p PolicyState) fact {
		quoted := lists.Join(slices.Sorted(slices.Values(p.Roles)), func(role string) string { return `"` + strings.ReplaceAll(role, `"`, `""`) + `"` })
		names := []string{jsonText(p.Table.Schema), jsonText(p.Table.Name), jsonText(p.Name)}
		return fact{strings.Join(names, ", "), factList(boolean(p.There), oidText(p.OID), jsonText(quoted))}
	})
}
