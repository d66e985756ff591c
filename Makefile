# `make run` sets up, builds the graph and serves it; `make test` runs everything; `make check` the fast part.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UI := server/ivig/web/static/ui/site.js
READY := $(VENV)/.ready
DEV := $(VENV)/.dev
TOOLS := $(VENV)/.tools
PEERS := $(VENV)/peers
QUIETLY := --quiet --disable-pip-version-check

.PHONY: run ui screenshots build test check format docs counts reference soak bench clean

run: $(READY) ui
	$(BIN)/ivig build
	$(BIN)/ivig serve --port $(PORT)

# Without Node.js every page works, but for suggestions, the SPARQL editor, the network and the API browser.
ui:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(UI); \
	else echo "npm is missing: install Node.js 20 or later for suggestions, editor and network; serving without them." >&2; fi

build: $(READY)
	$(BIN)/ivig build

# What the tests need is fetched while the fast part runs.
test: $(DEV)
	$(MAKE) --jobs 3 $(UI) $(TOOLS) check
	$(BIN)/pytest -n 2

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/ivig format --check
	$(BIN)/ivig validate
	$(BIN)/python docs/generate.py --check

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/ivig format

docs: $(DEV)
	$(BIN)/python docs/generate.py

# How many rows each saved query has on the real graph: the one file of exact counts.
counts: $(DEV) build
	$(BIN)/python tests/queries/count.py

# The whole graph by owlrl and pyshacl: the same digest and the same violations as by the default engines, in minutes.
reference: $(DEV)
	$(BIN)/python benchmarks/build_reference.py

# The long tests, ten times as long, with cases that no run has seen before; the one under load takes ten minutes.
soak: $(DEV) $(UI) $(TOOLS)
	IVIG_SOAK=10 $(BIN)/pytest tests/web/test_fuzz.py tests/web/test_kills.py tests/web/test_hostile.py tests/web/test_reload.py tests/web/test_load.py tests/export/test_fhir.py

# The peers that some benchmarks measure against, in an environment of their own; `wrk` comes from the system.
$(PEERS): benchmarks/peers.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	touch $@

# Writes docs/benchmarks.md and wants a quiet machine for an hour; `make bench SMALL=1` sees in minutes that it works.
bench: $(DEV) $(PEERS)
	$(BIN)/python benchmarks/run.py $(if $(SMALL),--small --page $(VENV)/benchmarks.md)

clean:
	rm -rf $(VENV) server/ui/node_modules server/ivig/web/static/ui

# What running needs, and no test tools.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(QUIETLY) --constraint constraints.txt --editable '.[export,ontologies]'
	touch $@

# All of that too, in one go.
$(DEV): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install $(QUIETLY) --constraint constraints.txt --editable '.[dev]'
	touch $(READY) $@

$(UI): server/ui/package-lock.json server/ui/vite.config.ts server/ui/tsconfig.json $(wildcard server/ui/src/*)
	cd server/ui && npm ci && npm run build

# Every kind of page in light, dark, on a phone and in print; three of them are for the README.
screenshots: $(DEV) $(UI) build
	$(BIN)/python docs/screenshots.py

# Jena checks what our own libraries read and validate; Chromium looks at the pages; Comunica and Virtuoso ask the endpoint.
$(TOOLS): tests/tools/install tests/tools/package-lock.json
	tests/tools/install
	touch $@
