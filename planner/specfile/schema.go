package specfile

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"

	"pgsr/planner/spec"
)

// rules are a JSON Schema or a part of one.
type rules map[string]any

// Schema gives the JSON Schema of a file, for editors: https://json-schema.org/draft/2020-12. What it refuses, [Parse]
// refuses. It sees less: no names that are there twice, and nothing of what two places say together.
func Schema() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(fileRules()); err != nil {
		panic(err) // there is nothing in it that JSON does not have
	}
	return out.Bytes()
}

// fileRules are those of a whole file.
func fileRules() rules {
	top := mappingOf(rules{
		keyVersion: rules{"const": 1, "description": "The version of the format: 1."},
		keyLockKey: rules{
			"type": "integer", "minimum": math.MinInt64, "maximum": math.MaxInt64, "not": rules{"const": 0},
			"description": "The key of pg_advisory_xact_lock, 1 if left out. Runs with the same key in the same database wait for each other.",
		},
		keyMissing:       words("What happens when something named does not exist: the run is refused, or goes on with a warning. refuse if left out.", string(spec.RefuseMissing), string(spec.WarnOfMissing)),
		spec.KeyMode:     words("sync makes all be as the file says. add takes nothing away. sync if left out.", string(spec.ModeSync), string(spec.ModeAdd)),
		spec.KeyDatabase: described(ref("name"), "The only database that the spec is for: any other connection is refused."),
		spec.KeyIgnore:   described(listRef("ignored"), "What is neither granted nor revoked: SCHEMA name, TABLES MATCHING '...' IN SCHEMA name, ROLE name, EXTENSION MEMBERS."),
		spec.KeyPublic:   publicRules(),
		keyRoles: rules{
			"type": "object", "propertyNames": ref("roleName"), "additionalProperties": ref("role"),
			"description": "The roles by name, taken as they are. Whatever a role has beyond what stands here is taken away.",
		},
	})
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["title"] = "A spec of pgsr: PostgreSQL roles and what they are to have"
	top["required"] = []string{keyVersion, keyRoles}
	top["patternProperties"] = rules{"^" + passedOver: rules{"description": "A place for anchors: keys that begin with x- are passed over."}}
	definitions := rules{"role": roleRules(), "inDatabase": inDatabaseRules(), "membership": membershipRules(), "login": loginRules()}
	maps.Copy(definitions, phraseRules())
	maps.Copy(definitions, textRules())
	maps.Copy(definitions, listRules())
	top["$defs"] = definitions
	return top
}

// mappingOf are those of a mapping that has no other keys.
func mappingOf(keys rules) rules {
	return rules{"type": "object", "properties": keys, "additionalProperties": false}
}

func ref(name string) rules { return rules{"$ref": "#/$defs/" + name} }

// listRef refers to a list of what has a name.
func listRef(item string) rules { return ref(item + "List") }

func described(r rules, text string) rules {
	out := maps.Clone(r)
	out["description"] = text
	return out
}

func words(text string, allowed ...string) rules {
	return rules{"enum": allowed, "description": text}
}

// matches are those of a text of a form, and what an editor says where it has not.
func matches(pattern, message string) rules {
	return rules{"type": "string", "pattern": pattern, "patternErrorMessage": message}
}

// without refuse a text of a form.
func without(pattern, message string) rules {
	return rules{"not": rules{"type": "string", "pattern": pattern}, "errorMessage": message}
}

// scalars are the types of what Parse takes for a text: it reads a number as it is written.
var scalars = []string{"string", "number", "boolean"}

// textRules are those of names and other texts.
func textRules() rules {
	p := spec.EditorPatterns()
	const mostCharacters = spec.MaxNameBytes
	name := rules{"type": scalars, "minLength": 1, "maxLength": mostCharacters, "pattern": `^[^\x00]*$`}
	return rules{
		"text": rules{"type": scalars},
		"name": name,
		"grantedRole": rules{"allOf": []rules{
			ref("name"), without(p.Reserved, "This name is reserved: no role of yours can have it."),
		}},
		"roleName": rules{"allOf": []rules{
			ref("grantedRole"), without(p.OwnRoles, "Names that begin with pg_ are PostgreSQL's own."),
		}},
		"until": matches(`^[0-9]{4,6}-[0-9]{2}-[0-9]{2}[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}(?::[0-9]{2})?)$`,
			"Write a moment with its offset from UTC: 2027-01-31T18:00:00Z."),
		"attribute": described(matches(p.Attribute, "Write an attribute as CREATE ROLE has it: CREATEDB, NOINHERIT, CONNECTION LIMIT 20. LOGIN and PASSWORD stand under login."),
			"CREATEDB, NOINHERIT, CONNECTION LIMIT 20."),
		"settings": settingsRules(p),
		"verifier": matches(p.Verifier, "Write the verifier as pg_authid holds it: SCRAM-SHA-256$..."),
	}
}

