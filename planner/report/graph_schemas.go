package report

import "pgsr/planner/catalog"

// mostObjects and mostLines bound what a picture shows one by one: where there are more, the objects of a schema are
// one box.
const mostObjects, mostLines = 15, 60

// groupSchemas lets one box stand for the objects of a schema, where there are too many to tell them apart.
func (g *graph) groupSchemas() {
	of := map[string][]*graphNode{}
	objects := 0
	for _, node := range g.nodes {
		if node.IsObject {
			objects++
		}
		if node.schema != "" {
			of[node.schema] = append(of[node.schema], node)
		}
	}
	if objects <= mostObjects && len(g.edges) <= mostLines {
		return
	}
	box := map[*graphNode]*graphNode{}
	var nodes []*graphNode
	for _, node := range g.nodes {
		members := of[node.schema]
		if len(members) < 2 {
			nodes = append(nodes, node)
			continue
		}
		if node == members[0] {
			made := &graphNode{Label: "SCHEMA " + catalog.DisplayName(node.schema), IsObject: true, schema: node.schema, isSchema: true, members: members}
			nodes = append(nodes, made)
			for _, member := range members {
				box[member] = made
			}
		}
	}
	g.nodes = nodes
	g.joinEdges(box)
}

// joinEdges lets edges lead to the boxes that nodes are in now: one each from a role, with all that it has there.
func (g *graph) joinEdges(box map[*graphNode]*graphNode) {
	lines := g.edges
	g.edges, g.edgeOf = nil, map[edgeKey]*graphEdge{}
	for _, node := range g.nodes {
		node.degree = 0
	}
	for _, e := range lines {
		to, isGrouped := box[e.to]
		if !isGrouped {
			to = e.to
		}
		for _, label := range e.Labels {
			g.connect(e.from, to, e.Mark, label)
		}
		if isGrouped {
			g.edgeOf[edgeKey{e.from, to, e.Mark}].objects++
		}
	}
}

// within gives the part of a graph that leads to the objects of a schema.
func (g *graph) within(schema string) *graph {
	part := newGraph()
	copied := map[*graphNode]*graphNode{}
	add := func(node *graphNode) *graphNode {
		if copied[node] == nil {
			copied[node] = &graphNode{Label: node.Label, IsObject: node.IsObject, Mark: node.Mark}
			part.nodes = append(part.nodes, copied[node])
		}
		return copied[node]
	}
	for _, node := range g.nodes {
		if node.schema == schema {
			add(node)
		}
	}
	for _, e := range g.edges {
		if e.to.schema == schema {
			for _, label := range e.Labels {
				part.connect(add(e.from), copied[e.to], e.Mark, label)
			}
		}
	}
	return part
}
