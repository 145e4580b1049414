#!/bin/sh
# Puts what the test of VS Code needs from npm into the user's cache, where all checkouts find it, and links it into this
# one: what the extension is built with, and VS Code's workbench (code-server). Nothing is compiled; what stays out for that
# are the workbench's terminal, password log-ins and log files, and the test uses none of them.
# Usage: tests/editors/vscode/install.sh [--cached]      --cached: link what is there, and fail if it is not
set -eu
cd "$(dirname "$0")"
extension=$(cd ../../../editors/vscode && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/awaitd-tests
place=$cache/vscode-$(cat package-lock.json "$extension/package-lock.json" install.sh | cksum | tr ' ' -)
npm="npm --no-audit --no-fund --ignore-scripts --loglevel=error"

fill() {
  rm -rf "$place"
  mkdir -p "$place/extension"
  cp "$extension/package.json" "$extension/package-lock.json" "$place/extension"
  cp package.json package-lock.json "$place"
  (cd "$place/extension" && $npm ci && cksum <package-lock.json >node_modules/.lock) # package.sh looks there
  cd "$place"
  export XDG_CONFIG_HOME="$place/.config" # even `npm install` of code-server looks for its settings
  $npm ci
  for part in lib/vscode lib/vscode/extensions; do
    (cd node_modules/code-server/$part && $npm install --omit=dev --no-package-lock)
  done
  ln -sfn node_modules node_modules/code-server/lib/vscode/node_modules.asar
  # This version of code-server runs on Node 20 and no other; Debian 12 has 18.
  case $(node --version) in
  v20.*) ;;
  *) mkdir -p node_modules/.node && $npm install --ignore-scripts=false --prefix node_modules/.node node@20 ;;
  esac
  touch complete
}

if [ ! -e "$place/complete" ]; then
  [ "${1:-}" != --cached ] || exit 1
  mkdir -p "$cache"
  exec 9>"$cache/vscode.lock"
  flock 9 # checkouts that do the same at the same time
  [ -e "$place/complete" ] || (fill)
fi
for folder in . "$extension"; do
  [ "$folder" = . ] && from=$place || from=$place/extension
  [ -L "$folder/node_modules" ] || rm -rf "$folder/node_modules"
  ln -sfn "$from/node_modules" "$folder/node_modules"
done
