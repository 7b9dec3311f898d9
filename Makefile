# make            environment, check, build, check again, summary
# make check      everything that is checked, generated files included
# make test       the tests, with their own set-up
# make bench      how fast loader and check are, as ratios in one run (docs/speed.md)
# make agreement  the agreement between the passes, from the raw passes alone
# make mutants    which of many small changes the check catches (docs/checks.md)
# make release    everything that is published, in dist/, from a commit
# make judges     ask the tools that users have, and validators, about dist/
# make wheel      the wheel, with the data in it, in dist/
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
ENV := $(VENV)/installed

.PHONY: all check test bench agreement mutants wheel release judges judges-env clean

all: $(ENV)
	@$(PY) -m scripts.build

check: $(ENV)
	@$(PY) -m scripts.check

test: $(ENV)
	@$(PY) -m pytest

bench: $(ENV)
	@$(PY) -m scripts.trials.bench

agreement: $(ENV)
	@$(PY) -m scripts.coding.agreement

mutants: $(ENV)
	@$(PY) -m scripts.trials.mutants

wheel: $(ENV)
	@$(PY) -m build --wheel --no-isolation --outdir dist .

release: $(ENV)
	@$(PY) -m scripts.release

judges: $(ENV) judges-env
	@$(PY) -m scripts.release.judges

# What is asked from outside: libraries that conflict with ours or with each other, each in an environment of its own.
judges-env: .venv-judges/installed .venv-cffconvert/installed .venv-csvw/installed .venv-oldest/installed node_modules

.venv-%/installed: requirements/%.txt
	@echo "Making the environment in .venv-$* (once) ..."
	@$(PYTHON) -m venv --clear .venv-$*
	@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# The versions in package.json are exact.
node_modules: package.json
	@npm install --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-* .cache dist node_modules

$(ENV): requirements/maintainers.txt pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "This needs Python 3.11 or later as $(PYTHON). Install it, or name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) has no venv module. Install it (on Debian and Ubuntu: apt install python3-venv), then run make again."; exit 1; }
	@echo "Making the environment in $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/maintainers.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
