package script

import "pgsr/planner/catalog"

// createRole: https://www.postgresql.org/docs/current/sql-createrole.html
type createRole catalog.CreateRole

func (ch createRole) sql(w writer) (string, error) {
	with := ch.With
	with.Name = ch.Name
	options, err := w.roleOptions(with)
	if err != nil {
		return "", err
	}
	if ch.CreateRole {
		options = append([]string{"CREATEROLE"}, options...)
	}
	if len(ch.Members) > 0 {
		options = append(options, "ROLE "+list(ch.Members, role))
	}
	return withOptionList("CREATE ROLE "+role(ch.Name), options), nil
}

func (ch createRole) summary() string {
	text := "create role " + catalog.DisplayName(ch.Name)
	if ch.Holds != nil {
		text += " to hold " + displayPrivilegesOn([]catalog.Privilege{ch.Holds.Privilege}, columnOf(ch.Holds), ch.Holds.Object)
	}
	if ch.CreateRole {
		text += " to create and grant privilege roles"
	}
	if with := alterations(ch.With); with != "" {
		text += ": " + with
	}
	if len(ch.Members) > 0 {
		text += ", and grant it to " + ShortList(ch.Members, catalog.DisplayName)
	}
	return text
}

func (ch createRole) mark() Mark { return Gives }

func (ch createRole) names() []string {
	names := append([]string{ch.Name, ch.Creator}, ch.Members...)
	if ch.Holds != nil {
		names = append(names, ch.Holds.Object.Schema, ch.Holds.Object.Name, ch.Holds.Column)
	}
	return names
}

type jsonCreateRole struct {
	catalog.CreateRole
	jsonLogin
}

func (ch createRole) json() any {
	return jsonCreateRole{catalog.CreateRole(ch), jsonLoginOf(ch.With)}
}

func (f jsonCreateRole) change() catalog.Change {
	f.With = f.alterRole("")
	return f.CreateRole
}
