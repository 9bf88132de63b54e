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

// factLines gives what a script relies on and leads to as a JSON document, a line an object: what names it, how it is
// before, and how it is after; null for what is not said. jsonb_array_elements() gives them back as rows.
func factLines(server catalog.Server, before, after State) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield("{" + jsonLine("for", factList(jsonText(server.Database), oidText(server.DatabaseOID), jsonText(server.CurrentUser), jsonText(server.SystemIdentifier), momentFact(before), momentFact(after)))) {
			return
		}
		for _, section := range []struct {
			key   string
			facts [2][]fact
		}{
			{"roles", of(roleFacts, before, after)},
			{"members", of(func(s State) []fact { return memberFacts(s, server.MembershipsHaveOptions()) }, before, after)},
			{"objects", of(objectFacts, before, after)},
			{"futures", of(futureFacts, before, after)},
			{"settings", of(settingFacts, before, after)},
			{"policies", of(policyFacts, before, after)},
			{"code", of(codeFacts, before, after)},
		} {
			for line := range sectionLines(section.key, section.facts) {
				if !yield(line) {
					return
				}
			}
		}
		yield("}")
	}
}

// fact is one line of what is said in a state: what names an object, and how it is.
type fact struct{ names, is string }

func of(facts func(State) []fact, before, after State) [2][]fact {
	return [2][]fact{facts(before), facts(after)}
}

// sectionLines joins what is said of the same objects before and after. Nothing is written where nothing is said.
func sectionLines(key string, facts [2][]fact) iter.Seq[string] {
	return func(yield func(string) bool) {
		afterwards := make(map[string]string, len(facts[1]))
		for _, f := range facts[1] {
			afterwards[f.names] = f.is
		}
		var lines []fact
		for _, f := range facts[0] {
			is, both := afterwards[f.names]
			if !both {
				is = "null"
			}
			delete(afterwards, f.names)
			lines = append(lines, fact{f.names, f.is + ", " + is})
		}
		for _, f := range facts[1] {
			if is, left := afterwards[f.names]; left {
				lines = append(lines, fact{f.names, "null, " + is})
			}
		}
		for i, line := range lines {
			begin, end := "", ",\n"
			if i == 0 {
				begin = ", " + jsonText(key) + ": ["
			}
			if i == len(lines)-1 {
				end = "]\n"
			}
			if !yield(begin + "[" + line.names + ", " + line.is + "]" + end) {
				return
			}
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

// memberFacts leaves out the grantor before 16, where it means nothing.
func memberFacts(s State, grantorsMatter bool) []fact {
	return lists.Map(s.Memberships, func(m MembershipState) fact {
		rows := listOf(m.Rows, func(row StateMembership) string {
			grantor := ""
			if grantorsMatter {
				grantor = row.Grantor
			}
			return factList(jsonText(row.Member), jsonText(grantor), jsonText(optionWords(catalog.Options{Admin: row.Admin, Inherit: row.Inherit, Set: row.Set}, grantorsMatter)))
		})
		return fact{jsonText(m.Role), factList(listOf(m.Members, jsonText), rows)}
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
