package script

import (
	"fmt"

	"pgsr/planner/catalog"
)

// CheckNames refuses a statement with a name that a server would cut to another one.
func CheckNames(s Statement) error {
	for _, name := range append(namesIn(s.Change), s.As) {
		if len(name) > maxName {
			return fmt.Errorf("the name %s has %d bytes: a server may cut it to its first %d, which is another name", DisplayName(name), len(name), maxName)
		}
	}
	return nil
}

// namesIn gives all names that a change has.
func namesIn(change catalog.Change) []string {
	switch ch := change.(type) {
	case catalog.CreateRole:
		names := append([]string{ch.Name, ch.Creator}, ch.Members...)
		if ch.Holds != nil {
			names = append(names, ch.Holds.Object.Schema, ch.Holds.Object.Name)
		}
		return names
	case catalog.DropRole:
		return []string{ch.Name}
	case catalog.AlterRole:
		return []string{ch.Name}
	case catalog.CommentOnRole:
		return []string{ch.Name}
	case catalog.GrantRole:
		return append(append([]string{ch.Grantor}, ch.Roles...), ch.Members...)
	case catalog.RevokeRole:
		return append(append([]string{ch.Grantor}, ch.Roles...), ch.Members...)
	case catalog.CreateSchema:
		return []string{ch.Name, ch.Owner}
	case catalog.DropSchema:
		return []string{ch.Name}
	case catalog.SetOwner:
		return []string{ch.Object.Schema, ch.Object.Name, ch.Owner}
	case catalog.Grant:
		return append([]string{ch.Object.Schema, ch.Object.Name, ch.Column, ch.Grantor}, ch.Grantees...)
	case catalog.Revoke:
		return append([]string{ch.Object.Schema, ch.Object.Name, ch.Column, ch.Grantor}, ch.Grantees...)
	}
	return nil
}
