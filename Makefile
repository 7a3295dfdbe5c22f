# All targets of this project. `make` alone prints the menu.

PYTHON ?= python3
LOCK := requirements.lock
BIN := .venv/bin
UV := $(BIN)/uv
PORT ?= 8750
# The report reads the demo's warehouse unless the environment names another.
WAREHOUSE := $(if $(DBT_TARGET)$(DUCKDB_PATH),,output/warehouse.duckdb)
# Plugins of the demo and of `make test`. Meltano installs any other plugin on its first run.
EMBEDDED := tap-loop-returns target-duckdb target-jsonl dbt-duckdb reconcile
# Plugins of the integration tests.
WAREHOUSES := target-bigquery dbt-bigquery target-postgres dbt-postgres target-s3
# Long: the tests of these folders build models that no other test uses.
BUILDS := tests/transform/builds tests/transform/crooked tests/transform/sources tests/transform/statistics
# One worker more than cores, because many tests wait for a browser or another program.
WORKERS := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Meltano and dbt send no usage statistics.
export DO_NOT_TRACK := 1
export MELTANO_SEND_ANONYMOUS_USAGE_STATS := false
# Compile once at installation, for machines where Python may not write bytecode.
export UV_COMPILE_BYTECODE := 1

.DEFAULT_GOAL := menu
.DELETE_ON_ERROR:
.PHONY: menu setup demo demo-changes answers report explore mcp screenshots browser simulator test \
    test-builds integration integration-bigquery integration-postgres integration-files integration-reconciliation \
    lint-sql integration-hub integration-sources integration-dbt integration-docs postgres-server lint format lock documents package clean

menu: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-26s %s\n", $$1, $$2}' Makefile

demo: setup ## run everything on a simulated shop, print seven answers; no key, no account
	@$(BIN)/python -m demo

demo-changes: setup ## after the demo: change the shop, read only the changes, show the effect
	@$(BIN)/python -m demo changes

answers: setup ## print the seven answers again
	@$(BIN)/python -m demo answers

report: setup $(WAREHOUSE) ## write the report (one HTML file) from the demo's or your warehouse, and open it
	@$(BIN)/python -m report --open

explore: setup $(WAREHOUSE) ## serve a page on this machine to choose metric, groups, filters and period
	@$(BIN)/python -m metrics explore

# Assistants start it: it installs nothing, and only the protocol goes to its output.
mcp: ## serve the metrics to an assistant over stdio (make -s mcp)
	@test -e .venv/synced || { echo "Run \`make demo\` or \`make setup\` in $(CURDIR) first." >&2; exit 1; }
	@exec $(BIN)/python -m metrics serve

screenshots: setup browser $(WAREHOUSE) ## take a picture of each page of the report
	@$(BIN)/python -m report screenshots

browser: setup ## install Chromium for the report's tests and pictures (as root on Debian), or say how
	@$(BIN)/python -c 'from report.browser import executable; exit(not executable())' \
	|| if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium" \
	    && apt-get -qq update && apt-get -qq install --yes chromium >/dev/null; \
	else \
	    echo "The report's tests and pictures need Chromium or Chrome; on Debian and Ubuntu:"; \
	    echo "  sudo apt-get install chromium"; \
	    exit 1; \
	fi

output/warehouse.duckdb:
	@$(MAKE) --no-print-directory demo

simulator: setup ## serve the simulated shop alone, on PORT (8750)
	@$(BIN)/python -m loop_simulator --port $(PORT)

test: setup browser lint ## lint, and run the everyday tests
	@$(PYTEST) tests --ignore tests/integration $(BUILDS:%=--ignore %)

test-builds: setup lint-sql ## lint the SQL; run what builds models many times: late rows, partial and interrupted builds, several shops, crooked shops, each dbt variable and source format, estimates
	@$(PYTEST) $(BUILDS)

# The files with the longest tests come first by name; sorted by number of tests they would come late.
# Many of them wait for installations, so there are more workers than cores.
integration: browser postgres-server .emulators/local-bigquery/installed .emulators/bucket/installed .dbt-versions/installed .meltano/warehouses-installed ## run the tests that need other warehouses or installations
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder tests/integration \
	    --ignore tests/integration/bigquery

integration-bigquery: .meltano/warehouses-installed .emulators/local-bigquery/installed ## compare tap, loader and models in a BigQuery emulator with DuckDB
	@$(BIN)/python -m pytest tests/integration/bigquery

integration-postgres: .meltano/warehouses-installed postgres-server ## test tap, loader and models with a PostgreSQL server that it starts and stops
	@$(BIN)/python -m pytest tests/integration/postgres

integration-files: .meltano/warehouses-installed .emulators/bucket/installed ## test JSON lines, and Parquet in a bucket
	@$(BIN)/python -m pytest tests/integration/files

