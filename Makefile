# Two commands do everything: `make report` and `make test`. Each sets up what it needs.
PYTHON ?= python3
RENDERER ?= auto
BIN := .venv/bin
# `make report` needs the first environment's packages alone; tests, notebooks and linters need all.
READY := .venv/ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
ALL := .venv/ready-all-$(shell cat requirements.lock requirements-all.lock pyproject.toml | cksum | cut -d' ' -f1)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# small matrices: a BLAS that starts a thread a core takes several times as long, and two processes hinder each other
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
export QUARTO_PYTHON := $(abspath $(BIN)/python)
# Nothing is stale when the report is rendered; `make test` says the same, so that each finds what the other's cells gave.
FRESH := BARGAIN_STALE=error
NOTICE := A quick look: what this page draws at random rests on about a tenth of the draws of the report. Take no number from it.
# what follows `results` on the command line names tables, not targets
ifeq ($(firstword $(MAKECMDGOALS)),results)
NAMES := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
$(if $(NAMES),$(eval $(NAMES):;@:))
.PHONY: $(NAMES)
endif
.DEFAULT_GOAL := report
.PHONY: report test test-slow test-all mutants lint lab bench check results archive verify lock clean

report: $(READY)  ## render the website and the PDF into _book/; QUICK=1: with a tenth of the draws, into _quick/_book/
	@$(BIN)/python -m bargain.evidence $(DATA_DIR) > /dev/null && $(BIN)/python -m bargain.evidence $${BARGAIN_SEEDS:-seeds} > /dev/null
ifeq ($(filter-out 0,$(QUICK)),)
	@$(BIN)/python -m bargain.results --stale
	@$(FRESH) $(BIN)/python -m press.renderer $(RENDERER)
	@$(FRESH) $(BIN)/python -m bargain.ledger _book
else
	@$(BIN)/python -m press.marked _quick "$(NOTICE)"
	@cd _quick && export BARGAIN_QUICK=1 PYTHONPATH="$$PWD" && "$$QUARTO_PYTHON" -m bargain.results --stale && "$$QUARTO_PYTHON" -m press.renderer $(RENDERER) && "$$QUARTO_PYTHON" -m bargain.ledger _book
	@echo "A quick look, in _quick/: its pages say so, and nothing in results/ or _book/ has changed."
endif

test: lint  ## the tests that guard a change, in parallel, with a render of the whole book; `make lint` first
	@$(FRESH) $(BIN)/python -m pytest -n auto --dist loadfile

test-slow: $(ALL)  ## what is slow by nature, and that alone: `make test` leaves it out
	@$(FRESH) HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-free} $(BIN)/python -m pytest -n auto --dist worksteal --slow -m slow

test-all: lint  ## all tests: what is slow by nature too, with property tests from fresh seeds
	@$(FRESH) HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-free} $(BIN)/python -m pytest -n auto --dist loadfile --slow

mutants: $(ALL)  ## MODULE=deal SAMPLE=40 SEED=0: change the module at random places, and show what its tests do not notice
	@$(PIP) 'mutmut>=3.8'
	@BARGAIN_STALE=use $(BIN)/python tests/mutants.py $(or $(MODULE),deal) --sample $(or $(SAMPLE),40) --seed $(or $(SEED),0)

lint: $(ALL)  ## form, types, unused code and directions of imports
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check --quiet bargain tests/bargain tests/plots tests/report
	@$(BIN)/lint-imports --no-cache > /dev/null || $(BIN)/lint-imports --no-cache
	@$(BIN)/python tests/unused.py
	@$(BIN)/python -m mypy

lock: $(READY)  ## resolve the locks anew, together; needs the network. `UPGRADE=--upgrade` takes newer versions
	@$(PIP) uv
	@$(UV) --extra test --extra lint --extra lab --extra cluster -o requirements-all.lock
	@$(UV) -c requirements-all.lock -o requirements.lock
	@$(BIN)/python tests/wheels.py

check: $(READY)  ## validate the data
	@$(BIN)/python -m bargain.evidence $(DATA_DIR)
	@$(BIN)/python -m bargain.evidence $${BARGAIN_SEEDS:-seeds}

results: $(READY)  ## recompute the heavy tables in results/; `make results NAME …`: these
	@$(BIN)/python -m bargain.results $(NAMES)

lab: $(ALL)  ## open copies of the chapters' notebooks, yours to change, in JupyterLab
	@test -d _book/chapters || $(MAKE) report
	@mkdir -p notebooks
	@for book in _book/*.ipynb _book/chapters/*.ipynb; do test ! -e "$$book" || test -e "notebooks/$${book##*/}" || cp "$$book" notebooks/; done
	@$(BIN)/jupyter lab --notebook-dir=. notebooks

fuzz: $(ALL)  ## a thousand spoilt books: each a page, or an error with file and line (seven minutes)
	@FUZZ=500 $(BIN)/python -m pytest -n auto tests/press/test_fuzz.py

bench: $(ALL)  ## time the render, the models, and each page on a slow phone
	@$(BIN)/python -m benchmarks.models
	@$(BIN)/python -m benchmarks.negotiate
	@$(BIN)/python -m benchmarks.pages
	@$(BIN)/python -m benchmarks.render

archive: report  ## the book with a manifest of checksums, for an archive
	@$(BIN)/python -m press.archive write _book

verify: $(READY)  ## rebuild, and say what differs from _book/ (or ARCHIVE=folder), tables by value
	@rm -rf .press/verify && $(BIN)/python -m press . --fresh --output .press/verify
	@$(BIN)/python -m press.archive verify $(or $(ARCHIVE),_book) .press/verify

clean:  ## remove everything that was built, the environment included
	rm -rf .venv _book _quick .press figures rows _freeze .quarto bargain/__pycache__/pages bargain/plots/__pycache__/pictures

UV = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" $(UPGRADE) pyproject.toml

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON=python3.x")'
	@echo "Setting up .venv from requirements.lock (once; some minutes) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@rm -f .venv/ready-*; touch $@

$(ALL): $(READY) requirements-all.lock
	@echo "Adding what tests, notebooks and linters need, from requirements-all.lock (once; some minutes) …"
	@$(PIP) --require-hashes -r requirements-all.lock
	@rm -f .venv/ready-all-*; touch $@
