#!/bin/sh
# Prepare a virtual environment from a hash-locked requirements file, and install Synaspis itself into it.
#
#   tools/prepare-environment.sh VENV LOCK
#
# Only ready-made wheels are installed, so no compiler is needed. A stamp inside the environment records the lock that is
# already in place, so a second call returns at once. Any package index that pip is configured with will do: the hashes decide.
set -eu

venv=$1
lock=$2
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

stop() {
    say "Cannot set up Synaspis: $1"
    say "$2"
    exit 1
}

find_python() {
    for candidate in python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    stop "no Python 3.11 or newer was found." "On Debian 12 or newer: apt-get install python3 python3-venv"
}

# Debian packs the means to make environments apart from Python itself.
need_venv_module() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        say "Installing the Debian package $package"
        export DEBIAN_FRONTEND=noninteractive
        apt-get install -y -qq "$package" >/dev/null 2>&1 || {
            apt-get update -qq >/dev/null && apt-get install -y -qq "$package" >/dev/null
        }
    fi
    "$1" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "$1 cannot make virtual environments." "Install what is missing as root: apt-get install $package"
}

[ -f "$lock" ] || stop "the file $lock is missing." "Write it with: make lock"

stamp="$venv/.ready-$(basename "$lock" .txt)"
wanted=$(cat "$lock" pyproject.toml tools/prepare-environment.sh | cksum)
if "$venv/bin/python" -c '' 2>/dev/null && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    need_venv_module "$python"
    say "Making the environment $venv with $python"
    "$python" -m venv --clear "$venv"
fi

say "Installing from $lock"
pip="$venv/bin/python -m pip --disable-pip-version-check --no-input"
# Everything is pinned in the lock, so there is nothing to resolve; bytecode is written on first use.
$pip install -qq --no-deps --no-compile --only-binary :all: --require-hashes -r "$lock" ||
    stop "pip could not install from $lock." "The lines above say why; check that a package index can be reached."
$pip install -qq --no-deps --no-build-isolation --editable . ||
    stop "the package itself could not be installed." "The lines above say why."
printf '%s\n' "$wanted" >"$stamp"
