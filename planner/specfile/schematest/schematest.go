// Package schematest holds files against the schema for editors: see [Refusal].
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package schematest

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"pgsr/planner/lists"
	"pgsr/planner/specfile"
)

// ErrUnreadable is of what an editor shows as no YAML before it looks at a schema.
var ErrUnreadable = errors.New("this is no YAML")

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(specfile.Schema()))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("spec.schema.json", value); err != nil {
		return nil, err
	}
	return compiler.Compile("spec.schema.json")
})

// Refusal says why the schema refuses a file; nil if it does not.
func Refusal(text string) error {
	schema, err := compiled()
	if err != nil {
		return err
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil || len(document.Content) == 0 || isEndless(&document, map[*yaml.Node]bool{}) {
		return ErrUnreadable
	}
	return schema.Validate(valueOf(document.Content[0]))
}

// isEndless tells whether an alias stands for what it is a part of.
func isEndless(n *yaml.Node, around map[*yaml.Node]bool) bool {
	if n == nil || around[n] {
		return n != nil
	}
	around[n] = true
	defer delete(around, n)
	return n.Kind == yaml.AliasNode && isEndless(n.Alias, around) ||
		slices.ContainsFunc(n.Content, func(inner *yaml.Node) bool { return isEndless(inner, around) })
}

// valueOf gives what an editor makes of a node: JSON's values, with merged mappings in their places.
func valueOf(n *yaml.Node) any {
	switch n.Kind {
	case yaml.AliasNode:
		return valueOf(n.Alias)
	case yaml.SequenceNode:
		return lists.Map(n.Content, valueOf)
	case yaml.MappingNode:
		return mappingOf(n)
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		var number float64
		if err := n.Decode(&number); err == nil && json.Valid([]byte(n.Value)) {
			return json.Number(n.Value)
		}
		return 0
	}
	return n.Value
}

func mappingOf(n *yaml.Node) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key, value := n.Content[i], n.Content[i+1]; key.Tag == "!!merge" {
			merge(out, valueOf(value))
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key, value := n.Content[i], n.Content[i+1]; key.Tag != "!!merge" {
			out[key.Value] = valueOf(value)
		}
	}
	return out
}

// merge adds the keys of a mapping, or of a list of them: the first of them counts.
func merge(out map[string]any, value any) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if _, known := out[key]; !known {
				out[key] = inner
			}
		}
	case []any:
		for _, item := range value {
			merge(out, item)
		}
	}
}
