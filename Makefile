# `make demo` and `make test` are all that one needs on a machine with Go, make and a network: they see to a PostgreSQL server, if there
# is none, with and without root's rights (.ci/server).

# Nothing here needs a C compiler, and sqlc compiles PostgreSQL's own parser for minutes if it finds one.
export CGO_ENABLED := 0

# What is compiled is the same in every folder, so that a fresh clone finds it in Go's cache.
export GOFLAGS := $(filter-out -trimpath,$(GOFLAGS)) -trimpath

GO ?= $(shell command -v go || echo /usr/local/go/bin/go)
GOFMT ?= $(shell $(GO) env GOROOT)/bin/gofmt
TESTFLAGS ?=
SYSTEMS ?= windows darwin freebsd
MODULES := examples/service examples/temporal examples/kubernetes

.PHONY: help quick demo test test-matrix test-browser test-fleets nightly bench bench-quick bench-growth build generate lint systems go release docs test-packages test-release

help:
	@echo 'make demo         watch roles being planned, applied, broken and healed on a throwaway PostgreSQL'
	@echo 'make quick        vet, the pure tests with few seeds and one test on a server, while one is at work'
	@echo 'make test         all tests, on the PostgreSQL of this machine'
	@echo 'make test-matrix  the tests that talk to a server, on PostgreSQL 14 to 18 (MAJORS="14 18" for some of them)'
	@echo 'make test-fleets  the examples that are modules of their own (a service, Temporal, Kubernetes), on the PostgreSQL of this machine'
	@echo 'make test-browser opens the html report in a real Chromium'
	@echo 'make nightly      what takes hours: the laws on 3,000 random states, all tests on PostgreSQL 14 to 18, poolers, fuzzing, the race detector'
	@echo 'make bench        measures pgsr against psql and COPY on PostgreSQL 15 and 18 (MAJORS="14 18" for others)'
	@echo 'make bench-quick  the same with small workloads, to see that it works'
	@echo 'make bench-growth how the time that pgsr itself takes grows with the size of the workloads'
	@echo 'make build        bin/pgsr'
	@echo 'make lint         formatting, go vet and golangci-lint (.golangci.yml says what for)'
	@echo 'make systems      vets everything, tests too, for Windows, macOS and FreeBSD (SYSTEMS="windows" for some of them)'
	@echo 'make release      binaries for eight systems, packages, checksums, SBOMs and a container image, in build/release'
	@echo 'make docs         the site of docs/, with search, in build/site'
	@echo 'make test-packages  builds packages and the image, installs and runs them, and removes them'
	@echo 'make test-release builds all that is released, and looks at each part; the site, too'
	@echo 'make generate     gen/ from queries/ and schema/'

# Every target needs it: what is missing is said at once, in a sentence.
go:
	@.ci/needs-go $(GO)

demo: go
	.ci/server $(GO) run ./cmd/pgsr demo

# What has not changed since it passed is not run again, as go test has it. The tests of the largest plans are left to
# make test, and the one on a server is in a package that takes little to compile.
quick: go
	$(GO) vet ./...
	$(GO) test -short -vet=off -skip '^(TestMarkdownFits|TestPageHasAtMost5MB)$$' ./planner/... ./executor/wire ./executor/inspect
	.ci/server $(GO) test -short -vet=off -run '^TestDemonstration$$' ./executor/demo

test: go
	.ci/server $(GO) test -parallel 4 -timeout 25m $(TESTFLAGS) ./...

test-matrix: go
	.ci/matrix $(GO) test -count=1 -parallel 4 -timeout 25m $(TESTFLAGS) ./executor/... ./cmd/...

# As root on Debian the package is really installed; what else is needed comes by apt.
test-packages: go
	.ci/packages $(GO) test -tags release -count=1 -run '^(TestPackages|TestImage|TestShellsComplete|TestManualIsComplete)$$' $(TESTFLAGS) ./cmd/pgsr

test-release: go
	.ci/packages $(GO) test -tags release -count=1 -timeout 60m -run '^Test(Release|Site)$$' $(TESTFLAGS) ./cmd/pgsr

test-browser: go
	.ci/browser $(GO) test -tags browser -count=1 -run 'Page|Picture' $(TESTFLAGS) ./planner/report

# Modules of their own, so that what they need is nothing that pgsr needs.
test-fleets: go
	for module in $(MODULES); do .ci/server $(GO) -C $$module test -vet=off -timeout 5m $(TESTFLAGS) ./... || exit 1; done

nightly: go
	.ci/nightly

bench: go
	.ci/bench
	.ci/bench --beside

bench-quick: go
	MAJORS=18 .ci/bench --scale 0.01 --runs 1

bench-growth: go
	.ci/bench --growth --scale 0.125 --runs 1

release: go
	.ci/release

docs: go
	.ci/docs

build: go
	$(GO) build -o bin/pgsr ./cmd/pgsr

generate: go
	$(GO) tool sqlc generate

lint: go
	@unformatted=$$($(GOFMT) -l .) && test -z "$$unformatted" || { echo "not gofmt's formatting: $$unformatted" >&2; exit 1; }
	$(GO) vet -tags browser,release ./...
	.ci/tool golangci-lint run ./...
	for module in $(MODULES); do $(GO) -C $$module vet ./... && .ci/tool -C $$module golangci-lint run ./... || exit 1; done

# vet compiles what it looks at, and runs nothing.
systems: go
	for system in $(SYSTEMS); do GOOS=$$system $(GO) vet ./... || exit 1; done
