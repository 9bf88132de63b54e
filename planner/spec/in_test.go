package spec_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// cluster has databases of all sorts; db is the connected one.
func cluster() []spec.Database {
	var out []spec.Database
	for _, name := range []string{"db", "tenant_a", "tenant_b", "marts"} {
		out = append(out, spec.Database{Name: name, AllowsConnections: true})
	}
	return append(out, spec.Database{Name: "tenant_off"}, spec.Database{Name: "tenant_template", AllowsConnections: true, IsTemplate: true})
}

func settings() []spec.Setting { return []spec.Setting{{Name: "work_mem", Values: []string{"8MB"}}} }

func TestOthers(t *testing.T) {
	tenants := regexp.MustCompile(`\A(?:tenant_.*)\z`)
	for name, c := range map[string]struct {
		in     []spec.InDatabase
		public []spec.PublicInDatabase
		want   string
		fails  string
	}{
		"nothing":            {},
		"named":              {in: []spec.InDatabase{{Database: "marts"}, {Database: "tenant_b"}}, want: "marts tenant_b"},
		"a template by name": {in: []spec.InDatabase{{Database: "tenant_template"}}, want: "tenant_template"},
		"matched":            {in: []spec.InDatabase{{Matching: tenants}}, want: "tenant_a tenant_b"},
		"everyone":           {public: []spec.PublicInDatabase{{Database: "marts"}}, want: "marts"},
		"the connected one":  {in: []spec.InDatabase{{Database: "db", Settings: settings()}}},
		"no settings here":   {in: []spec.InDatabase{{Database: "db"}}, fails: `means the connected database "db"`},
		"matched here":       {in: []spec.InDatabase{{Matching: regexp.MustCompile("^db$")}}, fails: `means the connected database "db"`},
		"everyone here":      {public: []spec.PublicInDatabase{{Database: "db"}}, fails: `what PUBLIC has there stands directly under it`},
		"no connections":     {in: []spec.InDatabase{{Database: "tenant_off"}}, fails: `the database "tenant_off" does not allow connections`},
		"not there":          {in: []spec.InDatabase{{Database: "mart"}}, fails: `did you mean "marts"?`},
		"matches none":       {in: []spec.InDatabase{{Matching: regexp.MustCompile("^x$")}}, fails: `matches no database`},
		"twice":              {in: []spec.InDatabase{{Matching: tenants}, {Matching: regexp.MustCompile("_a$")}}, fails: `means the database "tenant_a" twice: by MATCHING 'tenant_.*' and by MATCHING '_a$'`},
	} {
		t.Run(name, func(t *testing.T) {
			s := &spec.Spec{Public: spec.Public{In: c.public}, Roles: []spec.Role{{Name: "r", In: c.in}}}
			others, _, err := s.Others("db", cluster())
			var names []string
			for _, d := range others {
				names = append(names, d.Name)
			}
			if got := strings.Join(names, " "); got != c.want || (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("got %q, %v, want %q, %q", got, err, c.want, c.fails)
			}
			s.Missing = spec.WarnOfMissing
			_, warnings, err := s.Others("db", cluster())
			if isMissing := name == "not there" || name == "matches none"; isMissing != (len(warnings) == 1) || isMissing && err != nil {
				t.Errorf("with missing: warn: %q, %v", warnings, err)
			}
		})
	}
}

func TestIn(t *testing.T) {
	comment := "c"
	s := &spec.Spec{Database: "db", LockKey: 7, Roles: []spec.Role{
		{Name: "a", Comment: &comment, Login: &spec.Login{}, In: []spec.InDatabase{{Database: "marts", PreserveInSchemas: []string{"x"}}, {Database: "db", Settings: settings()}}},
		{Name: "b", In: []spec.InDatabase{{Database: "tenant_a"}}},
		{Name: "c"},
	}}
	marts := s.In(spec.Database{Name: "marts", AllowsConnections: true})
	if r := marts.Roles; len(r) != 1 || r[0].Name != "a" || r[0].Comment != nil || r[0].Login != nil || !slices.Equal(r[0].PreserveInSchemas, []string{"x"}) || r[0].In != nil {
		t.Errorf("in marts: %+v", r)
	}
	if !marts.Local || marts.LockKey != 7 || marts.Database != "" || marts.Validate() != nil {
		t.Errorf("in marts: %+v", marts)
	}
	here := s.Here(spec.Database{Name: "db", AllowsConnections: true})
	if r := here.Roles; len(r) != 3 || len(r[0].In) != 1 || r[0].In[0].Database != "db" || r[1].In != nil || here.Local || here.NamesDatabases() != true || len(s.Roles[0].In) != 2 {
		t.Errorf("here: %+v", r)
	}
}
