package planner

import (
	"testing"

	"pgsr/planner/script"
)

// TestEverySectionHasAStage: units are made of all that a plan is to leave.
func TestEverySectionHasAStage(t *testing.T) {
	for section := script.LosingLogin; section <= script.GivingBack; section++ {
		if _, has := stages[section]; has == section.IsTemporary() {
			t.Errorf("section %q has a stage: %v", section, has)
		}
	}
}
