#!/bin/sh
# Builds the extension with awaitd inside: editors/vscode/awaitd-TARGET.vsix, for the machine this runs on or another one.
# Usage: editors/vscode/package.sh [--install] [--binary FILE] [--target TARGET] [--out FILE]
#   --install        also installs it, with `code` (or $VSCODE: codium, code-server, cursor...)
#   --binary FILE    the awaitd to put in; otherwise tools/build makes one
#   --target TARGET  linux-x64, linux-arm64, darwin-x64 or darwin-arm64: whom it is for, with a --binary built there
#   --out FILE       another name for the .vsix
set -eu
here=$(cd "$(dirname "$0")" && pwd)
install= binary= target= out=
while [ $# -gt 0 ]; do
  case $1 in
  --install) install=yes ;;
  --binary) binary=$(realpath "$2") && shift ;;
  --target) target=$2 && shift ;;
  --out) out=$(realpath "$2") && shift ;;
  *) sed -n '2,7s/^# //p' "$here/package.sh" >&2 && exit 2 ;;
  esac
  shift
done

cd "$here"
case $(uname -s)-$(uname -m) in
Linux-x86_64) own=linux-x64 ;;
Linux-aarch64) own=linux-arm64 ;;
Darwin-arm64) own=darwin-arm64 ;;
Darwin-x86_64) own=darwin-x64 ;;
*) own="$(uname -s) $(uname -m)" ;;
esac
target=${target:-$own}
# How a program for it begins: ELF with its machine, Mach-O with its processor.
case $target in
linux-x64) magic='7f454c46020101.*3e00$' ;;
linux-arm64) magic='7f454c46020101.*b700$' ;;
darwin-x64) magic='cffaedfe07000001.*' ;;
darwin-arm64) magic='cffaedfe0c000001.*' ;;
*) echo "package.sh: there is no awaitd for $target" >&2 && exit 1 ;;
esac

if [ -z "$binary" ]; then
  [ "$target" = "$own" ] || { echo "package.sh: this machine builds for $own; --target $target needs a --binary" >&2 && exit 1; }
  ../../tools/build awaitd
  binary=../../build/awaitd
fi
if ! od -An -tx1 -N20 "$binary" | tr -d ' \n' | grep -q "^$magic"; then
  echo "package.sh: $binary is no program for $target" >&2
  exit 1
fi
out=${out:-$here/awaitd-$target.vsix}
mkdir -p server
cp "$binary" server/awaitd
[ "$target" != "$own" ] || strip server/awaitd
chmod 755 server/awaitd # whatever the umask is: the mode goes into the package
cp ../../LICENSE LICENSE.txt
lock=$(cksum <package-lock.json)
if [ "$(cat node_modules/.lock 2>/dev/null)" != "$lock" ]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  echo "$lock" >node_modules/.lock
fi
node_modules/.bin/vsce package --target $target --no-dependencies --allow-missing-repository \
  --no-rewrite-relative-links --out "$out" >&2
[ -n "$install" ] || exit 0
code=${VSCODE:-code}
if ! command -v "$code" >/dev/null; then
  echo "package.sh: there is no $code on the PATH. Install $out in VS Code (Extensions, ..., Install from" \
    "VSIX), or say what to run: VSCODE=codium $0 --install" >&2
  exit 1
fi
"$code" --install-extension "$out" --force
