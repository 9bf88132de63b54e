package report

import (
	"fmt"
	"slices"

	"pgsr/planner/script"
)

// picture is a graph in pixels, as the page's template draws it.
type picture struct {
	Width, Height int
	Boxes         []pictureBox
	Lines         []pictureLine
	// Hidden counts the nodes that are left out, of Total.
	Hidden, Total int
	// Parts are pictures of what stands in boxes of this one, which open on a click.
	Parts []picturePart
	// Prefix begins the names of these places in the page.
	Prefix string
}

// picturePart is what a box opens.
type picturePart struct {
	Number int
	Title  string
	*picture
}

type pictureBox struct {
	X, Y, Width, Height, Radius, TextX, TextY int
	Text                                      pictureText
	Full, Class                               string
	// Opens is the part that a click opens; 0: none.
	Opens int
	// schema is whose objects it stands for, and whole what is written there, however long; empty: it is one thing.
	schema, whole string
}

type pictureLine struct {
	Path, Class, Full string
	Text              pictureText
	TextX, TextY      int
}

// The measures of the picture, in pixels but for mostNodes. Where it is higher than tallest, less is shown, so that
// it can still be read on one printed page.
const (
	mostNodes    = 48
	tallest      = 1250
	boxWidth     = 236
	boxPadding   = 10
	boxHeight    = 30
	boxGap       = 14
	lineHeight   = 17
	curveWidth   = 90
	mostOnALine  = 150
	arrowsLength = 7
	margin       = 12
)

// pictureOf draws a plan; nil: there is nothing to draw.
func pictureOf(statements []script.Statement) *picture {
	all := graphOf(statements)
	p := drawn(func() *graph {
		g := graphOf(statements)
		g.groupSchemas()
		return g
	})
	if p == nil {
		return nil
	}
	p.Total = len(all.nodes)
	for i, box := range p.Boxes {
		if box.schema == "" || len(p.Parts) == mostParts {
			continue
		}
		part := picturePart{Number: len(p.Parts) + 1, Title: box.whole, picture: drawn(func() *graph { return all.within(box.schema) })}
		p.Boxes[i].Opens, p.Parts = part.Number, append(p.Parts, part)
	}
	return p
}

// drawn makes a graph and draws it, with ever fewer nodes until it is not too high.
func drawn(made func() *graph) *picture {
	for most := mostNodes; ; most = most * 3 / 4 {
		g := made()
		p := &picture{Total: len(g.nodes)}
		if p.Hidden = g.reduce(most); len(g.nodes) == 0 {
			return nil
		}
		p.draw(g)
		if p.Height <= tallest || most < 4 {
			return p
		}
	}
}

// draw lays a graph out. In front of a column its lines run straight, one above the other, and there is what is written
// on them: so no two texts meet.
func (p *picture) draw(g *graph) {
	columns := g.layOut()
	arrive := g.arrivals()
	highest := 0
	for _, column := range columns {
		highest = max(highest, heightOf(column, arrive))
	}
	x := margin
	for i, column := range columns {
		if i > 0 {
			x += boxWidth + curveWidth + labelSpace(column, arrive) + arrowsLength
		}
		y := margin + (highest-heightOf(column, arrive))/2
		for _, node := range column {
			node.x, node.y = x, y
			y += node.height + boxGap
		}
	}
	p.Width, p.Height = x+boxWidth+margin, highest+2*margin
	for _, node := range g.nodes {
		placePorts(node, arrive[node])
		p.Boxes = append(p.Boxes, boxOf(node))
	}
	for _, e := range g.edges {
		p.Lines = append(p.Lines, lineOf(e, labelSpace(columns[e.to.column], arrive)))
	}
}

// arrivals lists the edges that lead to each node.
func (g *graph) arrivals() map[*graphNode][]*graphEdge {
	out := map[*graphNode][]*graphEdge{}
	for _, e := range g.edges {
		out[e.to] = append(out[e.to], e)
	}
	return out
}

