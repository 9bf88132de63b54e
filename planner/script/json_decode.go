package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"pgsr/planner/catalog"
)

// wireChange is a change as it stands in the file.
type wireChange interface {
	change() catalog.Change
}

// wireChanges makes an empty change of each type.
var wireChanges = map[string]func() wireChange{
	"create_role":     func() wireChange { return new(wireCreateRole) },
	"drop_role":       func() wireChange { return new(wireDropRole) },
	"alter_role":      func() wireChange { return new(wireAlterRole) },
	"comment_on_role": func() wireChange { return new(wireCommentOnRole) },
	"grant_role":      func() wireChange { return new(wireGrantRole) },
	"revoke_role":     func() wireChange { return new(wireRevokeRole) },
	"create_schema":   func() wireChange { return new(wireCreateSchema) },
	"drop_schema":     func() wireChange { return new(wireDropSchema) },
	"set_owner":       func() wireChange { return new(wireSetOwner) },
	"grant":           func() wireChange { return new(wireGrant) },
	"revoke":          func() wireChange { return new(wireRevoke) },
}

// DecodeChange reads a change, whose type and fields must be known.
func DecodeChange(data []byte) (catalog.Change, error) {
	var t tag
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, err
	}
	empty, known := wireChanges[t.Type]
	if !known {
		return nil, fmt.Errorf("there is no change of type %q", t.Type)
	}
	form := empty()
	if err := DecodeStrictly(data, form); err != nil {
		return nil, err
	}
	return form.change(), nil
}

func (f *wireCreateRole) change() catalog.Change {
	ch := catalog.CreateRole{Name: f.Name, CreateRole: f.Administrator, Members: f.Members, Creator: f.Creator, With: f.alterRole("")}
	if f.Holds != nil {
		ch.Holds = &catalog.Held{Privilege: f.Holds.Privilege, Object: catalog.ObjectID(f.Holds.Object)}
	}
	return ch
}

func (f *wireDropRole) change() catalog.Change { return catalog.DropRole{Name: f.Name} }

func (f *wireAlterRole) change() catalog.Change { return f.alterRole(f.Name) }

func (f *wireLogin) alterRole(name string) catalog.AlterRole {
	ch := catalog.AlterRole{Name: name, Login: f.Login, Verifier: catalog.Verifier(f.Secret)}
	if f.RemovePassword {
		ch.Verifier = catalog.NoPassword
	}
	if f.ValidUntil != nil {
		ch.SetValidUntil, ch.ValidUntil = true, f.ValidUntil.At
	}
	return ch
}

func (f *wireCommentOnRole) change() catalog.Change {
	return catalog.CommentOnRole{Name: f.Name, Comment: f.Comment}
}

// names gives all of them.
func (f wireRoles) names() []string {
	if f.Role != "" {
		return append([]string{f.Role}, f.Roles...)
	}
	return f.Roles
}

func (f *wireGrantRole) change() catalog.Change {
	return catalog.GrantRole{Roles: f.names(), Members: f.Members, Options: (*catalog.Options)(f.Options), Grantor: f.Grantor, GrantedBy: f.GrantedBy}
}

func (f *wireRevokeRole) change() catalog.Change {
	return catalog.RevokeRole{Roles: f.names(), Members: f.Members, AdminOnly: f.AdminOnly, Grantor: f.Grantor, GrantedBy: f.GrantedBy, Cascade: f.Cascade}
}

func (f *wireCreateSchema) change() catalog.Change {
	return catalog.CreateSchema{Name: f.Name, Owner: f.Owner}
}

func (f *wireDropSchema) change() catalog.Change { return catalog.DropSchema{Name: f.Name} }

func (f *wireSetOwner) change() catalog.Change {
	return catalog.SetOwner{Object: catalog.ObjectID(f.Object), Owner: f.Owner, From: f.From, Relkind: f.Relkind}
}

func (f *wireGrant) change() catalog.Change {
	return catalog.Grant{Privileges: f.Privileges, Object: catalog.ObjectID(f.Object), Column: f.Column, Grantees: f.Grantees,
		Grantor: f.Grantor, WithOption: f.WithOption}
}

func (f *wireRevoke) change() catalog.Change {
	return catalog.Revoke{Privileges: f.Privileges, Object: catalog.ObjectID(f.Object), Column: f.Column, Grantees: f.Grantees,
		Grantor: f.Grantor, OptionOnly: f.OptionOnly, Cascade: f.Cascade}
}

// DecodeStrictly reads one value and refuses fields that it does not know, and anything after the value.
func DecodeStrictly(data []byte, into any) error {
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return err
	}
	if _, err := in.Token(); err != io.EOF {
		return errors.New("there is something after the plan")
	}
	return nil
}
