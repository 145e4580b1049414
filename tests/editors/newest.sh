#!/bin/sh
# Runs the tests of Neovim and Emacs with the newest ones Debian has: sid's, or those of the release named (trixie).
# They come by debootstrap into build/editors-RELEASE (0.9 GB, some minutes, once). Neovim runs from there through that
# folder's own loader and libraries, Emacs in a chroot that sees this checkout and /tmp; nothing stays mounted.
# Usage: tests/editors/newest.sh [sid|trixie] [TEST...]      Needs root and debootstrap.
set -eu
cd "$(dirname "$0")/../.."
release=sid
case "${1:-}" in sid | trixie) release=$1 && shift ;; esac
root=$PWD/build/editors-$release
if [ ! -x "$root/usr/bin/nvim" ] || [ ! -x "$root/usr/bin/emacs" ]; then
  command -v debootstrap >/dev/null || { echo "debootstrap is not installed" >&2 && exit 2; }
  rm -rf "$root"
  debootstrap --variant=minbase --include=neovim,emacs-nox,ca-certificates "$release" "$root" \
    "${MIRROR:-http://deb.debian.org/debian}" >&2
fi

cat >"$root/run-nvim" <<EOF
#!/bin/sh
export VIMRUNTIME=$root/usr/share/nvim/runtime
exec "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" --argv0 nvim "$root/usr/bin/nvim" \\
  --cmd "set rtp+=$root/usr/lib/nvim,$root/usr/lib/x86_64-linux-gnu/nvim" "\$@"
EOF
cat >"$root/run-emacs" <<EOF
#!/bin/sh
export PATH="$PWD/build:\$PATH" # tools/run does not work in there
exec unshare -m sh -c '
  for folder in /proc /dev /tmp "$PWD"; do mkdir -p "$root\$folder" && mount --rbind "\$folder" "$root\$folder"; done
  exec chroot "$root" sh -c "cd \"\\\$1\" && shift && exec emacs \"\\\$@\"" - "\$@"' - "\$(pwd)" "\$@"
EOF
chmod +x "$root/run-nvim" "$root/run-emacs"

"$root/run-nvim" --version | head -1
NVIM="$root/run-nvim" python3 tests/editors/run_neovim.py "$@" || failed=1
"$root/run-emacs" --version | head -1
EMACS="$root/run-emacs" python3 tests/editors/run_emacs.py "$@" || failed=1
exit ${failed:-0}
