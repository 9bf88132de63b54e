package catalog

import (
	"fmt"
	"slices"
	"time"
)

// Role is what pg_roles says of a role, and of a privilege role also what it holds.
type Role struct {
	Name string
	// OID is 0 for a role that does not exist yet.
	OID        uint32
	Attributes Attributes
	// ValidUntil is when the password stops working; nil: never. See [NegativeInfinity].
	ValidUntil *time.Time
	// Verifier is the stored password. Current: known to superusers only. Desired: what is to be stored.
	Verifier Verifier
	Comment  string
	// Settings are those of the role, in all databases and in the connected one, by [Setting.Compare], and in each other
	// one where the role is to be dropped; known only of roles whose settings were asked for.
	Settings []Setting
	// Holds is the one privilege that a privilege role holds; nil for any other role, and for a role that is named
	// like one but has more than its one privilege.
	Holds *Held
	// HoldsUnknown tells of a privilege role that what it holds is on an object of no kind that is known here.
	HoldsUnknown bool
	// Administers is how many memberships an administrator role has, and the connecting role; 0 for any other role.
	Administers int
}

// NegativeInfinity stands for VALID UNTIL '-infinity': it is long before PostgreSQL's first moment, in 4713 BC.
// https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-SPECIAL-VALUES
var NegativeInfinity = time.Date(-1_000_000, 1, 1, 0, 0, 0, 0, time.UTC)

// SameMoment tells whether two moments are the same; nil is never.
func SameMoment(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// Held is the privilege that a privilege role holds.
type Held struct {
	Privilege Privilege `json:"privilege"`
	Object    ObjectID  `json:"object"`
	// Column is the one of the object that it is on; empty for the object itself.
	Column string `json:"column,omitempty"`
}

// String gives it as a person would name it: SELECT on TABLE sales.orders.
func (h Held) String() string {
	return string(h.Privilege) + " on " + InColumn(h.Column) + h.Object.String()
}

// RoleInWords names a role for people, who do not know privilege roles by their names: these by what they hold.
func (c *Catalog) RoleInWords(name string) string {
	known := c.Roles[name]
	switch {
	case !IsOwnRole(name):
		return fmt.Sprintf("role %q", name)
	case known == nil || known.Holds == nil:
		return "a role that is named as privilege roles are"
	}
	return "the privilege role for " + known.Holds.String()
}

// Verifier is a stored password: a SCRAM-SHA-256 verifier or an MD5 hash. It is a secret: it prints masked.
// Empty means that it is not known or not to be changed; [NoPassword] that there is none.
type Verifier string

// NoPassword is the verifier of a role without password (PASSWORD NULL).
const NoPassword Verifier = "\x00none"

// UnreadPassword is the verifier of a password that is declared and was not read: only what holds no passwords can be
// written of it.
const UnreadPassword Verifier = "\x00unread"

// String masks the secret, so that no format verb shows it by accident.
func (v Verifier) String() string {
	switch v {
	case "":
		return ""
	case NoPassword:
		return "NULL"
	}
	return "(hidden)"
}

// GoString masks the secret for %#v.
func (v Verifier) GoString() string { return v.String() }

// MarshalText masks the secret in JSON.
func (v Verifier) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Membership is one row of pg_auth_members, without the role that it grants.
// Before 16 Set is always true and Inherit is the member's own attribute.
// https://www.postgresql.org/docs/current/catalog-pg-auth-members.html
type Membership struct {
	Member, Grantor string
	Options
}

// SameMemberships tells whether two lists are equal. It is quick for lists that two catalogs share.
func SameMemberships(a, b []Membership) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || slices.Equal(a, b))
}

// Admins gives the members that have ADMIN OPTION.
func Admins(rows []Membership) map[string]bool {
	out := map[string]bool{}
	for _, m := range rows {
		if m.Admin {
			out[m.Member] = true
		}
	}
	return out
}

// Options are those of GRANT role TO role.
type Options struct {
	Admin   bool `json:"admin"`
	Inherit bool `json:"inherit"`
	Set     bool `json:"set"`
}

// With gives the options that there are in either.
func (o Options) With(others Options) Options {
	return Options{Admin: o.Admin || others.Admin, Inherit: o.Inherit || others.Inherit, Set: o.Set || others.Set}
}

// OptionsByMember gives what members have by all rows together, but for rows that are to be left out.
func OptionsByMember(rows []Membership, leftOut func(Membership) bool) map[string]Options {
	out := make(map[string]Options, len(rows))
	for _, m := range rows {
		if !leftOut(m) {
			out[m.Member] = out[m.Member].With(m.Options)
		}
	}
	return out
}

// IsCreators tells whether this is the membership that PostgreSQL gives the creator of a role from 16 on: ADMIN and
// nothing else, granted by the bootstrap superuser. It cannot be given by hand to advantage and is never ours to
// remove.
// https://www.postgresql.org/docs/current/role-attributes.html
func (c *Catalog) IsCreators(m Membership) bool {
	return c.Server.MembershipsHaveOptions() && m.Grantor == c.Server.Bootstrap && m.Options == Options{Admin: true}
}

// DefaultOptions gives what GRANT role TO member gives when it names no options.
func (c *Catalog) DefaultOptions(member string) Options {
	r := c.Roles[member]
	return Options{Inherit: r == nil || r.Attributes.Inherit, Set: true}
}
