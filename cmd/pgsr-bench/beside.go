package main

// What lies beside a workload and is no matter to it has to be read, or looked past: functions that everyone may
// execute, as the server makes them, types, and default privileges in favour of a role that is in no spec.
const (
	functionsBeside = 2000
	typesBeside     = 500
	creatorsBeside  = 50
)

// beside makes that, in a schema of its own.
func beside() string {
	t := &text{}
	t.line("CREATE SCHEMA beside;")
	t.line("CREATE ROLE beside_reader;")
	t.line("DO $$ BEGIN FOR i IN 1..%d LOOP", functionsBeside)
	t.line("EXECUTE format('CREATE FUNCTION beside.f%%s(integer, text) RETURNS integer LANGUAGE sql AS ''SELECT 1''', i);")
	t.line("%s END LOOP; END $$;", commitNowAndThen("i"))
	t.line("DO $$ BEGIN FOR i IN 1..%d LOOP EXECUTE format('CREATE TYPE beside.t%%s AS ENUM (''a'')', i); END LOOP; END $$;", typesBeside)
	t.line("DO $$ BEGIN FOR i IN 1..%d LOOP", creatorsBeside)
	t.line("EXECUTE format('CREATE ROLE beside_creator%%s', i);")
	t.line("EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE beside_creator%%s IN SCHEMA beside GRANT SELECT ON TABLES TO beside_reader', i);")
	t.line("EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE beside_creator%%s GRANT EXECUTE ON ROUTINES TO beside_reader', i);")
	t.line("END LOOP; END $$;")
	return t.String()
}

// withOthersBeside gives the workload, and its baseline, with that beside it.
func (w workload) withOthersBeside() workload {
	w.cluster += beside()
	if w.baseline != nil {
		other := *w.baseline
		other.cluster += beside()
		w.baseline = &other
	}
	return w
}
