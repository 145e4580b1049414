"""A session that no user would wish on a server: half-typed edits, storms of changes and cancellations, requests for closed
documents, notebooks, files renamed on disk, settings that flip. Every request gets exactly one reply, and in the end the
server says of each document what `awaitd check` says of it. Prints its seed; AWAITD_SEED repeats a run, AWAITD_STORM names
another folder of Python files than examples/, AWAITD_STEPS another length. Standard library only.
"""
import json, os, random, shutil, subprocess, sys, tempfile, threading, time
from collections import Counter
from pathlib import Path
from queue import Empty, Queue

root = Path(__file__).resolve().parents[2]
awaitd = os.path.abspath(os.environ.get("AWAITD", root / "build/awaitd"))
folder = Path(os.environ.get("AWAITD_STORM", root / "examples"))
seed = int(os.environ.get("AWAITD_SEED", 20261123))
STEPS = int(os.environ.get("AWAITD_STEPS", 600))
PATIENCE = 60  # seconds; only used up by a test that fails
PIECES = ["time.sleep(1)\n", "await ", "async def f():\n    ", "(", ")", '"""', "'", "\n", "    ", "import requests\n", "requests.get(u)\n",
          "# noqa", "  # awaitd: ignore[AWD101]", "\U0001F600", "é", "\r\n", "x = open(p).read()\n", ":", "self.", "return ", "\\", "}", "\t"]
SETTINGS = [{}, {}, {"ignore": ["AWD1"]}, {"select": ["AWD6"]}, {"code-lens": True}, {"inlay-hints": False}, {"diagnostic-mode": "workspace"},
            {"target-python": "3.8"}, {"selct": 1}, {"ignore": "AWD101"}]
FEATURES = {"hover": "position", "codeAction": "range", "inlayHint": "range", "codeLens": "", "documentLink": "", "diagnostic": "",
            "prepareCallHierarchy": "position"}


def units(text):
    return len(text.encode("utf-16-le")) // 2


def place(text, index):
    """An index of the text as LSP's position; lines end at \\n here, and no \\r stands alone before one."""
    start = text.rfind("\n", 0, index) + 1
    return {"line": text.count("\n", 0, start), "character": units(text[start:index])}


