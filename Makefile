# One line per task; the work is in scripts/ and in the program itself.
PORT ?= $(or $(SAMVERKAN_PORT),5000)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where the machine has no SpatiaLite and nobody may install it, it is unpacked here (scripts/system_packages.sh).
export LD_LIBRARY_PATH := $(CURDIR)/$(VENV)/system/usr/lib/x86_64-linux-gnu:$(CURDIR)/$(VENV)/system/usr/lib/aarch64-linux-gnu:$(LD_LIBRARY_PATH)
export PYTHONUTF8 := 1
# Compiled once and kept, whatever the shell says: every command of the tests would compile the program anew.
export PYTHONDONTWRITEBYTECODE :=
PIP_INSTALL = $(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile
# pip compiles on one core; a file that no Python can compile is no fault of ours.
COMPILE = $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true

.PHONY: help run test tests test-long lint bench clean

help:  ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

run: $(VENV)/run.ready  ## Set everything up and show the map at http://127.0.0.1:5000 (PORT=8080 for another)
	@exec $(BIN)/samverkan start --port $(PORT)

test: $(VENV)/test.ready  ## Set up what the tests need and run the whole suite on both databases
	@$(MAKE) --no-print-directory -j 2 lint tests

tests: $(VENV)/test.ready
	@$(BIN)/pytest -n 3 --dist loadscope $(TESTS)

test-long: $(VENV)/test.ready  ## The long runs: 200 kill rounds, 100,000 fuzzed requests, the bench with its servers
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
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@$(PIP_INSTALL) --no-deps --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/test.ready: requirements-test.lock $(VENV)/run.ready
	@echo "Installerar testpaketen …"
	@scripts/system_packages.sh test & system=$$!; \
	  $(PIP_INSTALL) --require-hashes -r requirements-test.lock && wait $$system
	@$(COMPILE)
	@touch $@
