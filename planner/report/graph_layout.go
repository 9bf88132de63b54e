package report

import (
	"cmp"
	"slices"

	"pgsr/planner/script"
)

// mostColumns bounds the width where memberships are long chains, or circles.
const mostColumns = 6

// layOut gives every node a column and a row. A member is left of its role, objects are in the last column, and each
// node is near its neighbours. It gives the columns.
func (g *graph) layOut() [][]*graphNode {
	g.assignColumns()
	columns := columnsOf(append(slices.Clip(g.nodes), g.addDummies()...))
	neighbours := g.neighbours()
	for range 4 {
		for _, column := range columns {
			sortByBarycenter(column, neighbours)
		}
	}
	return columns
}

// addDummies gives edges a node in each column that they pass, so that they pass between the boxes. Edges from one node
// with the same mark share it.
func (g *graph) addDummies() []*graphNode {
	type key struct {
		from   *graphNode
		mark   script.Mark
		column int
	}
	known := map[key]*graphNode{}
	var all []*graphNode
	for _, e := range g.edges {
		for column := e.from.column + 1; column < e.to.column; column++ {
			k := key{e.from, e.Mark, column}
			if known[k] == nil {
				known[k] = &graphNode{column: column}
				all = append(all, known[k])
			}
			e.dummies = append(e.dummies, known[k])
		}
	}
	return all
}

// neighbours lists, for each node and dummy, those that an edge joins it to directly.
func (g *graph) neighbours() map[*graphNode][]*graphNode {
	out := map[*graphNode][]*graphNode{}
	for _, e := range g.edges {
		stops := slices.Concat([]*graphNode{e.from}, e.dummies, []*graphNode{e.to})
		for i, stop := range stops[1:] {
			out[stops[i]] = append(out[stops[i]], stop)
			out[stop] = append(out[stop], stops[i])
		}
	}
	return out
}

// assignColumns puts a node one further than all that lead to it. After as many rounds as there are nodes nothing moves
// any more.
func (g *graph) assignColumns() {
	for range g.nodes {
		moved := false
		for _, e := range g.edges {
			if next := min(e.from.column+1, mostColumns-2); !e.to.IsObject && e.to.column < next {
				e.to.column = next
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	last := 0
	for _, node := range g.nodes {
		if !node.IsObject {
			last = max(last, node.column+1)
		}
	}
	for _, node := range g.nodes {
		if node.IsObject {
			node.column = last
		}
	}
}

func columnsOf(nodes []*graphNode) [][]*graphNode {
	var columns [][]*graphNode
	for _, node := range nodes {
		for len(columns) <= node.column {
			columns = append(columns, nil)
		}
		node.row = len(columns[node.column])
		columns[node.column] = append(columns[node.column], node)
	}
	return columns
}

// sortByBarycenter orders a column by the mean row of each node's neighbours, so that fewer edges cross.
func sortByBarycenter(column []*graphNode, neighbours map[*graphNode][]*graphNode) {
	middle := map[*graphNode]float64{}
	for _, node := range column {
		middle[node] = float64(node.row)
		if near := neighbours[node]; len(near) > 0 {
			sum := 0
			for _, other := range near {
				sum += other.row
			}
			middle[node] = float64(sum) / float64(len(near))
		}
	}
	slices.SortStableFunc(column, func(a, b *graphNode) int { return cmp.Compare(middle[a], middle[b]) })
	for i, node := range column {
		node.row = i
	}
}
