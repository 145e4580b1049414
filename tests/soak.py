"""Runs the random tests with seeds of the clock for MINUTES (10 unless told), two at a time, and prints the seeds that fail.

What tools/test runs has fixed seeds, so that a change is judged by what it changes: run this after changes to what is
kept from key to key. AWAITD_SEED=<seed> repeats a test. Exit code 1 if a seed failed. Standard library only.
"""
import os, subprocess, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

root = Path(__file__).resolve().parent.parent
build = Path(os.environ.get("AWAITD_BUILD", root / "build"))
minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
fixed_tests = "*Behaviour*:EvaluationOrder*:Knowledge*"  # these take the most time, and no seed
commands = [[str(build / "tests/test_analysis"), f"--gtest_filter=-{fixed_tests}", "--gtest_brief=1"]] * 8
commands.append([sys.executable, str(root / "tests/server/run_storm.py")])
end = time.monotonic() + 60 * minutes
first = time.time_ns() // 1_000_000 % 1_000_000_000


def run(number):
    seed, command = str(first + number), commands[number % len(commands)]
    environment = {**os.environ, "AWAITD_SEED": seed, "AWAITD": str(build / "awaitd"), "AWAITD_BUILD": str(build)}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment)
    if done.returncode != 0:
        print(f"AWAITD_SEED={seed} {' '.join(command)}\n{done.stdout[-3000:]}", flush=True)
    return done.returncode == 0


good = bad = number = 0
with ThreadPoolExecutor(2) as pool:
    while time.monotonic() < end:
        for ok in pool.map(run, range(number, number + 2)):
            good, bad = good + ok, bad + (not ok)
        number += 2
print(f"{good} seeds passed, {bad} failed")
sys.exit(1 if bad else 0)
