package demo

import (
	"context"
	_ "embed"
	"errors"

	"pgsr/executor"
	"pgsr/planner/spec"
)

//go:embed swap.sql
var swapSQL string

const dropSQL = "DROP TABLE reference.currencies"

func swapTable(ctx context.Context, s *stage) error {
	s.say("Loaders often build a table anew and put it in the place of the old one, with the grants of the old one:")
	s.code(swapSQL)
	if err := s.run(ctx, deployer, database, swapSQL); err != nil {
		return err
	}
	s.say("pgsr finds a privilege role by the ACL of its object and not by a name, so nobody loses access:")
	s.say("")
	if err := s.try(ctx, aliceReadsOrders, aliceReadsHR); err != nil {
		return err
	}
	s.say("")
	return s.checkInSync(ctx)
}

func prune(ctx context.Context, s *stage) error {
	s.say("  %s: %s;", deployer, dropSQL)
	if err := s.run(ctx, deployer, database, dropSQL); err != nil {
		return err
	}
	s.say("\nIts privilege role is of no use any more. `pgsr prune` drops such roles, of this database only:")
	result, err := executor.Prune(ctx, s.conn, spec.DefaultLockKey, executor.Options{})
	if err != nil {
		return err
	}
	if !result.Applied {
		return errors.New("nothing was pruned")
	}
	if err := s.showStatements(result.Plan); err != nil {
		return err
	}
	return s.checkInSync(ctx)
}

func whatNext(_ context.Context, s *stage) error {
	s.say("Write a spec for a database of your own: begin with one role. Nothing is changed by `pgsr plan`, and roles that")
	s.say("are not in the spec are never touched. README.md has a first spec, step by step; examples/ has more.")
	s.code("export PGSR_DATABASE_URL=postgres://you@your-host/your-database\npgsr plan -f roles.yaml")
	return nil
}
