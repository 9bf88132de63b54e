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
	// Settings are the role's settings for all databases and for the connected one, by [Setting.Compare]. For a role that
	// is to be dropped they include those for other databases. They are known only if they were asked for.
	Settings []Setting
	// Holds is the one privilege that a privilege role holds; nil for any other role, and for a role that is named
	// like one but has more than its one privilege.
	Holds *Held
	// HoldsUnknown tells that a privilege role holds something on an object of a kind that pgsr does not know.
	HoldsUnknown bool
	// Administers is the number of memberships of an administrator role, or of the connecting role; 0 for any other role.
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

// UnreadPassword stands for a declared password that was not read. Only forms that hold no passwords can be written
// with it.
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

// With gives the options that either has.
func (o Options) With(others Options) Options {
	return Options{Admin: o.Admin || others.Admin, Inherit: o.Inherit || others.Inherit, Set: o.Set || others.Set}
}

// OptionsByMember gives each member's options of all its rows together, without the rows that leftOut names.
func OptionsByMember(rows []Membership, leftOut func(Membership) bool) map[string]Options {
	out := make(map[string]Options, len(rows))
	for _, m := range rows {
		if !leftOut(m) {
			out[m.Member] = out[m.Member].With(m.Options)
		}
	}
	return out
}

// IsCreators tells whether this is the row that PostgreSQL gives the creator of a role from 16 on: ADMIN OPTION alone,
// granted by the bootstrap superuser. Nobody gains anything by granting such a row by hand, and pgsr never revokes it.
// https://www.postgresql.org/docs/current/role-attributes.html
func (c *Catalog) IsCreators(m Membership) bool {
	return c.Server.MembershipsHaveOptions() && m.Grantor == c.Server.Bootstrap && m.Options == Options{Admin: true}
}

// DefaultOptions gives what GRANT role TO member gives when it names no options.
func (c *Catalog) DefaultOptions(member string) Options {
	r := c.Roles[member]
	return Options{Inherit: r == nil || r.Attributes.Inherit, Set: true}
}
