# Everything here works on a fresh machine with Python 3.11 or newer, make and the package registry.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
# More than a small machine has cores: a story waits for half of its time.
WORKERS ?= 3

.PHONY: help demo test soak lint types format bench docs deploy-check audit judges requirements clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "pubflow needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): $(BIN)/python requirements/runtime.txt requirements/build.txt pyproject.toml
	@echo "installing pubflow into $(VENV) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/runtime.txt -r requirements/build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q bot  # the first start is then as fast as every other
	@touch $@

$(DEVELOPMENT): $(RUNTIME) requirements/dev.txt
	@echo "installing the tools for tests, lint and types ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(RUNTIME) $(VENV)/.demo  ## the whole product on this machine, without an account
	@$(BIN)/pubflow demo $(ARGS)

test: $(DEVELOPMENT) judges  ## every test but the long ones
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not soak" $(ARGS)

soak: $(DEVELOPMENT) judges  ## the long chaos and fuzz runs
	@$(BIN)/python -m pytest -m soak --hypothesis-profile=new $(ARGS)

lint: $(DEVELOPMENT)  ## style, and who may import whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache

types: $(DEVELOPMENT)  ## mypy, strict
	@$(BIN)/mypy

format: $(DEVELOPMENT)  ## put every file into shape
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(DEVELOPMENT) judges  ## measure, beside what is measured against
	@$(BIN)/python -m benchmarks.ingest $(ARGS)
	@$(BIN)/python -m benchmarks.analysis $(ARGS)
	@$(BIN)/python -m benchmarks.dashboard $(ARGS)
	@$(BIN)/python -m benchmarks.organisation $(ARGS)

docs: $(RUNTIME) $(VENV)/.docs  ## the documentation as a site, in build/docs/site
	@rm -rf build/docs && mkdir -p build/docs && cp -R docs zensical.toml build/docs
	@cd build/docs && ../../$(BIN)/zensical build --strict

deploy-check: $(DEVELOPMENT) $(VENV)/.deploy  ## image, compose, chart, units and proxies, by the tools that know them
	@JUDGES=all $(BIN)/python -m pytest tests/deploy $(ARGS)

audit: $(RUNTIME) $(VENV)/.audit  ## known vulnerabilities among the pinned dependencies; asks an advisory database
	@for file in requirements/*.txt; do \
	  $(BIN)/pip-audit --disable-pip --require-hashes --progress-spinner off -r $$file || exit 1; done

$(VENV)/.demo $(VENV)/.docs $(VENV)/.deploy $(VENV)/.audit: $(VENV)/.%: requirements/%.txt $(RUNTIME)
	@echo "installing the tools for $* ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@

judges: $(DEVELOPMENT)
	@$(BIN)/python tests/ensure_judges.py

requirements: $(DEVELOPMENT)  ## pin every dependency anew, with hashes
	@$(BIN)/python requirements/pin.py

clean:  ## remove what was built, installed and cached
	@rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
