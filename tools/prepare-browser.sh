#!/bin/sh
# Have a Chromium, and the library that its driver needs, for the tests that open the report in a browser.
# Installs Debian's packages where that is allowed; else says so, and the tests are left out.
set -eu
PATH=$PATH:/usr/sbin:/sbin

found=
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && found=$name
done
wanted=
[ -n "$found" ] || wanted=chromium
ldconfig -p 2>/dev/null | grep -q "libatomic\.so\.1" || wanted="$wanted libatomic1"
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing the Debian packages $wanted" >&2
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends $wanted >/dev/null && exit 0
fi
echo "Missing for the tests in a browser, which are left out: $wanted (apt-get install $wanted)" >&2
