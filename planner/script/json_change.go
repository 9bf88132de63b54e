package script

import (
	"bytes"
	"encoding/json"
	"fmt"

	"pgsr/planner/catalog"
)

// JSONObject is an object as it stands in a saved plan.
type JSONObject struct {
	Kind   catalog.Kind `json:"kind"`
	Schema string       `json:"schema,omitempty"`
	Name   string       `json:"name"`
}

// JSONOptions are the options of a membership as they stand in a saved plan.
type JSONOptions struct {
	Admin   bool `json:"admin"`
	Inherit bool `json:"inherit"`
	Set     bool `json:"set"`
}

// The forms of the changes: "type" says which one it is. A name is raw, as everywhere; in grantees the empty one is
// PUBLIC, which no role can be called.
type (
	tag struct {
		Type string `json:"type"`
	}
	wireHeld struct {
		Privilege catalog.Privilege `json:"privilege"`
		Object    JSONObject        `json:"object"`
	}
	wireCreateRole struct {
		tag
		Name  string    `json:"name"`
		Holds *wireHeld `json:"holds,omitempty"`
		// Administrator: the role gets CREATEROLE, to create and grant privilege roles.
		Administrator bool     `json:"administrator,omitempty"`
		Members       []string `json:"members,omitempty"`
		Creator       string   `json:"creator,omitempty"`
		wireLogin
	}
	wireDropRole struct {
		tag
		Name string `json:"name"`
	}
	wireAlterRole struct {
		tag
		Name string `json:"name"`
		wireLogin
	}
	// wireLogin is what a role that is created and one that is altered may get.
	wireLogin struct {
		Login *bool `json:"login,omitempty"`
		// Secret is the verifier of a new password. RemovePassword: the role is to have none.
		Secret         string `json:"secret_verifier,omitempty"`
		RemovePassword bool   `json:"remove_password,omitempty"`
		// ValidUntil is when the password stops working, or infinity.
		ValidUntil *Moment `json:"valid_until,omitempty"`
	}
	wireCommentOnRole struct {
		tag
		Name    string `json:"name"`
		Comment string `json:"comment"`
	}
	wireGrantRole struct {
		tag
		wireRoles
		Members   []string     `json:"members"`
		Options   *JSONOptions `json:"options,omitempty"`
		Grantor   string       `json:"grantor"`
		GrantedBy bool         `json:"granted_by,omitempty"`
	}
	// wireRoles are the roles that are granted or revoked: the one, or several.
	wireRoles struct {
		Role  string   `json:"role,omitempty"`
		Roles []string `json:"roles,omitempty"`
	}
	wireRevokeRole struct {
		tag
		wireRoles
		Members   []string `json:"members"`
		AdminOnly bool     `json:"admin_only,omitempty"`
		Grantor   string   `json:"grantor"`
		GrantedBy bool     `json:"granted_by,omitempty"`
		Cascade   bool     `json:"cascade,omitempty"`
	}
	wireCreateSchema struct {
		tag
		Name  string `json:"name"`
		Owner string `json:"owner"`
	}
	wireDropSchema struct {
		tag
		Name string `json:"name"`
	}
	wireSetOwner struct {
		tag
		Object  JSONObject `json:"object"`
		Owner   string     `json:"owner"`
		From    string     `json:"from,omitempty"`
		Relkind string     `json:"relkind,omitempty"`
	}
	wireGrant struct {
		tag
		Privileges []catalog.Privilege `json:"privileges"`
		Object     JSONObject          `json:"object"`
		Column     string              `json:"column,omitempty"`
		Grantees   []string            `json:"grantees"`
		Grantor    string              `json:"grantor"`
		WithOption bool                `json:"with_option,omitempty"`
	}
	wireRevoke struct {
		tag
		Privileges []catalog.Privilege `json:"privileges"`
		Object     JSONObject          `json:"object"`
		Column     string              `json:"column,omitempty"`
		Grantees   []string            `json:"grantees"`
		Grantor    string              `json:"grantor"`
		OptionOnly bool                `json:"option_only,omitempty"`
		Cascade    bool                `json:"cascade,omitempty"`
	}
)

// EncodeChange gives a change as it stands in a saved plan.
func EncodeChange(change catalog.Change) (json.RawMessage, error) {
	form := wireOf(change)
	if form == nil {
		return nil, fmt.Errorf("unknown change %T", change)
	}
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	err := out.Encode(form)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

func wireOf(change catalog.Change) any {
	switch ch := change.(type) {
	case catalog.CreateRole:
		return wireCreateRole{tag{"create_role"}, ch.Name, wireHeldOf(ch.Holds), ch.CreateRole, ch.Members, ch.Creator, wireLoginOf(ch.With)}
	case catalog.DropRole:
		return wireDropRole{tag{"drop_role"}, ch.Name}
	case catalog.AlterRole:
		return wireAlterRole{tag{"alter_role"}, ch.Name, wireLoginOf(ch)}
	case catalog.CommentOnRole:
		return wireCommentOnRole{tag{"comment_on_role"}, ch.Name, ch.Comment}
	case catalog.GrantRole:
		return wireGrantRole{tag{"grant_role"}, wireRolesOf(ch.Roles), ch.Members, (*JSONOptions)(ch.Options), ch.Grantor, ch.GrantedBy}
	case catalog.RevokeRole:
		return wireRevokeRole{tag{"revoke_role"}, wireRolesOf(ch.Roles), ch.Members, ch.AdminOnly, ch.Grantor, ch.GrantedBy, ch.Cascade}
	case catalog.CreateSchema:
		return wireCreateSchema{tag{"create_schema"}, ch.Name, ch.Owner}
	case catalog.DropSchema:
		return wireDropSchema{tag{"drop_schema"}, ch.Name}
	case catalog.SetOwner:
		return wireSetOwner{tag{"set_owner"}, JSONObject(ch.Object), ch.Owner, ch.From, ch.Relkind}
	case catalog.Grant:
		return wireGrant{tag{"grant"}, ch.Privileges, JSONObject(ch.Object), ch.Column, ch.Grantees, ch.Grantor, ch.WithOption}
	case catalog.Revoke:
		return wireRevoke{tag{"revoke"}, ch.Privileges, JSONObject(ch.Object), ch.Column, ch.Grantees, ch.Grantor, ch.OptionOnly, ch.Cascade}
	}
	return nil
}

func wireRolesOf(names []string) wireRoles {
	if len(names) == 1 && names[0] != "" {
		return wireRoles{Role: names[0]}
	}
	return wireRoles{Roles: names}
}

func wireHeldOf(held *catalog.Held) *wireHeld {
	if held == nil {
		return nil
	}
	return &wireHeld{held.Privilege, JSONObject(held.Object)}
}

func wireLoginOf(ch catalog.AlterRole) wireLogin {
	form := wireLogin{Login: ch.Login, RemovePassword: ch.Verifier == catalog.NoPassword}
	if !form.RemovePassword {
		form.Secret = string(ch.Verifier)
	}
	if ch.SetValidUntil {
		form.ValidUntil = &Moment{ch.ValidUntil}
	}
	return form
}
