# Every command sets up what it needs: a machine with Python 3.11 or later is enough.
#
#     make test PYTHON=3.14        picks the interpreter
#     make test ARGS="-k streams"  passes arguments to pytest
#     make demo PORT=8123

PYTHON ?=
PORT ?= 8000
ARGS ?=
export PYTHON PORT

.PHONY: help demo docs site test check format build smoke release bench lock clean

help:
	@echo "make demo     the examples, on http://localhost:$(PORT)"
	@echo "make docs     the documents as a site, on http://localhost:$(PORT)"
	@echo "make site     the same into site/, with its links checked"
	@echo "make test     all tests"
	@echo "make check    formatting, lint, layers and types"
	@echo "make format   mend formatting and what lint can mend"
	@echo "make build    sdist and wheel, into dist/"
	@echo "make smoke    install the wheel elsewhere and run an app with it"
	@echo "make release  what is uploaded of a version, tried on each Python that is here"
	@echo "make bench    the benchmarks"
	@echo "make lock     pin the newest versions of everything"
	@echo "make clean    remove all that was built or installed here"

demo:
	@scripts/run python -m examples

docs: site
	@scripts/run python -m http.server --bind 127.0.0.1 --directory site $(PORT)

site:
	@scripts/site

test:
	@scripts/test $(ARGS)

check:
	@scripts/check

format:
	@scripts/run ruff format .
	@scripts/run ruff check --fix .

build:
	@scripts/build

smoke:
	@scripts/smoke

release:
	@scripts/release

bench:
	@scripts/run python -m benchmarks $(ARGS)

lock:
	@scripts/lock

clean:
	rm -rf .tools .venv-* dist site src/wirebird/web/assets client/node_modules examples/node_modules
