# `make run` sets up, builds the graph and serves it; `make test` runs everything; `make check` the fast part.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UI := server/ivig/serve/static/ui/docs.js
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools

.PHONY: run build test check format docs bench clean

run: $(READY) $(UI)
	$(BIN)/ivig build
	$(BIN)/ivig serve --port $(PORT)

build: $(READY)
	$(BIN)/ivig build

test: $(READY) $(UI) $(TOOLS) check
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/ivig format --check
	$(BIN)/ivig validate
	$(BIN)/python docs/generate.py --check

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/ivig format

docs: $(READY)
	$(BIN)/python docs/generate.py

bench: $(READY)
	$(BIN)/python benchmarks/query_start.py
	$(BIN)/python benchmarks/build_stages.py
	$(BIN)/python benchmarks/build_full.py
	$(BIN)/python benchmarks/import_records.py
	$(BIN)/python benchmarks/export.py

clean:
	rm -rf $(VENV) server/ui/node_modules server/ivig/serve/static/ui

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

$(UI): server/ui/package-lock.json server/ui/vite.config.ts server/ui/tsconfig.json $(wildcard server/ui/src/*)
	cd server/ui && npm ci && npm run build

# Jena checks what our own libraries read and validate; Chromium looks at the pages.
$(TOOLS): tests/tools/install
	tests/tools/install
	touch $@
