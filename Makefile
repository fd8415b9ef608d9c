# Everything from python3, make and a package index.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP     = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt

# What stands on rsl_rl, tested on the newest release and on the oldest we support.
ON_RSL_RL = $(addprefix tests/trainer/test_,algorithm.py annealing.py estimation.py judge_of_equivariant_memory.py \
	models.py noise_and_normalization.py)

.PHONY: demo test lint format slow clean

demo: $(VENV)/.train  ## compile, validate, train, evaluate and write the report (at most ten minutes of training)
	$(BIN)/symaug demo

test: $(VENV)/.dev    ## lint, types, and every test that is not marked slow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/pytest -n auto --dist loadfile
	PYTHONPATH=$(VENV)/rsl-rl-5.4.2 $(BIN)/pytest $(ON_RSL_RL)

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
	$(PIP) --no-deps --target $(VENV)/rsl-rl-5.4.2 rsl-rl-lib==5.4.2
	@touch $@ $(VENV)/.train

clean:
	rm -rf $(VENV) dist build
