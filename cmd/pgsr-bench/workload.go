package main

// workload is one line or more of the table: a cluster, and what is done in it.
type workload struct {
	letter string
	what   string
	// cluster makes what is there before: SQL that a superuser runs.
	cluster string
	// steps come one after the other in the same cluster.
	steps []step
	// baseline is another cluster in which the same steps are the floor; nil: the floors are those of the steps.
	baseline *workload
	// measure is for workloads that are not runs of the program.
	measure func(*bench, *place) ([]row, error)
}

// step is one run of the program, and its floor.
type step struct {
	what string
	// target is the highest ratio to reach, memory the most memory to take in MB; 0: not said.
	target, memory float64
	command        []string
	spec           string
	// floor is what psql runs, in one transaction; or, if it is one that reads, each statement for itself.
	floor func(actor) string
	reads bool
	// parses tells that the floor also reads the spec's YAML, with the library alone.
	parses bool
}

// actor says as whom, and on which server, a workload runs.
type actor struct {
	role        string
	isSuperuser bool
	major       int
}

// needsAdministrators tells whether granting roles gets dearer with each role that the actor has created.
func (a actor) needsAdministrators() bool { return a.major >= 16 && !a.isSuperuser }

// workloads lists all of them in a size.
func workloads(scale float64, seed uint64) []workload {
	n := func(full int) int { return max(1, int(float64(full)*scale)) }
	b := newWarehouse(seed, n(500), n(5000), 100)
	crowd := newCrowd(n(5000), n(5000))
	return []workload{
		connecting(n(4000)),
		b.workload("b", false),
		b.workload("c", true),
		wide(n(20000)),
		crowd.checking(),
		crowd.oneAmongMany(),
		b.effect(),
		apiCalls{roles: n(4000)}.workload(),
		apiCalls{roles: n(1000), administered: n(5000)}.workload(),
		apiCalls{roles: n(600), tables: 20}.workload(),
	}
}
