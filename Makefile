# make run, make test: all that a checkout needs. `make help` lists the rest.

PYTHON ?= python3
PORT ?= 6543
SANDBOX_PORT ?= 6544
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --prefer-binary

.DEFAULT_GOAL := help
.PHONY: help run test lint bench bench-data faults clean

help:
	@echo 'make run    the whole shop on this machine, with a demo; PORT=8080 SANDBOX_PORT=8081 move it'
	@echo 'make test   everything: style, types, unit, functional, contract, browser, packaging'
	@echo 'make faults everything that can go wrong with a payment; RUNS=n SEED=n'
	@echo 'make lint   style and types alone'
	@echo 'make bench  how fast the pages, downloads, encodings, backups and a desk of a million purchases are'
	@echo 'make bench-data  a shop of 1,000,000 purchases to measure with, in var/bench'
	@echo 'make clean  remove what make made, but not the demo shop in var/'
	@echo 'PYTHON=python3.12 makes the virtual environment of another Python (3.11 or newer)'

run: $(VENV)/.installed
	@exec $(BIN)/storefront run --port $(PORT) --sandbox-port $(SANDBOX_PORT)

test: lint $(VENV)/.chromium
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=10

lint: $(VENV)/.installed-tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(VENV)/.installed-tests
	@failed=0; for part in tests.bench tests.bench.media tests.bench.backup tests.bench.admin; do \
	  $(BIN)/python -W ignore -m $$part || failed=1; done; exit $$failed

bench-data: $(VENV)/.installed-tests
	@$(BIN)/python -W ignore -m tests.bench.data

faults: $(VENV)/.installed-tests
	@$(BIN)/python -W ignore -m tests.faults $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED))

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage tests/artifacts

# The stamps: made again when what is installed may have changed.

$(VENV)/.installed: setup.py pyproject.toml
	@test -w . || { echo 'The folder $(CURDIR) cannot be written.'; exit 1; }
	@$(PYTHON) -c '' 2>/dev/null || { echo 'Storefront needs Python 3.11 or newer, and there is no $(PYTHON). Say which: make PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Storefront needs Python 3.11 or newer; this is $$($(PYTHON) --version). Say which: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'This Python has no venv or pip; on Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	@test -x $(BIN)/python || { echo 'Making a virtual environment in $(VENV)'; $(PYTHON) -m venv $(VENV); }
	@echo 'Installing what the shop needs (about a minute, once)'
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-tests: $(VENV)/.installed
	@echo 'Installing what the tests need'
	@$(PIP) --editable '.[tests]'
	@touch $@

$(VENV)/.chromium: $(VENV)/.installed-tests
	@$(BIN)/python tests/browser/get_chromium.py
	@touch $@
