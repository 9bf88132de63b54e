package spec

import (
	"sync"

	"go.yaml.in/yaml/v4"
)

// longPhrase is from how many bytes on a phrase is worth reading it beside others.
const longPhrase = 256

// besides is how many phrases are read side by side.
const besides = 4

// grantRead is what came of reading a phrase.
type grantRead struct {
	grant    Grant
	problems []phraseProblem
}

// readAhead reads the long phrases of roles side by side, before they are asked for one after the other.
func (f *file) readAhead(roles *yaml.Node) {
	long := longPhrases(roles)
	if len(long) < 2 {
		return
	}
	read := make([]grantRead, len(long))
	var reading sync.WaitGroup
	for first := range besides {
		reading.Go(func() {
			var p phrase
			for i := first; i < len(long); i += besides {
				read[i].grant, read[i].problems = p.readGrant(long[i].Value)
			}
		})
	}
	reading.Wait()
	f.ahead = make(map[*yaml.Node]grantRead, len(long))
	for i, n := range long {
		f.ahead[n] = read[i]
	}
}

// longPhrases gives those that stand below roles, without what is there by way of an alias.
func longPhrases(roles *yaml.Node) []*yaml.Node {
	var long []*yaml.Node
	for _, role := range pairs(roles) {
		if !isMapping(role) {
			continue
		}
		for key, list := range pairs(role) {
			if key.Value != keyGrants && key.Value != keyDirect || !isList(list) {
				continue
			}
			for _, item := range list.Content {
				if isText(item) && len(item.Value) >= longPhrase {
					long = append(long, item)
				}
			}
		}
	}
	return long
}

// readGrant reads a phrase, or takes what came of it. What an alias uses once more is read once more: no two grants share anything.
func (f *file) readGrant(s scalar) (Grant, []phraseProblem) {
	if read, is := f.ahead[s.node]; is {
		delete(f.ahead, s.node)
		return read.grant, read.problems
	}
	return f.phrase.readGrant(s.text)
}
