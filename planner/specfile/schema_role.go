package specfile

import "pgsr/planner/spec"

// roleRules are those of what one role is to have.
func roleRules() rules {
	r := mappingOf(rules{
		spec.KeyComment:           described(ref("text"), "The comment on the role. If left out, the comment stays."),
		spec.KeyLogin:             ref("login"),
		spec.KeyAttributes:        described(listRef("attribute"), "All attributes that differ from those of a new role. [] is those of a new role. If left out, they stay."),
		spec.KeySettings:          described(ref("settings"), "All settings of its sessions, in every database. {} is none. If left out, they stay."),
		spec.KeyMemberOf:          described(listRef("membership"), "All roles that it is a member of. None if left out."),
		spec.KeyMembers:           described(listRef("membership"), "All members outside the spec. If left out, they stay."),
		spec.KeyGrants:            described(listRef("grant"), "Privileges by way of privilege roles, one for each privilege on each object. None if left out."),
		spec.KeyDirectGrants:      described(listRef("directGrant"), "Privileges on the object's own ACL. Grant options and FUTURE stand here. None if left out."),
		spec.KeyOwns:              described(listRef("owned"), "All schemas and tables that it is to own. [] is none. If left out, it keeps what it owns."),
		spec.KeyPreserveInSchemas: described(listRef("name"), "Schemas on whose contents the role keeps what it was granted."),
		spec.KeyIn: byDatabase(ref("inDatabase"),
			"What it is to have in other databases, by name or by MATCHING '...'."),
		spec.KeyAbsent:      rules{"const": true, "description": "There is to be no such role. Beside it stand only reassign_to and end_sessions."},
		spec.KeyReassignTo:  described(ref("roleName"), "Who gets what the absent role owns."),
		spec.KeyEndSessions: rules{"type": "boolean", "description": "End the sessions of the absent role."},
	})
	r["description"] = "All that the role is to have. {} is a role that has nothing and cannot log in."
	r["if"] = rules{"required": []string{spec.KeyAbsent}}
	r["then"] = rules{
		"propertyNames": rules{
			"enum":         []string{spec.KeyAbsent, spec.KeyReassignTo, spec.KeyEndSessions, spec.KeyIn},
			"errorMessage": "The role is to be gone: beside absent stand only reassign_to and end_sessions.",
		},
		// An empty one says nothing.
		"properties": rules{spec.KeyIn: rules{"maxProperties": 0}},
	}
	r["else"] = rules{"properties": rules{spec.KeyReassignTo: false, spec.KeyEndSessions: false}}
	return r
}

func byDatabase(each rules, text string) rules {
	return rules{"type": "object", "propertyNames": rules{"minLength": 1}, "additionalProperties": each, "description": text}
}

// inDatabaseRules are those of what a role is to have in another database.
func inDatabaseRules() rules {
	r := mappingOf(rules{
		spec.KeyGrants:            described(listRef("grantInDatabase"), "Privileges by way of privilege roles."),
		spec.KeyDirectGrants:      described(listRef("directGrantInDatabase"), "Privileges on the object's own ACL."),
		spec.KeyOwns:              described(listRef("ownedInDatabase"), "All schemas and tables that it is to own there."),
		spec.KeySettings:          described(ref("settings"), "All settings of its sessions in this database alone. The connected database may stand here for these."),
		spec.KeyPreserveInSchemas: described(listRef("name"), "Schemas on whose contents the role keeps what it was granted."),
	})
	r["description"] = "All that the role is to have in this database. A database that is not named is left alone."
	return r
}

func publicRules() rules {
	list := func(item string) rules {
		return rules{
			spec.KeyGrants:  described(listRef(item), "What everyone is to have."),
			spec.KeyRevokes: described(listRef(item), "What PUBLIC is not to have, whoever granted it."),
		}
	}
	keys := list("publicGrant")
	keys[spec.KeyIn] = byDatabase(mappingOf(list("publicGrantInDatabase")), "The same in other databases, by name or by MATCHING '...'.")
	return described(mappingOf(keys), "What everyone has, by way of PUBLIC. Only what is named here is decided.")
}

// membershipRules are those of a role's name, alone or with options.
func membershipRules() rules {
	option := func(text string) rules { return rules{"type": "boolean", "description": text} }
	withOptions := mappingOf(rules{
		keyRole:     described(ref("grantedRole"), "The name of the role."),
		keyAdmin:    option("ADMIN OPTION: the member may grant the role on. false if left out."),
		keyInherit:  option("It has what the role has without SET ROLE. From PostgreSQL 16 on."),
		keySet:      option("It may SET ROLE to the role. From PostgreSQL 16 on."),
		keyIfExists: option("Passed over where there is no such role."),
		keyUntil:    described(ref("until"), "When the membership ends, with an offset from UTC."),
	})
	withOptions["required"] = []string{keyRole}
	return rules{
		"if": rules{"type": "object"}, "then": withOptions, "else": ref("grantedRole"),
		"description": "A role's name, or {role: NAME, admin: true}.",
	}
}

// loginRules are those of a login. A password stands nowhere in the file.
func loginRules() rules {
	source := rules{"type": scalars, "minLength": 1}
	password := mappingOf(rules{
		keyEnv:      described(source, "The environment variable that holds the password."),
		keyFile:     described(source, "The file of which the only line is the password."),
		keyVerifier: described(ref("verifier"), "The verifier, as pg_authid holds it."),
		keyCommand: rules{
			"allOf": []rules{listRef("text")}, "minItems": 1,
			"description": "A program that prints the password, and its arguments. It is run only with --allow-commands.",
		},
	})
	password["minProperties"], password["maxProperties"] = 1, 1
	password["description"] = "Where the password is. If left out, it stays."
	login := mappingOf(rules{
		keyPassword: password,
		keyValidUntil: described(
			matches(`^(?:`+never+`|[0-9]{4,6}-[0-9]{2}-[0-9]{2}(?:T[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?)$`,
				"Write 2027-01-31T00:00:00Z or 2027-01-31, or never for no end."),
			"When the password stops working, or never. If left out, it stays."),
	})
	login["description"] = "The role can log in. {} keeps the password that it has. If left out, it cannot log in."
	return login
}
