# Every target sets up what it needs, and skips what is already done.

PYTHON ?= python3
PYTEST_ARGS ?=
LOCK_ARGS ?=
ARCH ?=
SOAK_INVOCATIONS ?= 50000
# Four for each core: tests that start processes and servers wait for them more than half of their time.
TEST_WORKERS ?= $(shell echo $$(( $$(nproc) * 4 )))
SEEDS ?= 10000
SEED ?=
export PYTHON
unexport PYTHONDONTWRITEBYTECODE  # cached bytecode halves the time to collect tests

BIN := .venv/bin

.PHONY: help demo test test-fast coverage soak simulate layer sweeper package release names playground docs tables bench bench-quick bench-playground picture lint format lock clean

help:  ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo:  ## Show telemap at work: a Lambda sandbox, the extension and a gateway on this machine
	@.ci/venv telemap build
	@$(BIN)/telemap demo

test:  ## Run all tests against real servers (PYTEST_ARGS="-k name")
	@.ci/venv dev release
	@.ci/servers
	$(BIN)/python -m pytest --numprocesses=$(TEST_WORKERS) --dist=loadfile --no-loadscope-reorder $(PYTEST_ARGS)

coverage:  ## Run the tests that start no process, with branch coverage
	@.ci/venv dev
	$(BIN)/python -m pytest -m "not integration" --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

test-fast:  ## Run the unit tests and cases that start no process and use no network (PYTEST_ARGS="-k name")
	@.ci/venv dev
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal --hypothesis-profile=fast -m "not integration" \
		tests/unit tests/cases tests/playground/test_session.py tests/playground/test_session_any_text.py \
		tests/simulation/test_lives.py tests/simulation/test_stories.py $(PYTEST_ARGS)

soak:  ## Run hours of sandbox life in minutes, fuzz the listener, and try many examples of each property (SOAK_INVOCATIONS=50000 SOAK_SEED=4)
	@.ci/venv dev
	@SOAK_INVOCATIONS=$(SOAK_INVOCATIONS) $(BIN)/python -m pytest -s --durations=0 --durations-min=1 \
		tests/soak tests/lambda/test_soak.py tests/lambda/test_listener_fuzz.py $(PYTEST_ARGS)
	$(BIN)/python -m pytest --numprocesses=auto --hypothesis-profile=thorough -m "not integration" tests/unit $(PYTEST_ARGS)

simulate:  ## Play lives in simulated time, with faults drawn from seeds (SEEDS=10000), or tell one (SEED=123)
	@.ci/venv dev
	@cd tests/support && ../../$(BIN)/python -m simulation $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

# Only PYTHON= on the command line asks for the thin layer: elsewhere, PYTHON is the interpreter of .venv.
layer:  ## Build the Lambda layers for every runtime, dist/telemap-layer-{x86_64,arm64}.zip (ARCH=all for one; PYTHON=python3.13 without Python)
	@.ci/venv telemap build
	@$(BIN)/python deploy/build_layer.py $(addprefix --arch ,$(ARCH)) $(if $(findstring command,$(origin PYTHON)),--python $(PYTHON)) dist

sweeper:  ## Build the scheduled sweeper, dist/telemap-sweeper.zip, a separate Lambda function
	@.ci/venv telemap build
	@$(BIN)/python deploy/build_sweeper.py dist/telemap-sweeper.zip

playground:  ## Build the playground: as static files, build/playground, and the page that `telemap playground` serves
	@.ci/venv dev
	@.ci/node
	@node playground/site.mjs --page engine/telemap/playground/page

docs:  ## Build the documentation site, build/site, with the playground if there is Node.js, and fail on broken links
	@.ci/venv dev
	@! .ci/node || node playground/site.mjs
	@PLAYGROUND=$$(.ci/node 2>/dev/null && echo build/playground) NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

tables:  ## Regenerate the schema and the tables of the reference from the language and the settings
	@.ci/venv dev
	@cd tests/support && ../../$(BIN)/python -m word_tables

package:  ## Build the wheel and the sdist in dist/, with the playground if there is Node.js, and check their metadata
	@.ci/venv dev
	@if .ci/node; then $(MAKE) --no-print-directory playground; else echo "telemap playground will not work in this wheel" >&2; fi
	@$(BIN)/python -m build --no-isolation --outdir dist
	@$(BIN)/twine check --strict dist/telemap-*.whl dist/telemap-*.tar.gz

release: package layer sweeper  ## Build all that a release publishes, with a bill of materials and checksums, in dist/release
	@.ci/venv release
	@$(BIN)/python .ci/release/release.py collect

names:  ## Write the names in pyproject.toml, by which users install telemap, into all samples
	@.ci/venv dev
	@$(BIN)/python .ci/release/release.py names

bench: layer  ## Benchmark telemap against its targets and against alternatives
	@.ci/venv dev
	@$(BIN)/python benchmarks/run.py

bench-quick: layer  ## Run the short benchmark: decoding, applying, rendering, the start
	@.ci/venv dev
	@$(BIN)/python benchmarks/run.py --effort quick

bench-playground: playground  ## Measure the playground against what it may cost: bytes, and milliseconds in a browser
	@.ci/servers chromium
	@node benchmarks/playground.mjs

picture:  ## Draw the dashboard's pictures, docs/pictures, from a real Prometheus fed by sandboxes (2 minutes)
	@.ci/venv dev
	@.ci/servers
	@cd tests/support && ../../$(BIN)/python -m dashboard.draw

lint:  ## Check style, format, types (also those of the playground, if there is Node.js), workflows, and that locks and samples match pyproject.toml
	@.ci/venv dev release
	$(BIN)/python .ci/locks check
	$(BIN)/python .ci/release/release.py check
	$(BIN)/zizmor --offline --quiet .github action.yml
	$(BIN)/python deploy/runtime_lock.py check
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@! .ci/node 2>/dev/null || playground/node_modules/.bin/tsc --noEmit --project playground

format:  ## Format the code, and apply automatic fixes
	@.ci/venv dev
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock:  ## Lock what pyproject.toml requires, keeping versions (LOCK_ARGS=--upgrade for newer ones), and the layer's newest Python
	@.ci/venv dev
	@$(BIN)/python .ci/locks write $(LOCK_ARGS)
	@$(BIN)/python deploy/runtime_lock.py write

clean:  ## Remove everything that was generated
	rm -rf .venv .cache build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
