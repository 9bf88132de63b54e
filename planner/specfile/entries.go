package specfile

import "go.yaml.in/yaml/v4"

// entry is a key of a mapping and what stands behind it.
type entry struct {
	name       string
	at         place
	key, value *yaml.Node
	// again marks a key that stands there before.
	again bool
}

// entryList holds the entries of a mapping in their order.
type entryList struct {
	list []entry
	// index gives the first entry of each name; nil as long as there are few, which are found sooner without.
	index map[string]int
}

// fewEntries are no more than a role can have.
const fewEntries = 8

// newEntryList gives an empty list with room for some entries.
func newEntryList(room int) *entryList {
	l := &entryList{list: make([]entry, 0, room)}
	if room > fewEntries {
		l.index = make(map[string]int, room)
	}
	return l
}

// find gives the first entry of a name; nil if there is none.
func (l *entryList) find(name string) *entry {
	if l.index != nil {
		if i, known := l.index[name]; known {
			return &l.list[i]
		}
		return nil
	}
	for i := range l.list {
		if l.list[i].name == name {
			return &l.list[i]
		}
	}
	return nil
}

func (l *entryList) add(e entry) {
	l.list = append(l.list, e)
	if l.index == nil && len(l.list) > fewEntries {
		l.index = map[string]int{}
		for i := range l.list[:len(l.list)-1] {
			l.indexEntry(i)
		}
	}
	if l.index != nil {
		l.indexEntry(len(l.list) - 1)
	}
}

func (l *entryList) indexEntry(i int) {
	if _, known := l.index[l.list[i].name]; !known {
		l.index[l.list[i].name] = i
	}
}
