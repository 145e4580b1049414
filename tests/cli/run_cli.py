"""The command line of the real binary: check, explain, rules. Prints GoogleTest-like lines; standard library only."""
import contextlib, json, os, pty, random, re, shutil, stat, subprocess, sys, sysconfig, tempfile, traceback
from pathlib import Path

root = Path(__file__).resolve().parents[2]
awaitd = os.environ.get("AWAITD", str(root / "build/awaitd"))
PATIENCE = 120  # seconds; only used up by a test that fails
PLAIN = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "TERM")}

SLEEP = "import time\n\n\nasync def f():\n    time.sleep(1)\n"
FIXED = "import asyncio\nimport time\n\n\nasync def f():\n    await asyncio.sleep(1)\n"
PROBE = "import os\n\n\nasync def f(path):\n    return os.stat(path)\n"  # information: no failure by default


def run(*args, cwd=None, stdin=b"", env=None, code=None):
    stdin = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run([awaitd, *map(str, args)], cwd=cwd, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env={**PLAIN, **(env or {})}, timeout=PATIENCE)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    if code is not None:
        assert done.returncode == code, (args, done.returncode, done.out[-2000:], done.err[-2000:])
    return done


@contextlib.contextmanager
def folder(files=()):
    """A folder with files, and a .git so that no configuration above it counts."""
    with tempfile.TemporaryDirectory(prefix="awaitd-cli-") as name:
        path = Path(name).resolve()
        (path / ".git").mkdir()
        for file, text in dict(files).items():
            (path / file).parent.mkdir(parents=True, exist_ok=True)
            (path / file).write_bytes(text if isinstance(text, bytes) else text.encode())
        yield path


def found(done):
    """The paths of a concise report, in order, each once."""
    return list(dict.fromkeys(line.split(":")[0] for line in done.out.splitlines() if ": warning[" in line or ": info[" in line))


def concise(*args, **more):
    return run("check", "--output-format", "concise", *args, **more)


# --- what is printed ---------------------------------------------------------------------------------------------

def test_text():
    with folder({"a.py": SLEEP}) as path:
        done = run("check", "a.py", cwd=path, code=1)
        lines = done.out.splitlines()
        assert lines[0].startswith("warning[AWD101]: `time.sleep(1)` stops every task"), done.out
        assert lines[1:9] == [" --> a.py:5:5", "  |", "4 | async def f():", "5 |     time.sleep(1)", "  |     ^^^^^^^^^^", "  |",
                              lines[7], ""], done.out
        assert lines[7].startswith("help: Use ") and lines[7].endswith(" [*]"), lines[7]
        assert lines[9:] == ["Found 1 finding in 1 file: 1 warning.", "[*] 1 fixable with the `--fix` option."], done.out
        assert done.err == ""


def test_concise():
    with folder({"a.py": SLEEP, "b/c.py": PROBE}) as path:
        done = concise(cwd=path, code=1)
        lines = done.out.splitlines()
        assert lines[0].startswith("a.py:5:5: warning[AWD101] [*] `time.sleep("), lines
        assert lines[1].startswith("b/c.py:5:12: info[AWD104] `os.stat()`"), lines
        assert lines[2] == "Found 2 findings in 2 files: 1 warning, 1 info.", lines
        assert concise("-q", cwd=path, code=1).out.splitlines() == lines[:2]


def test_json_records_have_ruffs_shape():
    text = SLEEP.replace("    time", "    s = '\U0001F600é'; time")
    with folder({"a.py": text, "b.py": PROBE}) as path:
        records = json.loads(run("check", "--output-format", "json", cwd=path, code=1).out)
        lines = run("check", "--output-format", "json-lines", cwd=path, code=1).out.splitlines()
        assert [json.loads(line) for line in lines] == records
        assert len(records) == 2
        one = records[0]
        assert set(one) == {"code", "name", "message", "severity", "confidence", "filename", "location", "end_location",
                            "fix", "url", "chain"}, one
        assert (one["code"], one["name"], one["severity"], one["confidence"]) == ("AWD101", "blocking-sleep", "warning", "definite")
        assert one["filename"] == str(path / "a.py")
        assert one["location"] == {"row": 5, "column": 15} and one["end_location"] == {"row": 5, "column": 25}, one
        assert one["url"].endswith("/blocking-sleep") and one["chain"] == []
        assert one["fix"]["applicability"] == "safe" and one["fix"]["message"]
        for edit in one["fix"]["edits"]:
            assert set(edit) == {"content", "location", "end_location"}, edit
        assert records[1]["fix"]["applicability"] == "unsafe"
        assert apply(text, one["fix"]["edits"]) == text.replace("import time", "import asyncio\nimport time").replace(
            "time.sleep", "await asyncio.sleep")


