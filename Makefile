# Voronka: `make` prints this help. Two commands matter: `make demo` and `make test`.
# Needs python3.11 or newer with pip, and make. Everything is installed into .venv from requirements.lock, by hash.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export UV_PYTHON_DOWNLOADS := never
# Companies sign their proxies themselves: trust what the system trusts, as pip does (the second name is uv's older one).
export UV_SYSTEM_CERTS := true
export UV_NATIVE_TLS := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Modules are compiled once and kept, whatever the machine's settings say: every start is two seconds sooner.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PYTHON ?=
WORKERS ?= 3
ARGS ?=
# The stamp names what was installed and where: another lock, another pyproject or a moved folder sets up again.
READY := $(VENV)/.ready-$(shell { cat requirements.lock pyproject.toml; echo "$(CURDIR)"; } | cksum | cut -d ' ' -f 1)
BROWSER = command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable
BROWSER_PACKAGES := chromium fonts-dejavu-core fonts-liberation

.PHONY: help setup browser demo run test added check format docs pictures bench soak lock clean

help:  ## print this help
	@echo "Voronka: sales analytics on your own machine. make TARGET [ARGS='...']"
	grep -hE '^[a-z]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z]+):.*## /\1\t/' | while IFS=$$'\t' read -r name text; do printf '  %-8s %s\n' "$$name" "$$text"; done

demo: setup  ## set up, write the invented company, load it, open the pages (ARGS='--port 8502')
	@exec $(VENV)/bin/voronka demo $(ARGS)

test: setup browser  ## set up and run the whole test suite (ARGS='tests/test_house.py -k lock')
	@exec $(VENV)/bin/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

added: setup  ## say in seconds what a newly added metric, analysis, page, filter, system or language still lacks
	@exec $(VENV)/bin/pytest -q tests/test_added.py tests/test_i18n.py $(ARGS)

check: setup browser  ## format, lint, types, import contracts, generated docs, tests: what must hold before a change lands
	@echo "format";    $(VENV)/bin/ruff format --check --quiet . || { echo "Run: make format"; exit 1; }
	echo "lint";       $(VENV)/bin/ruff check --quiet .
	echo "types";      $(VENV)/bin/ty check --output-format concise --python $(VENV)
	echo "contracts";  $(VENV)/bin/lint-imports --no-logo
	echo "docs";       $(VENV)/bin/python docs/generate.py --check && $(VENV)/bin/python docs/sources.py --check
	echo "tests";      exec $(VENV)/bin/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

run: setup  ## open the pages on your own data (ARGS='--home data --port 8501')
	@exec $(VENV)/bin/voronka serve $(ARGS)

bench: setup  ## time loading, asking and the funnel; the load as a ratio to DuckDB alone (ARGS="--scale 1")
	@$(VENV)/bin/python tests/bench.py
	$(VENV)/bin/python benchmarks/load.py $(ARGS)

docs: setup  ## write again what is generated: parts of the README files, docs/sources.md and .ru.md
	@$(VENV)/bin/python docs/generate.py
	$(VENV)/bin/python docs/sources.py

pictures: setup browser  ## take the pictures of docs/pictures again, of the invented company
	@exec $(VENV)/bin/python docs/pictures.py $(ARGS)

soak: setup browser  ## the long tests that `make test` leaves out, and the invented cases in full number
	@VORONKA_THOROUGH=1 exec $(VENV)/bin/pytest -n $(WORKERS) --dist loadfile -m "soak or hypothesis" -rP $(ARGS)

format: setup  ## put the code into its one format
	@$(VENV)/bin/ruff check --quiet --select I --fix .
	$(VENV)/bin/ruff format .

setup: $(READY)  ## install what is needed into .venv; quick when nothing changed
	@:

$(READY):
	@python=""
	for name in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do
	    if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$$name"; break; fi
	done
	if [ -z "$$python" ]; then
	    echo "Voronka needs Python 3.11 or newer and finds none. On Debian: apt-get install python3.11 python3-pip" >&2; exit 1
	fi
	echo "Setting up $(VENV) with $$("$$python" --version) (about a minute the first time)"
	if ! $(VENV)/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	    rm -rf $(VENV)
	    "$$python" -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); "$$python" -m venv --without-pip $(VENV); }
	fi
	rm -f $(VENV)/.ready-*
	if $(VENV)/bin/python -m pip --version >/dev/null 2>&1; then pip="$(VENV)/bin/python -m pip"; \
	elif "$$python" -m pip --version >/dev/null 2>&1; then pip="$$python -m pip --python $(VENV)/bin/python"; \
	else echo "Voronka needs pip for $$python. On Debian: apt-get install python3-pip python3-venv" >&2; exit 1; fi
	# uv installs the same lock by the same hashes some ten times faster than pip; pip does it where uv cannot.
	uv="$$(command -v uv || true)"
	if [ -z "$$uv" ]; then
	    mkdir -p build
	    awk '/^[^ ]/ { keep = /^uv==/ } keep' requirements.lock > build/uv.lock.txt
	    $$pip install --quiet --require-hashes --only-binary :all: -r build/uv.lock.txt && uv="$(VENV)/bin/uv" || true
	fi
	if [ -n "$$uv" ] && "$$uv" pip sync --quiet --python $(VENV)/bin/python --require-hashes requirements.lock; then
	    "$$uv" pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation --editable .
	else
	    echo "uv cannot install here; pip does, which takes a few minutes" >&2
	    $$pip install --quiet --require-hashes -r requirements.lock
	    $$pip install --quiet --no-deps --no-build-isolation --editable .
	fi
	# What every start imports is compiled here, once.
	$(VENV)/bin/python -m compileall -q dashboard pipelines
	$(VENV)/bin/python -c "import dashboard.asgi, dashboard.console, dashboard.ui.shell, pipelines.load"
	touch $@

browser:  # the browser tests need Chromium and two fonts; root on Debian gets them, others are told
	@if { $(BROWSER); } >/dev/null 2>&1; then exit 0; fi
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	    echo "Installing for the browser tests: $(BROWSER_PACKAGES)"
	    export DEBIAN_FRONTEND=noninteractive
	    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(BROWSER_PACKAGES); } >/dev/null \
	        || echo "apt-get could not install them." >&2
	fi
	if ! { $(BROWSER); } >/dev/null 2>&1; then
	    echo "No Chromium here: browser tests will be skipped. To run them too: apt-get install $(BROWSER_PACKAGES)" >&2
	fi

lock: setup  ## resolve the newest allowed versions into requirements.lock (hashes, no index address)
	@mkdir -p build/lock
	grep -v '^managed' pyproject.toml > build/lock/pyproject.toml    # an unmanaged project may not name its groups to uv
	$(VENV)/bin/uv pip compile build/lock/pyproject.toml --group build/lock/pyproject.toml:dev --upgrade --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	    --quiet --output-file requirements.lock

clean:  ## remove what was built and cached; .venv and data stay
	@rm -rf build dist test-results .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
