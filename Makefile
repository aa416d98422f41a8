# One line per task; the work is in scripts/ and in the program itself.
PORT ?= $(or $(SAMVERKAN_PORT),5000)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where the machine has no SpatiaLite and nobody may install it, it is unpacked here (scripts/system_packages.sh).
export LD_LIBRARY_PATH := $(CURDIR)/$(VENV)/system/usr/lib/x86_64-linux-gnu:$(CURDIR)/$(VENV)/system/usr/lib/aarch64-linux-gnu:$(LD_LIBRARY_PATH)
export PYTHONUTF8 := 1

.PHONY: help run test test-long lint bench clean

help:  ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

run: $(VENV)/run.ready  ## Set everything up and show the map at http://127.0.0.1:5000 (PORT=8080 for another)
	@exec $(BIN)/samverkan start --port $(PORT)

test: $(VENV)/test.ready lint  ## Set up what the tests need and run the whole suite on both databases
	@$(BIN)/pytest -n 4 --dist loadscope $(TESTS)

test-long: $(VENV)/test.ready  ## The long runs: 200 kill rounds, 100,000 fuzzed requests
	@$(BIN)/pytest -m long

lint: $(VENV)/test.ready  ## Style, types and the import stairs
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo 2>/dev/null

bench: $(VENV)/test.ready  ## Printed figures against peers, on a million reports (half an hour)
	@scripts/system_packages.sh bench
	@$(BIN)/python bench/run.py

clean:  ## Remove the environment; what was stored stays in instance/
	rm -rf $(VENV)

$(VENV)/python.ready:
	@echo "Skapar Pythonmiljön i $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 eller nyare behövs: make run PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { echo "Pythons venv saknas. På Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/run.ready: requirements.lock pyproject.toml $(VENV)/python.ready
	@scripts/system_packages.sh run
	@echo "Installerar paketen (ungefär en minut första gången) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/test.ready: requirements-test.lock $(VENV)/run.ready
	@scripts/system_packages.sh test
	@echo "Installerar testpaketen …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@
