package catalog

import "pgsr/planner/lists"

// Attributes are those of CREATE ROLE: https://www.postgresql.org/docs/current/role-attributes.html
type Attributes struct {
	Superuser, Inherit, CreateRole, CreateDB, Login, Replication, BypassRLS bool
	// ConnectionLimit is -1 for no limit.
	ConnectionLimit int
}

// NoConnectionLimit is the limit of a role that has none.
const NoConnectionLimit = -1

// NewAttributes gives those of a role that is created without a word on them.
// https://www.postgresql.org/docs/current/sql-createrole.html
func NewAttributes() Attributes { return Attributes{Inherit: true, ConnectionLimit: NoConnectionLimit} }

// AttributeWord is an attribute as CREATE ROLE names it, without NO in front.
type AttributeWord string

// The attributes that are there or not. LOGIN is not one of them: it goes with the password.
const (
	Superuser   AttributeWord = "SUPERUSER"
	CreateDB    AttributeWord = "CREATEDB"
	CreateRoles AttributeWord = "CREATEROLE"
	Inherit     AttributeWord = "INHERIT"
	Replication AttributeWord = "REPLICATION"
	BypassRLS   AttributeWord = "BYPASSRLS"
)

// AttributeInfo says where an attribute stands.
type AttributeInfo struct {
	Word   AttributeWord
	Of     func(*Attributes) *bool
	Change func(*AttributeChanges) **bool
}

var attributeInfos = []AttributeInfo{
	{Superuser, func(a *Attributes) *bool { return &a.Superuser }, func(c *AttributeChanges) **bool { return &c.Superuser }},
	{CreateDB, func(a *Attributes) *bool { return &a.CreateDB }, func(c *AttributeChanges) **bool { return &c.CreateDB }},
	{CreateRoles, func(a *Attributes) *bool { return &a.CreateRole }, func(c *AttributeChanges) **bool { return &c.CreateRole }},
	{Inherit, func(a *Attributes) *bool { return &a.Inherit }, func(c *AttributeChanges) **bool { return &c.Inherit }},
	{Replication, func(a *Attributes) *bool { return &a.Replication }, func(c *AttributeChanges) **bool { return &c.Replication }},
	{BypassRLS, func(a *Attributes) *bool { return &a.BypassRLS }, func(c *AttributeChanges) **bool { return &c.BypassRLS }},
}

// AttributeInfos gives all of them, in the order in which statements name them.
func AttributeInfos() []AttributeInfo { return attributeInfos }

// Info gives where an attribute stands; nil if there is none of that name.
func (w AttributeWord) Info() *AttributeInfo {
	for i := range attributeInfos {
		if attributeInfos[i].Word == w {
			return &attributeInfos[i]
		}
	}
	return nil
}

// AttributeChanges are the attributes that a statement names; nil: it does not name it.
type AttributeChanges struct {
	Superuser       *bool `json:"superuser,omitempty"`
	CreateDB        *bool `json:"createdb,omitempty"`
	CreateRole      *bool `json:"createrole,omitempty"`
	Inherit         *bool `json:"inherit,omitempty"`
	Replication     *bool `json:"replication,omitempty"`
	BypassRLS       *bool `json:"bypassrls,omitempty"`
	ConnectionLimit *int  `json:"connection_limit,omitempty"`
}

// IsZero tells whether nothing is named.
func (c AttributeChanges) IsZero() bool { return c == AttributeChanges{} }

// Each calls for each attribute that is there or not and is named, in order.
func (c AttributeChanges) Each(call func(word AttributeWord, yes bool)) {
	for _, info := range attributeInfos {
		if value := *info.Change(&c); value != nil {
			call(info.Word, *value)
		}
	}
}

// ChangesOf gives the attributes in which two states differ: servers refuse to be told what they are already.
func ChangesOf(now, want Attributes) AttributeChanges {
	var out AttributeChanges
	for _, info := range attributeInfos {
		if is := *info.Of(&want); *info.Of(&now) != is {
			*info.Change(&out) = &is
		}
	}
	if now.ConnectionLimit != want.ConnectionLimit {
		out.ConnectionLimit = &want.ConnectionLimit
	}
	return out
}

// set makes attributes as they are named.
func (c AttributeChanges) set(a *Attributes) {
	c.Each(func(word AttributeWord, yes bool) { *word.Info().Of(a) = yes })
	if c.ConnectionLimit != nil {
		a.ConnectionLimit = *c.ConnectionLimit
	}
}

// Powers lists the attributes that let a role do what others may not.
func (a Attributes) Powers() []AttributeWord {
	words := []AttributeWord{Superuser, CreateRoles, CreateDB, Replication, BypassRLS}
	return lists.Filter(words, func(word AttributeWord) bool { return *word.Info().Of(&a) })
}