def apply(text, edits):
    lines = text.splitlines(keepends=True)
    offset = lambda place: sum(map(len, lines[:place["row"] - 1])) + place["column"] - 1
    for edit in reversed(edits):
        text = text[:offset(edit["location"])] + edit["content"] + text[offset(edit["end_location"]):]
    return text


def test_json_of_nothing():
    with folder({"a.py": "x = 1\n"}) as path:
        assert json.loads(run("check", "--output-format", "json", cwd=path, code=0).out) == []
        assert run("check", "--output-format", "json-lines", cwd=path, code=0).out == ""
        assert run("check", cwd=path, code=0).out == "All checks passed!\n"
        done = run("check", "--output-format", "json", "none.py", cwd=path, code=2)
        assert json.loads(done.out) == [] and "none.py: no such file" in done.err


def test_the_chain_is_in_every_format():
    text = "import os\n\n\nasync def f(a, b, c):\n    os.remove(a)\n    os.remove(b)\n    os.remove(c)\n"
    with folder({"a.py": text}) as path:
        chain = json.loads(run("check", "--output-format", "json", cwd=path, code=1).out)[0]["chain"]
        assert [(c["file"], c["row"], c["column"]) for c in chain] == [(str(path / "a.py"), 6, 5), (str(path / "a.py"), 7, 5)]
        assert all(c["text"] for c in chain)
        out = run("check", cwd=path, code=1).out
        assert out.count("\nnote: ") == 2 and "6 |     os.remove(b)\n  |     ---------\n" in out, out


def test_statistics():
    with folder({"a.py": SLEEP * 2, "b.py": PROBE}) as path:
        out = run("check", "--statistics", cwd=path, code=1).out
        assert out.startswith("2  AWD101 [*] blocking-sleep\n1  AWD104 [ ] blocking-file-io\nFound 3"), out
        records = json.loads(run("check", "--statistics", "--output-format", "json", cwd=path, code=1).out)
        assert records[0] == {"code": "AWD101", "name": "blocking-sleep", "count": 2, "fixable": 2}, records
        lines = run("check", "--statistics", "--output-format", "json-lines", cwd=path, code=1).out.splitlines()
        assert [json.loads(line) for line in lines] == records
    with folder({"a.py": "x = 1\n"}) as path:
        assert json.loads(run("check", "--statistics", "--output-format", "json", cwd=path, code=0).out) == []


def test_verbose_counts_what_was_skipped():
    with folder({"a.py": SLEEP, "b.py": "x = 1\n", "c.py": b"\0"}) as path:
        err = run("check", "-v", cwd=path, code=1).err
        assert "3 files: 1 parsed, 1 skipped" in err and "1 not read" in err, err


def test_escape_sequences_of_a_file_do_not_reach_the_terminal():
    with folder({"a.py": "import time\nasync def f():\n    x = '\x1b[31m\x07\u202e'; time.sleep(1)\n"}) as path:
        for fmt in ("text", "concise"):
            out = run("check", "--output-format", fmt, cwd=path, code=1).out
            assert not set(out) & {"\x1b", "\x07", "\u202e"}, out


