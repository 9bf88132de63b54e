// Command temporal is a worker for Temporal that makes the roles of many clusters be what their specs say: it plans on
// each, waits until someone approves of the plan by its digest, and applies exactly that. README.md says how to run it.
package main

import (
	"cmp"
	"flag"
	"log"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

func main() {
	address := flag.String("address", cmp.Or(os.Getenv("TEMPORAL_ADDRESS"), client.DefaultHostPort), "of Temporal's frontend")
	namespace := flag.String("namespace", cmp.Or(os.Getenv("TEMPORAL_NAMESPACE"), client.DefaultNamespace), "in Temporal")
	queue := flag.String("task-queue", "pgsr", "that workflows of fleets are started on")
	config := flag.String("config", "clusters.json", "the clusters that this worker knows")
	flag.Parse()
	if err := run(*address, *namespace, *queue, *config); err != nil {
		log.Fatal(err)
	}
}

// run works until it is interrupted. What an activity is doing then is rolled back, and tried again by another worker.
func run(address, namespace, queue, config string) error {
	clusters, err := readClusters(config)
	if err != nil {
		return err
	}
	temporal, err := client.Dial(client.Options{HostPort: address, Namespace: namespace})
	if err != nil {
		return err
	}
	defer temporal.Close()
	w := worker.New(temporal, queue, worker.Options{})
	w.RegisterWorkflow(Fleet)
	w.RegisterActivity(&Activities{Clusters: clusters, LookupEnv: os.LookupEnv, LockTimeout: 30 * time.Second})
	return w.Run(worker.InterruptCh())
}
