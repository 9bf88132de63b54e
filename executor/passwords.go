package executor

import (
	"crypto/rand"
	"fmt"

	"pgsr/executor/scram"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// passwords makes verifiers, for each password once, so that planning again gives the same plan.
type passwords map[spec.Secret]catalog.Verifier

// verifier is the [spec.Means] of that name: what is stored already stays if it is the declared password's.
func (p passwords) verifier(declared spec.Password, current catalog.Verifier) (catalog.Verifier, error) {
	if declared.Verifier != "" {
		return declared.Verifier, nil
	}
	if scram.Matches(string(current), string(declared.Clear)) {
		return current, nil
	}
	if made, known := p[declared.Clear]; known {
		return made, nil
	}
	salt := make([]byte, scram.SaltSize)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("reading random bytes for a salt: %w", err)
	}
	made, err := scram.Verifier(string(declared.Clear), salt, scram.Iterations)
	if err != nil {
		return "", err
	}
	p[declared.Clear] = catalog.Verifier(made)
	return p[declared.Clear], nil
}