def test_colour_is_for_terminals():
    with folder({"a.py": SLEEP}) as path:
        assert "\x1b" not in run("check", cwd=path).out
        assert "\x1b[1;33mwarning" in run("check", "--color", "always", cwd=path).out
        assert "\x1b" in run("check", cwd=path, env={"FORCE_COLOR": "1"}).out
        assert "\x1b" not in run("check", "--color", "never", cwd=path, env={"FORCE_COLOR": "1"}).out
        on_terminal = lambda **env: terminal("check", cwd=path, env={"TERM": "xterm", **env})
        assert "\x1b[" in on_terminal()
        assert "\x1b" not in on_terminal(NO_COLOR="1")
        assert "\x1b" not in on_terminal(TERM="dumb")
        assert "\x1b[1m" in terminal("explain", "AWD101", cwd=path, env={"TERM": "xterm"})
        assert "\x1b" not in terminal("explain", "AWD101", cwd=path, env={"TERM": "xterm", "NO_COLOR": "1"})


def terminal(*args, cwd, env):
    main, other = pty.openpty()
    process = subprocess.Popen([awaitd, *args], cwd=cwd, stdin=subprocess.DEVNULL, stdout=other, stderr=other, env={**PLAIN, **env})
    os.close(other)
    out = b""
    with contextlib.suppress(OSError):  # Linux: EIO once the other side is closed
        while data := os.read(main, 65536):
            out += data
    os.close(main)
    process.wait(PATIENCE)
    return out.decode()


# --- exit codes --------------------------------------------------------------------------------------------------

def test_exit_codes():
    with folder({"warning.py": SLEEP, "info.py": PROBE, "good.py": "async def f(): pass\n"}) as path:
        check = lambda *args: run("check", *args, cwd=path).returncode
        assert check("good.py") == 0
        assert check("warning.py") == 1
        assert check("info.py") == 0
        assert check("info.py", "--fail-on", "info") == 1
        assert check("info.py", "--fail-on=hint") == 1
        assert check("warning.py", "--fail-on", "error") == 0
        assert check("warning.py", "--fail-on", "never") == 0
        assert check("warning.py", "--exit-zero") == 0
        assert check("warning.py", "none.py") == 2
        assert check("warning.py", "none.py", "--exit-zero") == 2
        assert "None of them fails" in run("check", "info.py", cwd=path).out


def test_a_probable_finding_fails_only_when_asked():
    text = ("import time\n\nfrom mylib import other\n\n\nasync def f(flag):\n    wait = time.sleep if flag else other()\n    wait(1)\n")
    with folder({"a.py": text}) as path:
        records = json.loads(run("check", "--output-format", "json", cwd=path, code=0).out)
        assert [(r["confidence"], r["severity"]) for r in records] == [("probable", "info")], records
        assert "info[AWD101, probable]: " in run("check", cwd=path, code=0).out
        assert run("check", "--confidence", "probable", cwd=path).returncode == 1
        assert run("check", "--confidence", "definite", cwd=path).returncode == 0
        assert run("check", "--fix", "-q", cwd=path, code=0) and (path / "a.py").read_text() == text


def test_wrong_arguments():
    with folder({"a.py": SLEEP}) as path:
        for args, said in {
            ("--no-such-option",): "--no-such-option",
            ("--output-format", "xml"): '"xml" is none of text, concise, json',
            ("--fail-on", "fatal"): '"fatal" is none of error, warning',
            ("--confidence", "sure"): '"sure" is none of definite, probable',
            ("--color", "maybe"): '"maybe" is none of',
            ("--select", "AWD9999"): '--select: "AWD9999" is no rule code',
            ("--select", "AWD101,nothing"): '"nothing" is no rule',
            ("--ignore", "E501"): '--ignore: "E501" is no rule code',
            ("--extend-select", "x"): '--extend-select: "x"',
            ("--target-python", "three"): '"three" is no Python version',
            ("--jobs", "0"): "jobs",
            ("--jobs", "many"): "jobs",
            ("--select",): "--select",
            ("-", "a.py"): "cannot stand beside",
            ("--stdin-filename", "b.py"): "needs - as the path",
            ("--config", "none.toml"): "none.toml: no such file",
        }.items():
            done = run("check", *args, cwd=path, code=2)
            assert said in done.err and done.out == "", (args, done.err, done.out)
        for args in (("explain",), ("explain", "A", "B"), ("rules", "x"), ("rules", "--output-format", "xml"), ("chekc",)):
            done = run(*args, cwd=path, code=2)
            assert done.out == "" and done.err, args


