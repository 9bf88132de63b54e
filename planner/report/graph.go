package report

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// graph is what a plan changes, to be drawn: nodes are roles and objects, edges lead from a role to what it has. It is
// laid out in layers: https://en.wikipedia.org/wiki/Layered_graph_drawing
type graph struct {
	nodes []*graphNode
	edges []*graphEdge
	// place has the nodes by what they are: a role's name, or a [catalog.ObjectID].
	place map[any]*graphNode
	lines map[lineKey]*graphEdge
	// holds is what new privilege roles hold. Such a role is no node, but an edge to its object.
	holds map[string]catalog.Held
}

// graphNode is a role, an object, or the objects of a schema.
type graphNode struct {
	Label    string
	IsObject bool
	// Mark says what happens to the node itself; 0: nothing.
	Mark script.Mark
	// schema is that of an object, or that which it is; empty: none. isSchema tells that the node is all that it holds.
	schema   string
	isSchema bool
	// members are what it stands for, if it is not one thing.
	members []*graphNode
	// degree counts its edges. column and row are its place in the layout, x, y and height that in pixels.
	degree, column, row, x, y, height int
}

// graphEdge joins two nodes. In each column that it passes it goes through a dummy node.
type graphEdge struct {
	from, to *graphNode
	dummies  []*graphNode
	Mark     script.Mark
	Labels   []string
	// objects are how many of those of a schema it leads to; 0: it leads to one thing.
	objects int
	// port is where it arrives, in pixels from the top.
	port int
}

type lineKey struct {
	from, to *graphNode
	mark     script.Mark
}

// graphOf leaves temporary memberships out.
func graphOf(statements []script.Statement) *graph {
	g := newGraph()
	for _, s := range statements {
		if ch, ok := s.Change.(catalog.CreateRole); ok && ch.Holds != nil {
			g.holds[ch.Name] = *ch.Holds
		}
	}
	for _, s := range statements {
		if !s.Section.IsTemporary() {
			g.add(s)
		}
	}
	return g
}

func newGraph() *graph {
	return &graph{place: map[any]*graphNode{}, lines: map[lineKey]*graphEdge{}, holds: map[string]catalog.Held{}}
}

func (g *graph) add(s script.Statement) {
	m := s.Mark()
	switch ch := s.Change.(type) {
	case catalog.CreateRole:
		if ch.Holds == nil && !ch.CreateRole {
			g.role(ch.Name).Mark = m
		}
		if !ch.CreateRole {
			g.members(ch.Members, []string{ch.Name}, m)
		}
	case catalog.DropRole:
		g.role(ch.Name).Mark = m
	case catalog.AlterRole:
		if node := g.role(ch.Name); node.Mark == 0 {
			node.Mark = m
		}
	case catalog.GrantRole:
		g.members(ch.Members, ch.Roles, m)
	case catalog.RevokeRole:
		g.members(ch.Members, ch.Roles, m)
	case catalog.CreateSchema:
		id := catalog.ObjectID{Kind: catalog.Schema, Name: ch.Name}
		g.object(id).Mark = m
		g.line(g.role(ch.Owner), g.object(id), m, "owns")
	case catalog.SetOwner:
		g.line(g.role(ch.Owner), g.object(ch.Object), m, "owns")
	case catalog.Grant:
		g.grantees(ch.Grantees, ch.Privileges, ch.Object, ch.OnColumns(), m)
	case catalog.Revoke:
		g.grantees(ch.Grantees, ch.Privileges, ch.Object, ch.OnColumns(), m)
	case catalog.GrantDefault:
		g.futureItems(ch.Grantees, ch.Privileges, ch.Future, m)
	case catalog.RevokeDefault:
		g.futureItems(ch.Grantees, ch.Privileges, ch.Future, m)
	case catalog.DropSchema, catalog.AlterPolicy, catalog.EndSessions, catalog.DropOwned, catalog.CommentOnRole, catalog.AlterRoleSet, catalog.AlterRoleReset:
		// These give and take nothing that is drawn.
	default:
		panic(fmt.Sprintf("unknown change %T", s.Change))
	}
}

// members adds memberships. One in a privilege role is drawn as the privilege that comes with it.
func (g *graph) members(members, roles []string, m script.Mark) {
	for _, role := range roles {
		held, isHolder := g.holds[role]
		for _, member := range members {
			if isHolder {
				g.line(g.role(member), g.object(held.Object), m, privilegeLabel(held.Privilege, held.Column))
			} else {
				g.line(g.role(member), g.role(role), m, "member")
			}
		}
	}
}

func (g *graph) grantees(grantees []string, privileges []catalog.Privilege, id catalog.ObjectID, columns []catalog.ColumnPrivileges, m script.Mark) {
	if len(columns) == 0 {
		columns = []catalog.ColumnPrivileges{{Privileges: privileges}}
	}
	for _, grantee := range grantees {
		if _, isHolder := g.holds[grantee]; isHolder {
			continue
		}
		for _, on := range columns {
			for _, p := range on.Privileges {
				g.line(g.role(grantee), g.object(id), m, privilegeLabel(p, on.Column))
			}
		}
	}
}

// futureItems draws default privileges as lines to objects that there are to be.
func (g *graph) futureItems(grantees []string, privileges []catalog.Privilege, f catalog.Future, m script.Mark) {
	for _, grantee := range grantees {
		for _, p := range privileges {
			g.line(g.role(grantee), g.node(f, graphNode{Label: catalog.DisplayFuture(f), IsObject: true, schema: f.Schema}), m, catalog.Printable(string(p)))
		}
	}
}

// privilegeLabel writes a privilege, with its column if it is on one.
func privilegeLabel(p catalog.Privilege, column string) string {
	text := catalog.Printable(string(p))
	if column != "" {
		text += " (" + catalog.DisplayName(column) + ")"
	}
	return text
}

func (g *graph) role(name string) *graphNode {
	return g.node(name, graphNode{Label: catalog.DisplayGrantee(name)})
}

func (g *graph) object(id catalog.ObjectID) *graphNode {
	node := graphNode{Label: catalog.DisplayObject(id), IsObject: true, schema: id.Schema}
	if id.Kind == catalog.Schema {
		node.schema = id.Name
	}
	return g.node(id, node)
}

func (g *graph) node(key any, made graphNode) *graphNode {
	if g.place[key] == nil {
		g.place[key] = &made
		g.nodes = append(g.nodes, &made)
	}
	return g.place[key]
}

func (g *graph) line(from, to *graphNode, m script.Mark, label string) {
	key := lineKey{from, to, m}
	edge := g.lines[key]
	if edge == nil {
		edge = &graphEdge{from: from, to: to, Mark: m}
		g.lines[key] = edge
		g.edges = append(g.edges, edge)
		from.degree++
		to.degree++
	}
	edge.Labels = lists.AppendNew(edge.Labels, label)
}
