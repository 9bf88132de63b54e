package specfile

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"pgsr/planner/spec"
)

// databaseKeys are what a role can have in another database.
func databaseKeys() []string {
	return []string{spec.KeyGrants, spec.KeyDirectGrants, spec.KeyOwns, spec.KeySettings, spec.KeyPreserveInSchemas}
}

// readDatabases reads what a role is to have in other databases.
func (f *file) readDatabases(e entry) []spec.InDatabase {
	return readIn(f, e, "{direct_grants: [SELECT ON TABLE public.t]}", func(in *spec.InDatabase, database entry) {
		in.Database, in.Matching = f.readWhich(database)
		in.At = database.at.position()
	}, f.readInDatabase)
}

func (f *file) readInDatabase(in *spec.InDatabase, key entry) {
	switch key.name {
	case spec.KeyGrants:
		in.Grants = f.readGrants(key)
	case spec.KeyDirectGrants:
		in.DirectGrants = f.readGrants(key)
	case spec.KeyOwns:
		in.Owns = f.readOwns(key)
	case spec.KeySettings:
		in.Settings = f.readSettings(key)
	case spec.KeyPreserveInSchemas:
		in.PreserveInSchemas, in.PreservedAt = f.readNames(key)
	default:
		if key.name != spec.KeyIn && slices.Contains(roleKeys(), key.name) {
			f.add(key.at, "%s is about the whole cluster: write it under the role itself, not under in", key.name)
			return
		}
		f.unknown(key, databaseKeys())
	}
}

// readPublicIn reads what everyone is to have in other databases.
func (f *file) readPublicIn(e entry) []spec.PublicInDatabase {
	return readIn(f, e, "{revokes: [CREATE ON SCHEMA public]}", func(in *spec.PublicInDatabase, database entry) {
		in.Database, in.Matching = f.readWhich(database)
		in.At = database.at.position()
	}, func(in *spec.PublicInDatabase, key entry) {
		switch key.name {
		case spec.KeyGrants:
			in.Grants = f.readGrants(key)
		case spec.KeyRevokes:
			in.Revokes = f.readGrants(key)
		default:
			f.unknown(key, []string{spec.KeyGrants, spec.KeyRevokes})
		}
	})
}

// readIn reads a mapping by database, each key of what stands there by one call.
func readIn[T any](f *file, e entry, example string, begin func(*T, entry), read func(*T, entry)) []T {
	const empty = ": leave it out, or write {} for nothing"
	node := f.expect(e.value, isMapping, spec.KeyIn, "a mapping by database", e.at, empty)
	if node == nil {
		return nil
	}
	return once(f, node, spec.KeyIn, e.at, func() []T { return readEachIn(f, node, example, begin, read) })
}

func readEachIn[T any](f *file, node *yaml.Node, example string, begin func(*T, entry), read func(*T, entry)) []T {
	var out []T
	for _, database := range f.entries(node) {
		if database.isRepeated || !f.spend(1, database.at) || !f.copies(1, database.at) {
			continue
		}
		var in T
		begin(&in, database)
		within := f.expect(database.value, isMapping, "a database under in", "a mapping, for example "+example, database.at,
			": write {} for a role that has nothing there; leave the database out to leave the role as it is there")
		if within == nil {
			continue
		}
		for _, key := range f.entries(within) {
			if !key.isRepeated {
				read(&in, key)
			}
		}
		out = append(out, in)
	}
	return out
}

// readWhich reads which databases a key means.
func (f *file) readWhich(database entry) (name string, matching *regexp.Regexp) {
	name, matching, problems := spec.ParseDatabases(database.name)
	for _, problem := range problems {
		f.add(f.within(scalar{text: database.name, at: database.at, node: deref(database.key)}, problem.At), "%s", problem.Message)
	}
	if len(problems) > 0 {
		return database.name, nil // which is no empty name, too
	}
	return name, matching
}
