package report

import (
	"cmp"
	"slices"

	"pgsr/planner/script"
)

// mostColumns bounds the picture's width where memberships are long chains, or circles.
const mostColumns = 6

// layOut gives every node a column and a row: members left of what they are members of, objects in the last column,
// and within a column each near what it is joined to. It gives the columns.
func (g *graph) layOut() [][]*graphNode {
	g.chooseColumns()
	columns := columnsOf(append(slices.Clip(g.nodes), g.bend()...))
	neighbours := g.neighbours()
	for range 4 {
		for _, column := range columns {
			sortByNeighbours(column, neighbours)
		}
	}
	return columns
}

// bend gives lines that pass columns a place in each of them, so that they pass between the boxes. Lines of one sort
// from one node share it, and part behind it.
func (g *graph) bend() []*graphNode {
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
			e.bends = append(e.bends, known[k])
		}
	}
	return all
}

// neighbours lists, for each node and bend, what a line joins it to directly.
func (g *graph) neighbours() map[*graphNode][]*graphNode {
	out := map[*graphNode][]*graphNode{}
	for _, e := range g.edges {
		stops := slices.Concat([]*graphNode{e.from}, e.bends, []*graphNode{e.to})
		for i, stop := range stops[1:] {
			out[stops[i]] = append(out[stops[i]], stop)
			out[stop] = append(out[stop], stops[i])
		}
	}
	return out
}

// chooseColumns puts a node one further than all that lead to it; after as many rounds as there are nodes nothing
// moves any more.
func (g *graph) chooseColumns() {
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

// sortByNeighbours orders a column by the middle of the rows that each node is joined to, so that fewer lines cross.
func sortByNeighbours(column []*graphNode, neighbours map[*graphNode][]*graphNode) {
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
