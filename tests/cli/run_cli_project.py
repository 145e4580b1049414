"""awaitd check over files that call each other, with the real binary. Prints GoogleTest-like lines; standard library."""
import json, os, subprocess, sys, tempfile, traceback
from pathlib import Path

root = Path(__file__).resolve().parents[2]
awaitd = os.environ.get("AWAITD", str(root / "build/awaitd"))

HELPER = "import time\n\n\ndef load():\n    s = \"\u00e4\U0001f600\"; time.sleep(1)\n"
MAIN = "from app.helper import load\n\n\nasync def main():\n    load()\n"


def check(path, *args, code=1):
    done = subprocess.run([awaitd, "check", *args], cwd=path, capture_output=True, timeout=120)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout.decode()


def project(name, files):
    path = Path(name).resolve()
    (path / ".git").mkdir()
    for file, text in files.items():
        (path / file).parent.mkdir(parents=True, exist_ok=True)
        (path / file).write_text(text, encoding="utf-8")
    return path


def test_a_helper_in_another_file():
    with tempfile.TemporaryDirectory() as name:
        path = project(name, {"src/app/__init__.py": "", "src/app/helper.py": HELPER, "src/app/main.py": MAIN})
        text = check(path)
        assert text.startswith("warning[AWD110]"), text
        assert "--> src/app/main.py:5:5\n" in text, text
        assert "--> src/app/helper.py:5:15\n" in text, text
        records = json.loads(check(path, "--output-format", "json"))
        assert [r["code"] for r in records] == ["AWD110"], records
        last = records[0]["chain"][-1]
        assert (last["file"], last["row"], last["column"]) == (str(path / "src/app/helper.py"), 5, 15), last
        # One file alone is still seen in its project.
        assert json.loads(check(path, "src/app/main.py", "--output-format", "json")) == records


def test_a_file_without_async_code_that_forgets_an_await():
    files = {
        "app/__init__.py": "",
        "app/client.py": "class Client:\n    async def fetch(self):\n        print(1)\n",
        "app/tool.py": "from app.client import Client\n\n\ndef main():\n    Client().fetch()\n",
        "app/other.py": "def fetch(url):\n    return url\n",
    }
    with tempfile.TemporaryDirectory() as name:
        path = project(name, files)
        records = json.loads(check(path, "--output-format", "json"))
        assert [(r["code"], Path(r["filename"]).name) for r in records] == [("AWD801", "tool.py")], records
        # The same if only that file is asked for.
        assert json.loads(check(path, "app/tool.py", "--output-format", "json")) == records
        done = subprocess.run([awaitd, "check", "-v"], cwd=path, capture_output=True, timeout=120, text=True)
        assert "4 files: 2 parsed, 2 skipped" in done.stderr, done.stderr


def test_overlap_leaves_to_ruff_what_ruff_sees():
    text = ("import time\n\nimport requests\n\nfrom app.helper import load\n\n\nasync def main(session: requests.Session):\n"
            "    time.sleep(1)\n    session.get('/', timeout=1)\n    load()\n")
    ruff = "[tool.ruff.lint]\nselect = ['ASYNC']\n"
    for settings, codes in ((ruff, ["AWD101", "AWD102", "AWD110"]),
                            ("[tool.awaitd]\noverlap = 'report'\n" + ruff, ["AWD101", "AWD102", "AWD110"]),
                            ("[tool.awaitd]\noverlap = 'defer'\n", ["AWD101", "AWD102", "AWD110"]),
                            ("[tool.awaitd]\noverlap = 'defer'\n" + ruff, ["AWD102", "AWD110"])):
        with tempfile.TemporaryDirectory() as name:
            path = project(name, {"pyproject.toml": settings, "app/__init__.py": "", "app/helper.py": HELPER, "app/main.py": text})
            assert [r["code"] for r in json.loads(check(path, "--output-format", "json"))] == codes, settings