class Session:
    def __init__(self, home, pulls):
        self.random, self.home, self.pulls = random.Random(f"{seed} {pulls}"), home, pulls
        self.process = subprocess.Popen([awaitd, "--log-level", "error"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.inbox, self.asked, self.answers, self.id = Queue(), {}, {}, 0
        self.published, self.open, self.settings, self.notebooks, self.version = {}, {}, {}, {}, 1
        self.lock = threading.Lock()
        threading.Thread(target=self.listen, daemon=True).start()

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        with self.lock:
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self.process.stdin.flush()

    def listen(self):
        out = self.process.stdout
        while header := out.readline():
            size = int(header.split(b":")[1])
            out.readline()
            self.inbox.put(json.loads(out.read(size)))
        self.inbox.put(None)

    def take(self, message):
        assert message is not None, "the server ended"
        if "method" not in message:
            assert message["id"] in self.asked, f"an answer nobody asked for: {message}"
            assert message["id"] not in self.answers, f"a second answer: {message}"
            self.answers[message["id"]] = message
        elif "id" in message:
            asks = message["method"] == "workspace/configuration"
            self.send({"id": message["id"], "result": [self.settings for _ in message["params"]["items"]] if asks else None})
        elif message["method"] == "textDocument/publishDiagnostics":
            self.published[message["params"]["uri"]] = message["params"]["diagnostics"]

    def drain(self):
        while True:
            try:
                self.take(self.inbox.get_nowait())
            except Empty:
                return

    def ask(self, method, params):
        self.id += 1
        self.asked[self.id] = method
        self.send({"id": self.id, "method": method, "params": params})
        return self.id

    def answer(self, id):
        while id not in self.answers:
            self.take(self.inbox.get(timeout=PATIENCE))
        return self.answers[id]

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def start(self):
        capabilities = {"textDocument": {"publishDiagnostics": {"relatedInformation": True}, "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
                                         "callHierarchy": {}, "inlayHint": {}, "codeLens": {}, "documentLink": {}},
                        "workspace": {"configuration": True, "didChangeWatchedFiles": {"dynamicRegistration": True}, "inlayHint": {"refreshSupport": True}},
                        "notebookDocument": {"synchronization": {}}, "window": {"workDoneProgress": True}}
        if self.pulls:
            capabilities["textDocument"]["diagnostic"] = {"relatedDocumentSupport": True, "dynamicRegistration": True}
            capabilities["workspace"]["diagnostics"] = {"refreshSupport": True}
        self.answer(self.ask("initialize", {"processId": os.getpid(), "rootUri": self.home.as_uri(), "capabilities": capabilities}))
        self.notify("initialized", {})

    # What a user and an editor do.

    def files(self):
        return sorted(p for p in self.home.rglob("*.py"))

    def any_open(self):
        return self.random.choice(sorted(self.open)) if self.open else None

    def open_one(self):
        path = self.random.choice(self.files())
        if path.as_uri() not in self.open:
            self.open[path.as_uri()] = path.read_bytes().decode()
            self.notify("textDocument/didOpen", {"textDocument": {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": self.open[path.as_uri()]}})

    def close_one(self):
        if uri := self.any_open():
            del self.open[uri]
            self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def edit(self, text):
        """-> (change, text): something typed, or a few characters gone."""
        at = self.random.randint(0, len(text))
        end = at if self.random.random() < 0.6 else min(len(text), at + self.random.randint(1, 30))
        while at > 0 and text[at - 1 : at + 1] == "\r\n":
            at -= 1
        while text[end - 1 : end + 1] == "\r\n":
            end += 1
        piece = "" if end > at and self.random.random() < 0.7 else self.random.choice(PIECES)
        change = {"range": {"start": place(text, at), "end": place(text, end)}, "text": piece}
        return change, text[:at] + piece + text[end:]

    def change(self):
        if not (uri := self.any_open()):
            return
        for _ in range(self.random.choice([1, 1, 1, 2, 20])):
            changes, text = [], self.open[uri]
            for _ in range(self.random.randint(1, 3)):
                change, text = self.edit(text)
                if "\r" in text.replace("\r\n", ""):  # a lone \r would be a line end of its own
                    text = text.replace("\r\n", "\n").replace("\r", "")
                    changes = [{"text": text}]
                else:
                    changes.append(change)
            if self.random.random() < 0.1:
                changes = [{"text": text}]
            self.version += 1
            self.open[uri] = text
            self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": self.version}, "contentChanges": changes})

    def request(self):
        uri = self.any_open() if self.random.random() < 0.9 else None
        text = self.open[uri] if uri else ""
        uri = uri or self.random.choice([self.files()[0].as_uri(), "file:///no/such.py", "untitled:x"])
        what = self.random.choice(sorted(FEATURES))
        params, here = {"textDocument": {"uri": uri}}, place(text, self.random.randint(0, len(text)))
        if FEATURES[what] == "position":
            params["position"] = here
        if FEATURES[what] == "range":
            params |= {"range": {"start": here, "end": place(text, len(text))}, "context": {"diagnostics": []}}
        id = self.ask("textDocument/" + what, params)
        if self.random.random() < 0.3:
            self.notify("$/cancelRequest", {"id": id})

    def storm(self):
        for _ in range(20):
            self.request()
            if self.random.random() < 0.3:
                self.change()
        for id in list(self.asked)[-15:]:
            self.notify("$/cancelRequest", {"id": id})

    def workspace(self):
        if self.pulls:
            id = self.ask("workspace/diagnostic", {"previousResultIds": []})
            self.notify("$/cancelRequest", {"id": id})

    def flip(self):
        self.settings = self.random.choice(SETTINGS)
        self.notify("workspace/didChangeConfiguration", {"settings": {"awaitd": self.settings}})

    def tell(self, *events):
        self.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": kind} for path, kind in events]})

    def rename(self):
        path = self.random.choice([p for p in self.files() if p.name != "__init__.py"])
        other = path.with_name(path.stem + "_" + path.suffix) if not path.stem.endswith("_") else path.with_name(path.stem[:-1] + path.suffix)
        if path.as_uri() in self.open or other.as_uri() in self.open:
            return
        path.rename(other)
        self.tell((path, 3), (other, 1))

    def save(self):
        if uri := self.any_open():
            path = next((p for p in self.files() if p.as_uri() == uri), None)
            if path:
                path.write_bytes(self.open[uri].encode())
                self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
                self.tell((path, 2))

    def notebook(self):
        uri = "file:///notes.ipynb"
        if uri in self.notebooks:
            cell = f"{uri}#1"
            if self.random.random() < 0.5:
                del self.notebooks[uri]
                return self.notify("notebookDocument/didClose", {"notebookDocument": {"uri": uri}, "cellTextDocuments": [{"uri": cell}]})
            change, self.notebooks[uri] = self.edit(self.notebooks[uri])
            self.version += 1
            return self.notify("notebookDocument/didChange", {"notebookDocument": {"uri": uri, "version": self.version}, "change": {"cells": {"textContent": [
                {"document": {"uri": cell, "version": self.version}, "changes": [{"text": self.notebooks[uri]}]}]}}})
        self.notebooks[uri] = "import time\nawait f()\n"
        self.notify("notebookDocument/didOpen", {"notebookDocument": {"uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": [{"kind": 2, "document": f"{uri}#1"}]},
                                                 "cellTextDocuments": [{"uri": f"{uri}#1", "languageId": "python", "version": 1, "text": self.notebooks[uri]}]})

    # What must come of it.

    def settle(self):
        self.settings = {}
        self.notify("workspace/didChangeConfiguration", {"settings": {"awaitd": {}}})
        saved = []
        for uri, text in self.open.items():
            path = next((p for p in self.files() if p.as_uri() == uri), None)
            if path:
                path.write_bytes(text.encode())
                saved.append((path, 2))
        self.tell(*saved)

    def shown(self):
        if not self.pulls:
            self.drain()
            return {uri: self.published.get(uri, []) for uri in self.open}
        asked = {uri: self.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}}) for uri in self.open}
        answers = {uri: self.answer(id) for uri, id in asked.items()}
        return {uri: answer.get("result", {}).get("items") for uri, answer in answers.items()}

    def check(self):
        """What the command line says of the same files."""
        done = subprocess.run([awaitd, "check", "--output-format", "json", "--exit-zero", "--no-respect-gitignore", "."], cwd=self.home, capture_output=True, text=True)
        found = {uri: Counter() for uri in self.open}
        for one in json.loads(done.stdout):
            uri = (self.home / one["filename"]).resolve().as_uri()
            if uri in found:
                found[uri][one["code"], one["location"]["row"], one["message"]] += 1
        return found

    def run(self):
        self.start()
        ways = {self.open_one: 6, self.close_one: 3, self.change: 30, self.request: 20, self.storm: 2, self.workspace: 2, self.flip: 2, self.rename: 3,
                self.save: 4, self.notebook: 4, self.drain: 4}
        for _ in range(STEPS):
            self.random.choices(list(ways), list(ways.values()))[0]()
        for _ in range(3):
            self.open_one()
        self.settle()
        for id in list(self.asked):
            if self.asked[id] == "workspace/diagnostic":
                self.notify("$/cancelRequest", {"id": id})
        for id in list(self.asked):
            self.answer(id)
        wanted, got, end = self.check(), {}, time.monotonic() + PATIENCE
        while time.monotonic() < end:
            got = {uri: Counter((d["code"], d["range"]["start"]["line"] + 1, d["message"]) for d in items or []) for uri, items in self.shown().items()}
            if got == wanted:
                break
            time.sleep(0.05)  # the typing has to stop for a while
        for uri in self.open:
            assert got.get(uri) == wanted[uri], f"{uri}\n  only from the server: {got.get(uri) - wanted[uri]}\n  only from check: {wanted[uri] - got.get(uri)}"
        print(f"{len(self.asked)} requests; {sum(map(sum, (c.values() for c in wanted.values())))} findings in {len(wanted)} documents")
        self.answer(self.ask("shutdown", None))
        self.notify("exit", None)
        assert self.process.wait(PATIENCE) == 0
        while (message := self.inbox.get(timeout=PATIENCE)) is not None:
            self.take(message)


def play(pulls):
    with tempfile.TemporaryDirectory(prefix="awaitd-storm-") as temp:
        home = Path(temp).resolve() / "project"
        shutil.copytree(folder, home, ignore=shutil.ignore_patterns(".git", "__pycache__"))
        session = Session(home, pulls)
        try:
            session.run()
        except (AssertionError, Empty, BrokenPipeError) as problem:
            missing = [f"{id} {method}" for id, method in session.asked.items() if id not in session.answers]
            print(f"{problem or type(problem).__name__}\nwithout an answer: {missing[:20]}\nAWAITD_SEED={seed}")
            if os.environ.get("AWAITD_KEEP"):
                shutil.copytree(home, os.environ["AWAITD_KEEP"], dirs_exist_ok=True)
            return 1
        finally:
            session.process.kill()
            session.process.wait()
        return 0


def main():
    failed = 0
    print(f"seed {seed}")
    for name, pulls in {"storm.pushed": False, "storm.pulled": True}.items():
        print(f"[ RUN      ] {name}", flush=True)
        start = time.monotonic()
        bad = play(pulls)
        failed |= bad
        print(f"[{'  FAILED  ' if bad else '       OK '}] {name} ({time.monotonic() - start:.1f} s)", flush=True)
    return failed


sys.exit(main())
