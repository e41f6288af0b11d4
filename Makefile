# `make` alone lists the targets.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Clients that need elastic-transport 9, where elasticsearch8 needs 8.
TRANSPORT9 := .venv-transport9
PYTHONS := 3.11 3.12 3.13
ARGS ?=
SPEC ?=
SUITE ?=

.DEFAULT_GOAL := help
.PHONY: help run test check format bench docs soak openapi clients-yaml elasticsearch-py pycontribs kibana-py test-all clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## Install and serve on http://127.0.0.1:5601 (ARGS="--port 0" and the like)
	@exec $(BIN)/mockkibana serve $(ARGS)

test: $(VENV)/.dev $(TRANSPORT9)/.dev ## Run every test
	$(BIN)/python -m pytest -n 2 --ignore tests/clients/transport9 $(ARGS)
	$(TRANSPORT9)/bin/python -m pytest tests/clients/transport9

check: $(VENV)/.dev ## Lint, type-check, and check the layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Measure against an echo, in ratios of one run
	$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/.dev ## Write the tables of docs/connector-types.md and docs/jira-apis.md
	$(BIN)/python -m docs.connector_types
	$(BIN)/python -m docs.jira_apis

soak: $(VENV)/.dev ## Load a server for 10 minutes, fuzz it for 10 (SOAK_MINUTES, SOAK_FUZZ_MINUTES), ask all, kill one 200 times
	$(BIN)/python -m soak

openapi: $(VENV)/.dev ## Compare with a published OpenAPI document (SPEC=path/to/openapi.yaml)
	@$(BIN)/python -m soak.openapi "$(SPEC)" $(ARGS)

clients-yaml: $(VENV)/.dev ## Run the YAML tests that Elastic's clients share (SUITE=path/to/elasticsearch-clients-tests)
	@$(BIN)/python -m soak.clients_yaml "$(SUITE)" $(ARGS)

elasticsearch-py: $(VENV)/.dev ## Run the server and dsl tests of elasticsearch-py (SUITE=path/to/elasticsearch-py)
	@$(BIN)/python -m soak.elasticsearch_py "$(SUITE)" $(ARGS)

pycontribs: $(VENV)/.dev ## Run the tests of the client jira (SUITE=path/to/a/checkout/of/pycontribs/jira)
	@$(BIN)/python -m soak.pycontribs "$(SUITE)" $(ARGS)

kibana-py: $(TRANSPORT9)/.dev ## Run kibana-py's tests of connectors, spaces and status (SUITE=path/to/kibana-py)
	@$(TRANSPORT9)/bin/python -m soak.kibana_py "$(SUITE)" $(ARGS)

test-all: ## Run the tests on every supported Python that is installed
	@.ci/test-all $(PYTHONS)

clean: ## Remove what the other targets made
	rm -rf $(VENV) $(TRANSPORT9) $(PYTHONS:%=.venv-%) build dist *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis

%/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mockkibana needs Python 3.11 or newer: make PYTHON=/path/to/python3")'
	$(PYTHON) -m venv $*

$(VENV)/.run: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.run

$(TRANSPORT9)/.dev: setup.cfg pyproject.toml | $(TRANSPORT9)/bin/python
	$(TRANSPORT9)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[transport9]'
	@touch $@
