package script

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// State is what a plan relies on, or what it leads to: facts that a guard asks the server for. Whatever is not named
// here may be anything.
type State struct {
	Roles       []RoleState       `json:"roles,omitempty"`
	Memberships []MembershipState `json:"memberships,omitempty"`
	Objects     []ObjectState     `json:"objects,omitempty"`
	Futures     []FutureState     `json:"default_privileges,omitempty"`
	// Settings are settings of roles. One that has no name and is not there says that its role has no other.
	Settings []SettingState `json:"settings,omitempty"`
	Policies []PolicyState  `json:"policies,omitempty"`
	// Code says of the objects that get another owner what runs code with its rights.
	Code []CodeState `json:"code,omitempty"`
	// Before is a moment that is still to come, by the server's clock; never if there is none.
	Before Timestamp `json:"before,omitzero"`
}

// IsEmpty tells whether there is nothing to ask for.
func (s State) IsEmpty() bool {
	return len(s.Roles) == 0 && len(s.Memberships) == 0 && len(s.Objects) == 0 && len(s.Futures) == 0 && len(s.Settings) == 0 && len(s.Policies) == 0 && s.Before.IsZero()
}

// IsPlain tells whether the state is of named roles, memberships and objects alone.
func (s State) IsPlain() bool {
	others := func(m MembershipState) bool { return m.Role == "" || slices.Contains(m.Members, "") }
	mayBeMore := func(o ObjectState) bool { return o.Added != nil }
	return len(s.Futures)+len(s.Settings)+len(s.Policies) == 0 && s.Before.IsZero() &&
		!slices.ContainsFunc(s.Memberships, others) && !slices.ContainsFunc(s.Objects, mayBeMore)
}

// CheckKinds gives an error for a kind of object, or of objects to come, that package catalog does not know: a guard
// would find none of it, whatever there is.
func (s State) CheckKinds() error {
	for _, o := range s.Objects {
		if o.ID.Kind.Info().Kind == "" {
			return fmt.Errorf("unknown kind of object %q", o.ID.Kind)
		}
	}
	for _, m := range s.Memberships {
		if m.Holds != nil && columnsOf[m.Holds.On.Kind.Info().Catalog].acl == "" {
			return fmt.Errorf("unknown kind of object %q, on which a privilege role holds something", m.Holds.On.Kind)
		}
	}
	for _, f := range s.Futures {
		if f.Future.Kind.Info().Kind == "" {
			return fmt.Errorf("unknown kind of default privileges %q", f.Future.Kind)
		}
	}
	return nil
}

// RoleState says that a role is or is not there, and how.
type RoleState struct {
	Name  string `json:"name"`
	There bool   `json:"there"`
	// OID tells a role from another one of the same name; 0: any.
	OID uint32 `json:"oid,omitempty"`
	// Attributes are compared unless nil, and ValidUntil with them.
	Attributes *catalog.Attributes `json:"attributes,omitempty"`
	ValidUntil Timestamp           `json:"valid_until,omitzero"`
}

// MembershipState says that some members have exactly these rows in a role. An empty name among the members stands for
// all other members of the role. An empty role stands for all other roles of the members.
type MembershipState struct {
	Role    string            `json:"role"`
	Members []string          `json:"members"`
	Rows    []StateMembership `json:"rows,omitempty"`
	// Holds is what the role holds, if it is a privilege role and gets members.
	Holds *HeldState `json:"holds,omitempty"`
}

// StateMembership is a membership as a saved plan has it in a [State].
type StateMembership struct {
	Member, Grantor     string
	Admin, Inherit, Set bool
}

// StateObject is an object as a saved plan has it in a [State].
type StateObject struct {
	Kind         catalog.Kind
	Schema, Name string
	Arguments    string `json:",omitempty"`
}

// ObjectState says that an object is or is not there, whose it is and who has what on it.
type ObjectState struct {
	ID    StateObject `json:"object"`
	There bool        `json:"there"`
	// OID tells an object from another one of the same name; 0: any.
	OID     uint32                 `json:"oid,omitempty"`
	Owner   string                 `json:"owner,omitempty"`
	ACL     catalog.ACL            `json:"acl,omitempty"`
	Columns map[string]catalog.ACL `json:"columns,omitempty"`
	// Added says over which roles the spec decides here: others may have more than the ACL says. Nil: nobody may.
	Added *catalog.Added `json:"added,omitempty"`
}

// FutureState says which default privileges there are.
type FutureState struct {
	Future StateFuture `json:"for"`
	// There tells whether there is a row of pg_default_acl: without one, the built-in ones hold.
	There bool        `json:"there"`
	ACL   catalog.ACL `json:"acl,omitempty"`
}

// StateFuture names default privileges as a saved plan has them in a [State].
type StateFuture struct {
	Owner, Schema string
	Kind          catalog.FutureKind
}

// attributeWords writes attributes as [guardQuery] has the server write them.
func attributeWords(a catalog.Attributes, until Timestamp) string {
	words := []string{
		yesNo(a.Superuser, "SUPERUSER"), yesNo(a.Inherit, "INHERIT"), yesNo(a.CreateRole, "CREATEROLE"), yesNo(a.CreateDB, "CREATEDB"),
		yesNo(a.Login, "LOGIN"), yesNo(a.Replication, "REPLICATION"), yesNo(a.BypassRLS, "BYPASSRLS"),
		fmt.Sprintf("CONNECTION LIMIT %d", a.ConnectionLimit),
	}
	return strings.Join(append(words, "VALID UNTIL "+timestampCompared(until.At)), " ")
}

func yesNo(yes bool, word string) string {
	if yes {
		return word
	}
	return "NO" + word
}

// optionWords writes the options of a membership as [guardQuery] has the server write them.
func optionWords(o catalog.Options, grantorsMatter bool) string {
	words := "member"
	if o.Admin {
		words += " ADMIN"
	}
	if grantorsMatter && o.Inherit {
		words += " INHERIT"
	}
	if grantorsMatter && o.Set {
		words += " SET"
	}
	return words
}

// aclEntry is all that one grantor granted to one grantee, as [guardQuery] has the server write it.
type aclEntry struct{ grantee, grantor, privileges string }

// aclEntries writes an ACL with one entry for each grantee and grantor, a star for each grant option. The items of a
// grantee stand together.
func aclEntries(acl catalog.ACL) []aclEntry {
	var out []aclEntry
	var words []string
	for len(acl) > 0 {
		n := 1
		for n < len(acl) && acl[n].Grantee == acl[0].Grantee {
			n++
		}
		of := acl[:n]
		acl = acl[n:]
		for i, item := range of {
			if slices.ContainsFunc(of[:i], func(earlier catalog.Item) bool { return earlier.Grantor == item.Grantor }) {
				continue
			}
			words = words[:0]
			for _, other := range of[i:] {
				if other.Grantor == item.Grantor {
					words = append(words, privilegeWord(other))
				}
			}
			slices.Sort(words)
			out = append(out, aclEntry{item.Grantee, item.Grantor, strings.Join(words, ", ")})
		}
	}
	return out
}

func privilegeWord(item catalog.Item) string {
	if item.Grantable {
		return string(item.Privilege) + "*"
	}
	return string(item.Privilege)
}
