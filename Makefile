# Every task a person repeats is one word here. Each sets up what it needs in .venv; nothing but Python 3.11+, make and the
# package index is assumed. A stamp file per dependency group keeps the second run fast.

PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
	$(if $(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print(1)' 2>/dev/null),$(p))))
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= auto
PYTEST_ARGS ?=
BENCH_ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test coverage lint format docs bench bench-check generate schemas clean

help:
	@echo "make demo         edit and advise a copy of examples/wx-omega, showing what happens"
	@echo "make test         all tests (PYTEST_ARGS='-k name' for some of them)"
	@echo "make lint         ruff check, ruff format, mypy --strict, pyright, generated code is current"
	@echo "make format       let ruff mend layout and what it can"
	@echo "make docs         the documentation, in docs/_build/html; warnings are errors"
	@echo "make bench        the table of docs/performance.md, measured here"
	@echo "make bench-check  the same; fails when a target is missed"
	@echo "make coverage     all tests with branch coverage"
	@echo "make generate     rewrite src/kubeadm_cfg/kinds, docs/explanation-selection*.md and docs/rules"
	@echo "make schemas      every JSON Schema, in build/schemas/<minor>/<kind or all>.json"
	@echo "make clean        remove what these made"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python ..." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# --group needs pip 25.1.
$(VENV)/.pip: $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[cli]'
	@touch $@

$(VENV)/.group-%: pyproject.toml $(VENV)/.project
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group $*
	@touch $@

demo: $(VENV)/.project
	@$(BIN)/python examples/demo.py

test: $(VENV)/.group-test
	$(BIN)/python -m pytest -q -n $(WORKERS) $(PYTEST_ARGS)

coverage: $(VENV)/.group-test
	rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run -m pytest -q $(PYTEST_ARGS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

lint: $(VENV)/.group-lint
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/basedpyright --level error
	$(BIN)/python tools/generate_kinds.py --check
	$(BIN)/python tools/write_selection_pages.py --check
	$(BIN)/python tools/write_rule_pages.py --check

format: $(VENV)/.group-lint
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

docs: $(VENV)/.group-docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

bench: $(VENV)/.group-bench
	@$(BIN)/python benchmarks/run.py $(BENCH_ARGS)

bench-check: $(VENV)/.group-bench
	@$(BIN)/python benchmarks/run.py --check

generate: $(VENV)/.project
	$(BIN)/python tools/generate_kinds.py
	$(BIN)/python tools/write_selection_pages.py
	$(BIN)/python tools/write_rule_pages.py

# All kinds of 16 minors are 5 MB that can be made again at any time: built, neither tracked nor shipped.
schemas: $(VENV)/.project
	$(BIN)/python tools/write_schemas.py build/schemas

clean:
	rm -rf $(VENV) docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks htmlcov .coverage .coverage.*
