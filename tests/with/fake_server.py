"""A small language server for the tests of --with, which misbehaves when told to. Standard library only.

It offers hover, completion and whole-text sync, and does what notifications `test/do` say: see Fake.do. `test/state`
answers what it knows: open documents, answers it got, its descriptors, its process.
"""
import json, os, signal, subprocess, sys, time


def send(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    sys.stdout.buffer.flush()


def read():
    size = None
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            return None
        if line.lower().startswith(b"content-length:"):
            size = int(line.split(b":")[1])
        if line in (b"\r\n", b"\n"):
            return json.loads(sys.stdin.buffer.read(size))


class Fake:
    def __init__(self):
        self.documents, self.answers, self.silent = {}, [], False

    def do(self, what, **more):
        if what == "exit":
            os._exit(more["code"])
        elif what == "stall":  # alive, but neither reads nor writes
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True:
                time.sleep(3600)
        elif what == "silence":  # reads, but answers nothing
            self.silent = True
        elif what == "call":
            send({"id": more["id"], "method": more["method"], "params": more["params"]})
        elif what == "publish":
            send({"method": "textDocument/publishDiagnostics", "params": more["params"]})
        elif what == "say":
            print(more["line"], file=sys.stderr, flush=True)
        elif what == "garbage":
            os.write(1, b"Content-Length: 3\r\n\r\n{]}this is no message\r\n\r\n")
        elif what == "leave_a_child":  # which holds standard output
            child = subprocess.Popen(["sleep", "3600"])
            print("child %d" % child.pid, file=sys.stderr, flush=True)
            os._exit(4)

    def request(self, method, params):
        if method == "initialize":
            return {"capabilities": {"hoverProvider": True, "completionProvider": {}, "textDocumentSync": 1}}
        if method == "textDocument/hover":
            return {"contents": {"kind": "markdown", "value": "from the fake"}}
        if method == "textDocument/completion":
            return [{"label": "fake"}]
        if method == "test/state":
            return {"documents": self.documents, "answers": self.answers, "pid": os.getpid(),
                    "descriptors": sorted(int(fd) for fd in os.listdir("/proc/self/fd"))}
        return None

    def notification(self, method, params):
        if method == "exit":
            sys.exit(0)
        elif method == "test/do":
            self.do(**params)
        elif method == "textDocument/didOpen":
            item = params["textDocument"]
            self.documents[item["uri"]] = item["text"]
        elif method == "textDocument/didChange":
            self.documents[params["textDocument"]["uri"]] = params["contentChanges"][-1]["text"]
        elif method == "textDocument/didClose":
            del self.documents[params["textDocument"]["uri"]]

    def run(self):
        while (message := read()) is not None:
            if "method" not in message:
                self.answers.append([message["id"], message.get("result", message.get("error"))])
            elif "id" not in message:
                self.notification(message["method"], message.get("params"))
            elif not self.silent:
                send({"id": message["id"], "result": self.request(message["method"], message.get("params"))})
            else:
                print("silent about " + message["method"], file=sys.stderr, flush=True)


if len(sys.argv) > 1 and sys.argv[1] == "--refuse":
    print("the fake does not want to", file=sys.stderr, flush=True)
    sys.exit(7)
Fake().run()
