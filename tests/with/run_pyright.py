"""awaitd --with a real other server, pyright: over stdio, and in Emacs with eglot. Skipped, and said so, where npm could
not install it (tools/install test). Prints GoogleTest-like lines."""
import os, shlex, shutil, signal, subprocess, sys, tempfile
from pathlib import Path

from lsp import CAPABILITIES, PATIENCE, awaitd, children, gone, here, place, play, server

pyright = subprocess.run([str(here / "install.sh"), "--where"], capture_output=True, text=True).stdout.strip()
command = shlex.quote(pyright) + " --stdio"
# Both servers count columns behind a character outside the BMP; awaitd's finding and pyright's are in one line each.
TEXT = '''import time


def to_me() -> None: ...


async def worker() -> int:
    name = "\U0001F600"; time.sleep(1)
    return name


tome = 1
to_
'''
SLEEP, RETURN = 7, 8


def workspace(folder):
    path = Path(folder).resolve() / "my ws ü"
    path.mkdir()
    (path / "pyproject.toml").write_text("")
    (path / "a.py").write_text(TEXT)
    return path


def both(found):
    return ("awaitd", SLEEP) in found and ("Pyright", RETURN) in found


def test_everything_of_both():
    with tempfile.TemporaryDirectory() as folder, server("--with", command, "--log-level", "info") as client:
        root = workspace(folder)
        uri = (root / "a.py").as_uri()
        capabilities = {**CAPABILITIES, "general": {"positionEncodings": ["utf-32", "utf-8", "utf-16"]}}
        can = client.initialize(rootUri=root.as_uri(), workspaceFolders=[{"uri": root.as_uri(), "name": "w"}],
                                capabilities=capabilities)["capabilities"]
        assert can["positionEncoding"] == "utf-16", can  # all that pyright knows
        assert "source.organizeImports" in can["codeActionProvider"]["codeActionKinds"], can
        client.open(uri, TEXT)
        first = client.next("textDocument/publishDiagnostics")
        assert {d["source"] for d in first["diagnostics"]} == {"awaitd"}, first  # long before pyright's
        shown = client.diagnostics(both)
        assert shown["uri"] == uri and shown["version"] == 1, shown
        sleep = next(d for d in shown["diagnostics"] if d["source"] == "awaitd" and d["code"] == "AWD101")
        assert sleep["range"]["start"] == {"line": SLEEP, "character": 17}, sleep

        for _ in range(100):  # pyright may be slower than the wait for it
            hover = client.request("textDocument/hover", place(uri, SLEEP, 23))["contents"]
            if "seconds:" in hover["value"]:
                break
        else:
            raise AssertionError("pyright's part of the hover never came: %s" % hover)
        assert hover["kind"] == "markdown" and hover["value"].index("AWD101") < hover["value"].index("\n\n---\n\n"), hover
        assert "name" in client.request("textDocument/hover", place(uri, SLEEP, 5))["contents"]["value"]  # pyright's alone

        items = client.request("textDocument/completion", place(uri, 12, 3))["items"]
        item = next(i for i in items if i["label"] == "to_me")
        assert client.request("completionItem/resolve", item)["label"] == "to_me"
        definition = client.request("textDocument/definition", place(uri, SLEEP, 23))
        assert definition and definition[0]["uri"].endswith("time.pyi"), definition

        actions = client.request("textDocument/codeAction", {
            "textDocument": {"uri": uri}, "range": sleep["range"], "context": {"diagnostics": [sleep]}})
        fix = next(a for a in actions if "asyncio.sleep" in a["title"])
        edit = client.request("codeAction/resolve", fix)["edit"]
        assert "await asyncio.sleep" in str(edit), edit

        # An edit above: pyright's finding is moved at once, then confirmed.
        client.change(uri, 2, 0, 0, "#\n")
        moved = client.until(lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"].get("version") == 2)
        assert ("Pyright", RETURN + 1) in [(d["source"], d["range"]["start"]["line"]) for d in moved["params"]["diagnostics"]]
        assert client.end() == 0
        assert children(client.process.pid) == []


def test_a_killed_pyright_comes_back():
    with tempfile.TemporaryDirectory() as folder, server("--with", command) as client:
        root = workspace(folder)
        uri = (root / "a.py").as_uri()
        client.initialize(rootUri=root.as_uri(), workspaceFolders=[{"uri": root.as_uri(), "name": "w"}])
        client.open(uri, TEXT)
        client.diagnostics(both)
        pid = children(client.process.pid)[0][0]
        os.kill(pid, signal.SIGKILL)
        client.diagnostics(lambda found: ("awaitd", SLEEP) in found and ("Pyright", RETURN) not in found)
        assert gone(pid)
        client.diagnostics(both)  # of another process, from our copy of the document
        assert client.end() == 0


def test_eglot():
    emacs = os.environ.get("EMACS", "emacs").split()
    installed = shutil.which(emacs[0]) and subprocess.run(
        [*emacs, "--batch", "--eval", "(progn (package-initialize) (require 'eglot))"], capture_output=True).returncode == 0
    if not installed:
        return "Emacs with eglot is not installed (emacs-nox elpa-eglot)"
    with tempfile.TemporaryDirectory() as folder:
        root = workspace(folder)
        home = Path(folder) / "home"
        home.mkdir()
        environment = {**os.environ, "HOME": str(home), "LANG": "C.UTF-8", "AWAITD_FILE": str(root / "a.py"),
                       "AWAITD_COMMAND": '"%s" "--with" "%s --stdio"' % (awaitd, pyright)}
        done = subprocess.run([*emacs, "--batch", "-l", str(here / "eglot.el")], cwd=root, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=4 * PATIENCE)
        assert done.returncode == 0, done.stdout.decode(errors="replace")


tests = {name[5:]: test for name, test in list(globals().items()) if name.startswith("test_")}
if not os.access(pyright, os.X_OK):
    for name in tests:
        print("[  SKIPPED ] WithPyright.%s: pyright is not installed; tools/install test gets it by npm" % name)
    sys.exit(0)
sys.exit(play("WithPyright", tests))
