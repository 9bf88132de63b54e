// Package kubernetes holds what runs in Kubernetes, and its tests.
package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"pgsr/executor/scratch"
	"pgsr/executor/scratch/scratchtest"
)

const password = "never shown"

// manifests reads cronjob.yaml as strictly as the API does: a field that it does not know is an error.
func manifests(t *testing.T) (core.ConfigMap, batch.CronJob) {
	t.Helper()
	data, err := os.ReadFile("cronjob.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var config core.ConfigMap
	var job batch.CronJob
	documents := strings.Split(string(data), "\n---\n")
	if len(documents) != 2 {
		t.Fatalf("%d documents", len(documents))
	}
	for i, into := range []any{&config, &job} {
		if err := yaml.UnmarshalStrict([]byte(documents[i]), into); err != nil {
			t.Fatal(err)
		}
	}
	if config.Kind != "ConfigMap" || config.APIVersion != "v1" || job.Kind != "CronJob" || job.APIVersion != "batch/v1" {
		t.Fatalf("%s %s, %s %s", config.APIVersion, config.Kind, job.APIVersion, job.Kind)
	}
	return config, job
}

// The job can do nothing but what it is for, and drift is a job that failed and is not tried again.
func TestCronJob(t *testing.T) {
	t.Parallel()
	_, job := manifests(t)
	spec := job.Spec.JobTemplate.Spec
	pod := spec.Template.Spec
	container := pod.Containers[0]
	security := container.SecurityContext
	for what, is := range map[string]bool{
		"two at a time":                job.Spec.ConcurrencyPolicy == batch.ForbidConcurrent,
		"it can run for ever":          *spec.ActiveDeadlineSeconds > 0,
		"restarted in place":           pod.RestartPolicy == core.RestartPolicyNever,
		"more than one container":      len(pod.Containers) == 1 && len(pod.InitContainers) == 0,
		"root":                         *pod.SecurityContext.RunAsNonRoot && *pod.SecurityContext.RunAsUser > 0,
		"all system calls":             pod.SecurityContext.SeccompProfile.Type == core.SeccompProfileTypeRuntimeDefault,
		"a token of the cluster":       !*pod.AutomountServiceAccountToken,
		"more rights than it began":    !*security.AllowPrivilegeEscalation && security.Privileged == nil,
		"capabilities":                 len(security.Capabilities.Add) == 0 && security.Capabilities.Drop[0] == "ALL",
		"files can be written":         *security.ReadOnlyRootFilesystem && container.VolumeMounts[0].ReadOnly,
		"memory without bounds":        !container.Resources.Limits.Memory().IsZero() && !container.Resources.Requests.Cpu().IsZero(),
		"drift is not a job's failure": spec.PodFailurePolicy.Rules[0].Action == batch.PodFailurePolicyActionFailJob,
		"another status than of drift": len(spec.PodFailurePolicy.Rules[0].OnExitCodes.Values) == 1 && spec.PodFailurePolicy.Rules[0].OnExitCodes.Values[0] == 2,
		"the policy's container":       *spec.PodFailurePolicy.Rules[0].OnExitCodes.ContainerName == container.Name,
		"the URL is not in a secret":   container.Env[0].Value == "" && container.Env[0].ValueFrom.SecretKeyRef != nil,
	} {
		if !is {
			t.Error(what)
		}
	}
}

// The very command of the job tells drift from none and from an error, as the job's user, where there is nothing
// but the program and the spec.
func TestCronJobRuns(t *testing.T) {
	t.Parallel()
	root := image(t)
	server := warehouse(t)
	status, found := check(t, root, server)
	if status != 2 || found.InSync || found.Counts.Gives == 0 || len(found.Sources) != 1 {
		t.Fatalf("nothing was applied, and it says %d, %+v", status, found)
	}
	apply(t, root, server)
	if status, found = check(t, root, server); status != 0 || !found.InSync || len(found.Databases) != 1 {
		t.Fatalf("in sync, and it says %d, %+v", status, found)
	}
	execute(t, server, "warehouse", "GRANT DELETE ON sales.orders TO report_reader")
	if status, found = check(t, root, server); status != 2 || found.Counts.Takes != 1 || !strings.Contains(found.Databases[0].Differences[0].Summary, "DELETE") {
		t.Errorf("something was granted, and it says %d, %+v", status, found)
	}
	server.Crash()
	if status, _ = check(t, root, server); status != 1 {
		t.Errorf("the server is gone, and it says %d", status)
	}
}

// found is what of docs/check.schema.json is looked at.
type found struct {
	InSync    bool `json:"in_sync"`
	Counts    struct{ Gives, Takes, Changes int }
	Sources   []struct{ Name string }
	Databases []struct{ Differences []struct{ Summary string } }
}

// image makes a folder with what the job's container has: the program, and the spec of the ConfigMap.
func image(t *testing.T) string {
	t.Helper()
	config, job := manifests(t)
	root, err := os.MkdirTemp("", "pgsr-image-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	container := job.Spec.JobTemplate.Spec.Template.Spec.Containers[0]
	volume := job.Spec.JobTemplate.Spec.Template.Spec.Volumes[0]
	if volume.ConfigMap.Name != config.Name || volume.Name != container.VolumeMounts[0].Name {
		t.Fatalf("volume %s of %s is mounted, and there is %s", volume.Name, volume.ConfigMap.Name, config.Name)
	}
	spec := filepath.Join(root, container.VolumeMounts[0].MountPath)
	for _, dir := range []string{root, spec} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range config.Data {
		if err := os.WriteFile(filepath.Join(spec, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", filepath.Join(root, container.Command[0]), "pgsr/cmd/pgsr")
	build.Dir, build.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return root
}

// warehouse is a server with the demonstration's warehouse.
func warehouse(t *testing.T) *scratch.Server {
	t.Helper()
	server := scratchtest.Cluster(t)
	text, err := os.ReadFile("../../executor/demo/warehouse.sql")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, server, "postgres", "CREATE ROLE deployer LOGIN CREATEROLE PASSWORD '"+password+"'; CREATE ROLE reader LOGIN PASSWORD '"+password+"'")
	execute(t, server, "postgres", "CREATE DATABASE warehouse OWNER deployer")
	execute(t, server, "warehouse", "SET ROLE deployer; "+string(text))
	return server
}

func execute(t *testing.T, server *scratch.Server, database, statements string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server.URL(scratch.Superuser, database, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, statements).ReadAll(); err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
}

// command is a command of the job's container. Where we are root it has the container's user and files alone.
func command(t *testing.T, root string, server *scratch.Server, role string, args []string) *exec.Cmd {
	t.Helper()
	_, job := manifests(t)
	pod := job.Spec.JobTemplate.Spec.Template.Spec
	program := pod.Containers[0].Command[0]
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = "/", []string{pod.Containers[0].Env[0].Name + "=" + server.URL(role, "warehouse", password)}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Chroot:     root,
			Credential: &syscall.Credential{Uid: uint32(*pod.SecurityContext.RunAsUser), Gid: uint32(*pod.SecurityContext.RunAsGroup)},
		}
		return cmd
	}
	cmd.Path = filepath.Join(root, program)
	mount := pod.Containers[0].VolumeMounts[0].MountPath
	for i, arg := range cmd.Args {
		if strings.HasPrefix(arg, mount) {
			cmd.Args[i] = filepath.Join(root, arg)
		}
	}
	return cmd
}

// check runs the job.
func check(t *testing.T, root string, server *scratch.Server) (int, found) {
	t.Helper()
	_, job := manifests(t)
	cmd := command(t, root, server, "reader", job.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Args)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	if strings.Contains(stdout.String()+stderr.String(), password) {
		t.Error("the password is shown")
	}
	var out found
	status := cmd.ProcessState.ExitCode()
	if status == 1 {
		return status, out
	}
	if stderr.Len() > 0 {
		t.Errorf("it also says %s", stderr.String())
	}
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout.String(), stderr.String())
	}
	return status, out
}

// apply makes the roles be what the spec of the job says.
func apply(t *testing.T, root string, server *scratch.Server) {
	t.Helper()
	_, job := manifests(t)
	args := job.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Args
	if out, err := command(t, root, server, "deployer", []string{"apply", "--yes", "-f", args[len(args)-1]}).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
