# make          environment, check, build, check again, summary
# make check    everything that is checked, generated files included
# make test     the tests, with their own set-up
# make bench    how fast the loader is, as ratios in one run
# make release  everything that is published, in dist/, from a commit
# make judges   ask the tools that users have, and validators, about dist/
# make wheel    the wheel, with the data in it, in dist/
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
ENV := $(VENV)/installed

.PHONY: all check test bench wheel release judges judges-env clean

all: $(ENV)
	@$(PY) scripts/build.py

check: $(ENV)
	@$(PY) scripts/check.py

test: $(ENV)
	@$(PY) -m pytest

bench: $(ENV)
	@$(PY) scripts/bench.py

wheel: $(ENV)
	@$(PY) -m build --wheel --no-isolation --outdir dist .

release: $(ENV)
	@$(PY) scripts/release.py

judges: $(ENV) judges-env
	@$(PY) scripts/judges.py

# The judges' environments: their libraries conflict with ours, or with each other.
judges-env: .venv-judges/installed .venv-cffconvert/installed .venv-csvw/installed .venv-oldest/installed .venv-node/installed

.venv-node/installed:
	@mkdir -p .venv-node
	@npm install --prefix .venv-node --no-save --no-package-lock --no-audit --no-fund --silent datapackage@1.1.10
	@touch $@

.venv-%/installed: requirements/%.txt
	@echo "Making the environment in .venv-$* (once) ..."
	@$(PYTHON) -m venv --clear .venv-$*
	@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

clean:
	rm -rf $(VENV) $(VENV)-* .cache dist

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
