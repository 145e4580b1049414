#!/bin/sh
# Runs tests/editors/run_neovim.py with the newest Neovim that Debian has (sid's, or that of the release named: trixie).
# It comes by debootstrap into build/neovim-RELEASE (0.7 GB, one to three minutes, once) and runs from there without
# chroot, through that folder's own loader and libraries; what it starts runs on this system's.
# Usage: tests/editors/newest_neovim.sh [sid|trixie] [TEST...]      Needs root, for debootstrap only.
set -eu
cd "$(dirname "$0")/../.."
release=sid
case "${1:-}" in sid | trixie) release=$1 && shift ;; esac
root=$PWD/build/neovim-$release
if [ ! -x "$root/usr/bin/nvim" ]; then
  command -v debootstrap >/dev/null || { echo "debootstrap is not installed" >&2 && exit 2; }
  rm -rf "$root"
  debootstrap --variant=minbase --include=neovim,ca-certificates "$release" "$root" "${MIRROR:-http://deb.debian.org/debian}" >&2
fi
cat >"$root/nvim" <<EOF
#!/bin/sh
export VIMRUNTIME=$root/usr/share/nvim/runtime
exec "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" --argv0 nvim "$root/usr/bin/nvim" \\
  --cmd "set rtp+=$root/usr/lib/nvim,$root/usr/lib/x86_64-linux-gnu/nvim" "\$@"
EOF
chmod +x "$root/nvim"
"$root/nvim" --version | head -1
NVIM="$root/nvim" exec python3 tests/editors/run_neovim.py "$@"
