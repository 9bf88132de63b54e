package catalog

import (
	"slices"
	"sync"
)

// sequences lists the sequences of each table, once that is asked for.
type sequences struct {
	once    sync.Once
	byTable map[ObjectID][]ObjectID
}

// SequencesOf gives the sequences that belong to a table (serial, identity, OWNED BY), and its row type, where that is
// shown, in order. All objects have to
// be in the catalog, or in the one that it was cloned from, when this is first called.
func (c *Catalog) SequencesOf(table ObjectID) []ObjectID {
	if c.sequences == nil { // not made by New
		return c.sequencesByTable()[table]
	}
	c.sequences.once.Do(func() { c.sequences.byTable = c.sequencesByTable() })
	return c.sequences.byTable[table]
}

func (c *Catalog) sequencesByTable() map[ObjectID][]ObjectID {
	byTable := map[ObjectID][]ObjectID{}
	for id, o := range c.Objects {
		if o.OwnedBy != (ObjectID{}) {
			byTable[o.OwnedBy] = append(byTable[o.OwnedBy], id)
		}
	}
	for _, ids := range byTable {
		slices.SortFunc(ids, ObjectID.Compare)
	}
	return byTable
}
