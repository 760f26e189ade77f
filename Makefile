# Two commands do everything: `make report` and `make test`. Each sets up what it needs.
PYTHON ?= python3
RENDERER ?= auto
BIN := .venv/bin
READY := .venv/ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
export QUARTO_PYTHON := $(abspath $(BIN)/python)
.DEFAULT_GOAL := report
.PHONY: report test lab bench check results clean

report: $(READY)  ## render the website and the PDF into _book/
	@$(BIN)/python -m bargain.results --stale
	@$(BIN)/python -m press.renderer $(RENDERER)

test: $(READY)  ## all tests, with a full, uncached render of the book
	@BARGAIN_STALE=error $(BIN)/python -m pytest

check: $(READY)  ## validate the data
	@$(BIN)/python -m bargain.evidence $(DATA_DIR)

results: $(READY)  ## recompute the heavy tables in results/
	@$(BIN)/python -m bargain.results

lab: $(READY)  ## open the chapters' notebooks in JupyterLab
	@test -d _book/chapters || $(MAKE) report
	@$(BIN)/jupyter lab --notebook-dir=. _book/chapters

bench: $(READY)  ## time the render and the models
	@$(BIN)/python -m benchmarks.render

clean:  ## remove everything that was built, the environment included
	rm -rf .venv _book .press figures _freeze .quarto

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON=python3.x")'
	@echo "Setting up .venv from requirements.lock (once; some minutes) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f .venv/ready-*; touch $@
