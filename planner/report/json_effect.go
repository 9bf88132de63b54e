package report

import (
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// jsonEffect is who gains and loses which access by a plan.
type jsonEffect struct {
	Compared    int                    `json:"compared"`
	Gained      int                    `json:"gained"`
	Lost        int                    `json:"lost"`
	Gains       []jsonGroup            `json:"gains"`
	Losses      []jsonGroup            `json:"losses"`
	Memberships []jsonMembershipChange `json:"memberships,omitempty"`
	Ownerships  []jsonOwnershipChange  `json:"ownerships,omitempty"`
	GainLogin   []string               `json:"gain_login,omitempty"`
	LoseLogin   []string               `json:"lose_login,omitempty"`
	Created     []string               `json:"created,omitempty"`
	Dropped     []string               `json:"dropped,omitempty"`
	Marks       []jsonMark             `json:"marks"`
}

type jsonMembershipChange struct {
	Role    string              `json:"role"`
	Members []string            `json:"members"`
	Before  *script.JSONOptions `json:"before,omitempty"`
	After   *script.JSONOptions `json:"after,omitempty"`
}

type jsonOwnershipChange struct {
	From    string              `json:"from"`
	To      string              `json:"to"`
	Objects []script.JSONObject `json:"objects"`
}

type jsonGroup struct {
	Roles      []string            `json:"roles"`
	Privileges []catalog.Privilege `json:"privileges"`
	Column     string              `json:"column,omitempty"`
	Objects    []script.JSONObject `json:"objects"`
	Path       jsonPath            `json:"path"`
}

type jsonPath struct {
	Kind access.PathKind `json:"kind"`
	Via  []string        `json:"via,omitempty"`
}

type jsonMark struct {
	Kind access.MarkKind `json:"kind"`
	Role string          `json:"role"`
	Text string          `json:"text"`
}

func jsonEffectOf(e *access.Effect) *jsonEffect {
	if e == nil {
		return nil
	}
	out := &jsonEffect{
		Compared: e.Compared, Gained: e.Gained, Lost: e.Lost, Gains: mapSlice(e.Gains, jsonGroupOf), Losses: mapSlice(e.Losses, jsonGroupOf),
		GainLogin: e.GainLogin, LoseLogin: e.LoseLogin, Created: e.Created, Dropped: e.Dropped,
		Marks: mapSlice(e.Marks, func(m access.Mark) jsonMark { return jsonMark(m) }),
	}
	for _, m := range e.Memberships {
		out.Memberships = append(out.Memberships, jsonMembershipChange{m.Role, m.Members, (*script.JSONOptions)(m.Before), (*script.JSONOptions)(m.After)})
	}
	for _, o := range e.Ownerships {
		out.Ownerships = append(out.Ownerships, jsonOwnershipChange{o.From, o.To, jsonObjects(o.Objects)})
	}
	return out
}

func jsonGroupOf(g access.Group) jsonGroup {
	return jsonGroup{g.Roles, g.Privileges, g.Column, jsonObjects(g.Objects), jsonPath(g.Path)}
}

func jsonObjects(ids []catalog.ObjectID) []script.JSONObject {
	return mapSlice(ids, func(id catalog.ObjectID) script.JSONObject { return script.JSONObject(id) })
}

func objectIDs(objects []script.JSONObject) []catalog.ObjectID {
	return mapSlice(objects, func(o script.JSONObject) catalog.ObjectID { return catalog.ObjectID(o) })
}

func (e *jsonEffect) effect() *access.Effect {
	if e == nil {
		return nil
	}
	out := &access.Effect{
		Compared: e.Compared, Gained: e.Gained, Lost: e.Lost, Gains: groupsOf(e.Gains), Losses: groupsOf(e.Losses),
		GainLogin: e.GainLogin, LoseLogin: e.LoseLogin, Created: e.Created, Dropped: e.Dropped,
	}
	for _, m := range e.Memberships {
		out.Memberships = append(out.Memberships, access.MembershipChange{
			Role: m.Role, Members: m.Members, Before: (*catalog.Options)(m.Before), After: (*catalog.Options)(m.After)})
	}
	for _, o := range e.Ownerships {
		out.Ownerships = append(out.Ownerships, access.OwnershipChange{From: o.From, To: o.To, Objects: objectIDs(o.Objects)})
	}
	for _, m := range e.Marks {
		out.Marks = append(out.Marks, access.Mark(m))
	}
	return out
}

func groupsOf(groups []jsonGroup) []access.Group {
	var out []access.Group
	for _, g := range groups {
		out = append(out, access.Group{Roles: g.Roles, Privileges: g.Privileges, Column: g.Column, Objects: objectIDs(g.Objects), Path: access.Path(g.Path)})
	}
	return out
}
