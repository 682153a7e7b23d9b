# make test installs what is missing and runs every check; make help lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

# Pinned, so that a check that passes today passes tomorrow.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# It has the same staticcheck in it.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
# The database of known vulnerabilities is also a module: this version of it is used where
# the current one can't be reached.
VULNDB := golang.org/x/vulndb
VULNDB_VERSION := v0.0.0-20261105234957-e22db6528018
# Taken from npm if the machine's own Node is older than 20, as on Debian 12.
NODE := 22.23.3

FUZZTIME ?= 20s
BENCHTIME ?= 1s
# How long each of the two short tortures runs.
TORTURE ?= 70s
# How many packages are built and tested at once.
P ?= 2

# The tree may be a copy without its Git history.
export GOFLAGS += -buildvcs=false
export TIMEFORMAT :=   %1R s, %1U s of CPU time

# All but the tools of tests: checks do not build Kubernetes. The proxies' test builds Caddy.
MODULES := $(filter-out ./test/cluster/tools/ ./test/proxies/tools/,$(sort $(dir $(shell find . -name go.mod -not -path '*/node_modules/*'))))
# All but the browser tests, which are a target of their own.
UNIT := $(filter-out ./test/browser/,$(MODULES))
# These run beside the others: mostly they wait for processes that they start. The last two do not, and
# make both lanes about equally long.
WAITING := ./test/compose/ ./test/deploy/ ./test/proxies/ ./test/monitoring/ ./pkg/store/mongostore/ferrettest/
COMPUTING := $(filter-out $(WAITING),$(UNIT))
# Packages that begin before the others of their module, since they take longer than those together
# would if they came last.
FIRST := ./test/system
# How make, Go and Node say that something failed.
FAILURES := '^(make.*\*\*\*|FAIL[[:space:]]|[[:space:]]*--- FAIL|panic: |[[:space:]]*✖)'
# $(call race,P,MODULES) tests modules one after the other, P packages of each at once.
race = @rc=0; for m in $(2); do \
	echo "go test -race $$m"; first=; [ "$$m" != ./ ] || first='$(FIRST)'; \
	time (cd $$m && go test -race -p $(1) -timeout 45m $$first ./...) || rc=$$?; \
	done; exit $$rc
# $(call beside,TARGETS,OTHERS) makes the others meanwhile, and prints what they print at the end.
# One failure hides no other, in either.
beside = @out=$$(mktemp); other=; trap 'rm -f "$$out"; [ -z "$$other" ] || kill $$other' EXIT; rc=0; \
	$(MAKE) --no-print-directory --keep-going $(2) >"$$out" 2>&1 & other=$$!; \
	$(MAKE) --no-print-directory --keep-going $(1) || rc=$$?; \
	wait $$other || rc=$$?; other=; \
	cat "$$out"; exit $$rc
GOFILES = find . -name '*.go' -not -path '*/node_modules/*' -print0

.PHONY: help
help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

.PHONY: run
run: ## run Parley: NATS, store and all roles in one process
	go run .

# One failure hides no other: whatever can still run does, and what failed is listed at the
# end. Nothing is tried a second time, since what failed once is a failure.
.PHONY: test
test: ## set up what is missing, then check and test everything
	@log=$$(mktemp); trap 'rm -f "$$log"' EXIT; rc=0; \
	$(MAKE) --no-print-directory --keep-going everything 2>&1 | tee "$$log" || rc=$$?; \
	if [ $$rc != 0 ]; then \
		echo 'What failed:'; grep -aE $(FAILURES) "$$log" || true; exit $$rc; \
	fi; \
	echo 'Everything passes.'

# The last two have the machine to themselves: counts of allocations are compared, and systems
# under torture have to come to rest.
.PHONY: everything
everything: setup lanes allocations-check torture

# What waits for browsers and processes leaves the machine idle for most of the time, and runs
# beside what computes. Both need the packages of the program: those are compiled once, before.
.PHONY: lanes
lanes: | setup
	@echo 'go build ./'; time go build ./... || true # each lane says so too
	$(call beside,check unit-web unit-computing,browser unit-waiting)