def test_help_and_version():
    assert run("--version", code=0).out.startswith("awaitd ")
    for command in ("check", "explain", "rules"):
        assert command in run("--help", code=0).out
        assert "awaitd " + command in run(command, "--help", code=0).out


# --- rules and configuration -------------------------------------------------------------------------------------

def test_select_and_ignore():
    with folder({"a.py": SLEEP, "b.py": PROBE}) as path:
        codes = lambda *args: [r["code"] for r in json.loads(run("check", "--output-format", "json", *args, cwd=path).out)]
        assert codes() == ["AWD101", "AWD104"]
        assert codes("--select", "AWD101") == ["AWD101"]
        assert codes("--select", "awd1", "a.py", "b.py") == ["AWD101", "AWD104"]
        assert codes("--select", "ALL", "--ignore", "blocking-sleep") == ["AWD809", "AWD809", "AWD104"]
        assert codes("--select", "AWD101,AWD102", "--select", "AWD104") == ["AWD101", "AWD104"]
        assert codes("--ignore", "AWD10") == []


def test_a_patch_of_loops_is_found_where_nothing_else_is_async():
    with folder({"a.py": "import nest_asyncio\n\nnest_asyncio.apply()\n", "b.py": "def apply():\n    pass\n"}) as path:
        done = run("check", "--extend-select", "AWD511", "--output-format", "concise", path)
        assert "a.py:3:1: " in done.out and "AWD511" in done.out and "b.py" not in done.out, done.out


def test_configuration():
    files = {"pyproject.toml": '[tool.awaitd]\nselect = ["AWD104"]\n', "a.py": SLEEP, "b.py": PROBE, "sub/c.py": SLEEP,
             "sub/awaitd.toml": 'ignore = ["AWD104"]\n', "sub/deep/d.py": SLEEP, "other.toml": 'select = ["AWD101"]\n'}
    with folder(files) as path:
        assert found(concise(cwd=path)) == ["b.py", "sub/c.py", "sub/deep/d.py"]
        assert found(concise("--select", "AWD101", cwd=path)) == ["a.py", "sub/c.py", "sub/deep/d.py"]
        assert found(concise("--config", "other.toml", cwd=path)) == ["a.py", "sub/c.py", "sub/deep/d.py"]
        assert found(concise("--config", path / "pyproject.toml", cwd=path / "sub")) == []
        for broken in ('[tool.awaitd]\nselekt = ["AWD1"]\n', '[tool.awaitd]\nselect = ["XYZ"]\n', "[tool.awaitd\n"):
            (path / "pyproject.toml").write_text(broken)
            done = run("check", cwd=path, code=2)
            assert done.out == "" and "error: " in done.err and "pyproject.toml" in done.err, (broken, done.err)
            assert done.err.count("error: ") == 1, done.err
        # A template, or another tool's mistake: nothing in it is for awaitd.
        (path / "pyproject.toml").write_text("[project]\nname = {{ cookiecutter.name }}\n")
        done = run("check", cwd=path, code=1)
        assert "warning: " in done.err and "pyproject.toml" in done.err and "error: " not in done.err, done.err
        assert "a.py" in done.out, done.out
        for broken in ('[tool.awaitd]\nselekt = ["AWD1"]\n', '[tool.awaitd]\nselect = ["XYZ"]\n'):
            (path / "pyproject.toml").write_text(broken)
            run("check", "sub", cwd=path, code=1)  # another configuration holds there


def test_target_python():
    with folder({"a.py": PROBE, "pyproject.toml": '[project]\nrequires-python = ">=3.8"\n'}) as path:
        title = lambda *args: json.loads(run("check", "--output-format", "json", *args, cwd=path).out)[0]["fix"]["message"]
        assert "run_in_executor" in title(), title()
        assert "to_thread" in title("--target-python", "3.12")
        assert "to_thread" in title("--target-python", "py39")


