package main

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// githubWorkflow is what of a workflow of GitHub Actions is looked at; what is not in it may not be in the file.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
type githubWorkflow struct {
	Name        string
	On          map[string]struct{ Paths []string }
	Permissions map[string]string
	Concurrency struct {
		Group            string
		CancelInProgress bool `yaml:"cancel-in-progress"`
	}
	Defaults struct{ Run struct{ Shell string } }
	Env      map[string]string
	Jobs     map[string]githubJob
}

type githubJob struct {
	If, Needs, Environment string
	RunsOn                 string `yaml:"runs-on"`
	Permissions            map[string]string
	Outputs                map[string]string
	Steps                  []githubStep
}

type githubStep struct {
	Name, ID, Uses, Run string
	With, Env           map[string]string
}

func readGithubWorkflow(t *testing.T) githubWorkflow {
	t.Helper()
	file, err := os.Open(filepath.Join(repository, "examples", "github", "pgsr.yml"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	var w githubWorkflow
	if err := decoder.Decode(&w); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestGithubWorkflowIsSafe: nobody's text becomes a command, what others wrote is pinned, and each job can do no more
// than it has to.
// https://docs.github.com/en/actions/reference/security/secure-use
func TestGithubWorkflowIsSafe(t *testing.T) {
	t.Parallel()
	w := readGithubWorkflow(t)
	if len(w.On) != 1 || w.On["pull_request"].Paths == nil || w.Permissions == nil || len(w.Permissions) > 0 || w.Defaults.Run.Shell != "bash" {
		t.Errorf("%+v", w)
	}
	pinned := regexp.MustCompile(`^actions/(checkout|upload-artifact)@[0-9a-f]{40}$`)
	may := map[string]string{
		"fork": "map[contents:read]", "plan": "map[contents:read pull-requests:write]", "apply": "map[actions:read]",
	}
	secret := map[string]string{"fork": "", "plan": "PGSR_READER_URL", "apply": "PGSR_DEPLOYER_URL"}
	get := map[string]bool{}
	for name, job := range w.Jobs {
		if fmt.Sprint(job.Permissions) != may[name] {
			t.Errorf("job %s may %v", name, job.Permissions)
		}
		if (job.Environment == "production") != (name == "apply") {
			t.Errorf("job %s is in the environment %q", name, job.Environment)
		}
		for _, step := range job.Steps {
			if strings.Contains(step.Run, "${{") {
				t.Errorf("an expression becomes a part of a command: %s", step.Run)
			}
			if step.Uses != "" && !pinned.MatchString(step.Uses) {
				t.Errorf("%s is not pinned", step.Uses)
			}
			if strings.HasPrefix(step.Uses, "actions/checkout") && (step.With["persist-credentials"] != "false" || name == "apply") {
				t.Errorf("job %s checks out with %v", name, step.With)
			}
			if step.Name == "Get pgsr" {
				get[step.Run] = true
			}
			for _, value := range step.Env {
				if strings.Contains(value, "secrets.") && value != "${{ secrets."+secret[name]+" }}" {
					t.Errorf("job %s has %s", name, value)
				}
			}
		}
	}
	if len(w.Jobs) != 3 || len(get) != 1 {
		t.Errorf("%d jobs, which get pgsr in %d ways", len(w.Jobs), len(get))
	}
}

// actions is where the steps of the workflow are run: what GitHub and its command line would do is recorded.
type actions struct {
	*site
	workflow githubWorkflow
	// store has what GitHub keeps: artifacts, a release and a comment.
	store string
	// path has gh.
	path string
	// values are those of expressions.
	values map[string]string
}

// recordingGh is in the place of gh.
const recordingGh = `#!/bin/bash
set -eu
printf '%s\n' "$*" >>"$STORE/log"
case "$1 $2" in
"release download") for to; do :; done; cp "$STORE/release" "$to" ;;
"run download") cp "$STORE/artifact-plan" plan.json ;;
"api --paginate") ! [ -e "$STORE/comment" ] || echo 77 ;;
"api --silent") cp comment.md "$STORE/comment" ;;
*) exit 1 ;;
esac
`

func newActions(t *testing.T) *actions {
	t.Helper()
	a := &actions{site: newWarehouse(t), workflow: readGithubWorkflow(t), store: t.TempDir()}
	a.sql("postgres", "postgres", "CREATE ROLE reader LOGIN")
	program := a.command()
	release := "#!/bin/sh\n" + beProgram + "=1 exec " + program.Path + ` "$@"` + "\n"
	bin := t.TempDir()
	for name, text := range map[string]string{filepath.Join(a.store, "release"): release, filepath.Join(bin, "gh"): recordingGh} {
		if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	a.unsetenv("PGSR_DATABASE_URL")
	a.path = bin + ":" + os.Getenv("PATH")
	a.setenv("PATH", a.path)
	a.setenv("STORE", a.store)
	for name, value := range map[string]string{
		"RUNNER_TEMP": t.TempDir(), "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "example/roles", "GITHUB_RUN_ID": "42",
	} {
		a.setenv(name, value)
	}
	a.values = map[string]string{
		"vars.PGSR_RELEASES": "example/pgsr", "vars.PGSR_SHA256": fmt.Sprintf("%x", sha256.Sum256([]byte(release))),
		"github.token": "a token", "github.repository": "example/roles",
		"github.event.pull_request.number": "7", "github.event.pull_request.head.repo.full_name": "example/roles",
		"secrets.PGSR_READER_URL":   a.server.URL("reader", "warehouse", ""),
		"secrets.PGSR_DEPLOYER_URL": a.url(),
	}
	return a
}

var expression = regexp.MustCompile(`\$\{\{ ([\w.-]+) \}\}`)

// value puts the values of expressions into a text.
func (a *actions) value(text string) string {
	a.Helper()
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		name := expression.FindStringSubmatch(found)[1]
		value, known := a.values[name]
		if !known {
			a.Fatalf("there is no %s", name)
		}
		return value
	})
}

// isRun tells whether a job's condition holds, which is a comparison.
func (a *actions) isRun(job string) bool {
	a.Helper()
	words := strings.Fields(a.workflow.Jobs[job].If)
	if len(words) != 3 {
		a.Fatalf("%q", a.workflow.Jobs[job].If)
	}
	right, isName := a.values[words[2]]
	if !isName {
		right = strings.Trim(words[2], "'")
	}
	return (a.values[words[0]] == right) == (words[1] == "==")
}

// job runs the steps of a job in a new folder, as a runner does: with bash -eo pipefail. It gives what all of them
// said, and the status of the last one.
func (a *actions) job(name string) outcome {
	a.Helper()
	job := a.workflow.Jobs[name]
	at := *a.site
	at.dir, at.env = a.TempDir(), slices.Clone(a.env)
	at.setenv("GITHUB_OUTPUT", at.file("output", ""))
	at.setenv("GITHUB_PATH", at.file("path", ""))
	var all outcome
	for _, step := range job.Steps {
		switch action, _, _ := strings.Cut(step.Uses, "@"); action {
		case "actions/checkout":
			at.file("roles.yaml", readFile(a.T, filepath.Join(a.dir, "roles.yaml")))
		case "actions/upload-artifact":
			kept := readFile(a.T, filepath.Join(at.dir, step.With["path"]))
			if err := os.WriteFile(filepath.Join(a.store, "artifact-"+step.With["name"]), []byte(kept), 0o644); err != nil {
				a.Fatal(err)
			}
		default:
			o := at.step(a, step)
			all = outcome{status: o.status, stdout: all.stdout + o.stdout, stderr: all.stderr + o.stderr}
			if o.status != 0 {
				return all
			}
		}
	}
	for output, of := range job.Outputs {
		a.values["needs."+name+".outputs."+output] = a.value(of)
	}
	return all
}

// step runs one, and takes the outputs that it gives.
func (s site) step(a *actions, step githubStep) outcome {
	a.Helper()
	for _, env := range []map[string]string{a.workflow.Env, step.Env} {
		for _, name := range slices.Sorted(maps.Keys(env)) {
			s.setenv(name, a.value(env[name]))
		}
	}
	for line := range strings.Lines(readFile(a.T, filepath.Join(s.dir, "path"))) {
		s.setenv("PATH", strings.TrimSpace(line)+":"+a.path)
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", s.file("step.sh", step.Run))
	cmd.Dir, cmd.Env = s.dir, s.env
	o := s.finish(cmd)
	for line := range strings.Lines(readFile(a.T, filepath.Join(s.dir, "output"))) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		a.values["steps."+step.ID+".outputs."+name] = value
	}
	return o
}

// log gives what gh was asked for since the last time.
func (a *actions) log() string {
	a.Helper()
	name := filepath.Join(a.store, "log")
	text := readFile(a.T, name)
	if err := os.Remove(name); err != nil {
		a.Fatal(err)
	}
	return text
}

// plans runs the job that plans, and gives the digest.
func (a *actions) plans(changes string) (digest string) {
	a.Helper()
	if !a.isRun("plan") || a.isRun("fork") {
		a.Error("a pull request of this repository gets no plan")
	}
	a.check(0, a.job("plan"))
	if got := a.values["needs.plan.outputs.changes"]; got != changes {
		a.Errorf("changes=%s", got)
	}
	digest = a.values["needs.plan.outputs.digest"]
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(digest) {
		a.Errorf("the digest is %q", digest)
	}
	comment := readFile(a.T, filepath.Join(a.store, "comment"))
	contains(a.T, comment, "<!-- the plan of pgsr -->\n", digest, "https://github.com/example/roles/actions/runs/42")
	a.keepsSecrets(comment, readFile(a.T, filepath.Join(a.store, "artifact-plan")))
	return digest
}

// TestGithubWorkflow runs the steps of the workflow: a plan by the role that only reads, one comment that is kept up to
// date, an apply of exactly what was approved, and one of a plan that has become stale.
func TestGithubWorkflow(t *testing.T) {
	t.Parallel()
	a := newActions(t)
	a.file("roles.yaml", peopleSpec)
	first := a.plans("true")
	contains(t, a.log(), "api --silent --method POST repos/example/roles/issues/7/comments --field body=@comment.md")
	if a.tells("EXISTS (SELECT FROM pg_roles WHERE rolname = 'readers')") {
		t.Fatal("the plan was applied before it was approved")
	}
	if again := a.plans("true"); again != first {
		t.Error("the same plan has another digest")
	}
	contains(t, a.log(), "api --silent --method PATCH repos/example/roles/issues/comments/77 --field body=@comment.md")
	contains(t, readFile(t, filepath.Join(a.store, "comment")), "readers")

	if !a.isRun("apply") {
		t.Error("what was planned is not applied")
	}
	contains(t, a.check(0, a.job("apply")).stderr, "applied ")
	if !a.reads("readers", "sales.orders") {
		t.Error("it was not applied")
	}

	a.plans("false")
	if a.isRun("apply") {
		t.Error("there is nothing to do, and someone is asked to approve")
	}

	a.file("roles.yaml", strings.Replace(peopleSpec, "sales.orders", `sales."Order Lines"`, 1))
	a.plans("true")
	a.sql("postgres", "warehouse", `GRANT DELETE ON sales."Order Lines" TO readers`)
	contains(t, a.check(3, a.job("apply")).stdout, "::error title=pgsr::The plan is stale")
	if a.reads("readers", `sales."Order Lines"`) {
		t.Error("the stale plan was applied")
	}
	a.values["needs.plan.outputs.digest"] = first
	contains(t, a.check(1, a.job("apply")).stderr, "is another plan")

	a.plans("true")
	a.check(0, a.job("apply"))
	a.commentsOnALongPlan()
}

// commentsOnALongPlan: GitHub refuses a comment that is too long, and a plan of the most that there may be fits.
func (a *actions) commentsOnALongPlan() {
	a.Helper()
	at := *a.site
	at.dir, at.env = a.TempDir(), slices.Clone(a.env)
	at.file("path", "")
	at.file("output", "")
	at.file("plan.md", strings.Repeat("a statement\n", 60_000/12))
	steps := a.workflow.Jobs["plan"].Steps
	a.check(0, at.step(a, steps[slices.IndexFunc(steps, func(s githubStep) bool { return s.Name == "Comment" })]))
	comment := readFile(a.T, filepath.Join(a.store, "comment"))
	contains(a.T, comment, "<!-- the plan of pgsr -->\n", "a statement\n", "pgsr show --plan plan.json --format html", a.values["steps.plan.outputs.digest"])
	if len(comment) > 65_536 {
		a.Error("the comment is too long")
	}
}

// TestGithubWorkflowOfFork: a fork gets no secrets, and is told so.
func TestGithubWorkflowOfFork(t *testing.T) {
	t.Parallel()
	a := newActions(t)
	a.file("roles.yaml", readersSpec)
	a.values["github.event.pull_request.head.repo.full_name"] = "someone/roles"
	for name := range a.values {
		if strings.HasPrefix(name, "secrets.") {
			delete(a.values, name)
		}
	}
	if a.isRun("plan") || !a.isRun("fork") {
		t.Error("a fork gets a plan")
	}
	o := a.check(0, a.job("fork"))
	contains(t, o.stdout, "::notice title=pgsr::This pull request comes from a fork, which gets no secrets")
	contains(t, o.stderr, "valid: 1 role")
	a.file("roles.yaml", "roles: {readers: {grants: [SELECT]}}")
	a.check(1, a.job("fork"))
	a.values["vars.PGSR_SHA256"] = strings.Repeat("0", 64)
	contains(t, a.check(1, a.job("fork")).stderr, "did NOT match")
}
