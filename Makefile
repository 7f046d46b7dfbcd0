# Two commands for everybody: `make demo` and `make test`. They need Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
BIN    := .venv/bin
export PYTHONHASHSEED ?= 0

.PHONY: demo test check bench eval lint types contracts format lock clean

demo: .venv/run.ready            ## build the snapshot, simulate a market, scan it, show what was found
	@$(BIN)/python tools/demo.py

test: .venv/dev.ready            ## every test
	@$(BIN)/python -m pytest

check: lint types contracts      ## format, lint, types, import contracts

lint: .venv/dev.ready
	@$(BIN)/ruff format --check src tests tools bench
	@$(BIN)/ruff check src tests tools bench

types: .venv/dev.ready
	@$(BIN)/mypy

contracts: .venv/dev.ready
	@$(BIN)/lint-imports

bench: .venv/dev.ready           ## speed and memory, beside peers
	@$(BIN)/python bench/run.py

eval: .venv/dev.ready            ## quality on data the code was not tuned on
	@$(BIN)/python bench/quality.py

format: .venv/dev.ready
	@$(BIN)/ruff format src tests tools bench
	@$(BIN)/ruff check --fix src tests tools bench

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Countermark needs Python 3.11 or newer; set PYTHON=python3.11")'
	@$(PYTHON) -m venv .venv

.venv/run.ready: requirements/run.txt pyproject.toml | .venv/bin/python
	@echo "Setting up (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.ready: requirements/dev.txt .venv/run.ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

lock:                            ## renew the pinned requirements (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate pyproject.toml requirements/build.in --group dev --group bench -c requirements/run.txt -o requirements/dev.txt

clean:
	rm -rf .venv demo build