integration-reconciliation: setup ## test that lost rows are reported, and that the printed command loads them again
	@$(BIN)/python -m pytest tests/integration/reconciliation

integration-hub: setup ## test the wheel on each Python, and the tap in new Meltano projects
	@$(BIN)/python -m pytest tests/integration/hub

integration-sources: setup ## test that the published taps have the columns that staging reads
	@$(BIN)/python -m pytest tests/integration/sources

integration-dbt: .dbt-versions/installed ## test that dbt 1.12 and dbt v2 build the same marts
	@$(BIN)/python -m pytest tests/integration/dbt_versions

integration-docs: browser postgres-server .emulators/local-bigquery/installed .meltano/warehouses-installed ## run every block of commands in README and docs
	@$(BIN)/python -m pytest tests/integration/docs

# The layout is the same in each dialect. The integration tests run the other models on PostgreSQL,
# but on BigQuery's emulator, which may accept more.
lint-sql: setup ## check with sqlfluff the layout of the SQL, and that it parses for each warehouse
	@$(BIN)/sqlfluff lint --processes 0 transform
	@LINT_TARGET=bigquery $(BIN)/sqlfluff lint --processes 0 --dialect bigquery --rules references transform
	@LINT_TARGET=postgres $(BIN)/sqlfluff lint --processes 0 --dialect postgres --rules references transform/models/staging

postgres-server:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null \
	    || { [ "$$(id -u)" = 0 ] && apt-get -qq update && apt-get -qq install --yes postgresql >/dev/null; } \
	    || { echo "PostgreSQL's server is needed; on Debian: apt-get install postgresql"; exit 1; }

.emulators/local-bigquery/installed: tests/integration/bigquery/install.sh tests/integration/bigquery/requirements.txt .venv/synced
	@tests/integration/bigquery/install.sh $(@D) $(BIN)/python
	@touch $@

.emulators/bucket/installed: tests/integration/files/requirements.txt .venv/synced
	@$(UV) venv --quiet --clear --python $(BIN)/python $(@D)
	@$(UV) pip install --quiet --python $(@D)/bin/python --requirement $<
	@touch $@

.dbt-versions/installed: $(wildcard tests/integration/dbt_versions/*.txt) .venv/synced
	@for version in 1.12 2; do \
	    $(UV) venv --quiet --clear --python $(BIN)/python $(@D)/$$version \
	    && $(UV) pip install --quiet --python $(@D)/$$version/bin/python \
	        --override tests/integration/dbt_versions/overrides.txt \
	        --requirement tests/integration/dbt_versions/requirements-$$version.txt || exit 1; \
	done
	@touch $@

lint: setup ## run ruff, mypy, import-linter and oxlint; check that lock file and documents are up to date
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/oxlint --quiet report/page
	@$(BIN)/oxfmt --check report/page
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.meltano meltano.yml plugins/*.meltano.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/python -m tools check

format: setup ## format and fix what can be fixed automatically
	@$(BIN)/ruff check --fix-only --exit-zero .
	@$(BIN)/ruff format .
	@$(BIN)/oxlint --quiet --fix report/page
	@$(BIN)/oxfmt report/page
	@$(BIN)/sqlfluff fix transform

lock: .venv/installer ## resolve all dependencies, including those of the plugins (UPGRADE=--upgrade for the newest)
	@$(UV) run --quiet --no-project --with pyyaml python -m tools lock $(UV) $(UPGRADE)

documents: setup ## generate tables of the README, pages of docs, .env.example and definitions for Meltano
	@$(BIN)/python -m tools documents

package: setup ## write the models as a dbt package with a root of its own to output/package, and check it
	@rm -rf output/package
	@$(BIN)/python -m tools package output/package

clean: ## remove everything that the targets created, output included
	@rm -rf .venv .meltano .emulators .dbt-versions .cache output logs transform/target transform/logs \
	    .mypy_cache .ruff_cache .pytest_cache .hypothesis

setup: .venv/synced .meltano/installed ## install everything; most targets call it

.venv/installer:
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 14); \
	    ok or sys.exit("Python 3.11 to 3.13 is needed; name one: make PYTHON=python3.12")'
	@echo "Setting up .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@touch $@

.venv/synced: .venv/installer $(LOCK) pyproject.toml
	@echo "Installing $(LOCK)"
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(LOCK)
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.meltano/installed: .venv/synced meltano.yml loader/pyproject.toml reconcile/pyproject.toml \
    $(wildcard plugins/*.meltano.yml plugins/constraints/*.txt)
	@echo "Installing the plugins of meltano.yml"
	@$(BIN)/meltano install --clean $(EMBEDDED)
# Jobs write their logs and files there, also if the demo never ran.
	@mkdir -p output
	@touch $@

.meltano/warehouses-installed: .meltano/installed
	@echo "Installing the plugins of the integration tests"
	@$(BIN)/meltano --log-level warning install --clean $(WAREHOUSES)
	@touch $@
