# Every target sets up what it needs and may be run again: what is done already takes no time.

PYTHON ?= python3
PYTEST_ARGS ?=
LOCK_ARGS ?=
SOAK_INVOCATIONS ?= 50000
export PYTHON

BIN := .venv/bin

.PHONY: help demo test soak layer sweeper package docs bench bench-quick picture lint format lock clean

help:  ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo:  ## See it work: a Lambda sandbox, an extension, a gateway, on this machine
	@.ci/venv telemap build
	@$(BIN)/telemap demo

test:  ## Run all tests against real servers, with branch coverage (PYTEST_ARGS="-k name")
	@.ci/venv dev
	@.ci/servers
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

soak:  ## Live hours of sandbox life in minutes, and fuzz the listener (SOAK_INVOCATIONS=50000 SOAK_SEED=4)
	@.ci/venv dev
	@SOAK_INVOCATIONS=$(SOAK_INVOCATIONS) $(BIN)/python -m pytest -s --durations=0 --durations-min=1 \
		tests/soak tests/lambda/test_soak.py tests/lambda/test_listener_fuzz.py $(PYTEST_ARGS)

layer:  ## Build the Lambda layer, dist/telemap-layer.zip, for the Python at hand (PYTHON=python3.13 for another)
	@.ci/venv telemap build
	@$(BIN)/python deploy/build_layer.py $(if $(filter file,$(origin PYTHON)),,--python $(PYTHON)) dist/telemap-layer.zip

sweeper:  ## Build the scheduled sweeper, dist/telemap-sweeper.zip, a Lambda function of its own
	@.ci/venv telemap build
	@$(BIN)/python deploy/build_sweeper.py dist/telemap-sweeper.zip

docs:  ## Build the documentation as a site, build/site, and fail on a link that leads nowhere
	@.ci/venv dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

package:  ## Build the wheel and the sdist in dist/, and check what an index would ask of them
	@.ci/venv dev
	@$(BIN)/python -m build --no-isolation --outdir dist
	@$(BIN)/twine check --strict dist/telemap-*.whl dist/telemap-*.tar.gz

bench: layer  ## Hold telemap's cost to its targets, against the same work done otherwise
	@.ci/venv dev
	@$(BIN)/python benchmarks/run.py

bench-quick: layer  ## The same in short: decoding, applying, rendering, the start
	@.ci/venv dev
	@$(BIN)/python benchmarks/run.py --effort quick

picture:  ## Draw the dashboard's pictures, docs/pictures, from a real Prometheus that sandboxes feed (2 minutes)
	@.ci/venv dev
	@.ci/servers
	@cd tests && ../$(BIN)/python -m dashboard.draw

lint:  ## Check style, format, types, and that the locks fit pyproject.toml
	@.ci/venv dev
	$(BIN)/python .ci/locks check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format:  ## Format the code and mend what can be mended
	@.ci/venv dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock:  ## Lock what pyproject.toml asks for, keeping versions (LOCK_ARGS=--upgrade for newer ones)
	@.ci/venv dev
	@$(BIN)/python .ci/locks write $(LOCK_ARGS)

clean:  ## Remove all that was made
	rm -rf .venv .cache build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