// settingsRules take whatever YAML makes of a text, null too: ~ is a text in a setting.
func settingsRules(p spec.Patterns) rules {
	value := append([]string{"null"}, scalars...)
	return rules{
		"type": "object", "propertyNames": rules{"pattern": p.SettingName},
		"patternProperties": rules{p.ListSetting: rules{"anyOf": []rules{
			{"type": value, "pattern": `^[^,]*$`, "patternErrorMessage": "This setting is a list: write [a, b]."}, ref("settingList"),
		}}},
		"additionalProperties": rules{"type": value},
	}
}

// listRules are those of lists: one inside of another counts as its items.
func listRules() rules {
	out := rules{"settingList": rules{"type": "array", "items": rules{"type": append([]string{"null", "array"}, scalars...), "items": ref("settingList/items")}}}
	for _, item := range []string{
		"text", "name", "attribute", "membership", "owned", "ownedInDatabase", "ignored",
		"grant", "directGrant", "grantInDatabase", "directGrantInDatabase", "publicGrant", "publicGrantInDatabase",
	} {
		out[item+"List"] = rules{"type": "array", "items": rules{
			"if": rules{"type": "array"}, "then": listRef(item), "else": ref(item),
		}}
	}
	return out
}

// phraseRules are those of phrases, by where they stand.
func phraseRules() rules {
	p := spec.EditorPatterns()
	noOption := without(p.WithOption, "WITH GRANT OPTION is for direct_grants.")
	noUntil := without(p.Until, "Nothing under public has an end.")
	noFuture := without(p.Future, "FUTURE is for direct_grants and public.")
	ofDatabase := without(p.OfCluster, "This is of the whole cluster: write it under the role itself, not under in.")
	and := func(text, base string, more ...rules) rules {
		return rules{"allOf": append([]rules{ref(base)}, more...), "description": text}
	}
	const example = "SELECT ON TABLE sales.orders. SELECT ON ALL TABLES IN SCHEMA sales. USAGE ON SCHEMA sales."
	return rules{
		"phrase": rules{"allOf": []rules{
			matches(p.Grant, "Write PRIVILEGES ON target, for example SELECT ON TABLE sales.orders. In brackets YAML cuts a phrase at each comma: write it in quotes then."),
			{"pattern": p.Fits, "patternErrorMessage": "This privilege is none of this kind of object."},
		}},
		"grant":                 and(example, "phrase", noOption, noFuture),
		"directGrant":           and(example+" SELECT ON FUTURE TABLES IN SCHEMA sales FOR ROLE loader.", "phrase"),
		"publicGrant":           and("USAGE ON SCHEMA reference.", "phrase", without(p.WithOption, "PUBLIC can not have grant options."), noUntil),
		"grantInDatabase":       and(example, "grant", ofDatabase),
		"directGrantInDatabase": and(example, "directGrant", ofDatabase),
		"publicGrantInDatabase": and("USAGE ON SCHEMA reference.", "publicGrant", ofDatabase),
		"owned": described(matches(p.Owned, "Write what is owned, for example SCHEMA staging or TABLE sales.orders. In brackets YAML cuts a phrase at each comma: write it in quotes then."),
			"SCHEMA staging. TABLE sales.orders."),
		"ownedInDatabase": and("SCHEMA staging. TABLE sales.orders.", "owned", without(p.OwnedShared, "This is of the whole cluster: write it under owns of the role itself.")),
		"ignored": described(matches(p.Ignored, "Write what is left alone: SCHEMA audit, TABLES MATCHING 'tmp_.*' IN SCHEMA sales, ROLE name, EXTENSION MEMBERS."),
			"SCHEMA audit. ROLE rds_superuser. EXTENSION MEMBERS."),
	}
}
