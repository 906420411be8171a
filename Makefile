## make run    set up and start the line on this machine
## make test   set up and run every test
## make check  linters, types, import contracts
## make audit  known vulnerabilities of the pinned packages, and secrets in tracked files
## make bench  how fast it is, as ratios taken in one run, and which goals are reached
## make bench-servers  other servers beside ours, with the same work
## make setup  only set up
.DEFAULT_GOAL := help
.PHONY: help setup run test check audit bench bench-servers

# The first that really runs and is new enough; 3.12 and 3.11 have wheels of everything.
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3.12 python3.11 python3 python3.13; do \
  $$p $(NEW_ENOUGH) 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Each process has a Redis and a copy of the clips; more than eight were not tried.
ON_ALL_CORES := --numprocesses logical --maxprocesses 8 --dist worksteal

help:
	@sed -n 's/^## //p' Makefile

$(BIN)/python:
	@test -n "$(PYTHON)" && "$(PYTHON)" $(NEW_ENOUGH) || { \
	  echo "Python 3.11 or newer is needed. Install it, or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "This Python cannot make a virtual environment; on Debian and Ubuntu, install python3-venv." >&2; exit 2; }

# A stamp a purpose: the first `make run` need not wait for linters.
$(VENV)/.run-ready: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up .venv (once, about a minute) …"
	@$(PIP_INSTALL) --editable '.[local]'
	@touch $@

$(VENV)/.dev-ready: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up .venv for tests and checks (once, about a minute) …"
	@$(PIP_INSTALL) --editable '.[local,dev]'
	@touch $@ $(VENV)/.run-ready $(VENV)/.audit-ready

$(VENV)/.audit-ready: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up .venv for the audit …"
	@$(PIP_INSTALL) --editable '.[audit]'
	@touch $@

$(VENV)/.bench-ready: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up .venv for the comparison of servers …"
	@$(PIP_INSTALL) --editable '.[local,dev,bench]'
	@touch $@ $(VENV)/.run-ready $(VENV)/.dev-ready $(VENV)/.audit-ready

setup: $(VENV)/.dev-ready

run: $(VENV)/.run-ready
	@$(BIN)/ivr dev

test: $(VENV)/.dev-ready
	@$(BIN)/python -m pytest $(ON_ALL_CORES) -m "not alone" --cov --cov-report= --cov-fail-under=0
	@echo "Now those that want the machine for themselves …"
	@$(BIN)/python -m pytest -m alone --cov --cov-append --cov-report=term

check: $(VENV)/.dev-ready
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

audit: $(VENV)/.audit-ready
	@$(BIN)/python .ci/audit.py

# For one part: make bench BENCH="--only turns"; the carrier and the voice are measured with all of it only.
bench: $(VENV)/.dev-ready
	@missed=0; if [ -z '$(BENCH)' ]; then \
	  for each in tests/benchmarks/bench_*.py; do $(BIN)/python $$each || missed=1; done; fi; \
	$(BIN)/python -m tests.benchmarks $(BENCH) && exit $$missed

bench-servers: $(VENV)/.bench-ready
	@$(BIN)/python -m tests.benchmarks.servers $(BENCH)
