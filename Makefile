# Mulligan. `make help` explains the targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

TOOLS := .tools
# What the build stamps on every decision. In a source tree without git it is unknown, and says so.
BUILD := $(shell git describe --always --dirty 2>/dev/null || echo unknown)

# The functions' binaries: static, without paths of this machine, the RPC mode of old runtimes and debug tables.
FUNCTION_FLAGS := -trimpath -buildvcs=false -tags lambda.norpc -ldflags "-s -w -buildid= -X main.build=$(BUILD)"
GOARCH ?= $(shell go env GOARCH)

# The race detector needs a C compiler; where there is none, the tests run without it and say so.
CC_FOUND := $(shell command -v $$(go env CC) 2>/dev/null)
RACE := $(if $(CC_FOUND),-race)
# V=1 prints every test.
VERBOSE := $(if $(V),-v)

STATICCHECK := $(TOOLS)/bin/staticcheck
STATICCHECK_VERSION := v0.8.2

.PHONY: help
help: ## This text
	@awk -F ':.*## ' '/^[a-z][a-zA-Z0-9-]*:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build/mulligan ## Watch six failing pipelines get what they deserve, without an AWS account (Go alone)
	@build/mulligan demo

.PHONY: test
test: ## go vet and all tests that need Go alone
	go vet ./...
	@echo "tests: $(if $(RACE),with the race detector,without the race detector: no C compiler here)"
	$(if $(RACE),CGO_ENABLED=1) go test -shuffle=on $(RACE) $(VERBOSE) ./...

.PHONY: eval
eval: build/mulligan ## Score the reading of failure messages, against judgements by people (JUDGED=file.jsonl)
	@build/mulligan classify --eval $(or $(JUDGED),internal/cause/testdata/reasons.jsonl)

# What strangers can write: events and wakes, the function as a whole, failure messages, policies and policies as they stand in the
# ledger, dead letters, and what people hand in to be explained or judged again. Ten: what CI gives each adds up.
FUZZTIME ?= 60s
FUZZED := ./internal/event:FuzzParse ./internal/event:FuzzWake ./internal/retrier:FuzzInvoke ./internal/retrier:FuzzText \
  ./internal/cause:FuzzRead ./internal/policyfile:FuzzRead ./internal/policy:FuzzDecode ./internal/letters:FuzzRead \
  ./internal/explain:FuzzTell ./internal/backtest:FuzzRun
.PHONY: fuzz
fuzz: ## Feed whatever reads what strangers write with nonsense (FUZZTIME=60s each)
	@for target in $(FUZZED); do \
	  go test -list "^$${target#*:}$$" "$${target%:*}" | grep -x "$${target#*:}" >/dev/null || { echo "there is no $$target" >&2; exit 1; }; \
	  echo "go test -fuzz $${target#*:} $${target%:*}"; \
	  go test -run '^$$' -fuzz "^$${target#*:}$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x "$${target%:*}"; \
	done

# Beyond what make test has of it. RUNS=1000000 takes the better part of an hour on two cores, RUNS=10000000 a night; WIDE=1 has the
# model explore 13 million states more, in some minutes.
RUNS ?= 100000
.PHONY: prove
prove: build/mulligan ## The proof: the model, every pair of faults, RUNS=100000 drawn schedules (docs/proof.md)
	go test -count=1 -timeout 60m ./internal/model $(if $(WIDE),-model.big)
	go test -count=1 -timeout 30m ./internal/simulate -all
	build/mulligan simulate --runs $(RUNS)

.PHONY: mutants
mutants: ## Take the guards out of the code, one at a time, and show which test notices (ONLY=regexp)
	go run ./internal/mutants $(if $(ONLY),-only '$(ONLY)')

.PHONY: account
account: build/mulligan build/account ## Bring up an AWS account on this machine, IAM enforced, with Mulligan deployed in it (PORT=N, PARAMETERS='Mode=observe ...')
	@infra/local/install account
	@build/account up $(if $(PORT),--port $(PORT)) $(if $(PARAMETERS),--parameters '$(PARAMETERS)')

