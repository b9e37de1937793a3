# Everything happens in .venv; the two commands a newcomer needs are `make demo` and `make test`.

PYTHON ?= python3
WORKERS ?= 2
export CHROMIUM ?= chromium
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: help demo docs test check lint types tests browser quality coverage bench package clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/core  ## install the small core, classify, tag, write, translate and forecast a little
	$(BIN)/textrnn classify docs/samples/reviews-en.txt --format table
	$(BIN)/textrnn classify docs/samples/reviews-zh.txt --format table
	$(BIN)/textrnn tag docs/samples/news-en.txt --format table
	$(BIN)/textrnn tag docs/samples/news-zh.txt --format table
	$(BIN)/textrnn generate --seed "床前明月光" --form 五绝 --rhyme --random-state 1
	$(BIN)/textrnn generate --seed "It was a dark night" --temperature 0.6 --length 60 --random-state 1
	$(BIN)/textrnn translate --text "陈胜者，阳城人也，字涉。" --format table
	$(BIN)/textrnn forecast town-load docs/samples/load.csv --horizon 12 --format table

test: .venv/all check tests quality  ## install everything, lint, check types, run the tests

check: lint types  ## lint and check types

lint: .venv/all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# The folders are not where the package is installed (see [tool.setuptools.package-dir]), which
# mypy cannot follow: so it reads an installed copy, from outside the root.
types: .venv/all
	rm -rf .types build && $(PIP) install --no-deps --target .types .
	cd .types && MYPYPATH=. ../$(BIN)/mypy --config-file ../pyproject.toml -p textrnn

tests: .venv/all tests/browser/node_modules browser
	$(BIN)/pytest -n $(WORKERS) --dist loadfile

# In which the tests of pages open them.
browser:
	@command -v $(CHROMIUM) >/dev/null || { \
	  echo "the tests need Chromium: apt-get install chromium, or make test CHROMIUM=/its/path"; exit 1; }

docs: .venv/all  ## build the documents as a site, in site/
	$(BIN)/python -m mkdocs build --strict

coverage: .venv/all tests/browser/node_modules browser  ## run the tests and report the lines they miss
	$(BIN)/pytest --cov --cov-report=term-missing:skip-covered

quality: .venv/all  ## measure the shipped models on our own sentences; fail where one got worse
	$(BIN)/python quality/measure.py

bench: .venv/all  ## compare speed and memory, write benchmarks/RESULTS.md [TORCH= SPACY= … DATA=]
	$(BIN)/python benchmarks/report.py $(if $(DATA),--data $(DATA)) \
		$(if $(TORCH),--torch $(TORCH)) $(if $(SPACY),--spacy $(SPACY)) \
		$(if $(SPACY_MODEL),--spacy-model $(SPACY_MODEL)) $(if $(FASTTEXT),--fasttext $(FASTTEXT)) \
		$(if $(MINILM),--minilm $(MINILM)) $(if $(CTRANSLATE2),--ctranslate2 $(CTRANSLATE2))

package: .venv/all  ## build what is handed on, check it, try the wheel on each Python found
	$(BIN)/python release/check.py

clean:  ## remove everything that was made here
	rm -rf .venv .types build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .coverage

.venv/bin/pip:
	$(PYTHON) -m venv .venv

.venv/core: .venv/bin/pip pyproject.toml
	$(PIP) install --editable .
	@touch $@

.venv/all: .venv/bin/pip pyproject.toml
	$(PIP) install --editable '.[all]'
	@touch .venv/core $@

# What the tests of exported sites run under Node.
tests/browser/node_modules: tests/browser/package-lock.json
	npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund --silent
	@touch $@
