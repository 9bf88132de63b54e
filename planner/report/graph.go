package report

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// graph is what a plan changes, to be drawn. Nodes are roles and objects. An edge leads from a role to what it gets or
// loses: a membership, a privilege or an ownership. It is laid out in layers:
// https://en.wikipedia.org/wiki/Layered_graph_drawing
type graph struct {
	nodes []*graphNode
	edges []*graphEdge
	// nodeOf has the node of a role by its name, of an object by its [catalog.ObjectID], and of default privileges by
	// their [catalog.Future].
	nodeOf map[any]*graphNode
	edgeOf map[edgeKey]*graphEdge
	// heldBy is what new privilege roles hold, by their names. They are no nodes: their members have an edge to the
	// object.
	heldBy map[string]catalog.Held
}

// graphNode is a role, an object, or a box that stands for several of them.
type graphNode struct {
	Label    string
	IsObject bool
	// Mark says what happens to the node itself; 0: nothing.
	Mark script.Mark
	// schema is the one that the object lies in, or is; empty: none. isSchema tells that the node is a box for all objects
	// of the schema.
	schema   string
	isSchema bool
	// members are the nodes that a box stands for; none: the node is no box.
	members []*graphNode
	// degree counts its edges. column and row are its place in the layout; x, y and height are in pixels.
	degree, column, row, x, y, height int
}

// graphEdge joins two nodes. In each column that it passes it goes through a dummy node.
type graphEdge struct {
	from, to *graphNode
	dummies  []*graphNode
	Mark     script.Mark
	Labels   []string
	// objects counts the objects of a schema's box that it leads to; 0: it leads to no such box.
	objects int
	// port is where it arrives, in pixels from the top.
	port int
}

// edgeKey tells edges apart: between two nodes there is one for each mark.
type edgeKey struct {
	from, to *graphNode
	mark     script.Mark
}

// graphOf makes the graph of a plan's statements, without temporary memberships.
func graphOf(statements []script.Statement) *graph {
	g := newGraph()
	for _, s := range statements {
		if ch, ok := s.Change.(catalog.CreateRole); ok && ch.Holds != nil {
			g.heldBy[ch.Name] = *ch.Holds
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
	return &graph{nodeOf: map[any]*graphNode{}, edgeOf: map[edgeKey]*graphEdge{}, heldBy: map[string]catalog.Held{}}
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
		g.connect(g.role(ch.Owner), g.object(id), m, "owns")
	case catalog.SetOwner:
		g.connect(g.role(ch.Owner), g.object(ch.Object), m, "owns")
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
		held, isHolder := g.heldBy[role]
		for _, member := range members {
			if isHolder {
				g.connect(g.role(member), g.object(held.Object), m, privilegeLabel(held.Privilege, held.Column))
			} else {
				g.connect(g.role(member), g.role(role), m, "member")
			}
		}
	}
}

// grantees draws privileges as edges from those who get or lose them. A privilege role is left out: see heldBy.
func (g *graph) grantees(grantees []string, privileges []catalog.Privilege, id catalog.ObjectID, columns []catalog.ColumnPrivileges, m script.Mark) {
	if len(columns) == 0 {
		columns = []catalog.ColumnPrivileges{{Privileges: privileges}}
	}
	for _, grantee := range grantees {
		if _, isHolder := g.heldBy[grantee]; isHolder {
			continue
		}
		for _, on := range columns {
			for _, p := range on.Privileges {
				g.connect(g.role(grantee), g.object(id), m, privilegeLabel(p, on.Column))
			}
		}
	}
}

// futureItems draws default privileges as edges to objects that there are to be.
func (g *graph) futureItems(grantees []string, privileges []catalog.Privilege, f catalog.Future, m script.Mark) {
	for _, grantee := range grantees {
		for _, p := range privileges {
			g.connect(g.role(grantee), g.node(f, graphNode{Label: catalog.DisplayFuture(f), IsObject: true, schema: f.Schema}), m, catalog.Printable(string(p)))
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

// role gives the node of a role, and object that of an object. Who asks first makes it.
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
	if g.nodeOf[key] == nil {
		g.nodeOf[key] = &made
		g.nodes = append(g.nodes, &made)
	}
	return g.nodeOf[key]
}

// connect adds a label to the edge between two nodes, which it makes if there is none with the mark.
func (g *graph) connect(from, to *graphNode, m script.Mark, label string) {
	key := edgeKey{from, to, m}
	edge := g.edgeOf[key]
	if edge == nil {
		edge = &graphEdge{from: from, to: to, Mark: m}
		g.edgeOf[key] = edge
		g.edges = append(g.edges, edge)
		from.degree++
		to.degree++
	}
	edge.Labels = lists.AppendNew(edge.Labels, label)
}
