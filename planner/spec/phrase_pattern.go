package spec

import (
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Patterns are regular expressions that every good text matches, and many a bad one does not. They are of what RE2 and
// ECMAScript have in common, for editors:
// https://json-schema.org/draft/2020-12/json-schema-core#name-regular-expressions
type Patterns struct {
	// Grant is the form of a phrase, Fits that the privileges are those of the kind of object.
	Grant, Fits string
	// Owned is the form of what can be owned, Ignored of what can be left alone.
	Owned, Ignored string
	// WithOption, Until, Future and OfCluster match phrases with these words, or about what lies in no database.
	WithOption, Until, Future, OfCluster, OwnedShared string
	// Attribute, SettingName, ListSetting and Verifier are for those.
	Attribute, SettingName, ListSetting, Verifier string
	// Reserved matches names that no role can have, OwnRoles those that no role of a spec can have.
	Reserved, OwnRoles string
}

// The parts of patterns. What follows a word has its white space in front.
const (
	patternSpace = `[\t-\r ]`
	anySpace     = patternSpace + `*`
	someSpace    = patternSpace + `+`
	// wordPattern is a name without quotes: negated, as the two dialects write letters beyond ASCII differently.
	wordPattern   = `[^\x00-@\[-^\x60{-\x7f][^\x00-#%-/:-@\[-^\x60{-\x7f]*`
	quotedPattern = `"(?:[^"]|"")+"`
	textPattern   = `'(?:[^']|'')*'`
	namePattern   = `(?:` + wordPattern + `|` + quotedPattern + `)`
	// firstName is a name behind a keyword.
	firstName        = `(?:` + someSpace + wordPattern + `|` + anySpace + quotedPattern + `)`
	columnsPattern   = anySpace + `\((?:[^"()]|` + quotedPattern + `)*\)`
	argumentsPattern = `(?:` + anySpace + `\((?:[^"()]|` + quotedPattern + `|\([^()]*\))*\))?`
	dot              = anySpace + `\.` + anySpace
	// outsideQuotes is any beginning of a phrase that ends outside of quotes.
	outsideQuotes = `^(?:[^"']|` + `"[^"]*"|'[^']*')*`
)

// keywords gives the pattern of words in any case.
func keywords(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch small := r - 'A' + 'a'; {
		case r == ' ':
			out.WriteString(someSpace)
		case isCapital(r):
			out.WriteString("[" + string(r) + string(small) + "]")
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// oneOf gives the pattern of some texts.
func oneOf(patterns ...string) string { return `(?:` + strings.Join(patterns, `|`) + `)` }

// listOf gives the pattern of a list of names with something behind each.
func listOf(behind string) string {
	return firstName + behind + `(?:` + anySpace + `,` + anySpace + namePattern + behind + `)*`
}

// commas gives the pattern of a list.
func commas(item string) string { return item + `(?:` + anySpace + `,` + anySpace + item + `)*` }

// anyName is that of an object of any kind.
const anyName = `(?:` + dot + namePattern + `)?` + argumentsPattern

var (
	ifExistsPattern = `(?:` + someSpace + keywords("IF EXISTS") + `)?`
	exceptPattern   = `(?:` + anySpace + keywords("EXCEPT") + `(?:` + someSpace + keywords("MATCHING") + anySpace + textPattern + `|` + listOf(anyName) + `))?`
	inSchemaPattern = anySpace + keywords("IN SCHEMA") + ifExistsPattern + listOf("")
	forPattern      = anySpace + keywords("FOR") + someSpace + `(?:` + keywords("ANY CREATOR") + `|` + keywords("ROLE") + listOf("") + `)`
	untilPattern    = anySpace + keywords("UNTIL") + anySpace + textPattern
	optionPattern   = anySpace + keywords("WITH GRANT OPTION")
)

// EditorPatterns gives the patterns, for the kinds of objects, privileges and words that there are.
func EditorPatterns() Patterns {
	every := func(*catalog.KindInfo) bool { return true }
	owned := func(k *catalog.KindInfo) bool { return k.Ownable }
	attributes := lists.Map(catalog.AttributeInfos(), func(info catalog.AttributeInfo) string { return keywords(string(info.Word)) })
	listSettings := lists.Map(catalog.ListSettings(), func(name string) string { return keywords(strings.ToUpper(name)) })
	shared := sharedWords() + `(?:` + someSpace + `[A-Za-z_]|` + anySpace + `")`
	privilege := commas(oneOf(privilegePatterns(allPrivileges)...) + `(?:` + columnsPattern + `)?`)
	return Patterns{
		Grant: `^` + anySpace + privilege + anySpace + keywords("ON") + `(?:` + targetPattern(every) + `|` + futurePattern() + `)(?:` + optionPattern + `)?(?:` + untilPattern + `)?` + anySpace + `$`,
		Fits:  fitsPattern(),
		Owned: `^` + unspaced(targetPattern(owned)) + anySpace + `$`,
		Ignored: `^(?:` + anySpace + keywords("EXTENSION MEMBERS") + `|` + anySpace + keywords("ROLE") + listOf("") + `|` + unspaced(targetPattern(every)) + `)` +
			anySpace + `$`,
		WithOption:  outsideQuotes + optionPattern + `(?:` + untilPattern + `)?` + anySpace + `$`,
		Until:       outsideQuotes + untilPattern + anySpace + `$`,
		Future:      outsideQuotes + patternSpace + keywords("ON") + someSpace + `(?:` + keywords("ALL AND") + someSpace + `)?` + keywords("FUTURE") + someSpace + `[A-Za-z]`,
		OfCluster:   outsideQuotes + `[)\t-\r ]` + keywords("ON") + someSpace + shared,
		OwnedShared: `^` + anySpace + shared,
		Attribute:   `^` + anySpace + `(?:(?:[Nn][Oo])?` + oneOf(attributes...) + `|` + keywords(connectionLimit) + someSpace + `(?:-0*[01]|\+?[0-9]+))` + anySpace + `$`,
		SettingName: settingName.String(),
		ListSetting: `^` + oneOf(listSettings...) + `$`,
		Verifier:    `^` + strings.TrimSuffix(strings.TrimPrefix(scramVerifier.String(), `\A`), `\z`) + `$`,
		Reserved:    `^(?:` + keywords("PUBLIC") + `|` + keywords("NONE") + `|` + catalog.DatabaseOwners + `|` + catalog.OwnRolePrefix + `[^\x00]*)$`,
		OwnRoles:    `^` + systemPrefix,
	}
}

// privilegePatterns gives those of privileges, with the words that mean several or the same.
func privilegePatterns(privileges []catalog.Privilege) []string {
	out := []string{keywords("ALL"), keywords("ALL PRIVILEGES")}
	for _, p := range privileges {
		out = append(out, keywords(string(p)))
		if p == catalog.Temporary {
			out = append(out, keywords("TEMP"))
		}
	}
	return out
}

// unspaced lets a target that stands first begin with a word.
func unspaced(target string) string {
	return strings.ReplaceAll(`(?:`+target+`)`, firstGap, anySpace)
}

// firstGap is what stands before the first word of a target: a mark that is in no other part.
const firstGap = `(?:` + someSpace + `)`

// targetPattern is what a phrase can be about, of some kinds.
func targetPattern(may func(*catalog.KindInfo) bool) string {
	var plural, databases []string
	named := map[catalog.NameForm][]string{}
	for i := range wordsOfKinds {
		k := &wordsOfKinds[i]
		if !may(k.info) {
			continue
		}
		named[k.info.Name] = append(named[k.info.Name], keywords(k.name()))
		if k.info.InSchema() {
			plural = append(plural, keywords(k.plurals()))
		} else if hasPlural(k.info) {
			databases = append(databases, keywords(k.plurals()))
		}
	}
	plurals := commas(oneOf(plural...))
	matching := ifExistsPattern + someSpace + keywords("MATCHING") + anySpace + textPattern
	inner := dot + namePattern
	out := []string{
		`(?:` + firstGap + wordPattern + `|` + anySpace + quotedPattern + `)` + inner + `(?:` + anySpace + `,` + anySpace + namePattern + inner + `)*`,
		firstGap + oneOf(named[catalog.NameAlone]...) + ifExistsPattern + listOf(""),
		firstGap + oneOf(named[catalog.NameInSchema]...) + ifExistsPattern + listOf(dot+namePattern),
		firstGap + oneOf(named[catalog.NameWithArguments]...) + ifExistsPattern + listOf(dot+namePattern+argumentsPattern),
		firstGap + oneOf(named[catalog.NameIsNumber]...) + ifExistsPattern + commas(anySpace+`[0-9]+`),
		firstGap + `(?:` + keywords("ALL") + someSpace + plurals + `|` + plurals + matching + `)` + inSchemaPattern + exceptPattern,
		firstGap + oneOf(databases...) + matching + exceptPattern,
	}
	if settings := named[catalog.NameOfSetting]; len(settings) > 0 {
		out = append(out, firstGap+oneOf(settings...)+ifExistsPattern+listOf(`(?:`+dot+namePattern+`)*`))
	}
	return strings.Join(out, `|`)
}

// futurePattern is about objects that do not exist yet.
func futurePattern() string {
	future, plural := lists.Concat(catalog.FutureKinds(), futureWords), lists.Map(pluralNames(), keywords)
	return firstGap + `(?:` + keywords("FUTURE") + someSpace + commas(oneOf(future...)) + `(?:` + inSchemaPattern + `)?|` +
		keywords("ALL AND FUTURE") + someSpace + commas(oneOf(plural...)) + inSchemaPattern + exceptPattern + `)` + forPattern
}

func futureWords(kind catalog.FutureKindInfo) []string {
	words := []string{keywords(string(kind.Kind))}
	if kind.Also != "" {
		words = append(words, keywords(kind.Also))
	}
	return words
}

// fitsPattern is a list of privileges and the kind of object that has them: of several kinds the first.
func fitsPattern() string {
	var out []string
	for i := range kinds {
		k := &kinds[i]
		item := oneOf(privilegePatterns(k.Privileges)...)
		if k.Kind == catalog.Table {
			item = `(?:` + item + `|` + oneOf(privilegePatterns(k.ColumnPrivileges)...) + columnsPattern + `)`
		}
		var words []string
		for w := range wordsOfKinds {
			if wordsOfKinds[w].info != k {
				continue
			}
			words = append(words, keywords(wordsOfKinds[w].name()))
			if hasPlural(k) {
				words = append(words, `(?:`+keywords("ALL")+someSpace+`(?:`+keywords("AND FUTURE")+someSpace+`)?)?`+keywords(wordsOfKinds[w].plurals()))
			}
		}
		for _, kind := range catalog.FutureKinds() {
			if kind.Of == k.Kind {
				words = append(words, keywords("FUTURE")+someSpace+oneOf(futureWords(kind)...))
			}
		}
		target := someSpace + oneOf(words...) + `(?:` + patternSpace + `|[",]|$)`
		if k.Kind == catalog.Table {
			target = `(?:` + target + `|` + firstName + dot + `)`
		}
		out = append(out, commas(item)+anySpace+keywords("ON")+target)
	}
	return `^` + anySpace + `(?:` + strings.Join(out, `|`) + `)`
}

// sharedWords are those of kinds that lie in no database.
func sharedWords() string {
	var words []string
	for i := range wordsOfKinds {
		if k := &wordsOfKinds[i]; k.info.Shared {
			words = append(words, keywords(k.name()), keywords(k.plurals()))
		}
	}
	return oneOf(words...)
}
