package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// gitlabPipeline is what of a pipeline of GitLab is looked at; what is not in it may not be in the file.
// https://docs.gitlab.com/ci/yaml/
type gitlabPipeline struct {
	Stages             []string
	Default            struct{ Image string }
	Plan, Apply, Check gitlabJob
}

type gitlabJob struct {
	Stage       string
	Needs       []string
	Rules       []gitlabRule
	Environment struct{ Name string }
	// ResourceGroup is what one job at a time may have.
	ResourceGroup string `yaml:"resource_group"`
	Variables     map[string]string
	Script        []string
	Retry         struct {
		Max       int
		ExitCodes []int `yaml:"exit_codes"`
	}
	Artifacts struct {
		ExposeAs string `yaml:"expose_as"`
		Paths    []string
		ExpireIn string `yaml:"expire_in"`
		Reports  struct{ Dotenv string }
	}
}

type gitlabRule struct {
	If, When string
	Changes  []string
}

func readGitlabPipeline(t *testing.T) gitlabPipeline {
	t.Helper()
	file, err := os.Open(filepath.Join(repository, "examples", "gitlab", "pgsr.gitlab-ci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	var p gitlabPipeline
	if err := decoder.Decode(&p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestGitlabPipelineIsSafe: only the job that applies has the deployer's URL, it runs by hand on the default branch in
// the protected environment, and reads nothing of the project but the plan.
func TestGitlabPipelineIsSafe(t *testing.T) {
	t.Parallel()
	p := readGitlabPipeline(t)
	const onDefault = `$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`
	for what, is := range map[string]bool{
		"apply runs elsewhere":             len(p.Apply.Rules) == 1 && p.Apply.Rules[0].If == onDefault && p.Apply.Rules[0].When == "manual",
		"apply is in no environment":       p.Apply.Environment.Name == "production" && p.Apply.ResourceGroup == "production",
		"apply reads the project":          p.Apply.Variables["GIT_STRATEGY"] == "none" && slices.Equal(p.Apply.Needs, []string{"plan"}),
		"apply is not planned where it is": p.Plan.Rules[1].If == onDefault && slices.Equal(p.Plan.Rules[1].Changes, p.Apply.Rules[0].Changes),
		"drift is tried again":             p.Check.Retry.Max > 0 && slices.Equal(p.Check.Retry.ExitCodes, []int{exitError}),
		"check is not scheduled":           len(p.Check.Rules) == 1 && p.Check.Rules[0].If == `$CI_PIPELINE_SOURCE == "schedule"`,
		"apply or plan is tried again":     p.Plan.Retry.Max == 0 && p.Apply.Retry.Max == 0,
	} {
		if !is {
			t.Error(what)
		}
	}
	for _, job := range []gitlabJob{p.Plan, p.Apply, p.Check} {
		if !slices.Contains(p.Stages, job.Stage) {
			t.Errorf("there is no stage %s", job.Stage)
		}
		script := strings.Join(job.Script, "\n")
		if strings.Contains(script, "PGSR_DEPLOYER_URL") != (job.Stage == "apply") || strings.Contains(script, "PGSR_READER_URL") == (job.Stage == "apply") {
			t.Errorf("job %s has another's URL", job.Stage)
		}
	}
}

// gitlabRunner is where the jobs are run: what GitLab keeps is in the folder kept.
type gitlabRunner struct {
	*site
	pipeline gitlabPipeline
	kept     string
}

// shim puts a program pgsr where a shell of this site finds it, and gives the folder.
func (s *site) shim() string {
	s.Helper()
	bin := s.TempDir()
	text := "#!/bin/sh\n" + beProgram + "=1 exec '" + s.command().Path + `' "$@"` + "\n"
	if err := os.WriteFile(filepath.Join(bin, "pgsr"), []byte(text), 0o755); err != nil {
		s.Fatal(err)
	}
	return bin
}

func newGitlabRunner(t *testing.T) *gitlabRunner {
	t.Helper()
	r := &gitlabRunner{site: newWarehouse(t), pipeline: readGitlabPipeline(t), kept: t.TempDir()}
	r.sql("postgres", "postgres", "CREATE ROLE reader LOGIN")
	r.unsetenv("PGSR_DATABASE_URL")
	r.setenv("PATH", r.shim()+":"+os.Getenv("PATH"))
	r.setenv("PGSR_READER_URL", r.server.URL("reader", "warehouse", ""))
	r.setenv("PGSR_DEPLOYER_URL", r.url())
	return r
}

// job runs a job in a new folder, with what it needs of the others, as a runner does: all lines in one shell, which
// ends with the first that fails.
func (r *gitlabRunner) job(job gitlabJob) outcome {
	r.Helper()
	at := *r.site
	at.dir, at.env = r.TempDir(), slices.Clone(r.env)
	if job.Variables["GIT_STRATEGY"] != "none" {
		at.file("roles.yaml", readFile(r.T, filepath.Join(r.dir, "roles.yaml")))
	}
	for range job.Needs {
		for _, name := range r.pipeline.Plan.Artifacts.Paths {
			at.file(name, readFile(r.T, filepath.Join(r.kept, name)))
		}
		name, value, _ := strings.Cut(strings.TrimSpace(readFile(r.T, filepath.Join(r.kept, "plan.env"))), "=")
		at.setenv(name, value)
	}
	cmd := exec.Command("bash", "-eo", "pipefail", "-c", strings.Join(job.Script, "\n"))
	cmd.Dir, cmd.Env = at.dir, at.env
	o := at.finish(cmd)
	for _, name := range append(slices.Clone(job.Artifacts.Paths), job.Artifacts.Reports.Dotenv) {
		if name == "" {
			continue
		}
		kept := readFile(r.T, filepath.Join(at.dir, name))
		r.keepsSecrets(kept)
		if err := os.WriteFile(filepath.Join(r.kept, name), []byte(kept), 0o644); err != nil {
			r.Fatal(err)
		}
	}
	return o
}

// TestGitlabPipeline runs the scripts of its jobs: a plan by the role that only reads, an apply of exactly that plan,
// one of a plan that has become stale, and a check that tells drift from an error.
func TestGitlabPipeline(t *testing.T) {
	t.Parallel()
	r := newGitlabRunner(t)
	p := r.pipeline
	r.file("roles.yaml", peopleSpec)
	o := r.check(0, r.job(p.Plan))
	contains(t, o.stdout, "alice", "new role", "PGSR_DIGEST=")
	if r.tells("EXISTS (SELECT FROM pg_roles WHERE rolname = 'readers')") {
		t.Fatal("the plan was applied before it was approved")
	}
	contains(t, r.check(2, r.job(p.Check)).stdout, "readers", "new role")
	contains(t, r.check(0, r.job(p.Apply)).stderr, "applied ")
	if !r.reads("readers", "sales.orders") {
		t.Error("it was not applied")
	}
	contains(t, r.check(0, r.job(p.Check)).stderr, "in sync")
	r.check(0, r.job(p.Plan))
	contains(t, r.check(0, r.job(p.Apply)).stderr, "nothing to do")

	r.file("roles.yaml", strings.Replace(peopleSpec, "sales.orders", `sales."Order Lines"`, 1))
	r.check(0, r.job(p.Plan))
	r.sql("postgres", "warehouse", `GRANT DELETE ON sales."Order Lines" TO readers`)
	contains(t, r.check(3, r.job(p.Apply)).stdout, "The plan is stale, and nothing was done.")
	if r.reads("readers", `sales."Order Lines"`) {
		t.Error("the stale plan was applied")
	}
	r.file("roles.yaml", "roles: {readers: {grants: [SELECT]}}")
	r.check(1, r.job(p.Check))
}
