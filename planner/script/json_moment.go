package script

import "time"

// wireMoment is a moment in the file, or infinity: nil.
type wireMoment struct{ at *time.Time }

const infinity = "infinity"

// MarshalText writes it.
func (m wireMoment) MarshalText() ([]byte, error) {
	if m.at == nil {
		return []byte(infinity), nil
	}
	return m.at.UTC().MarshalText()
}

// UnmarshalText reads it.
func (m *wireMoment) UnmarshalText(text []byte) error {
	m.at = nil
	if string(text) == infinity {
		return nil
	}
	m.at = new(time.Time)
	return m.at.UnmarshalText(text)
}
