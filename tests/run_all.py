"""Runs every test binary and script, prints what failed, and ends with the line `N passed, N failed`.

Standard library only. A test program is any build/tests/test_* (GoogleTest) or any executable tests/*/run_*.py,
which prints GoogleTest-like `[       OK ] name` and `[  FAILED  ] name` lines or, having none, counts as one test. What
says `[  SKIPPED ] name: why` counts as neither and is listed in the end.
"""
import os, re, subprocess, sys, time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
build = Path(os.environ.get("AWAITD_BUILD", root / "build"))
wanted = sys.argv[1:]


def programs():
    yield from ([str(p)] for p in sorted(build.glob("tests/test_*")) if os.access(p, os.X_OK) and p.is_file())
    yield from ([sys.executable, str(p)] for p in sorted(root.glob("tests/*/run_*.py")))


def about(output, bad):
    """What was printed by the tests that failed, or all there is; never so much that the first of it is lost in a log."""
    runs = re.split(r"^\[ RUN      \] ", output, flags=re.M)[1:]
    parts = [(run.split("\n", 1)[0], run[:(re.search(r"^\[  FAILED  \].*$", run, re.M) or re.search("$", run)).end()]) for run in runs]
    told = [f"{text if len(text) < 4000 else text[:2000] + chr(10) + '...' + chr(10) + text[-2000:]}" for name, text in parts if name in bad]
    return "\n".join(told[:20] + [f"FAILED {name}" for name in bad]) if told else output[-20000:]


passed = failed = 0
skipped = []
for command in programs():
    name = Path(command[-1]).name
    if wanted and not any(w in name for w in wanted):
        continue
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          env={**os.environ, "AWAITD": str(build / "awaitd"), "AWAITD_BUILD": str(build)})
    ok = re.findall(r"^\[       OK \] (\S+)", done.stdout, re.M)
    bad = sorted(set(re.findall(r"^\[  FAILED  \] (\S+?),? ", done.stdout + " ", re.M)) - {""})
    bad = [b for b in bad if not b.isdigit()]
    missing = re.findall(r"^\[  SKIPPED \] (.+: .+)", done.stdout, re.M)  # what was not there to be tested with
    skipped += missing
    if not ok and not bad and not missing:
        (ok if done.returncode == 0 else bad).append(name)
    elif done.returncode != 0 and not bad:
        bad = [f"{name} (exit {done.returncode})"]
    passed += len(ok)
    failed += len(bad)
    print(f"{'FAIL' if bad else 'ok  '} {name}: {len(ok)} passed, {len(bad)} failed, {time.monotonic() - start:.1f} s", flush=True)
    if bad:
        print(about(done.stdout, bad), flush=True)
for one in skipped:
    print(f"SKIPPED {one}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
