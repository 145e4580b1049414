#!/bin/sh
# Puts the other server of the tests, pyright, into the user's cache by npm; prints where its langserver is. Without the
# registry it prints nothing and fails. Usage: tests/with/install.sh [--where]      --where: only say where it would be.
set -eu
version=$(cat "$(dirname "$0")/pyright-version")
folder=${XDG_CACHE_HOME:-$HOME/.cache}/awaitd-tests/pyright-$version
server=$folder/node_modules/.bin/pyright-langserver
if [ "${1:-}" != --where ] && [ ! -x "$server" ]; then
  mkdir -p "$folder"
  npm install --prefix "$folder" --silent --no-audit --no-fund --no-save --fetch-retries=1 "pyright@$version" >&2 || {
    echo "tests/with/install.sh: npm cannot install pyright $version; its tests will be skipped" >&2
    exit 1
  }
fi
echo "$server"