# --- files -------------------------------------------------------------------------------------------------------

def test_discovery():
    names = ["a.py", "a.pyi", "a.txt", "b/c.py", "b/build/d.py", ".venv/lib/e.py", "node_modules/f.py", "b/dist/g.py",
             ".git/h.py", ".hidden/i.py", "b/__pycache__/j.py", "x.py/k.py"]
    with folder({n: SLEEP for n in names}) as path:
        usual = [".hidden/i.py", "a.py", "b/c.py", "x.py/k.py"]  # what stands in a stub, a.pyi, never runs (PEP 484)
        assert found(concise(cwd=path)) == usual
        assert found(concise(path, cwd=path)) == usual
        assert found(concise("b", "a.py", "./b/../b/c.py", cwd=path)) == ["a.py", "b/c.py"]
        assert found(concise("a.txt", "node_modules", cwd=path)) == ["a.txt", "node_modules/f.py"]
        assert found(concise("node_modules/f.py", "--force-exclude", cwd=path)) == []
        assert found(concise("..", cwd=path / "b")) == sorted([str(path / n) for n in usual if not n.startswith("b/")] + ["c.py"])
        everything = sorted(n for n in names if n not in ("a.txt", "a.pyi"))
        assert found(concise("--no-default-excludes", cwd=path)) == everything
        assert found(concise("--exclude", "b,*.pyi", "--exclude", "/a.py", cwd=path)) == [".hidden/i.py", "x.py/k.py"]
        assert found(concise("--exclude", path / "b", cwd=path)) == [n for n in usual if n != "b/c.py"]
    with folder({"a.txt": ""}) as path:
        done = run("check", cwd=path, code=0)
        assert "no Python files" in done.err and done.out == "All checks passed!\n"


def test_links():
    with folder({"real/a.py": SLEEP}) as path:
        (path / "real/loop").symlink_to(path, target_is_directory=True)
        (path / "link.py").symlink_to("real/a.py")
        (path / "dangling.py").symlink_to("nowhere.py")
        (path / "folder.py").symlink_to("real", target_is_directory=True)
        os.mkfifo(path / "pipe.py")
        assert found(concise(cwd=path)) == ["link.py", "real/a.py"]
        assert found(concise("real/loop/real", cwd=path)) == ["real/loop/real/a.py"]
        run("check", "dangling.py", cwd=path, code=2)


def test_gitignore():
    files = {".gitignore": "/gen\n*.tmp.py\n!keep.tmp.py\nout/\n", "a.py": SLEEP, "x.tmp.py": SLEEP, "keep.tmp.py": SLEEP,
             "gen/b.py": SLEEP, "sub/gen/c.py": SLEEP, "sub/out/d.py": SLEEP, "sub/.gitignore": "!x.tmp.py\n/e.py\n",
             "sub/x.tmp.py": SLEEP, "sub/e.py": SLEEP, ".git/info/exclude": "local.py\n", "local.py": SLEEP}
    with folder(files) as path:
        usual = ["a.py", "keep.tmp.py", "sub/gen/c.py", "sub/x.tmp.py"]
        assert found(concise(cwd=path)) == usual
        assert found(concise(path / "sub", cwd=root)) == [str(path / "sub/gen/c.py"), str(path / "sub/x.tmp.py")]
        assert found(concise("x.tmp.py", "gen", cwd=path)) == ["gen/b.py", "x.tmp.py"]  # named is wanted
        assert len(found(concise("--no-respect-gitignore", cwd=path))) == 9


