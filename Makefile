# One verb each. What a verb needs, it installs first; `python3` and `make` are all it takes.

PYTHON ?= python3
SEEDS ?= 2000
SCHEDULES ?= 5000
# Most tests wait more than they compute, for vendors that hang and deploys that bake: see tests/spread.py.
WORKERS ?= 4
BIN := .venv/bin
SETUP := $(PYTHON) bin/setup.py
PYTEST := $(BIN)/python -m pytest
# The CDK CLI and aws-cdk-lib both start `node`, and ours is in .venv.
CDK := PATH="$(CURDIR)/$(BIN):$$PATH" CDK_DISABLE_CLI_TELEMETRY=true $(BIN)/cdk

# A topic is other people's text: it is read as it stands, never expanded by make, and reaches the
# program through the environment, never through the text of a shell command.
override TOPIC := $(value TOPIC)
override BRIEF := $(or $(value BRIEF),$(if $(value TOPIC),,examples/briefs/why-the-sea-rises-twice-a-day.md))
override ENV := $(value ENV)
export TOPIC BRIEF ENV

# Hundreds of processes are started here; without bytecode each would compile everything that it loads.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help video test setup fmt lint type unit contract infra e2e chaos simulate synth deploy bench docs lock ci clean

help: ## show these verbs
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

video: ## make a video: TOPIC="…" or BRIEF=file.md, and ARGS="--aspect 9:16 --duration 30"
	@$(SETUP) runtime render speech
	@set -- $(ARGS); \
	if [ -n "$$BRIEF" ]; then set -- "$$@" --brief "$$BRIEF"; fi; \
	if [ -n "$$TOPIC" ]; then set -- "$$@" -- "$$TOPIC"; fi; \
	exec $(BIN)/reelwright make "$$@"

test: lint type ## everything that CI checks, a real deploy to the emulator included: WORKERS=4
	REELWRIGHT_E2E=1 $(PYTEST) --numprocesses $(WORKERS)

setup: ## install everything into .venv, from the locks
	@$(SETUP) runtime render speech aws infra dev emulator

fmt: setup ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

lint: setup ## style, format, the direction of imports, and prompts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/reelwright prompts lint --strict prompts

type: setup ## static types
	$(BIN)/mypy

unit: setup ## tests of single parts
	$(PYTEST) tests/unit

contract: setup ## one suite over every implementation of a port
	$(PYTEST) tests/contract

infra: setup ## promises of the synthesised templates
	$(PYTEST) tests/infra

e2e: setup ## the whole program from outside, and a real deploy to the emulator
	REELWRIGHT_E2E=1 $(PYTEST) tests/e2e

chaos: setup ## calls over the wire to simulated vendors that fail at random: SCHEDULES=5000
	$(BIN)/python -m tests.chaos --schedules $(SCHEDULES) --jobs 2 $(ARGS)

simulate: setup ## whole productions in a seeded world of faults: SEEDS=20000
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) $(ARGS)

synth: ## write the CloudFormation template of ENV=dev|staging|prod to cdk.out
	@$(SETUP) runtime infra
	$(CDK) synth --quiet --no-notices --context bundling=off --context "env=$$ENV" $(ARGS)

deploy: ## deploy ENV=dev|staging|prod with your AWS credentials
	@$(SETUP) runtime aws infra
	$(CDK) deploy --no-notices --context "env=$$ENV" $(ARGS)

bench: ## measure speed beside other ways, as ratios in one run
	@$(SETUP) runtime render speech dev bench emulator
	$(BIN)/python -m tests.bench.imports --peers .venv-bench/bin/python
	$(BIN)/python -m tests.bench.config_speed --peers .venv-bench/bin/python
	$(BIN)/python -m tests.bench.call_speed --peers .venv-bench/bin/python
	$(BIN)/python -m tests.bench.flag_speed --peers .venv-bench/bin/python
	$(BIN)/python -m tests.bench.prompt_speed --peers .venv-bench/bin/python
	$(BIN)/python -m tests.bench.prompt_tokens --peers .venv-bench/bin/python
	$(BIN)/python -m tests.bench.ledger_speed
	$(BIN)/python -m tests.bench.word_timing
	$(BIN)/python -m tests.bench.video_speed --peers .venv-bench/bin/python $(ARGS)

docs: setup ## write the generated pages and schemas
	$(BIN)/python bin/docs.py

lock: setup ## resolve pyproject.toml and package.json into locks again
	$(BIN)/python bin/lock.py

ci: ## what the CI machine runs
	.ci/run

clean: ## remove what was installed and built; productions in out/ stay
	rm -rf .venv .venv-bench .venv-emulator node_modules cdk.out .bundles dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
