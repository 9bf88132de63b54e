package export_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/export"
)

// hostile are names that would be something else in YAML, in a phrase, or at the end of a comment.
var hostile = []string{
	"x: {login: {}}", "a\n  evil: {login: {}}\n  b", "# c", "-", "- d", "true", "null", "~", "1", "0x1f", "1e3", "yes", "&a", "*a", "!!str x", "? q", "|", ">-", "%TAG", "@x", "`x`",
	"\"", "'", "\\", "a\"b", "a\\nb", "[x]", "{x}", "a, b", "a,  b", ", ", " lead", "trail ", "", "tab\tbed", "cr\rlf\r\n", "nel\u0085x", "ls\u2028ps\u2029", "bom\ufeff", "rtl\u202e", "filler\u3164", "variant\ufe0f", "\u00a0nbsp", "ä ö", "日本", "😀",
	"any", "if", "exists", "all", "future", "IN SCHEMA", "for role", "except", "with grant option", "(", ")", "a(b", "\x01\x1b[31m", "\ufffd", "<<", "=", "--- a", "... b", "a #b", "a: b", "until", "matching", "x'y", "$1",
}

// TestHostileNames: no name of anything becomes more than a name, in phrases, keys and comments.
func TestHostileNames(t *testing.T) {
	seeds := uint64(100)
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 1))
		c := hostileCatalog(t, r)
		text, err := exportOf(t, c)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if exported, _ := export.From(c, export.Options{}); len(exported.Differences) > 0 {
			t.Errorf("seed %d: %q", seed, exported.Differences)
		}
		for i, line := range strings.Split(text, "\n") {
			if at := strings.IndexFunc(line, func(r rune) bool {
				return r < ' ' || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0x202e
			}); at >= 0 {
				t.Errorf("seed %d: line %d has %q", seed, i+1, line)
			}
		}
		if again, _ := exportOf(t, c); again != text {
			t.Errorf("seed %d: exported again it is not the same", seed)
		}
	}
}

// hostileWorld makes up a catalog with a name from the list, or several of them, in every place.
type hostileWorld struct {
	*rand.Rand
	catalog        *catalog.Catalog
	used           map[string]bool
	roles, schemas []string
}

func hostileCatalog(t *testing.T, r *rand.Rand) *catalog.Catalog {
	t.Helper()
	w := &hostileWorld{Rand: r, used: map[string]bool{}, catalog: catalogtest.Read(t, "server "+fmt.Sprint(14+r.IntN(5))+" as postgres\n")}
	for range 6 {
		w.addRole()
	}
	for range 3 {
		w.schemas = append(w.schemas, w.name())
		w.add(catalog.ObjectID{Kind: catalog.Schema, Name: w.schemas[len(w.schemas)-1]}, "")
	}
	for range 30 {
		w.addObject()
	}
	for range 5 {
		f := catalog.Future{Owner: pick(w, w.roles), Schema: pick(w, append(w.schemas, "")), Kind: "TABLES"}
		item := catalog.Item{Grantee: pick(w, w.roles), Grantor: f.Owner, Privilege: catalog.Select}
		w.catalog.SetFutureACL(f, catalog.NewACL(append(slices.Clone(w.catalog.FutureACL(f)), item)...))
	}
	w.catalog.Roles["None"] = &catalog.Role{Name: "None", OID: 20100, Attributes: catalog.NewAttributes()}
	for i, role := range append([]string{"None"}, w.roles[:5]...) {
		w.catalog.Members[role] = []catalog.Membership{{Member: w.roles[i], Grantor: "postgres", Options: w.catalog.DefaultOptions(w.roles[i])}}
	}
	return w.catalog
}

func pick[T any](w *hostileWorld, from []T) T { return from[w.IntN(len(from))] }

// name gives another one each time.
func (w *hostileWorld) name() string {
	for {
		n := pick(w, hostile)
		if w.IntN(3) == 0 {
			n += pick(w, hostile)
		}
		if n != "" && len(n) < 64 && !w.used[n] {
			w.used[n] = true
			return n
		}
	}
}

func (w *hostileWorld) addRole() {
	role := &catalog.Role{Name: w.name(), OID: uint32(20000 + len(w.roles)), Attributes: catalog.NewAttributes(), Comment: pick(w, hostile)}
	role.Attributes.Login = w.IntN(2) == 0
	if w.IntN(2) == 0 {
		role.Settings = []catalog.Setting{{Name: "my.x", Value: pick(w, hostile)}, {Name: "search_path", Value: catalog.ListValue([]string{"a", pick(w, hostile)})}}
	}
	w.catalog.Roles[role.Name] = role
	w.roles = append(w.roles, role.Name)
}

func (w *hostileWorld) addObject() {
	schema := pick(w, w.schemas)
	switch w.IntN(3) {
	case 0:
		w.add(catalog.ObjectID{Kind: catalog.Table, Schema: schema, Name: w.name()}, "r")
	case 1:
		w.add(catalog.ObjectID{Kind: catalog.Sequence, Schema: schema, Name: w.name()}, "S")
	default:
		types := []catalog.TypeName{catalog.BuiltInType("int4"), {Schema: pick(w, w.schemas), Name: w.name(), Array: w.IntN(2) == 0}}
		w.add(catalog.ObjectID{Kind: catalog.Routine, Schema: schema, Name: w.name(), Arguments: catalog.Arguments(types)}, "f")
	}
}

// add adds an object on which some roles have something.
func (w *hostileWorld) add(id catalog.ObjectID, relkind string) {
	owner := pick(w, append(w.roles, "postgres"))
	object := &catalog.Object{ID: id, OID: uint32(30000 + len(w.catalog.Objects)), Owner: owner, Relkind: relkind, ACL: w.catalog.DefaultACL(id.Kind, owner)}
	for _, grantee := range w.roles {
		if grantee == owner || w.IntN(2) == 0 {
			continue
		}
		item := catalog.Item{Grantee: grantee, Grantor: owner, Privilege: id.Kind.Info().Privileges[0], Grantable: w.IntN(4) == 0}
		object.ACL = catalog.NewACL(append(slices.Clone(object.ACL), item)...)
		if id.Kind == catalog.Table && w.IntN(3) == 0 {
			item.Privilege = catalog.Update
			object.Columns = map[string]catalog.ACL{pick(w, hostile) + "c": catalog.NewACL(item)}
		}
	}
	w.catalog.Objects[id] = object
}