.PHONY: account-down
account-down: build/account ## End that account and remove what it left
	@build/account down

.PHONY: build/account
build/account:
	@CGO_ENABLED=0 go build -trimpath -buildvcs=false -o $@ ./internal/account/run

.PHONY: e2e
e2e: ## The real tools: DynamoDB Local, sam validate, build, local invoke, and deploy into a local account (installs what is missing)
	infra/local/install
	infra/local/sam validate --lint
	infra/local/sam build --parameter-overrides Architecture=$(SAM_ARCH)
	@trap 'code=$$?; infra/local/stop; exit $$code' EXIT; \
	infra/local/start; \
	echo go test -tags e2e ./internal/e2e ./internal/e2e/template; \
	go test -tags e2e -count=1 -timeout 10m $(VERBOSE) ./internal/e2e ./internal/e2e/template
	$(TOOLS)/ministack/bin/python -B -m unittest infra/local/account/test_mends.py
	@echo the account suite, in which most tests wait for something most of the time:
	go test -tags e2e -count=1 -timeout 15m -parallel 12 $(VERBOSE) ./internal/e2e/account

# SAM's word for this machine's architecture: what is invoked locally must run here.
SAM_ARCH := $(if $(filter arm64 aarch64,$(shell uname -m)),arm64,x86_64)

.PHONY: bench
bench: ## Start, speed, memory, size and AWS calls, next to a plain Go handler in the same run
	go run ./internal/bench

.PHONY: storm
storm: ## Thousands of failures at once, through the real binaries, next to a plain handler (N=10000 ONLY=Mulligan; wants infra/local/install)
	go run ./internal/storm -n $(or $(N),10000) $(if $(ONLY),-only $(ONLY))

.PHONY: lint
lint: $(STATICCHECK) ## gofmt, go vet, staticcheck, and cfn-lint where `make e2e` has installed it
	@test -z "$$(gofmt -l cmd functions internal)" || { echo "gofmt would change:"; gofmt -l cmd functions internal; exit 1; }
	go vet -tags e2e ./...
	$(STATICCHECK) -tags e2e ./...
	$(if $(wildcard $(TOOLS)/sam/bin/cfn-lint),$(TOOLS)/sam/bin/cfn-lint template.yaml,@echo "cfn-lint is not there: make e2e installs it" && exit 1)

$(STATICCHECK):
	GOBIN=$(CURDIR)/$(TOOLS)/bin go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)

.PHONY: build
build: build/retrier build/sweeper build/mulligan ## The binaries: build/retrier and build/sweeper (the functions) and build/mulligan (the operator's program)

.PHONY: build/retrier build/sweeper
build/retrier build/sweeper:
	CGO_ENABLED=0 GOOS=linux GOARCH=$(GOARCH) go build $(FUNCTION_FLAGS) -o $@ ./functions/$(notdir $@)

.PHONY: build/mulligan
build/mulligan:
	@CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.build=$(BUILD)" -o $@ ./cmd/mulligan

# For `sam build`, by the functions' names in the template: see functions/retrier/Makefile.
.PHONY: build-Retrier build-Sweeper
build-Retrier: FUNCTION := retrier
build-Sweeper: FUNCTION := sweeper
build-Retrier build-Sweeper:
	@CGO_ENABLED=0 GOOS=linux GOARCH=$(GOARCH) go build $(FUNCTION_FLAGS) -o "$(ARTIFACTS_DIR)/bootstrap" ./functions/$(FUNCTION)

.PHONY: clean
clean: ## Remove what was built and installed here
	-infra/local/stop
	-$(if $(wildcard $(TOOLS)/account),$(MAKE) --no-print-directory account-down)
	rm -rf build .aws-sam $(TOOLS)
