package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"pgsr/planner/specfile"
)

// Cluster is what a worker knows of one: where it is, and what its roles are to be. Workflows know its name alone.
type Cluster struct {
	// URLEnv is the environment variable with the URL, or the keywords and values, that pgsr connects with.
	URLEnv string `json:"url_env"`
	// Specs are the files of the spec. They are read for each plan, passwords are not.
	Specs []string `json:"specs"`
	// MaxRevokes refuses a plan after which roles have lost more; nil: anything.
	MaxRevokes *int `json:"max_revokes"`
}

// readClusters reads a worker's configuration. Files of specs are looked for where it is.
func readClusters(name string) (map[string]Cluster, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var config struct {
		Clusters map[string]Cluster `json:"clusters"`
	}
	if err := decoder.Decode(&config); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for cluster, c := range config.Clusters {
		if c.URLEnv == "" || len(c.Specs) == 0 {
			return nil, fmt.Errorf("%s: cluster %q needs url_env and specs", name, cluster)
		}
		for i, path := range c.Specs {
			if !filepath.IsAbs(path) {
				c.Specs[i] = filepath.Join(filepath.Dir(name), path)
			}
		}
	}
	if len(config.Clusters) == 0 {
		return nil, errors.New(name + ": it names no clusters")
	}
	return config.Clusters, nil
}

// files reads the files of the spec.
func (c Cluster) files() ([]specfile.File, error) {
	var files []specfile.File
	for _, path := range c.Specs {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, specfile.File{Name: filepath.Base(path), Data: data})
	}
	return files, nil
}