def test_gitignore_is_gits():
    """Random trees and patterns, compared with git itself. (Left out, as git contradicts its own page there: "a**/b",
    whose literal beginning git takes off before it looks at the stars; and sets with a slash, "[/a]".)"""
    if not shutil.which("git"):
        return
    seed = random.randrange(1 << 32)
    pick = random.Random(seed)
    words = ["a", "b", "ab", "c.py", "d.py", "x1"]
    parts = words + ["*", "?", "a*", "*.py", "[ab]", "[!a]*", "**", "*b*", "[[:digit:]x]*", "\\a", "**.py"]

    def pattern():
        text = "/".join(pick.choice(parts) for _ in range(pick.choice([1, 1, 1, 2, 2, 3])))
        return pick.choice(["", "", "", "!"]) + pick.choice(["", "", "/"]) + text + pick.choice(["", "", "", "/", "  "])

    for round in range(25):
        with folder() as path:
            for _ in range(30):
                file = path.joinpath(*(pick.choice(words) for _ in range(pick.randrange(4))), pick.choice(words[3:5]))
                with contextlib.suppress(OSError):  # a file where a folder should be
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(SLEEP)
            lists = {}
            for where in pick.sample([p for p in [path, *path.rglob("*")] if p.is_dir() and ".git" not in p.parts], 1) + [path]:
                lists[where] = "".join(pattern() + "\n" for _ in range(pick.randrange(1, 6)))
                (where / ".gitignore").write_text(lists[where])
            shutil.rmtree(path / ".git")
            subprocess.run(["git", "init", "-q"], cwd=path, check=True)
            theirs = subprocess.run(["git", "-c", "core.excludesFile=", "ls-files", "-o", "--exclude-standard", "-z", "--", "*.py"],
                                    cwd=path, check=True, stdout=subprocess.PIPE).stdout.decode()
            ours = found(concise("--no-default-excludes", cwd=path))
            assert ours == sorted(filter(None, theirs.split("\0"))), (seed, round, lists, ours, theirs)


def test_bytes_that_are_no_python():
    files = {"nul.py": b"import time\0", "utf16.py": SLEEP.encode("utf-16"), "latin1.py": b"# -*- coding: latin-1 -*-\n# \xe9\xe9\n" +
             SLEEP.encode() + b"# \xff", "bom.py": b"\xef\xbb\xbf" + SLEEP.encode(), "empty.py": b"", "cr.py": SLEEP.replace("\n", "\r"),
             "js.py": "function f() { return async () => { await { 'a' : ` ${x} ` } }\n" * 50, "long.py": "async = '" + "x" * 200000}
    with folder(files) as path:
        done = concise(cwd=path, code=1)
        assert found(done) == ["bom.py", "cr.py", "latin1.py"], done.out
        assert "nul.py: holds NUL" in done.err and "utf16.py: holds NUL" in done.err, done.err
        run("check", "--fix", cwd=path, code=1)
        for name in ("nul.py", "utf16.py", "latin1.py", "js.py"):
            assert (path / name).read_bytes() == (files[name].encode() if isinstance(files[name], str) else files[name]), name


def test_one_and_many_jobs_say_the_same():
    stdlib = Path(sysconfig.get_path("stdlib"))
    paths = [root / "examples", root / "tests", *(stdlib / n for n in ("asyncio", "json", "email") if (stdlib / n).is_dir())]
    for fmt in ("text", "json"):
        one, two, many = (run("check", "--output-format", fmt, "--jobs", n, *paths).stdout for n in (1, 2, 16))
        assert one == two == many and len(one) > 1000


def test_the_module_name_comes_from_the_packages():
    files = {"src/app/__init__.py": "", "src/app/clock.py": "async def f():\n    from .delay import pause\n    pause()\n",
             "src/app/delay.py": "import time\npause = time.sleep\n"}
    with folder(files) as path:
        assert found(concise(cwd=path, code=1)) == ["src/app/clock.py"]  # `.delay` is app.delay


def test_a_closed_pipe_is_no_error():
    with folder({f"m{i}.py": SLEEP * 20 for i in range(40)}) as path:
        for fmt in ("text", "json"):
            process = subprocess.Popen([awaitd, "check", "--output-format", fmt], cwd=path, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=PLAIN)
            process.stdout.read(100)
            process.stdout.close()
            err = process.stderr.read()
            process.stderr.close()
            assert process.wait(PATIENCE) in (0, 1) and err == b"", (process.returncode, err)


# --- fixes -------------------------------------------------------------------------------------------------------

