#!/bin/sh
# Write the locked requirements: exact versions with hashes and no index address, so that they install from any index.
#
# All groups are resolved together first; each file is then a part of that one answer. So one environment can hold the run,
# the tests, the documentation and the benchmarks. Needs `uv` on the path or in .venv.
set -eu
cd "$(dirname "$0")/.."

uv=$(command -v uv || echo .venv/bin/uv)
"$uv" --version >/dev/null 2>&1 || {
    echo "uv is missing; install it with: pip install uv" >&2
    exit 1
}
whole=$(mktemp)
trap 'rm -f "$whole"' EXIT

resolve() {
    out=$1
    shift
    "$uv" pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
        --no-annotate --no-emit-index-url --no-emit-find-links --only-binary :all: --no-emit-build-options \
        --output-file "$out" --group build "$@"
}

resolve "$whole" --all-extras --group test --group docs --group bench
resolve requirements.txt --constraint "$whole"
resolve requirements-test.txt --constraint "$whole" --group test
resolve requirements-docs.txt --constraint "$whole" --group docs
resolve requirements-bench.txt --constraint "$whole" --group bench
resolve requirements-cuda.txt --constraint "$whole" --extra cuda
"$uv" pip compile --group web --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --no-emit-index-url --no-emit-find-links --only-binary :all: --no-emit-build-options --output-file requirements-web.txt
