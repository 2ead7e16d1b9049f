#!/bin/sh
# Have what some tests need beside Python: Chromium, the library that its driver needs, PostgreSQL, Wireshark's tshark,
# Mozilla's tools for certificates, and OpenSSL's program.
# Installs Debian's packages where that is allowed; else says what is missing, and those tests are left out.
set -eu
PATH=$PATH:/usr/sbin:/sbin

browser=
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && browser=$name
done
database=
for folder in $(printf '%s' "$PATH" | tr ':' ' ') /usr/lib/postgresql/*/bin; do
    [ -x "$folder/initdb" ] && database=$folder
done
wanted=
[ -n "$browser" ] || wanted=chromium
[ -n "$database" ] || wanted="$wanted postgresql"
command -v tshark >/dev/null || wanted="$wanted tshark"
command -v pk12util >/dev/null || wanted="$wanted libnss3-tools"
command -v openssl >/dev/null || wanted="$wanted openssl"
ldconfig -p 2>/dev/null | grep -q "libatomic\.so\.1" || wanted="$wanted libatomic1"
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing the Debian packages $wanted" >&2
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends $wanted >/dev/null && exit 0
fi
echo "Missing for some tests, which are left out: $wanted (apt-get install $wanted)" >&2
