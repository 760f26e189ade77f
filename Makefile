# Two commands do everything: `make report` and `make test`. Each sets up what it needs.
PYTHON ?= python3
RENDERER ?= auto
BIN := .venv/bin
READY := .venv/ready-$(shell cat requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
export QUARTO_PYTHON := $(abspath $(BIN)/python)
NOTICE := A quick look: what this page draws at random rests on a tenth of the draws of the report, or fewer. Take no number from it.
# what follows `results` on the command line names tables, not targets
ifeq ($(firstword $(MAKECMDGOALS)),results)
NAMES := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
$(if $(NAMES),$(eval $(NAMES):;@:))
.PHONY: $(NAMES)
endif
.DEFAULT_GOAL := report
.PHONY: report test lab bench check results clean

report: $(READY)  ## render the website and the PDF into _book/; QUICK=1: with a tenth of the draws, into _quick/_book/
	@$(BIN)/python -m bargain.evidence $(DATA_DIR) > /dev/null
ifeq ($(filter-out 0,$(QUICK)),)
	@$(BIN)/python -m bargain.results --stale
	@$(BIN)/python -m press.renderer $(RENDERER)
else
	@$(BIN)/python -m press.marked _quick "$(NOTICE)"
	@cd _quick && export BARGAIN_QUICK=1 PYTHONPATH="$$PWD" && "$(QUARTO_PYTHON)" -m bargain.results --stale && "$(QUARTO_PYTHON)" -m press.renderer $(RENDERER)
	@echo "A quick look, in _quick/: its pages say so, and nothing in results/ or _book/ has changed."
endif

test: $(READY)  ## all tests, with a full, uncached render of the book
	@BARGAIN_STALE=error $(BIN)/python -m pytest

check: $(READY)  ## validate the data
	@$(BIN)/python -m bargain.evidence $(DATA_DIR)

results: $(READY)  ## recompute the heavy tables in results/; `make results NAME …`: these
	@$(BIN)/python -m bargain.results $(NAMES)

lab: $(READY)  ## open copies of the chapters' notebooks, yours to change, in JupyterLab
	@test -d _book/chapters || $(MAKE) report
	@mkdir -p notebooks
	@for book in _book/*.ipynb _book/chapters/*.ipynb; do test ! -e "$$book" || test -e "notebooks/$${book##*/}" || cp "$$book" notebooks/; done
	@$(BIN)/jupyter lab --notebook-dir=. notebooks

bench: $(READY)  ## time the render and the models
	@$(BIN)/python -m benchmarks.render

clean:  ## remove everything that was built, the environment included
	rm -rf .venv _book _quick .press figures _freeze .quarto

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON=python3.x")'
	@echo "Setting up .venv from requirements.lock (once; some minutes) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -f .venv/ready-*; touch $@
