"""awaitd in a real, headless Neovim: every tests/editors/neovim/test_*.lua in a Neovim, HOME and workspace of its own.

The Lua side waits for conditions, never for time, and ends Neovim with a failing exit code. NVIM and AWAITD_SEED may be
set. Prints GoogleTest-like lines; standard library only.
"""
import os, shutil, subprocess, sys, tempfile, time
from pathlib import Path

here = Path(__file__).resolve().parent
root = here.parents[1]
awaitd = os.environ.get("AWAITD", str(root / "build/awaitd"))
nvim = os.environ.get("NVIM", "nvim").split()
seed = os.environ.get("AWAITD_SEED", str(time.time_ns() % 1_000_000))
PATIENCE = 120  # seconds; only used up by a test that hangs
WORKSPACE = "my ws #1 ü+é@%25 [x]"  # clients spell this folder in three ways

# What an editor runs: it leaves the server's process id where a test can find it.
SERVER = """#!/bin/sh
echo $$ > "$AWAITD_PID"
echo started >> "$AWAITD_PID.starts"
exec "%s" "$@"
"""


def run(script):
    with tempfile.TemporaryDirectory(prefix="awaitd-nvim-") as temp:
        home, workspace = Path(temp) / "home", Path(temp) / WORKSPACE
        home.mkdir()
        workspace.mkdir()
        (workspace / "pyproject.toml").write_text("")
        server = Path(temp) / "server"
        server.write_text(SERVER % awaitd)
        server.chmod(0o755)
        env = {**os.environ, "HOME": str(home), **{f"XDG_{x}_HOME": str(home) for x in ("CONFIG", "DATA", "STATE", "CACHE")},
               "AWAITD_TEST": "1", "AWAITD_SERVER": str(server), "AWAITD_PID": str(Path(temp) / "pid"), "AWAITD_SEED": seed,
               "AWAITD_PLUGIN": str(root / "editors/neovim"), "AWAITD_LIB": str(here / "neovim"), "LANG": "C.UTF-8"}
        command = [*nvim, "--headless", "-n", "-u", str(here / "neovim/init.lua"), "-c", f"lua require('editor').run('{script.stem}')"]
        try:
            done = subprocess.run(command, cwd=workspace, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=PATIENCE)
            output, code = done.stdout, done.returncode
        except subprocess.TimeoutExpired as late:
            output, code = (late.stdout or b"") + b"\nno end after %d s\n" % PATIENCE, 1
    return output.decode(errors="replace"), code


def main():
    if not shutil.which(nvim[0]):
        print(f"[  FAILED  ] neovim ({nvim[0]} is not installed; tools/install test installs it)")
        return 1
    failed = 0
    scripts = sorted((here / "neovim").glob("test_*.lua"))
    wanted = sys.argv[1:]
    for script in scripts:
        if wanted and not any(w in script.name for w in wanted):
            continue
        name = "neovim." + script.stem[len("test_"):]
        print(f"[ RUN      ] {name}", flush=True)
        start = time.monotonic()
        output, code = run(script)
        if output.strip():
            print(output.strip().replace("\r\n", "\n"))
        failed += code != 0
        print(f"[{'       OK ' if code == 0 else '  FAILED  '}] {name} ({time.monotonic() - start:.1f} s)", flush=True)
    return 1 if failed else 0


sys.exit(main())
