package main

// measureEffect plans with and without the effect. What the effect takes longer is ours, the plan the floor.
func (b *bench) measureEffect(p *place, spec string) ([]row, error) {
	path, err := p.file("spec.yaml", spec)
	if err != nil {
		return nil, err
	}
	r := row{step: step{what: "the effect alone, beside the plan", target: 1, memory: 200}}
	plain := []string{"plan", "-f", path, "-o", "/dev/null"}
	for run := range b.runs + 1 {
		without, err := b.program(p, plain, run == 0)
		if err != nil {
			return nil, err
		}
		with, err := b.program(p, append(plain, "--effect"), run == 0)
		if err != nil {
			return nil, err
		}
		if run == 0 {
			r.roundTrips = with.roundTrips
			continue
		}
		with.wall -= without.wall
		r.ours, r.floor = append(r.ours, with), append(r.floor, without)
	}
	return []row{r}, nil
}