def test_fix():
    with folder({"a.py": SLEEP, "b.py": PROBE, "c.py": "x = 1\n"}) as path:
        os.chmod(path / "a.py", 0o750)
        done = run("check", "--fix", cwd=path, code=0)
        assert (path / "a.py").read_text() == FIXED
        assert (path / "b.py").read_text() == PROBE
        assert stat.S_IMODE((path / "a.py").stat().st_mode) == 0o750
        assert "Found 2 findings (1 fixed, 1 remaining)." in done.out, done.out
        before = (path / "a.py").stat()
        assert "fixed" not in run("check", "--fix", cwd=path, code=0).out  # again: nothing to do
        after = (path / "a.py").stat()
        assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
        assert sorted(p.name for p in path.iterdir()) == [".git", "a.py", "b.py", "c.py"]


def test_fix_keeps_line_ends_and_byte_order_mark():
    for text in (SLEEP.replace("\n", "\r\n"), "\ufeff" + SLEEP, "\ufeff" + SLEEP.replace("\n", "\r\n"), SLEEP.rstrip("\n")):
        with folder({"a.py": text}) as path:
            run("check", "--fix", cwd=path, code=0)
            expected = FIXED.rstrip("\n") if not text.endswith("\n") else FIXED
            expected = expected.replace("\n", "\r\n") if "\r\n" in text else expected
            assert (path / "a.py").read_bytes() == (("\ufeff" if text[0] == "\ufeff" else "") + expected).encode(), text


def test_fix_through_a_link():
    with folder({"a.py": SLEEP}) as path:
        (path / "link.py").symlink_to("a.py")
        run("check", "--fix", "link.py", cwd=path, code=0)
        assert (path / "link.py").is_symlink() and (path / "a.py").read_text() == FIXED


def test_fix_of_what_cannot_be_written():
    if os.geteuid() == 0:
        return  # nothing is read-only for root
    with folder({"a.py": SLEEP}) as path:
        os.chmod(path / "a.py", 0o444)
        done = run("check", "--fix", cwd=path, code=2)
        assert "a.py: not fixed: permission denied" in done.err and (path / "a.py").read_text() == SLEEP


def test_diff():
    for text in (SLEEP, SLEEP.replace("\n", "\r\n"), SLEEP.rstrip("\n"), SLEEP * 3):
        with folder({"sub/a.py": text, "sub/b.py": "x = 1\n"}) as path:
            done = run("check", "--diff", cwd=path, code=1)
            assert (path / "sub/a.py").read_bytes() == text.encode()  # nothing is written
            assert done.out.startswith("--- sub/a.py\n+++ sub/a.py\n@@ "), done.out
            assert "Would fix" in done.err
            assert run("check", "--diff", "--fix", cwd=path, code=1).out == done.out
            if shutil.which("git"):
                subprocess.run(["git", "apply", "-p0", "--whitespace=nowarn"], input=done.stdout, cwd=path, check=True)
                by_patch = (path / "sub/a.py").read_bytes()
                (path / "sub/a.py").write_bytes(text.encode())
                run("check", "--fix", cwd=path)
                assert (path / "sub/a.py").read_bytes() == by_patch
                after = run("check", "--diff", cwd=path, code=0)
                assert after.out == "" and "Nothing would be changed" in after.err
            run("check", "--diff", "--exit-zero", cwd=path, code=0)


# --- standard input ----------------------------------------------------------------------------------------------

def test_standard_input():
    with folder({"pyproject.toml": '[tool.awaitd]\nignore = ["AWD101"]\n', "sub/awaitd.toml": ""}) as path:
        assert run("check", "-", cwd=path, stdin=SLEEP, code=0)
        done = concise("-", "--stdin-filename", "sub/new.py", cwd=path, stdin=SLEEP, code=1)
        assert found(done) == ["sub/new.py"]
        record = json.loads(run("check", "-", "--stdin-filename", "sub/new.py", "--output-format", "json", cwd=path, stdin=SLEEP).out)[0]
        assert record["filename"] == str(path / "sub/new.py")
        assert "-:5:5" in run("check", "-", "--select", "ALL", "--ignore", "AWD104", cwd=path, stdin=SLEEP, code=1).out


