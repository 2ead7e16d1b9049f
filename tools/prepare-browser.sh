#!/bin/sh
# Have a Chromium for the tests that open the report in a browser. Installs Debian's where that is allowed; else says so.
set -eu

for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing the Debian package chromium" >&2
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
echo "No Chromium here: the tests that open the report in a browser will be skipped. On Debian: apt-get install chromium" >&2
