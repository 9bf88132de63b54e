package executor

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
)

// nameSource gives the same sequence of random names each time that it is started. So planning again under the lock
// gives the same plan.
type nameSource struct{ seed [32]byte }

func newNames() (*nameSource, error) {
	n := &nameSource{}
	if _, err := rand.Read(n.seed[:]); err != nil {
		return nil, fmt.Errorf("reading random bytes for names: %w", err)
	}
	return n, nil
}

// start gives a source of names from the beginning of the sequence.
func (n *nameSource) start() func() string {
	source := mathrand.NewChaCha8(n.seed)
	return func() string { return fmt.Sprintf("%08x", uint32(source.Uint64())) }
}

// rename lets the next plan have other names.
func (p *planning) rename() (err error) {
	p.last = nil
	p.names, err = newNames()
	return err
}