def test_standard_input_fixed():
    with folder() as path:
        for text, fixed in ((SLEEP, FIXED), ("x = 1\n", "x = 1\n"), (FIXED, FIXED), ("\ufeff" + SLEEP, "\ufeff" + FIXED)):
            done = run("check", "-", "--fix", cwd=path, stdin=text, code=0)
            assert done.out == fixed, done.out  # the text is the output; findings go to stderr
        done = run("check", "-", "--diff", "--stdin-filename", "a.py", cwd=path, stdin=SLEEP, code=1)
        assert done.out.startswith("--- a.py\n"), done.out
        assert run("check", "-", cwd=path, stdin=b"\0", code=0).err.startswith("warning: -: holds NUL")


# --- explain and rules -------------------------------------------------------------------------------------------

def test_explain():
    by_code = run("explain", "AWD101", code=0).out
    assert "blocking-sleep (AWD101)" in by_code and "Severity: warning" in by_code
    assert by_code == run("explain", "blocking-sleep", code=0).out == run("explain", "awd101", code=0).out
    for record in json.loads(run("rules", "--output-format", "json", code=0).out):
        for text in (run("explain", record["code"], code=0).out, run("explain", "--full", record["code"], code=0).out):
            assert record["name"] in text and "# error: [" not in text and "```" not in text, text
            assert max(map(len, text.splitlines())) < 200
    done = run("explain", "blocking-slep", code=2)
    assert "did you mean AWD101 (blocking-sleep)?" in done.err and done.out == ""
    assert "`awaitd rules` lists them" in run("explain", "x" * 5000, code=2).err


def test_a_misspelled_subcommand():
    done = run("chekc", code=2)
    assert "unknown argument chekc; did you mean check?" in done.err and done.out == ""
    assert "did you mean" not in run("app.py", code=2).err


def test_rules():
    table = run("rules", code=0).out.splitlines()
    records = json.loads(run("rules", "--output-format", "json", code=0).out)
    assert len(table) == len(records) + 1
    assert [r["code"] for r in records] == sorted(r["code"] for r in records)
    for record, line in zip(records, table[1:]):
        assert set(record) == {"code", "name", "summary", "severity", "enabled", "fixable", "url"}
        assert line.startswith(record["code"]) and record["name"] in line and record["summary"] in line


def test_the_example_project():
    done = run("check", "examples", cwd=root, code=1)
    assert "examples/orders/app.py" in done.out and "examples/orders/reports.py" not in done.out


def test_the_gallery_shows_every_rule_once_and_its_twin_none():
    gallery = root / "examples/gallery"
    marks = sorted(re.findall(r"# (AWD\d+)$", "".join(p.read_text() for p in (gallery / "pitfalls").rglob("*.py")), re.M))
    codes = [rule["code"] for rule in json.loads(run("rules", "--output-format", "json").out)]
    assert marks == codes, "each rule has one pitfall"
    check = ("check", "--output-format", "json", "--select", "ALL")
    for finding in json.loads(run(*check, gallery / "pitfalls", code=1).out):
        line = Path(finding["filename"]).read_text().splitlines()[finding["location"]["row"] - 1]
        assert line.endswith("# " + finding["code"]), (finding["code"], line)
        marks.remove(finding["code"])
    assert marks == [], "pitfalls that are not found"
    assert json.loads(run(*check, gallery / "fixed", code=0).out) == []


failed = []
tests = {name: test for name, test in list(globals().items()) if name.startswith("test_")}
for name, test in tests.items():
    if sys.argv[1:] and not any(word in name for word in sys.argv[1:]):
        continue
    try:
        test()
        print(f"[       OK ] Cli.{name[5:]}", flush=True)
    except Exception:
        traceback.print_exc(file=sys.stdout)
        failed.append(name)
        print(f"[  FAILED  ] Cli.{name[5:]} ", flush=True)
sys.exit(1 if failed else 0)
