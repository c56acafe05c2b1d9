#!/bin/sh
# Installs the system libraries that are missing; says which, where it may not install them.
#   scripts/system-packages.sh run     what the server needs
#   scripts/system-packages.sh test    the same, a browser, nginx and a Redis to stop
#   scripts/system-packages.sh bench   what the server needs, and a C compiler
set -eu

# libharfbuzz-subset0: without it every PDF takes half a second longer.
# fonts-liberation2: version 1 of the same family has no Vietnamese letters.
packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-liberation2"
if [ "${1:-run}" = test ]; then
    # Debian keeps nginx off the path of people.
    PATH=$PATH:/usr/sbin
    command -v chromium >/dev/null || packages="$packages chromium"
    # The same without its windows starts sooner; only some releases have it.
    command -v chromium-headless-shell >/dev/null ||
        ! apt-cache show chromium-headless-shell >/dev/null 2>&1 ||
        packages="$packages chromium-headless-shell"
    command -v nginx >/dev/null || packages="$packages nginx-light"
    command -v redis-server >/dev/null || packages="$packages redis-server"
fi
if [ "${1:-run}" = bench ]; then
    command -v cc >/dev/null || packages="$packages gcc libc6-dev"
fi
# Debian and Ubuntu put the module that makes virtual environments into a package of its own.
if ! [ -x .venv/bin/python ] && ! "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null; then
    packages="$packages python3-venv"
fi

if ! command -v dpkg-query >/dev/null; then
    echo "Warning: this is neither Debian nor Ubuntu. Make sure that you have: $packages" >&2
    exit 0
fi

installed() {
    case $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) in
        ?i*) return 0 ;;
    esac
    # Newer releases carry version 2 of the fonts under the old name.
    [ "$1" = fonts-liberation2 ] &&
        version=$(dpkg-query -W -f='${Version}' fonts-liberation 2>/dev/null) &&
        [ -n "$version" ] && dpkg --compare-versions "$version" ge 1:2
}

find_missing() {
    missing=
    for package in $packages; do
        installed "$package" || missing="$missing $package"
    done
}

find_missing
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    echo "Missing system packages:$missing" >&2
    echo "Install them, then try again:  sudo apt-get install$missing" >&2
    exit 1
fi

echo "Installing system packages:$missing"
# A stale list of packages is the usual reason for a failure, and a fresh one takes a while:
# so try with the list that is there first.
apt_install() {
    # shellcheck disable=SC2086  # several words on purpose
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 $missing >/dev/null
}
if ! apt_install 2>/dev/null; then
    $as_root apt-get update -qq
    if ! apt-cache show fonts-liberation2 >/dev/null 2>&1; then
        missing=$(echo "$missing" | sed 's/fonts-liberation2/fonts-liberation/')
    fi
    apt_install
fi

find_missing
if [ -n "$missing" ]; then
    echo "Still missing after apt-get install:$missing" >&2
    exit 1
fi
