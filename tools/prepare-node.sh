#!/bin/sh
# Have node and npm, which build the page of the globe; prints the folder that they are in.
#
#   tools/prepare-node.sh VENV
#
# What the system has is taken if it is new enough. Else Debian's packages are installed where that is allowed and they are
# new enough (Debian 13 or newer); else node comes from a hash-locked wheel into VENV, like everything else.
set -eu

venv=$1
cd "$(dirname "$0")/.."

new_enough() {
    command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1);' 2>/dev/null
}

if new_enough; then
    dirname "$(command -v node)"
    exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >/dev/null 2>&1 || true
    offered=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/.*Candidate: \([0-9]*\)\..*/\1/p')
    if [ "${offered:-0}" -ge 20 ]; then
        echo "Installing the Debian packages nodejs npm" >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null 2>&1 || true
        if new_enough; then
            dirname "$(command -v node)"
            exit 0
        fi
    fi
fi
PATH="$PWD/$venv/bin:$PATH"
if ! new_enough; then
    tools/prepare-environment.sh "$venv" requirements.txt
    echo "Installing node into $venv from requirements-web.txt" >&2
    "$venv/bin/python" -m pip --disable-pip-version-check --no-input install -qq --no-deps --only-binary :all: \
        --require-hashes -r requirements-web.txt >&2 || true
fi
if ! new_enough; then
    echo "The page of the globe cannot be built: node 20.19 or newer and npm are missing." >&2
    echo "Install them from https://nodejs.org, then run this again." >&2
    exit 1
fi
dirname "$(command -v node)"
