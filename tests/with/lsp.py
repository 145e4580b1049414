"""A client for the tests of --with: over a process's pipes, one thread, every wait bounded. Standard library only."""
import contextlib, json, os, select, subprocess, sys, time, traceback
from pathlib import Path

here = Path(__file__).resolve().parent
root = here.parents[1]
awaitd = os.environ.get("AWAITD", str(root / "build/awaitd"))
PATIENCE = 60  # seconds; only used up by a test that fails
CAPABILITIES = {
    "textDocument": {
        "publishDiagnostics": {"versionSupport": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}, "dataSupport": True,
                       "resolveSupport": {"properties": ["edit"]}},
    },
    "workspace": {"configuration": True, "workspaceFolders": True},
}


class Client:
    def __init__(self, process):
        self.process, self.buffer, self.inbox, self.last_id = process, b"", [], 0
        self.lines = b""  # of standard error

    def write(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params=None):
        self.write({"method": method, "params": params})

    def send_request(self, method, params=None):
        self.last_id += 1
        self.write({"id": self.last_id, "method": method, "params": params})
        return self.last_id

    def request(self, method, params=None, patience=PATIENCE):
        """The result."""
        id = self.send_request(method, params)
        answer = self.until(lambda m: m.get("id") == id and "method" not in m, patience)
        assert "error" not in answer, answer
        return answer["result"]

    def read_more(self, deadline):
        out, err = self.process.stdout, self.process.stderr
        ready = select.select([s for s in (out, err) if s], [], [], max(0, deadline - time.monotonic()))[0]
        assert ready, "nothing came; the last lines of the log: %r" % self.lines[-2000:]
        if err in ready:
            data = os.read(err.fileno(), 1 << 16)
            self.lines += data
            if not data:
                self.process.stderr = None
        if out not in ready:
            return
        data = os.read(out.fileno(), 1 << 16)
        if not data:
            raise EOFError
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            header, rest = self.buffer.split(b"\r\n\r\n", 1)
            size = int(header.split(b":")[1])
            if len(rest) < size:
                break
            self.take(json.loads(rest[:size]))
            self.buffer = rest[size:]

    def take(self, message):
        if message.get("method") == "workspace/configuration":
            self.write({"id": message["id"], "result": [None] * len(message["params"]["items"])})
        elif message.get("method") in ("client/registerCapability", "client/unregisterCapability",
                                       "window/workDoneProgress/create"):
            self.write({"id": message["id"], "result": None})
        else:
            self.inbox.append(message)

    def until(self, wanted, patience=PATIENCE):
        """The first message that is wanted; those before it stay."""
        deadline = time.monotonic() + patience
        seen = 0
        while True:
            for i in range(seen, len(self.inbox)):
                if wanted(self.inbox[i]):
                    return self.inbox.pop(i)
            seen = len(self.inbox)
            self.read_more(deadline)

    def until_line(self, text, times=1, patience=PATIENCE):
        deadline = time.monotonic() + patience
        while self.lines.count(text.encode()) < times:
            self.read_more(deadline)

    def next(self, method, patience=PATIENCE):
        return self.until(lambda m: m.get("method") == method, patience)["params"]

    def diagnostics(self, wanted):
        """The next published diagnostics (of any file) that are wanted: wanted(list of (source, line))."""
        def fits(message):
            return message.get("method") == "textDocument/publishDiagnostics" and wanted(
                [(d.get("source"), d["range"]["start"]["line"]) for d in message["params"]["diagnostics"]])
        return self.until(fits)["params"]

    def initialize(self, **params):
        answer = self.request("initialize", {"processId": None, "rootUri": None, "capabilities": CAPABILITIES, **params})
        self.notify("initialized", {})
        return answer

    def open(self, uri, text, version=1):
        self.notify("textDocument/didOpen",
                    {"textDocument": {"uri": uri, "languageId": "python", "version": version, "text": text}})

    def change(self, uri, version, line, character, text):
        position = {"line": line, "character": character}
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version},
                                               "contentChanges": [{"range": {"start": position, "end": position}, "text": text}]})

    def end(self):
        """shutdown and exit; the exit code."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(PATIENCE)


def place(uri, line, character):
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}


@contextlib.contextmanager
def server(*arguments):
    process = subprocess.Popen([awaitd, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        yield Client(process)
    finally:
        process.kill()
        process.wait()


def gone(pid):
    """Waits for a process to end; a zombie has not, to whoever should have waited for it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        select.select([], [], [], 0.01)
    return False


def children(pid):
    """(pid, state) of each child process."""
    out = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == pid:
                out.append((int(entry.parent.name), fields[0]))
    return out


def play(prefix, tests):
    """Runs them all; one that returns a text is skipped for that reason."""
    failed = 0
    for name, test in tests.items():
        name = prefix + "." + name
        print("[ RUN      ]", name, flush=True)
        start = time.monotonic()
        try:
            skipped = test()
            if skipped:
                print("[  SKIPPED ] %s: %s" % (name, skipped), flush=True)
                continue
            print("[       OK ] %s (%.1f s)" % (name, time.monotonic() - start), flush=True)
        except Exception:  # a failed test must not hide the others
            failed += 1
            traceback.print_exc(file=sys.stdout)
            print("[  FAILED  ] %s " % name, flush=True)
    return 1 if failed else 0
