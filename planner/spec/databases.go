package spec

import (
	"fmt"
	"regexp"
	"strings"
)

// InDatabase is what a role is to have in another database than the connected one, which may stand there for settings
// alone. It is all of that: the zero value of a field is nothing, but for Owns and Settings, where nil keeps what there
// is.
type InDatabase struct {
	// Database is a name, taken literally; empty if Matching says which databases are meant.
	Database string
	// Matching are all databases whose whole name matches (RE2, anchored), that allow connections and are no templates.
	Matching *regexp.Regexp
	// Grants, DirectGrants, Owns and PreserveInSchemas are as those of a [Role], without anything of the cluster.
	Grants, DirectGrants []Grant
	Owns                 []Ownership
	PreserveInSchemas    []string
	// Settings are all that the role is to have in this database alone; nil keeps those that it has.
	Settings []Setting
	// At, and for each item PreservedAt, are where these stand; zero and nil if the spec was built in Go.
	At          Position
	PreservedAt []Position
}

// PublicInDatabase is what everyone is to have in another database, and what not.
type PublicInDatabase struct {
	Database        string
	Matching        *regexp.Regexp
	Grants, Revokes []Grant
	At              Position
}

// Which says which databases are meant, for messages.
func (in *InDatabase) Which() string {
	if in == nil {
		return ""
	}
	return in.which().String()
}

func (in *InDatabase) which() which       { return which{in.Database, in.Matching, in.At} }
func (in *PublicInDatabase) which() which { return which{in.Database, in.Matching, in.At} }

// IsSettingsAlone tells whether nothing but settings is decided.
func (in *InDatabase) IsSettingsAlone() bool {
	return in != nil && len(in.Grants)+len(in.DirectGrants)+len(in.PreserveInSchemas) == 0 && in.Owns == nil && in.Settings != nil
}

// which says which databases are meant, and where.
type which struct {
	name     string
	matching *regexp.Regexp
	at       Position
}

func (w which) String() string {
	if w.matching != nil {
		return "MATCHING '" + strings.ReplaceAll(PatternText(w.matching), "'", "''") + "'"
	}
	return fmt.Sprintf("%q", Shorten(w.name))
}

func (w which) means(d Database) bool {
	if w.matching != nil {
		return d.AllowsConnections && !d.IsTemplate && w.matching.MatchString(d.Name)
	}
	return w.name == d.Name
}

// ParseDatabases reads the key of a database under in: a name, taken literally, or MATCHING and a regular expression.
func ParseDatabases(key string) (name string, matching *regexp.Regexp, problems []PhraseProblem) {
	var p PhraseReader
	begins, _, _ := strings.Cut(strings.TrimSpace(key), " ")
	if !strings.EqualFold(begins, "MATCHING") || !strings.Contains(key, "'") {
		return key, nil, nil
	}
	if p.begin(key, "MATCHING '...'") {
		p.take()
		if matching, _ = p.pattern(); len(p.problems) == 0 {
			p.expectEnd()
		}
	}
	return "", matching, p.problems
}

// checkDatabases checks what a role is to have in other databases.
func (c *checker) checkDatabases(role *Role) {
	all := make([]which, len(role.In))
	for i := range role.In {
		in := &role.In[i]
		all[i] = in.which()
		c.checkSettings(KeyIn, in.Settings)
		for at, schema := range in.PreserveInSchemas {
			c.refuse(KeyIn, itemAt(in.PreservedAt, at), nameProblem(schema))
		}
		c.checkPhrases(in.Grants, in.DirectGrants, in.Owns)
		c.refuseOfCluster(in.Grants, in.DirectGrants)
		for _, owned := range in.Owns {
			if owned.Target.Kind.Info().Shared {
				c.fail(KeyIn, owned.At, "a %s is of the cluster, not of one database: write it under owns of the role itself", owned.Target.Kind)
			}
		}
	}
	c.checkWhich(KeyIn, all)
}

// checkPublicDatabases checks what everyone is to have in other databases.
func (c *checker) checkPublicDatabases() {
	all := make([]which, len(c.spec.Public.In))
	for i := range c.spec.Public.In {
		in := &c.spec.Public.In[i]
		all[i] = in.which()
		c.checkPublicPhrases(in.Grants, in.Revokes)
		c.refuseOfCluster(in.Grants, in.Revokes)
	}
	c.checkWhich(KeyPublic, all)
}

// refuseOfCluster refuses phrases about what lies in no database.
func (c *checker) refuseOfCluster(phrases ...[]Grant) {
	for _, grants := range phrases {
		for i := range grants {
			if grants[i].Target.Kind.Info().Shared {
				c.fail(KeyIn, grants[i].At, "a %s is of the cluster, not of one database: write the phrase under the role itself, not under in", grants[i].Target.Kind)
			}
		}
	}
}

// checkWhich checks which databases are named, and that none is twice, as far as that can be told without a server.
func (c *checker) checkWhich(field string, all []which) {
	named, patterns := make(map[string]bool, len(all)), []which{}
	for i, w := range all {
		switch problem := nameProblem(w.name); {
		case w.name != "" && w.matching != nil:
			c.fail(field, w.at, "a database is given by its name or by a pattern: keep one")
		case w.matching == nil && problem != "":
			c.refuse(field, w.at, problem)
		}
		others := all[:i]
		switch {
		case w.matching != nil:
			patterns = append(patterns, w)
		case !named[w.name]:
			named[w.name], others = true, patterns // there may be thousands of names
		}
		for _, before := range others {
			if w.meets(before) {
				c.fail(field, w.at, "the database %s is meant twice: also by %s", w, before)
				break
			}
		}
	}
}

// meets tells whether two mean the same database, as far as their texts tell.
func (w which) meets(other which) bool {
	switch {
	case w.matching != nil && other.matching != nil:
		return w.matching.String() == other.matching.String()
	case w.matching != nil:
		return w.matching.MatchString(other.name)
	case other.matching != nil:
		return other.matching.MatchString(w.name)
	}
	return w.name == other.name
}
