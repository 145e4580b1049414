#!/bin/sh
# Installs from npm what the extension is built with, and VS Code's workbench (code-server) below this folder, with nothing
# compiled; does nothing where it is all there. What stays out for that are the workbench's terminal, password log-ins and
# log files: the test uses none of them.
set -eu
cd "$(dirname "$0")"
export XDG_CONFIG_HOME="$PWD/node_modules/.config" # even `npm install` of code-server looks for its settings
stamp=node_modules/.awaitd-installed
wanted=$(cksum package-lock.json install.sh ../../../editors/vscode/package-lock.json)
[ "$(cat $stamp 2>/dev/null)" = "$wanted" ] && exit 0
npm="npm --no-audit --no-fund --ignore-scripts --loglevel=error"

(cd ../../../editors/vscode && $npm ci)
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
echo "$wanted" >$stamp
