# `make lab` opens the course, `make test` checks it; each sets up .venv by itself.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout=120 -n 2 --dist loadfile -p no:benchmark

# Without a display Lab prints its address; with one it opens the browser.
HEADLESS = $(if $(filter Linux,$(shell uname)),$(if $(DISPLAY)$(WAYLAND_DISPLAY),,--no-browser))
CPU_TORCH = $(if $(filter Linux,$(shell uname)),--extra-index-url https://download.pytorch.org/whl/cpu)

# Notebooks that differ from the main branch, or all where none does.
MAIN = $(shell git merge-base HEAD origin/main 2>/dev/null || echo HEAD)
CHANGED = $(shell git diff --name-only --diff-filter=d $(MAIN) -- 'notebooks/*.ipynb' 2>/dev/null; \
	git ls-files --others --exclude-standard 'notebooks/*.ipynb' 2>/dev/null)
ALL = $(sort $(wildcard notebooks/*.ipynb))
NOTEBOOKS ?= $(or $(CHANGED),$(ALL))

.PHONY: help lab test test-notebooks test-browser bench notebooks pages nets format
.DEFAULT_GOAL := help

test-notebooks bench notebooks: export OMP_NUM_THREADS = 1

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-16s%s\n", $$1, $$2 }' Makefile

lab: .venv/.lab  ## open JupyterLab at the first notebook
	@$(BIN)/python -m jupyterlab --allow-root $(HEADLESS) --ServerApp.log_level=WARN \
		--config=binder/jupyter_server_config.json --LabApp.app_settings_dir=binder \
		--LabApp.default_url=/lab/tree/notebooks/00-start-here.ipynb

test: .venv/.dev  ## run every check that needs no browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	OMP_NUM_THREADS=1 $(PYTEST) -n 2 --dist loadgroup -p no:benchmark --ignore=tests/browser tests
	$(PYTEST) $(NBVAL) notebooks

test-notebooks: .venv/.dev  ## run changed notebooks three times, and from elsewhere (NOTEBOOKS="...")
	for time in first second third; do $(PYTEST) $(NBVAL) $(NOTEBOOKS) || exit 1; done
	elsewhere=$$(mktemp -d) && cp $(NOTEBOOKS) $$elsewhere && \
		$(PYTEST) $(NBVAL) --rootdir=$$elsewhere $$elsewhere; status=$$?; rm -r $$elsewhere; exit $$status

test-browser: .venv/.dev  ## drive the notebooks in headless Chromium
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
		$(MAKE) --no-print-directory chromium
	$(PYTEST) tests/browser

bench: .venv/.dev  ## measure speed and memory beside what people use instead
	$(PYTEST) benchmarks/bench_*.py --benchmark-columns=median,iqr,rounds

notebooks: .venv/.dev  ## run the notebooks (NOTEBOOKS="..."), strip them, write the pages made from them
	$(BIN)/python -c "import sys, qlearn.jupyter as j; j.write(sys.argv[1:])" $(NOTEBOOKS)

pages: .venv/.dev  ## write README's table, the map, claims.md and index.md, running nothing
	$(BIN)/python -c "from qlearn.jupyter import write; write()"

nets: .venv/.dev  ## train the shipped networks again
	$(BIN)/python -c "from qlearn.qat import train_nets; train_nets()"

format: .venv/.dev  ## format the code, notebooks included
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

.PHONY: chromium
chromium:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	then apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium >/dev/null; \
	else echo "make test-browser needs Chromium: sudo apt-get install chromium" >&2; exit 1; fi

# torch first and alone: its CPU build lies on another index, which is asked for nothing else.
.venv/.torch: requirements.txt
	@test -n "$(PYTHON)" || { echo "This needs Python 3.11 or newer." >&2; exit 1; }
	@echo "Setting up .venv: once, a minute or two."
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(PIP) --retries 0 --no-deps $(CPU_TORCH) $$(grep '^torch==' requirements.txt)
	@touch $@

.venv/.lab: .venv/.torch pyproject.toml
	@$(PIP) -e .
	@touch $@

.venv/.dev: .venv/.torch pyproject.toml
	@$(PIP) -e '.[dev]'
	@touch .venv/.lab $@
