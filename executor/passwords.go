package executor

import (
	"crypto/rand"
	"fmt"

	"pgsr/executor/scram"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// passwords makes verifiers, for each role and password once, so that planning again gives the same plan. Roles that
// have the same password get a salt each, so that nobody who may read verifiers learns that it is the same.
type passwords map[passwordOf]catalog.Verifier

type passwordOf struct {
	role  string
	clear spec.Secret
}

// verifier is the [resolve.Means] of that name: what is stored already stays if it is the declared password's.
func (p passwords) verifier(role string, declared spec.Password, current catalog.Verifier) (catalog.Verifier, error) {
	switch {
	case declared.Unread:
		return catalog.UnreadPassword, nil
	case declared.Verifier != "":
		return declared.Verifier, nil
	}
	if scram.Matches(string(current), string(declared.Clear)) {
		return current, nil
	}
	key := passwordOf{role, declared.Clear}
	if made, known := p[key]; known {
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
	p[key] = catalog.Verifier(made)
	return p[key], nil
}