# The tests start the proxies themselves: what Debian starts as a service is stopped again.
.PHONY: setup
setup: ## install what the tests need and the machine lacks (Debian, as root)
	@need=(); \
	has() { command -v "$$1" >/dev/null; }; \
	[ -n "$${CHROMIUM:-}" ] || has chromium || has chromium-browser || has google-chrome || need+=(chromium fonts-dejavu-core); \
	has node || need+=(nodejs); \
	has npm || need+=(npm); \
	has gcc || need+=(gcc libc6-dev); \
	serve=(); \
	has nginx || [ -x /usr/sbin/nginx ] || serve+=(nginx); \
	has haproxy || [ -x /usr/sbin/haproxy ] || serve+=(haproxy); \
	need+=("$${serve[@]}"); \
	[ -x /usr/sbin/apache2 ] || need+=(apache2-bin); \
	if [ $${#need[@]} -gt 0 ]; then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -q; \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends ca-certificates "$${need[@]}"; \
		for s in "$${serve[@]}"; do $$sudo systemctl disable -q --now "$$s" 2>/dev/null || true; done; \
	fi

# npm records in this file what it installed.
web/node_modules/.package-lock.json: web/package.json web/package-lock.json | setup
	cd web && npm ci --no-progress
	@touch $@

.PHONY: check
check: check-format check-vet check-web check-lint check-static check-vulns ## all checks that read the code without running it

.PHONY: check-format
check-format:
	@bad=$$($(GOFILES) | xargs -0 gofmt -l); \
	if [ -n "$$bad" ]; then echo "Not formatted (make fmt):"; echo "$$bad"; exit 1; fi

.PHONY: check-vet
check-vet:
	@rc=0; for m in $(MODULES); do echo "go vet $$m"; time (cd $$m && go vet -p $(P) ./...) || rc=$$?; done; exit $$rc

# .golangci.yml says what it looks for, and why the nested modules do without it.
.PHONY: check-lint
check-lint:
	@echo 'golangci-lint ./'; time go run $(GOLANGCI) run ./...

.PHONY: check-static
check-static:
	@rc=0; for m in $(filter-out ./,$(MODULES)); do echo "staticcheck $$m"; time (cd $$m && go run $(STATICCHECK) ./...) || rc=$$?; done; exit $$rc

# Whether the program calls anything with a known hole, the standard library of the
# toolchain that go.mod and the image name included.
# Exit code 3 of govulncheck: it does. Any other: it could not look.
.PHONY: check-vulns
check-vulns:
	@tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	export GOBIN=$$tmp GOTOOLCHAIN=$$(sed -n 's/^toolchain //p' go.mod); go install $(GOVULNCHECK); \
	echo 'govulncheck ./'; rc=0; $$tmp/govulncheck ./... || rc=$$?; \
	if [ $$rc != 0 ] && [ $$rc != 3 ]; then \
		echo 'The database can not be reached. Looking into its copy, $(VULNDB_VERSION).'; \
		copy=$$(go mod download -json $(VULNDB)@$(VULNDB_VERSION) | sed -nE 's/.*"Dir": "([^"]*)".*/\1/p'); \
		go install $(VULNDB)/cmd/indexdb@$(VULNDB_VERSION); \
		$$tmp/indexdb -vulns "$$copy/data/osv" -out "$$tmp/db"; \
		rc=0; $$tmp/govulncheck -db "file://$$tmp/db" ./... || rc=$$?; \
	fi; \
	exit $$rc

.PHONY: check-web
check-web: web/node_modules/.package-lock.json
	@echo 'types of web'; time (cd web && npm run --silent check)

.PHONY: unit
unit: unit-web unit-go ## the tests of all modules, with the race detector, and of the pages' scripts

.PHONY: unit-web
unit-web: web/node_modules/.package-lock.json
	@cd web; \
	if [ "$$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; then node --test --test-reporter=spec test/*.test.js; \
	else npx --yes --package node@$(NODE) -- node --test --test-reporter=spec test/*.test.js; fi

.PHONY: unit-go
unit-go: | setup
	$(call beside,unit-computing,unit-waiting)

.PHONY: unit-computing
unit-computing: | setup
	$(call race,$(P),$(COMPUTING))

.PHONY: unit-waiting
unit-waiting: | setup
	$(call race,1,$(WAITING))

# Never cached: Go does not know that the result depends on the program that the tests build.
.PHONY: browser
browser: | setup ## run the stories in real browsers
	@time (cd test/browser && go test -count=1 -timeout 45m ./...)

# One fixed seed, and one that is new each time and printed: two systems at once, since each leaves
# the machine idle for most of the time.
.PHONY: torture
torture: | setup ## about two minutes of faults in two whole systems, after which every promise is checked
	@dir=$$(mktemp -d); other=; trap 'rm -rf "$$dir"; [ -z "$$other" ] || kill $$other' EXIT; \
	(cd test/load && go build -o "$$dir/torture" ./cmd/torture); \
	short="-length $(TORTURE) -every 3s -visitors 30 -rate 30"; rc=0; \
	time { "$$dir/torture" -seed 1 $$short >"$$dir/out" 2>&1 & other=$$!; \
		"$$dir/torture" -signed $$short || rc=$$?; \
		wait $$other || rc=$$?; other=; cat "$$dir/out"; }; \
	exit $$rc

.PHONY: torture-long
torture-long: | setup ## the same for forty minutes, with more than 100,000 messages
	cd test/load && go run ./cmd/torture -length 42m -every 5s -visitors 60 -agents 8 -rate 62

.PHONY: hostile
hostile: | setup ## play the attacks of one stranger on the whole program, beside honest visitors (long)
	cd test/load && go run ./cmd/hostile

.PHONY: mutants
mutants: | setup ## take one mechanism at a time out of Parley: the torture must notice each (long)
	cd test/load && go run ./cmd/mutants

# Exit code 3: no Docker engine can run here.
.PHONY: compose
compose: ## build the image and bring up the compose file on a real Docker engine (Debian, as root)
	@need=(); \
	has() { command -v "$$1" >/dev/null; }; \
	has dockerd || has docker || need+=(docker.io iptables); \
	has docker-compose || docker compose version >/dev/null 2>&1 || need+=(docker-compose); \
	has busybox || need+=(busybox-static); \
	if [ $${#need[@]} -gt 0 ]; then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -q; \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends ca-certificates "$${need[@]}"; \
	fi
	cd test/compose && go run ./cmd/up

# Exit code 3: no cluster can run here.
.PHONY: cluster
cluster: ## start Kubernetes with three nodes here, apply the manifests, and break things (Debian, as root; long)
	@need=(); \
	has() { command -v "$$1" >/dev/null; }; \
	has containerd || need+=(containerd); \
	has runc || need+=(runc); \
	[ -e /usr/lib/cni/ptp ] || need+=(containernetworking-plugins); \
	has iptables || need+=(iptables); \
	has nft || need+=(nftables); \
	has conntrack || need+=(conntrack); \
	has ip || need+=(iproute2); \
	has sysctl || need+=(procps); \
	has busybox || need+=(busybox-static); \
	if [ $${#need[@]} -gt 0 ]; then \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -q; \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends ca-certificates "$${need[@]}"; \
	fi
	cd test/cluster && go run ./cmd/up $(if $(TOOLS),-tools $(abspath $(TOOLS)))

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME
	@grep -rlE '^func Fuzz' --include='*_test.go' --exclude-dir=node_modules . | sort | while read -r file; do \
		for name in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$$file"); do \
			echo "$$(dirname "$$file") $$name"; \
			(cd "$$(dirname "$$file")" && go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) .) </dev/null; \
		done; \
	done

.PHONY: bench
bench: ## run all benchmarks
	@for m in $(UNIT); do (cd $$m && go test -run '^$$' -bench . -benchtime $(BENCHTIME) ./... | sed -E '/^(ok|\?|PASS|testing:)/d'); done

.PHONY: allocations-check
allocations-check: ## compare what the hot paths allocate with what is written down
	@echo 'allocations of the hot paths'; time go run ./test/allocations

.PHONY: allocations
allocations: ## write down what the hot paths allocate now (test/allocations/allocations.txt)
	@go run ./test/allocations -accept

.PHONY: fmt
fmt: ## format the Go code
	@$(GOFILES) | xargs -0 gofmt -w
