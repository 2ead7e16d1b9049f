# One command each, and each sets up what it needs in $(VENV). See README.md.

VENV ?= .venv
BIN := $(VENV)/bin
PREPARE := tools/prepare-environment.sh $(VENV)
JOBS ?= auto
EXERCISE ?= first-exercise
# Written by npm when it is done; older than the lock, something has changed.
PACKAGES = { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error; }

.DEFAULT_GOAL := help
.PHONY: help study serve web test check fix docs bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

study: ## Run the European study; the report is out/europe/report.html
	@$(PREPARE) requirements.txt
	$(BIN)/synaspis study europe --out out/europe

serve: web ## Open an exercise on this machine: both centres, the globe, a link for each cell (EXERCISE=id)
	@$(PREPARE) requirements.txt
	$(BIN)/synaspis serve --exercise $(EXERCISE) --data out/serve-$(EXERCISE)

web: ## Build the page of the globe into web/dist
	@node=$$(tools/prepare-node.sh $(VENV)) && cd web && PATH="$$node:$$PATH" && \
	npm ci --no-audit --no-fund --loglevel=error && npm run --silent build

test: ## Run every test
	@$(PREPARE) requirements-test.txt
	@$(BIN)/python benchmarks/exchange/environment.py || echo "no taky server: tests with it are left out" >&2
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

check: ## Format, lint, types, layers
	@$(PREPARE) requirements-test.txt
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/repo/test_layers.py tests/repo/test_size.py tests/repo/test_hygiene.py
	@if command -v npm >/dev/null; then cd web && $(PACKAGES) && npm run --silent check; \
	else echo "The page is not checked: there is no npm (Node 20.19 or newer)"; fi

fix: ## Format, and mend what the linter can mend
	@$(PREPARE) requirements-test.txt
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: ## Build the documentation into docs/_build/html; a warning is an error
	@$(PREPARE) requirements-docs.txt
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

bench: ## Measure the speed, side by side with other programs
	@$(PREPARE) requirements-bench.txt
	$(BIN)/python -m pytest benchmarks

lock: ## Write the hash-locked requirements anew (needs uv)
	tools/lock-requirements.sh

clean: ## Remove the environment, built documents and caches, but no results
	rm -rf $(VENV) docs/_build docs/reference/generated build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf web/dist web/node_modules
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
