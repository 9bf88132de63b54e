package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"

	"pgsr/planner/catalog"
)

// jsonForm is a change as it stands in a saved plan, where that differs from the change itself.
type jsonForm interface{ change() catalog.Change }

// EncodeChange gives a change as it stands in a saved plan: its type and its fields.
func EncodeChange(change catalog.Change) (json.RawMessage, error) {
	at := slices.IndexFunc(changeTypes, func(t changeType) bool { return reflect.TypeOf(t.change) == reflect.TypeOf(change) })
	if at < 0 {
		return nil, fmt.Errorf("no saved plan has a change %T", change)
	}
	var form any = change
	if own, ok := textOf(change).(interface{ json() any }); ok {
		form = own.json()
	}
	fields, err := EncodeJSON(form)
	return append([]byte(`{"type":"`+changeTypes[at].name+`",`), bytes.TrimPrefix(fields, []byte("{"))...), err
}

// EncodeJSON writes a value as JSON, in which < and > stay as they are.
func EncodeJSON(value any) ([]byte, error) {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	err := out.Encode(value)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

var typeOfChange = regexp.MustCompile(`^\{\s*"type"\s*:\s*"([^"]*)"\s*,`)

// DecodeChange reads a change, whose type, which comes first, and fields must be known.
func DecodeChange(data []byte) (catalog.Change, error) {
	found := typeOfChange.FindSubmatch(data)
	if found == nil {
		return nil, errors.New("there is a change without a type")
	}
	for _, known := range changeTypes {
		if known.name == string(found[1]) {
			return known.decode(append([]byte("{"), data[len(found[0]):]...))
		}
	}
	return nil, fmt.Errorf("there is no change of type %q", found[1])
}

func decoded[C catalog.Change](data []byte) (catalog.Change, error) {
	var change C
	err := DecodeStrictly(data, &change)
	return change, err
}

func decodedForm[F jsonForm](data []byte) (catalog.Change, error) {
	var form F
	err := DecodeStrictly(data, &form)
	return form.change(), err
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
