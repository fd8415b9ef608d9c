# Everything from python3, make and a package index.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP     = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test lint format slow clean

demo: $(VENV)/.train  ## compile, validate, train, evaluate and write the report (about ten minutes on two cores)
	$(BIN)/symaug demo

test: $(VENV)/.dev    ## lint, types and every test that runs in minutes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/pytest

slow: $(VENV)/.dev    ## the tests that take minutes each
	$(BIN)/pytest -m slow

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/.venv:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.train: $(VENV)/.venv pyproject.toml constraints.txt
	@echo "installing symaug and what it trains with into $(VENV) (a few minutes the first time)"
	$(PIP) torch
	$(PIP) -e '.[train]'
	@touch $@

$(VENV)/.dev: $(VENV)/.venv pyproject.toml constraints.txt
	@echo "installing symaug and its development tools into $(VENV) (a few minutes the first time)"
	$(PIP) torch
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.train

clean:
	rm -rf $(VENV) dist build
