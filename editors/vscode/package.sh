#!/bin/sh
# Builds the extension with awaitd inside: editors/vscode/awaitd-TARGET.vsix, for the machine this runs on.
# Usage: editors/vscode/package.sh [--install] [--binary FILE]
#   --install      also installs it, with `code` (or $VSCODE: codium, code-server, cursor...)
#   --binary FILE  the awaitd to put in; otherwise tools/build makes one
set -eu
here=$(cd "$(dirname "$0")" && pwd)
install= binary=
while [ $# -gt 0 ]; do
  case $1 in
  --install) install=yes ;;
  --binary) binary=$(realpath "$2") && shift ;;
  *) sed -n '2,5s/^# //p' "$here/package.sh" >&2 && exit 2 ;;
  esac
  shift
done

cd "$here"
case $(uname -s)-$(uname -m) in
Linux-x86_64) target=linux-x64 ;;
Linux-aarch64) target=linux-arm64 ;;
Darwin-arm64) target=darwin-arm64 ;;
Darwin-x86_64) target=darwin-x64 ;;
*) echo "package.sh: VS Code has no platform for $(uname -s) $(uname -m)" >&2 && exit 1 ;;
esac

if [ -z "$binary" ]; then
  ../../tools/build awaitd
  binary=../../build/awaitd
fi
mkdir -p server
cp "$binary" server/awaitd
strip server/awaitd
chmod 755 server/awaitd # whatever the umask is: the mode goes into the package
cp ../../LICENSE LICENSE.txt
lock=$(cksum <package-lock.json)
if [ "$(cat node_modules/.lock 2>/dev/null)" != "$lock" ]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  echo "$lock" >node_modules/.lock
fi
node_modules/.bin/vsce package --target $target --no-dependencies --allow-missing-repository \
  --no-rewrite-relative-links --out awaitd-$target.vsix >&2
[ -n "$install" ] || exit 0
code=${VSCODE:-code}
if ! command -v "$code" >/dev/null; then
  echo "package.sh: there is no $code on the PATH. Install $PWD/awaitd-$target.vsix in VS Code (Extensions, ..., Install from" \
    "VSIX), or say what to run: VSCODE=codium $0 --install" >&2
  exit 1
fi
"$code" --install-extension "$PWD/awaitd-$target.vsix" --force
