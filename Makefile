# Two commands on a fresh machine: `make demo` shows the whole line, `make test` proves it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo
# all that these commands make stays in the clone
export BENCH_CACHE ?= $(CURDIR)/.cache
# tests start dozens of processes: what one compiles is kept for the others
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test test-all docs perf browser latex fix check clean

demo: $(VENV)/.installed
	@echo "== two models, three subject-independent folds, drawn faces: into $(DEMO)/"
	@$(BIN)/bench run --model ceflnet,resnet18 --dataset synthetic --preset quick --results $(DEMO)
	@$(BIN)/bench table --results $(DEMO) --reported none

test: check browser
	$(BIN)/pytest -n 2
	$(BIN)/bench check

test-all: check browser latex
	$(BIN)/pytest -n 2 -m "slow or not slow"

# every table, figure and page of the documentation, from the committed records
FIGURES := confusion embedding lengths pareto curves latency
docs: $(VENV)/.installed
	$(BIN)/bench table --write README.md
	$(BIN)/bench table --write docs/results.md
	$(BIN)/bench table --write docs/models.md
	rm -rf docs/figures
	@for name in $(FIGURES); do $(BIN)/bench figure $$name --out docs/figures || exit 1; done
	$(BIN)/bench figure activation --model ceflnet --out docs/figures
	$(BIN)/bench report --out docs/report
	$(BIN)/bench verify results --seal

# beside the last run of the same machine, which is stored; a time never fails it
perf: $(VENV)/.installed-dev
	$(BIN)/pytest tests/perf --benchmark-only --benchmark-autosave --benchmark-compare \
	  --benchmark-columns=min,median,iqr,rounds --benchmark-sort=fullname \
	  -W ignore::pytest_benchmark.logger.PytestBenchmarkWarning \
	  --benchmark-storage=file://.benchmarks/$$($(BIN)/python -c \
	    'from bench.measurement.environment import machine; print(machine())')

# the report is opened in a real browser; where none can be installed, that test says so and is skipped
browser:
	@if ! { command -v chromium && command -v chromedriver; } >/dev/null; then \
	  echo "== installing chromium, in which a test opens the report"; \
	  { apt-get update && apt-get install -y --no-install-recommends chromium chromium-driver; } \
	    >/dev/null 2>&1 || echo "no chromium could be installed: that test will be skipped"; \
	fi

# the printed tables are compiled; where no LaTeX can be installed, that slow test is skipped
latex:
	@if ! command -v pdflatex >/dev/null; then \
	  echo "== installing LaTeX, which compiles the tables"; \
	  { apt-get update && apt-get install -y --no-install-recommends texlive-latex-recommended; } \
	    >/dev/null 2>&1 || echo "no LaTeX could be installed: that test will be skipped"; \
	fi

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --level error

fix: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than 3.11. Pass another: make PYTHON=python3.12 ..."; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "error: $(PYTHON) has no venv. On Debian: apt install python3-venv"; exit 2; }

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "== installing torch and what else is needed into $(VENV) (5 GB, one to three minutes)"
	$(BIN)/python -m pip install --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "== installing torch and the tools of development into $(VENV) (5 GB, one to three minutes)"
	$(BIN)/python -m pip install --disable-pip-version-check -e '.[dev]'
	@touch $(VENV)/.installed $@

clean:
	rm -rf $(VENV) .cache $(DEMO) build dist
