package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"pgsr/planner/catalog"
)

// jsonForm is a change as it stands in a saved plan. A name is raw, as everywhere; in grantees the empty one is PUBLIC,
// which no role can be called.
type jsonForm interface{ change() catalog.Change }

// tag says which change a form is.
type tag struct {
	Type string `json:"type"`
}

// EncodeChange gives a change as it stands in a saved plan.
func EncodeChange(change catalog.Change) (json.RawMessage, error) {
	form := textOf(change).json()
	if form == nil {
		return nil, fmt.Errorf("no saved plan has a change %T", change)
	}
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	err := out.Encode(form)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// DecodeChange reads a change, whose type and fields must be known.
func DecodeChange(data []byte) (catalog.Change, error) {
	var t tag
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, err
	}
	for _, known := range changeTypes {
		if known.name == t.Type {
			return known.decode(data)
		}
	}
	return nil, fmt.Errorf("there is no change of type %q", t.Type)
}

func decoded[F jsonForm](data []byte) (catalog.Change, error) {
	var form F
	if err := DecodeStrictly(data, &form); err != nil {
		return nil, err
	}
	return form.change(), nil
}

// DecodeStrictly reads one value and refuses fields that it does not know, and anything after the value.
func DecodeStrictly(data []byte, into any) error {
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return err
	}
	if _, err := in.Token(); err != io.EOF {
		return errors.New("there is something after the plan")
	}
	return nil
}