// heightOf gives the height of a column, and sets that of its nodes: each line that has something written on it takes
// its place.
func heightOf(column []*graphNode, arrive map[*graphNode][]*graphEdge) int {
	height := -boxGap
	for _, node := range column {
		if node.height = max(boxHeight, len(slotsOf(arrive[node]))*lineHeight+8); node.Label == "" {
			node.height = lineHeight
		}
		height += node.height + boxGap
	}
	return height
}

// labelSpace gives how much what is written in front of a column takes.
func labelSpace(column []*graphNode, arrive map[*graphNode][]*graphEdge) int {
	space := 0
	for _, node := range column {
		for _, e := range arrive[node] {
			if text := e.written().Text; text != "" {
				space = max(space, textWidth(text, lineText)+2*boxPadding)
			}
		}
	}
	return space
}

// slotsOf gives the edges by where they arrive. Those with nothing written on them arrive together.
func slotsOf(edges []*graphEdge) [][]*graphEdge {
	var slots [][]*graphEdge
	var silent []*graphEdge
	for _, e := range edges {
		if e.written().Text == "" {
			silent = append(silent, e)
		} else {
			slots = append(slots, []*graphEdge{e})
		}
	}
	if len(silent) > 0 {
		slots = append(slots, silent)
	}
	return slots
}

// placePorts lets edges arrive in the order in which they come, from top to bottom.
func placePorts(node *graphNode, edges []*graphEdge) {
	slots := slotsOf(edges)
	slices.SortStableFunc(slots, func(a, b []*graphEdge) int { return a[0].last().middle() - b[0].last().middle() })
	y := node.middle() - (len(slots)-1)*lineHeight/2
	for i, slot := range slots {
		for _, e := range slot {
			e.port = y + i*lineHeight
		}
	}
}

// last is what an edge leads through before it arrives.
func (e *graphEdge) last() *graphNode {
	if n := len(e.dummies); n > 0 {
		return e.dummies[n-1]
	}
	return e.from
}

func boxOf(n *graphNode) pictureBox {
	class, radius := "role", boxHeight/2
	if n.IsObject {
		class, radius = "object", 4
	}
	box := pictureBox{
		X: n.x, Y: n.y, Width: boxWidth, Height: n.height, Radius: radius, TextX: n.x + boxWidth/2, TextY: n.middle() + 4,
		Text: n.written(), Full: n.title(), Class: class + " " + markWord(n.Mark),
	}
	if n.isSchema {
		box.schema, box.whole = n.schema, n.Label+" · "+script.Count(len(n.members), "object", "objects")
	}
	return box
}

// lineOf draws an edge from the right side of a box to the left side of another: straight where it passes a column, and
// where something is written on it.
func lineOf(e *graphEdge, space int) pictureLine {
	x, y := e.from.x+boxWidth, e.from.middle()
	path := fmt.Sprintf("M%d %d", x, y)
	for _, dummy := range e.dummies {
		path += curve(x, y, dummy.middle()) + fmt.Sprintf("H%d", dummy.x+boxWidth)
		x, y = dummy.x+boxWidth, dummy.middle()
	}
	end, text := e.to.x-arrowsLength, e.written()
	half := textWidth(text.Text, lineText) / 2
	switch {
	case e.from.column < e.to.column && text.Text != "":
		middle := end - space/2
		path += curve(x, y, e.port) + fmt.Sprintf("H%dM%d %dH%d", middle-half, middle+half, e.port, end)
	case e.from.column < e.to.column:
		path += curve(x, y, e.port) + fmt.Sprintf("H%d", end)
	default: // back, in a circle
		path += fmt.Sprintf("C%d %d %d %d %d %d", x+curveWidth/2, y, end-curveWidth/2, e.port, end, e.port)
	}
	return pictureLine{Path: path, Class: markWord(e.Mark), Full: e.title(), Text: text, TextX: end - space/2, TextY: e.port + 4}
}

// curve leaves and arrives horizontally.
func curve(x, from, to int) string {
	return fmt.Sprintf("C%d %d %d %d %d %d", x+curveWidth/2, from, x+curveWidth/2, to, x+curveWidth, to)
}

func (n *graphNode) middle() int { return n.y + n.height/2 }
