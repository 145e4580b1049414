"""What the test programs of all editors share: a workspace and a home of their own, a server whose process can be found,
the scenario, and GoogleTest-like lines. Standard library only.

The editors' own sides wait for conditions, never for time, and end with a failing exit code.
"""
import json, os, shutil, subprocess, sys, tempfile, time
from pathlib import Path

here = Path(__file__).resolve().parent
root = here.parents[1]
awaitd = os.environ.get("AWAITD", str(root / "build/awaitd"))
scenario = here / "scenario"
PATIENCE = 300  # seconds; only used up by a test that hangs

# What an editor runs: it leaves the server's process id where a test can find it.
SERVER = """#!/bin/sh
echo $$ > "$AWAITD_PID"
echo started >> "$AWAITD_PID.starts"
exec "%s" "$@"
"""


class Place:
    """A temporary folder with a home, a workspace and a server for one run of an editor."""

    def __init__(self, workspace="my ws #1 ü+é@%25 [x]"):  # clients spell this folder in three ways
        self.temp = Path(tempfile.mkdtemp(prefix="awaitd-editor-"))
        self.home, self.workspace, self.server = self.temp / "home", self.temp / workspace, self.temp / "server"
        self.home.mkdir()
        self.workspace.mkdir()
        self.server.write_text(SERVER % awaitd)
        self.server.chmod(0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.temp, ignore_errors=True)

    def environment(self, **more):
        xdg = {f"XDG_{x}_HOME": str(self.home / f".{x.lower()}") for x in ("CONFIG", "DATA", "STATE", "CACHE")}
        return {**os.environ, **xdg, "HOME": str(self.home), "LANG": "C.UTF-8", "AWAITD_TEST": "1", "AWAITD_SERVER": str(self.server),
                "AWAITD_PID": str(self.temp / "pid"), "AWAITD_ROOT": str(root), "AWAITD_SCENARIO": str(scenario / "scenario.json"), **more}

    def play_scenario(self, command, **more):
        """Runs the editor in a copy of the scenario's workspace, then compares what it saved; -> (output, exit code)."""
        shutil.copytree(scenario / "workspace", self.workspace, dirs_exist_ok=True)
        output, code = run(command, self.workspace, self.environment(**more))
        for expected in sorted((scenario / "expected").rglob("*.py")) if code == 0 else ():
            name = expected.relative_to(scenario / "expected")
            got = (self.workspace / name).read_text()
            if got != expected.read_text():
                output, code = f"{output}\n{name} is not as expected:\n{got}", 1
        return output, code


def run(command, folder, environment, patience=PATIENCE):
    """-> (output, exit code); the process has no terminal and nothing to read."""
    try:
        done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=patience)
        output, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output, code = (late.stdout or b"") + b"\nno end after %d s\n" % patience, 1
    return output.decode(errors="replace").strip().replace("\r\n", "\n"), code


def play(tests, wanted=()):
    """tests: {name: function() -> (output, exit code)}; runs those whose names have one of the wanted words; -> exit code."""
    failed = 0
    for name, test in tests.items():
        if wanted and not any(w in name for w in wanted):
            continue
        print(f"[ RUN      ] {name}", flush=True)
        start = time.monotonic()
        output, code = test()
        if output:
            print(output)
        failed += code != 0
        print(f"[{'       OK ' if code == 0 else '  FAILED  '}] {name} ({time.monotonic() - start:.1f} s)", flush=True)
    return 1 if failed else 0


def missing(name, what):
    """Nothing is skipped in silence: run_all.py repeats this line before its last one."""
    print(f"[  SKIPPED ] {name}: {what}; tools/install test installs it", flush=True)
    return 0


def snippets(page, language):
    """The code blocks of a page in that language, in order, without the indentation of a list they may stand in."""
    out, block, indent = [], None, 0
    for line in page.read_text().split("\n"):
        mark = line.lstrip()
        if block is None and mark.startswith("```" + language) and mark[3:].strip() == language:
            block, indent = [], len(line) - len(mark)
        elif block is not None and mark.startswith("```"):
            out.append("\n".join(block) + "\n")
            block = None
        elif block is not None:
            block.append(line[indent:])
    return out


def told_of_setting(line):
    with tempfile.TemporaryDirectory() as temp:
        (Path(temp) / "awaitd.toml").write_text(line + "\n")
        (Path(temp) / "a.py").write_text("")
        return subprocess.run([awaitd, "check", temp], capture_output=True, text=True).stderr


def server_settings():
    """The names of a project's settings, as the server itself lists them when it meets an unknown one."""
    return told_of_setting("no-such-setting = 1").split("there are: ")[1].split("\n")[0].split(", ")


def is_editors_setting(name):
    return "is a setting of the editor" in told_of_setting(f"{name} = 1")


def scenario_data():
    return json.loads((scenario / "scenario.json").read_text())