def test_blocking_calls_of_the_user():
    with tempfile.TemporaryDirectory() as name:
        path = project(name, {"awaitd.toml": 'blocking = ["erp.load -> erp.load_async", "erp.save"]\n',
                              "a.py": "import erp\n\n\nasync def main():\n    erp.save(erp.load())\n    await erp.load_async()\n"})
        records = json.loads(check(path, "--output-format", "json"))
        assert [r["code"] for r in records] == ["AWD109", "AWD109"], records
        assert "asyncio.to_thread" in records[0]["message"] and "erp.load_async()" in records[1]["message"], records


def test_jobs_change_nothing():
    with tempfile.TemporaryDirectory() as name:
        files = {"app/__init__.py": "", "app/m0.py": HELPER.replace("load", "f0")}
        for i in range(1, 40):
            files["app/m%d.py" % i] = ("from app import m%d\n\n\ndef f%d():\n    return m%d.f%d()\n\n\nasync def main():\n"
                                       "    f%d()\n    m%d.f%d()\n" % (i - 1, i, i - 1, i - 1, i, (i - 1), (i - 1)))
        path = project(name, files)
        for form in ("text", "json"):
            one = check(path, "--output-format", form, "-j", "1")
            assert one.count("AWD110") >= 70, one
            for _ in range(3):
                assert check(path, "--output-format", form, "-j", "4") == one


def test_installed_packages_are_followed_if_asked_for():
    main = "import kit\n\n\nasync def main():\n    kit.deep.work()\n    kit.quick()\n"
    site = ".venv/lib/python3.12/site-packages/"
    files = {"app/m%d.py" % i: main for i in range(12)} | {
        site + "kit/__init__.py": "from . import deep\n\n\ndef quick():\n    pass\n",
        site + "kit/deep.py": "import time\n\n\ndef work():\n    time.sleep(1)\n\n\nasync def own():\n    time.sleep(1)\n"}
    with tempfile.TemporaryDirectory() as name:
        path = project(name, files)
        assert json.loads(check(path, "--output-format", "json", code=0)) == []
        found = check(path, "--output-format", "json", "--follow-packages", "-j", "1", code=0)  # probable ones do not fail
        records = json.loads(found)
        assert [(r["code"], r["confidence"], r["severity"]) for r in records] == [("AWD110", "probable", "info")] * 12, records
        assert all(r["chain"][-1]["file"] == str(path / site / "kit/deep.py") for r in records), records
        assert check(path, "--output-format", "json", "--follow-packages", "-j", "4", code=0) == found
        check(path, "--follow-packages", "--confidence", "probable", "--fail-on", "info")
        (path / "pyproject.toml").write_text("[tool.awaitd]\nfollow-packages = true\n")
        assert check(path, "--output-format", "json", code=0) == found
        (path / ".venv").rename(path / "elsewhere")
        assert json.loads(check(path, "app", "--output-format", "json", code=0)) == []
        for interpreter in ("elsewhere", path / "elsewhere"):
            assert len(json.loads(check(path, "app", "--output-format", "json", "--interpreter", interpreter, code=0))) == 12


def test_fixing_does_not_depend_on_the_order():
    helper = "import asyncio\nimport time\n\n\ndef load():\n    time.sleep(1)\n\n\nasync def nap():\n    time.sleep(1)\n"
    outputs = set()
    for jobs in ("1", "4"):
        with tempfile.TemporaryDirectory() as name:
            path = project(name, {"app/__init__.py": "", "app/helper.py": helper,
                                  "app/main.py": MAIN, "app/zz.py": MAIN})
            outputs.add(check(path, "--fix", "-j", jobs))
            assert "await asyncio.sleep(1)" in (path / "app/helper.py").read_text()
    assert len(outputs) == 1, outputs


failed = 0
for name, test in [(n, t) for n, t in list(globals().items()) if n.startswith("test_")]:
    name = "CliProject." + name[5:]
    print("[ RUN      ]", name)
    try:
        test()
        print("[       OK ]", name, flush=True)
    except Exception:
        failed += 1
        traceback.print_exc()
        print("[  FAILED  ]", name, flush=True)
sys.exit(1 if failed else 0)
